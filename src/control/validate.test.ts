/** What a ZONEMD may vouch for and what not: a signed zone with one thing wrong, looked at whole and with its digest trusted. */
import { afterAll, describe, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { compileImage, ZoneImage } from "#image";
import { makeKeyPair, type OpenKey, openKeyPair, type SignZoneOptions, signZone } from "#keys";
import { type Name, nameEquals, readName } from "#name";
import { RRType } from "#rdata";
import { type RRset, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { JobRunner } from "./job-runner.ts";
import { validateImage } from "./validate.ts";

const NOW = 1_800_000_000;
const WINDOW = { inception: NOW - 3600, expiration: NOW + 86_400 };
const crypto = openCrypto();
const runner = new JobRunner(2, "auto", crypto);
afterAll(() => runner.stop());

const APEX = name("covered.test.");
const ZONE = `
@   300 SOA ns hostmaster 7 3600 600 86400 300
@   300 NS ns
@   300 ZONEMD 7 1 1 ${"00".repeat(48)}
ns  300 A 192.0.2.1
www 300 A 192.0.2.2
`;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function openKey(role: "ksk" | "zsk"): OpenKey {
  const opened = openKeyPair(crypto, makeKeyPair(role));
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

const KEYS = [openKey("ksk"), openKey("zsk")];

function signed(options: SignZoneOptions): RRset[] {
  const read = readZoneFile(ZONE, APEX);
  if (!read.ok) throw new Error(read.error.reason);
  const sets = read.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const made = signZone(APEX, sets, KEYS, options);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

function codesOf(rrsets: readonly RRset[], trusted: boolean) {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(version.error.text);
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return validateImage(new ZoneImage(image.value), runner, NOW, trusted);
}

const covering = (rrset: RRset) => (rrset.rdatas[0]![0]! << 8) | rrset.rdatas[0]![1]!;
const signatureOf = (owner: string, type: number) => (rrset: RRset) =>
  rrset.type === RRType.RRSIG && nameEquals(rrset.owner, name(owner)) && covering(rrset) === type;
const nsec3SignatureAt = (owner: Name) => (rrset: RRset) =>
  rrset.type === RRType.RRSIG && nameEquals(rrset.owner, owner) && covering(rrset) === RRType.NSEC3;

function broken(rrsets: readonly RRset[], which: (rrset: RRset) => boolean, change: (rdata: Uint8Array) => void) {
  expect(rrsets.some(which)).toBe(true);
  return rrsets.map((rrset) => {
    if (!which(rrset)) return rrset;
    const rdatas = rrset.rdatas.map((rdata) => rdata.slice());
    change(rdatas[0]!);
    return { ...rrset, rdatas };
  });
}

/** The last octet belongs to the signature. */
const spoil = (rdata: Uint8Array): void => {
  rdata[rdata.length - 1]! ^= 1;
};
/** Expiration: octets 8 to 11. */
const expire = (rdata: Uint8Array): void => new DataView(rdata.buffer).setUint32(8, NOW - 1);

describe.each([
  ["NSEC", { window: WINDOW }],
  ["NSEC3", { window: WINDOW, denial: { kind: "nsec3" } }],
] as [string, SignZoneOptions][])("signed with %s", (kind, options) => {
  const zone = signed(options);

  test("a good zone is good in both ways, with the same horizon", async () => {
    const [all, trusted] = [await codesOf(zone, false), await codesOf(zone, true)];
    expect([all.ok, trusted.ok]).toEqual([true, true]);
    expect(trusted.earliestExpiration).toBe(all.earliestExpiration);
    expect(trusted.signaturesChecked).toBeLessThan(all.signaturesChecked);
  });

  test("a signature below the apex that matches nothing is seen by the whole walk alone", async () => {
    const spoiled = broken(zone, signatureOf("www.covered.test.", RRType.A), spoil);
    expect((await codesOf(spoiled, false)).counts).toEqual({ "signature-invalid": 1 });
    expect((await codesOf(spoiled, true)).ok).toBe(true);
  });

  test.each([
    ["SOA", RRType.SOA],
    ["ZONEMD", RRType.ZONEMD],
    ["NS", RRType.NS],
  ])("a wrong signature of the apex's %s is seen in both ways", async (_, type) => {
    const spoiled = broken(zone, signatureOf("covered.test.", type), spoil);
    expect((await codesOf(spoiled, true)).counts).toEqual({ "signature-invalid": 1 });
  });

  test("so is one of what proves the types at the apex", async () => {
    const apexNsec3 = zone.filter((set) => set.type === RRType.NSEC3).find((set) => typesOf(set).includes(RRType.SOA));
    const which = kind === "NSEC" ? signatureOf("covered.test.", RRType.NSEC) : nsec3SignatureAt(apexNsec3!.owner);
    expect((await codesOf(broken(zone, which, spoil), true)).counts).toEqual({ "signature-invalid": 1 });
  });

  test("dates are looked at everywhere, and signatures that are missing are missed", async () => {
    const expired = broken(zone, signatureOf("www.covered.test.", RRType.A), expire);
    expect((await codesOf(expired, true)).counts).toEqual({ "signature-expired": 1 });
    const unsigned = zone.filter((set) => !signatureOf("www.covered.test.", RRType.A)(set));
    expect((await codesOf(unsigned, true)).counts).toMatchObject({ "rrset-unsigned": 1 });
  });
});

/** Types below 256 of an NSEC3's bitmap. */
function typesOf(set: RRset): number[] {
  const rdata = set.rdatas[0]!;
  const at = 5 + rdata[4]!;
  const bitmap = rdata.subarray(at + 1 + rdata[at]! + 2);
  return Array.from({ length: bitmap.length * 8 }, (_, type) => type).filter(
    (type) => (bitmap[type >> 3]! & (0x80 >> (type & 7))) !== 0,
  );
}
