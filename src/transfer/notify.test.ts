import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EdnsFlag, Flag, Opcode, parseMessage, queryEdns, Rcode, writeMessage } from "#message";
import { type Name, nameEquals, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { type StartHmac, signMessage, type TsigKey, TsigVerifier } from "#tsig";
import { acceptNotify, inRange, type NotifyZone, plainAddress, sameAddress } from "./index.ts";

const startHmac: StartHmac = (algorithm, secret) => {
  const hmac = createHmac(algorithm.slice("hmac-".length), secret);
  return { update: (octets) => void hmac.update(octets), digest: () => Uint8Array.from(hmac.digest()) };
};

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const APEX = name("example.");
const NOW = 1_800_000_000;
const key = (text: string): TsigKey => ({
  name: name(text),
  algorithm: "hmac-sha256",
  secret: Uint8Array.of(1, 2, text.length),
});
const k1 = key("one.key.");
const shared = key("shared.key.");
const v4 = (last: number) => Uint8Array.of(192, 0, 2, last);

//   192.0.2.1 plain ── one, two ─ keyed 192.0.2.2 (one.key), three and four share a key at .3 and .4; range 198.51.100.0/24
const ZONE: NotifyZone = {
  peers: [
    { id: "plain", address: v4(1) },
    { id: "keyed", address: v4(2), key: k1 },
    { id: "three", address: v4(3), key: shared },
    { id: "four", address: v4(4), key: shared },
  ],
  ranges: [{ address: Uint8Array.of(198, 51, 100, 0), prefixLength: 24 }],
};

function notify(parts: object = {}): Uint8Array {
  const rdata = readRdata(RRType.SOA, "ns. h. 99 1 1 1 1".split(" "));
  if (!rdata.ok) throw new Error(rdata.error);
  return writeMessage({
    id: 321,
    flags: Flag.AA,
    opcode: Opcode.Notify,
    question: [{ name: APEX, type: RRType.SOA, class: 1 }],
    answer: [{ owner: APEX, type: RRType.SOA, ttl: 0, rdata: rdata.value }],
    ...parts,
  }).octets.slice();
}

const signed = (by: TsigKey, now = NOW) => signMessage(notify(), by, now, startHmac);

function decide(message: Uint8Array, source: Uint8Array = v4(1)) {
  return acceptNotify(message, {
    source,
    findZone: (apex) => (nameEquals(apex, APEX) ? ZONE : undefined),
    nowSeconds: NOW,
    startHmac,
  });
}

function replyOf(decision: ReturnType<typeof decide>) {
  const parsed = decision.reply && parseMessage(decision.reply);
  if (!parsed?.ok) throw new Error("no reply");
  return parsed.value;
}

describe("accepted", () => {
  const cases: [string, Uint8Array, Uint8Array, string | undefined][] = [
    ["from the address of a peer without key", notify(), v4(1), "plain"],
    [
      "from that address seen through an IPv6 socket",
      notify(),
      Uint8Array.from([...new Uint8Array(10), 255, 255, ...v4(1)]),
      "plain",
    ],
    ["from a range: nobody to ask first", notify(), Uint8Array.of(198, 51, 100, 77), undefined],
    ["signed by a peer's key", signed(k1).message, v4(2), "keyed"],
    ["signed, from an address nobody knows", signed(k1).message, v4(200), "keyed"],
    ["a shared key, from the second holder", signed(shared).message, v4(4), "four"],
    ["a shared key, from elsewhere", signed(shared).message, v4(9), "three"],
  ];
  test.each(cases)("%s", (_, message, source, peer) => {
    const decision = decide(message, source);
    expect(decision).toMatchObject({ kind: "accepted", peer, serialHint: 99 });
    expect(replyOf(decision)).toMatchObject({ id: 321, opcode: Opcode.Notify, rcode: Rcode.NoError });
    expect(replyOf(decision).flags & (Flag.QR | Flag.AA)).toBe(Flag.QR | Flag.AA);
    expect(replyOf(decision).question[0]?.name).toEqual(APEX);
    expect(replyOf(decision).answer).toHaveLength(0);
  });

  test("without SOA: no hint", () => {
    expect(decide(notify({ answer: [] }))).toMatchObject({ kind: "accepted", serialHint: undefined });
  });

  test("the reply to a signed one is signed, and verifies for the sender", () => {
    const request = signed(k1);
    const reply = decide(request.message, v4(2)).reply!;
    expect(new TsigVerifier(k1, request.mac, startHmac).accept(reply, NOW)).toMatchObject({
      ok: true,
      value: { signed: true },
    });
  });

  test("EDNS is answered with EDNS, and only then", () => {
    expect(replyOf(decide(notify({ edns: queryEdns() }))).edns?.udpSize).toBe(1232);
    expect(replyOf(decide(notify())).edns).toBeUndefined();
    expect(replyOf(decide(notify({ edns: queryEdns(EdnsFlag.DO) }))).edns?.flags).toBe(EdnsFlag.DO);
  });
});

describe("refused", () => {
  const other = { ...k1, secret: Uint8Array.of(9) };
  const cases: [string, Uint8Array, Uint8Array, string, number][] = [
    ["an address nobody knows", notify(), v4(9), "unknown-source", Rcode.Refused],
    ["IPv6, when all peers are IPv4", notify(), new Uint8Array(16), "unknown-source", Rcode.Refused],
    ["unsigned from the address of a peer with a key", notify(), v4(2), "tsig-required", Rcode.Refused],
    [
      "a zone we do not have",
      notify({ question: [{ name: name("org."), type: RRType.SOA, class: 1 }] }),
      v4(1),
      "not-our-zone",
      Rcode.NotAuth,
    ],
    [
      "a name inside the zone",
      notify({ question: [{ name: name("a.example."), type: RRType.SOA, class: 1 }] }),
      v4(1),
      "not-our-zone",
      Rcode.NotAuth,
    ],
    ["another secret", signed(other).message, v4(2), "bad-mac", Rcode.NotAuth],
    ["an unknown key, though from a plain peer", signed(key("no.key.")).message, v4(1), "bad-key", Rcode.NotAuth],
    ["an old signature", signed(k1, NOW - 400).message, v4(2), "bad-time", Rcode.NotAuth],
    [
      "two questions",
      notify({ question: [0, 1].map(() => ({ name: APEX, type: RRType.SOA, class: 1 })) }),
      v4(1),
      "form-error",
      Rcode.FormErr,
    ],
    ["no question", notify({ question: [] }), v4(1), "form-error", Rcode.FormErr],
    [
      "NOTIFY for another type",
      notify({ question: [{ name: APEX, type: RRType.CDS, class: 1 }] }),
      v4(1),
      "form-error",
      Rcode.FormErr,
    ],
    [
      "class CH",
      notify({ question: [{ name: APEX, type: RRType.SOA, class: 3 }] }),
      v4(1),
      "form-error",
      Rcode.FormErr,
    ],
    ["octets behind", Uint8Array.from([...notify(), 0]), v4(1), "form-error", Rcode.FormErr],
    ["a question cut off", notify().subarray(0, 15), v4(1), "form-error", Rcode.FormErr],
  ];
  test.each(cases)("%s", (_, message, source, code, rcode) => {
    const decision = decide(message, source);
    expect(decision).toMatchObject({ kind: "refused", code });
    expect(replyOf(decision)).toMatchObject({ id: 321, opcode: Opcode.Notify, rcode });
    // Who refuses, or does not have the zone, speaks with no authority (RFC 1035 section 4.1.1).
    expect(replyOf(decision).flags & (Flag.QR | Flag.AA)).toBe(Flag.QR);
  });

  test("no question or several, another type or class: FORMERR; a SOA of another zone is no hint; EDNS of 60,000 octets is EDNS", () => {
    const question = { name: APEX, type: RRType.SOA, class: 1 };
    for (const questions of [
      [],
      [question, question],
      [{ ...question, type: RRType.NS }],
      [{ ...question, class: 3 }],
      [{ ...question, class: 255 }],
    ]) {
      const decision = decide(notify({ question: questions }));
      expect([decision.kind, "code" in decision && decision.code]).toEqual(["refused", "form-error"]);
      expect(decision.reply![3]! & 15).toBe(Rcode.FormErr);
    }
    const soa = readRdata(RRType.SOA, "ns. h. 99 1 1 1 1".split(" "));
    if (!soa.ok) throw new Error(soa.error);
    for (const owner of ["other.", "www.example.", "."].map(name)) {
      const answer = [{ owner, type: RRType.SOA, ttl: 0, rdata: soa.value }];
      expect(decide(notify({ answer }))).toMatchObject({ kind: "accepted", serialHint: undefined });
    }
    const options = [{ code: 12, data: new Uint8Array(60_000) }];
    const huge = decide(notify({ edns: { ...queryEdns(), options } }));
    expect(huge).toMatchObject({ kind: "accepted", serialHint: 99 });
    expect(huge.reply!.length).toBeLessThan(512);
  });

  test("FORMERR repeats the question where one could be read, and OPT with DO (RFC 1996 section 4.7, RFC 6891 section 6.1.1)", () => {
    const question = [{ name: APEX, type: RRType.CDS, class: 1 }];
    const reply = replyOf(decide(notify({ question, edns: queryEdns(EdnsFlag.DO) })));
    expect(reply).toMatchObject({ rcode: Rcode.FormErr, question, edns: { flags: EdnsFlag.DO } });
    expect(replyOf(decide(notify({ question: [] }))).question).toEqual([]);
  });

  test("another version of EDNS: BADVERS, from whomever and for whatever zone, signed where the request was", () => {
    const edns = { ...queryEdns(), version: 1 };
    const question = [{ name: name("org."), type: RRType.SOA, class: 1 }];
    for (const message of [notify({ edns }), notify({ edns, question })]) {
      const decision = decide(message, v4(9));
      expect(decision).toMatchObject({ kind: "refused", code: "edns-version" });
      expect(replyOf(decision)).toMatchObject({ rcode: Rcode.BadVers, edns: { version: 0 } });
    }
    const request = signMessage(notify({ edns }), k1, NOW, startHmac);
    const decision = decide(request.message, v4(2));
    expect(decision).toMatchObject({ kind: "refused", code: "edns-version" });
    expect(replyOf(decision).rcode).toBe(Rcode.BadVers);
    const verified = new TsigVerifier(k1, request.mac, startHmac).accept(decision.reply!, NOW);
    expect(verified).toMatchObject({ ok: true, value: { signed: true } });
    const unknown = signMessage(notify({ edns }), key("no.key."), NOW, startHmac);
    expect(decide(unknown.message, v4(2))).toMatchObject({ kind: "refused", code: "bad-key" });
  });

  test("a response, and what has no header, get silence", () => {
    for (const message of [notify({ flags: Flag.QR }), notify().subarray(0, 11), new Uint8Array(0)])
      expect(decide(message)).toMatchObject({ kind: "refused", reply: undefined });
  });

  test("changed octets never throw, and are not believed", () => {
    const whole = signed(k1).message;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, octet, length) => {
        const octets = whole.slice(0, length);
        if (at < length) octets[at] = octet;
        const decision = decide(octets, v4(9));
        // Not a peer's address: only untouched octets are believed, and what the signature does not cover.
        if (decision.kind === "accepted")
          expect([length, at, uncovered(whole, octets, at)]).toEqual([whole.length, at, true]);
      }),
      { numRuns: 2000 },
    );
  });

  test("of every octet in the other case, those of the key's and the algorithm's name alone are believed", () => {
    const whole = signed(k1).message;
    const believed: number[] = [];
    for (let at = 2; at < whole.length; at++) {
      const octets = whole.slice();
      octets[at]! ^= 0x20;
      if (decide(octets, v4(9)).kind !== "accepted") continue;
      believed.push(at);
      expect([at, uncovered(whole, octets, at)]).toEqual([at, true]);
    }
    // one.key, hmac-sha (the digits are none).
    expect(believed).toHaveLength(6 + 7);
  });
});

/** The ID, which TSIG has for itself, and the case of its two names, which are digested in lower case (RFC 8945 section 4.3.3). */
function uncovered(whole: Uint8Array, changed: Uint8Array, at: number): boolean {
  if (at < 2 || changed[at] === whole[at]) return true;
  const inNames = at >= Buffer.from(whole).lastIndexOf("\x03one\x03key") && at < whole.length - TSIG_FIXED_OCTETS;
  const lower = (octet: number) => String.fromCharCode(octet).toLowerCase();
  return inNames && lower(changed[at]!) === lower(whole[at]!);
}

/** Behind the algorithm's name: time, fudge, size of the MAC, the MAC, original ID, error, other length. */
const TSIG_FIXED_OCTETS = 6 + 2 + 2 + 32 + 2 + 2 + 2;

test("addresses and ranges", () => {
  const v6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1);
  expect(plainAddress(v6)).toBe(v6);
  expect(sameAddress(v6, v6)).toBe(true);
  expect(sameAddress(v6, v4(1))).toBe(false);
  const cases: [Uint8Array, Uint8Array, number, boolean][] = [
    [v4(1), v4(0), 31, true],
    [v4(2), v4(0), 31, false],
    [v4(255), v4(0), 24, true],
    [v4(1), Uint8Array.of(193, 0, 2, 1), 7, true],
    [v4(1), Uint8Array.of(193, 0, 2, 1), 8, false],
    [v4(1), new Uint8Array(4), 0, true],
    [v6, new Uint8Array(4), 0, false],
    [v6, Uint8Array.of(0x20, 1, 0xd, 0xb8, ...new Uint8Array(12)), 64, true],
    [v6, Uint8Array.of(0x20, 1, 0xd, 0xb9, ...new Uint8Array(12)), 64, false],
  ];
  for (const [address, range, prefixLength, inside] of cases)
    expect(inRange(address, { address: range, prefixLength })).toBe(inside);
});
