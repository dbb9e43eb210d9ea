/** A large signed zone is validated in shares by all workers, next to nothing of it on the main thread, and the shares say what one walk says. */
import { afterAll, describe, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { compileImage, ZoneImage } from "#image";
import { makeKeyPair, type OpenKey, openKeyPair, signZone, type ZoneDenial } from "#keys";
import { type Name, nameEquals, readName } from "#name";
import { RRType } from "#rdata";
import { type RRset, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { JobRunner } from "./job-runner.ts";
import { type Job, performJob } from "./jobs.ts";
import { validateImage } from "./validate.ts";
import { validationItems } from "./validate-image.ts";

const NOW = 1_800_000_000;
const NAMES = 2_500;
const WORKERS = 3;
const crypto = openCrypto();
const APEX = name("large.test.");
const KEYS = [openKey("ksk"), openKey("zsk")];

/** Signatures that the main thread verified: those of a share too small for a worker at most. */
let verifiedHere = 0;
const counting: typeof crypto = {
  ...crypto,
  verify: (...about) => {
    verifiedHere++;
    return crypto.verify(...about);
  },
};
const FEW = 100;
const shares: number[] = [];
const runner = new JobRunner(WORKERS, "auto", counting);
const run = runner.run.bind(runner);
runner.run = ((job) => {
  const share = job as Job;
  if (share.kind === "validate") shares.push(share.to - share.from);
  return run(job as never);
}) as JobRunner["run"];
afterAll(() => runner.stop());

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

function signed(denial: ZoneDenial): RRset[] {
  const hosts = Array.from({ length: NAMES }, (_, i) => `n${i} 300 A 192.0.2.${i % 250}`);
  const read = readZoneFile(
    `@ 300 SOA ns hostmaster 7 3600 600 86400 300\n@ 300 NS ns\nns 300 A 192.0.2.1\n${hosts.join("\n")}\n`,
    APEX,
  );
  if (!read.ok) throw new Error(read.error.reason);
  const sets = read.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const made = signZone(APEX, sets, KEYS, { window: { inception: NOW - 3600, expiration: NOW + 86_400 }, denial });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

function imageOf(rrsets: readonly RRset[]): ZoneImage {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(version.error.text);
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return new ZoneImage(image.value);
}

/** What one walk over everything finds, on this thread. */
function wholeWalk(image: ZoneImage) {
  const share = { image: image.buffer, now: NOW, from: 0, to: validationItems(image) };
  const report = performJob({ kind: "validate", ...share }, crypto) as never;
  return performJob({ kind: "finish", image: image.buffer, now: NOW, reports: [report] }, crypto);
}

/** Both ends and the middle, so that the faults lie in different shares. */
const FAULTY = [0, NAMES / 2, NAMES - 1].map((i) => name(`n${i}.large.test.`));

function spoiled(rrsets: readonly RRset[]): RRset[] {
  return rrsets.map((rrset) => {
    if (rrset.type !== RRType.RRSIG || rrset.rdatas[0]![1] !== RRType.A) return rrset;
    if (!FAULTY.some((owner) => nameEquals(owner, rrset.owner))) return rrset;
    const rdata = rrset.rdatas[0]!.slice();
    rdata[rdata.length - 1]! ^= 1;
    return { ...rrset, rdatas: [rdata] };
  });
}

describe.each([[{ kind: "nsec" }], [{ kind: "nsec3" }]] as const)("signed with %o", (denial) => {
  const zone = signed(denial);

  test("good: every item in some share, at least one share a worker, the same report", async () => {
    const image = imageOf(zone);
    shares.length = 0;
    verifiedHere = 0;
    const report = await validateImage(image, runner, NOW);
    expect(report.ok).toBe(true);
    expect(report.signaturesChecked).toBeGreaterThan(NAMES);
    expect(verifiedHere).toBeLessThan(FEW);
    expect(report).toEqual(wholeWalk(image));
    expect(shares.length).toBeGreaterThanOrEqual(WORKERS);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(validationItems(image));
  });

  test("faults in several shares: all of them, as one walk finds them", async () => {
    const image = imageOf(spoiled(zone));
    const report = await validateImage(image, runner, NOW);
    expect(report.counts).toEqual({ "signature-invalid": FAULTY.length });
    expect(report).toEqual(wholeWalk(image));
  });

  test("a name taken out: the gap between two shares' names is seen as well", async () => {
    const gone = zone.filter(({ owner }) => !FAULTY.some((name) => nameEquals(name, owner)));
    const image = imageOf(gone);
    const report = await validateImage(image, runner, NOW);
    expect(report.ok).toBe(false);
    expect(report).toEqual(wholeWalk(image));
  });
});
