import { expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { signatureHorizon } from "#dnssec";
import { makeKeyPair, openKeyPair, signRRset, signZone, type ZoneDenial } from "#keys";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import { type RRset, zoneFromRRsets } from "#zone";
import { compileImage, earliestSignatureEnd, imageView, ZoneImage } from "./index.ts";

const NOW = 1_800_000_000;
const crypto = openCrypto();

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const APEX = name("ends.test.");
const SOA = Uint8Array.from([...APEX, ...APEX, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 44]);
const PLAIN: RRset[] = [
  { owner: APEX, type: RRType.SOA, ttl: 300, rdatas: [SOA] },
  { owner: APEX, type: RRType.NS, ttl: 300, rdatas: [name("ns.ends.test.")] },
  { owner: name("ns.ends.test."), type: RRType.A, ttl: 300, rdatas: [Uint8Array.of(192, 0, 2, 1)] },
];

function imageOf(rrsets: readonly RRset[]): ZoneImage {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(version.error.text);
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return new ZoneImage(image.value);
}

const opened = openKeyPair(crypto, makeKeyPair("zsk"));
if (!opened.ok) throw new Error(opened.error);
const key = opened.value;
const until = (expiration: number) => ({ inception: NOW - 3600, expiration });

test("the set that ends first, by its last signature, wherever it is: as the walk over the whole zone has it", () => {
  expect(earliestSignatureEnd(imageOf(PLAIN), NOW)).toBeUndefined();
  for (const denial of [{ kind: "nsec" }, { kind: "nsec3" }] satisfies ZoneDenial[]) {
    const signed = signZone(APEX, PLAIN, [key], { window: until(NOW + 1000), denial });
    if (!signed.ok) throw new Error(signed.error);
    const { earliest, lessTtl } = earliestSignatureEnd(imageOf(signed.value), NOW)!;
    const largestTtl = Math.max(...signed.value.map(({ ttl }) => ttl));
    expect([earliest, lessTtl]).toEqual([NOW + 1000, NOW + 1000 - largestTtl]);
    for (const [at, rrset] of signed.value.entries()) {
      if (rrset.type !== RRType.RRSIG) continue;
      for (const [early, beside] of [
        [true, false],
        [true, true],
        [false, true],
      ] as const) {
        const covered = signed.value[at - 1]!;
        const rdata = signRRset(key.signer, APEX, covered, until(early ? NOW - 5 : NOW + 2000));
        const rdatas = beside ? [rdata, ...rrset.rdatas] : [rdata];
        const image = imageOf(signed.value.with(at, { ...rrset, rdatas }));
        const end = earliestSignatureEnd(image, NOW)?.earliest;
        expect(end).toBe(early && !beside ? NOW - 5 : NOW + 1000);
        expect(end).toBe(signatureHorizon(imageView(image), NOW)?.seconds);
      }
    }
  }
});
