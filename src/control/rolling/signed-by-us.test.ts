/** Which DNSKEY sets are our own: those that one of our KSKs signed, and no set that only looks like it. */
import { expect, test } from "vitest";
import { generateKeyPair, type KeyPair, openCrypto } from "#crypto";
import { canonicalRdatas, KSK_FLAGS, keyTag, rrsigHead, rrsigLabels, rrsigPreimage, ZSK_FLAGS } from "#dnssec";
import { parseMessage, writeMessage } from "#message";
import { readName } from "#name";
import { RRType } from "#rdata";
import { isSignedByUs } from "./signed-by-us.ts";

const NOW = 1_800_000_000;
const DAY = 86_400;
const crypto = openCrypto("node");
const apex = named("two.example.");
const [ksk, otherKsk] = [generateKeyPair(13), generateKeyPair(13)];
const [oldZsk, newZsk, theirZsk] = [generateKeyPair(13), generateKeyPair(13), generateKeyPair(13)].map((pair) =>
  pair.dnskey(ZSK_FLAGS),
) as [Uint8Array, Uint8Array, Uint8Array];
const ours = [ksk.dnskey(KSK_FLAGS), oldZsk, newZsk];
const set = [...ours, theirZsk];

function named(text: string) {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}

/** An RRSIG of the set; `says`: the key that it names. */
function rrsig(
  rdatas: readonly Uint8Array[],
  by: KeyPair,
  more: { says?: KeyPair; from?: number; signer?: string } = {},
) {
  const { says = by, from = NOW - DAY, signer } = more;
  const head = rrsigHead({
    typeCovered: RRType.DNSKEY,
    algorithm: 13,
    labels: rrsigLabels(apex),
    originalTtl: 3600,
    inception: from,
    expiration: from + 7 * DAY,
    keyTag: keyTag(says.dnskey(KSK_FLAGS)),
    signer: signer === undefined ? apex : named(signer),
  });
  const data = rrsigPreimage(head, apex, RRType.DNSKEY, 3600, canonicalRdatas(RRType.DNSKEY, rdatas));
  const opened = crypto.openSigner({ keyTag: 0, algorithm: 13, privateKey: by.privateKey });
  if (!opened.ok) throw new Error(opened.error);
  const signature = new Uint8Array(opened.value.signatureLength);
  opened.value.sign(data, data.length, signature, 0);
  return Uint8Array.from([...head, ...signature]);
}

function judged(rdatas: readonly Uint8Array[], ...signatures: readonly Uint8Array[]): boolean {
  const record = (type: number) => (rdata: Uint8Array) => ({ owner: apex, type, ttl: 3600, rdata });
  const answer = [...rdatas.map(record(RRType.DNSKEY)), ...signatures.map(record(RRType.RRSIG))];
  const message = parseMessage(writeMessage({ id: 1, flags: 0x8400, answer }).octets);
  if (!message.ok) throw new Error(message.error);
  return isSignedByUs(message.value, { apex, dnskeys: ours, verify: crypto.verify, now: NOW });
}

test("our set, signed by our KSK, in any order and beside another's signature", () => {
  expect(judged(set, rrsig(set, ksk))).toBe(true);
  expect(judged([...set].reverse(), rrsig(set, otherKsk), rrsig(set, ksk))).toBe(true);
});

test("a lying nameserver: our KSK and its key tag in a set that we did not sign", () => {
  expect(judged(set)).toBe(false);
  expect(judged(set, rrsig(set, otherKsk, { says: ksk })), "signed by another key").toBe(false);
  expect(judged(set, rrsig(ours, ksk)), "our signature of another set").toBe(false);
  expect(
    judged(
      set,
      rrsig(set, ksk).map((octet, i, all) => (i === all.length - 1 ? octet ^ 1 : octet)),
    ),
  ).toBe(false);
});

test("a lying nameserver: what we did sign, from before the new ZSK, of another day, for another name", () => {
  const before = [ksk.dnskey(KSK_FLAGS), oldZsk, theirZsk];
  expect(judged(before, rrsig(before, ksk))).toBe(false);
  expect(judged(set, rrsig(set, ksk, { from: NOW - 8 * DAY }))).toBe(false);
  expect(judged(set, rrsig(set, ksk, { from: NOW + DAY }))).toBe(false);
  expect(judged(set, rrsig(set, ksk, { signer: "one.example." }))).toBe(false);
});
