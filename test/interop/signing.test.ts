/** Other people's validators on what we sign, and our validator on what other people's signers sign. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex } from "#bytes";
import { openCrypto } from "#crypto";
import { makeDs, type RRset, type ValidationReport, validateZone, viewVersion } from "#dnssec";
import { compileImage, imageView, ZoneImage } from "#image";
import { makeKeyPair, type OpenKey, openKeyPair, type SignZoneOptions, signZone } from "#keys";
import { type Name, nameEquals, readName } from "#name";
import { printRdata, RRType } from "#rdata";
import { DEFAULT_ZONE_LIMITS, ZoneBuilder, type ZoneVersion, zoneFromRRsets } from "#zone";
import { printZone, readZoneFile } from "#zonefile";
import * as peers from "../peers/index.ts";
import { hasPublicSuffixes, publicSuffixZone, zonePath } from "../zones/index.ts";

const crypto = openCrypto();
const now = Math.floor(Date.now() / 1000);
const WINDOW = { inception: now - 3600, expiration: now + 20 * 86_400 };
let directory: string;
beforeAll(() => {
  directory = peers.makeDirectory("signing");
});
afterAll(() => peers.removeDirectory(directory));

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function versionOf(apex: Name, text: string): ZoneVersion {
  const read = readZoneFile(text, apex, { defaultTtl: 3600 });
  if (!read.ok) throw new Error(`line ${read.error.line}: ${read.error.reason}`);
  const builder = new ZoneBuilder(apex, DEFAULT_ZONE_LIMITS);
  for (const { owner, type, ttl, rdata } of read.value) {
    const added = builder.add(owner, type, ttl, rdata);
    if (!added.ok) throw new Error(added.error.text);
  }
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.text);
  return finished.value;
}

function openKey(role: "ksk" | "zsk"): OpenKey {
  const opened = openKeyPair(crypto, makeKeyPair(role));
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

function* recordsOf(rrsets: readonly RRset[]) {
  for (const { owner, type, ttl, rdatas } of rrsets) for (const rdata of rdatas) yield { owner, type, ttl, rdata };
}

/** Over the zone version and over the zone image: both have to come to the same verdict, and see the same valid zone. */
function validate(version: ZoneVersion): ValidationReport {
  const report = validateZone(viewVersion(version), crypto, { now });
  const compiled = compileImage(version, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const overImage = validateZone(imageView(new ZoneImage(compiled.value)), crypto, { now });
  expect(overImage.ok).toBe(report.ok);
  if (report.ok) expect(overImage).toEqual(report);
  return report;
}

const errorsOf = (report: ValidationReport): unknown[] =>
  report.findings.filter(({ severity }) => severity === "error");

const ZONES: readonly [string, () => string][] = [
  ["odd.example.", () => readFileSync(zonePath("odd.zone"), "latin1")],
  ["example.", () => readFileSync(zonePath("rfc4592.zone"), "latin1")],
  ["example.", () => readFileSync(zonePath("rfc5155.zone"), "latin1")],
];
const SMALL = `
$ORIGIN odd.test.
$TTL 300
@            IN SOA ns hostmaster 1 3600 600 86400 300
@            IN NS ns
ns           IN A 192.0.2.1
a.b.c        IN A 192.0.2.2
*.wild       IN TXT "w"
secure       IN NS ns.secure
secure       IN DS 4711 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.secure    IN A 192.0.2.3
insecure     IN NS ns.insecure
ns.insecure  IN A 192.0.2.4
d1.ent       IN NS ns.elsewhere.test.
d2.x.ent     IN NS ns.elsewhere.test.
d3.y.z       IN NS ns.elsewhere.test.
d4.y.z       IN A 192.0.2.55
alias        IN CNAME ns
`;

const DENIALS: readonly [string, SignZoneOptions["denial"]][] = [
  ["NSEC", { kind: "nsec" }],
  ["NSEC3", { kind: "nsec3" }],
  ["NSEC3 with salt", { kind: "nsec3", params: { algorithm: 1, iterations: 3, salt: fromHex("beef")! } }],
  ["NSEC3 opt-out", { kind: "nsec3", optOut: true }],
];

describe.each(ZONES)("%s signed by us", (apexText, text) => {
  describe.each(DENIALS)("%s", (label, denial) => {
    const apex = name(apexText);

    function signedFile(): { file: string; anchor: string; version: ZoneVersion } {
      const flat = peers.flattenZone(apexText, ...[writeZone(text())]);
      const keys = [openKey("ksk"), openKey("zsk")];
      const made = signZone(apex, versionOf(apex, flat).rrsets(), keys, { window: WINDOW, denial });
      if (!made.ok) throw new Error(made.error);
      const printed = printZone(recordsOf(made.value));
      const base = `${apexText}${label.replaceAll(" ", "-")}`;
      const ksk = { owner: apex, type: RRType.DNSKEY, ttl: 3600, rdata: keys[0]!.dnskey };
      return {
        file: peers.writeIn(directory, base, printed),
        anchor: peers.writeIn(directory, `${base}key`, printZone([ksk])),
        version: versionOf(apex, printed),
      };
    }

    function writeZone(content: string): string {
      return peers.writeIn(directory, `${apexText}plain`, content);
    }

    it("is valid to ourselves", () => {
      const report = validate(signedFile().version);
      expect(errorsOf(report)).toEqual([]);
      expect(report.signaturesChecked).toBeGreaterThan(10);
    });

    it.skipIf(peers.missingPrograms("dnssec-verify").length > 0)("is valid to BIND's dnssec-verify", () => {
      const { file } = signedFile();
      const run = spawnSync(peers.getProgram("dnssec-verify"), ["-o", apexText, file], { encoding: "utf8" });
      expect(`${run.stdout}${run.stderr}`).toMatch(/Zone fully signed/);
      expect(run.status).toBe(0);
    });

    it.skipIf(peers.missingPrograms("ldns-verify-zone").length > 0)("is valid to ldns-verify-zone", () => {
      const { file, anchor } = signedFile();
      const run = spawnSync(peers.getProgram("ldns-verify-zone"), ["-k", anchor, file], { encoding: "utf8" });
      expect(`${run.stdout}${run.stderr}`).toMatch(/Zone is verified and complete/);
      expect(run.status).toBe(0);
    });
  });
});

describe.skipIf(peers.missingPrograms("dnssec-signzone", "dnssec-keygen", "named-checkzone").length > 0)(
  "what BIND's dnssec-signzone signed is valid to us",
  () => {
    const cases: readonly [string, peers.SigningOptions][] = [
      ["NSEC", { denial: "nsec" }],
      ["NSEC3", { denial: "nsec3" }],
      ["NSEC3, salt, iterations", { denial: "nsec3", salt: "aabbccdd", iterations: 5 }],
      ["NSEC3 opt-out", { denial: "nsec3", optOut: true }],
      ["P-384", { denial: "nsec", algorithm: "ECDSAP384SHA384" }],
      ["Ed25519", { denial: "nsec3", algorithm: "ED25519" }],
      ["RSA", { denial: "nsec", algorithm: "RSASHA256" }],
    ];
    it.each(cases)("%s", (_, options) => {
      const flat = peers.flattenZone("odd.example.", zonePath("odd.zone"));
      const signed = peers.signZone({ name: "odd.example.", text: flat }, options);
      const report = validate(versionOf(name("odd.example."), signed.text));
      expect(errorsOf(report)).toEqual([]);
      expect(report.signaturesChecked).toBeGreaterThan(100);
    });

    it("signatures that have run out are found", () => {
      const flat = peers.flattenZone("odd.example.", zonePath("odd.zone"));
      const signed = peers.signZone({ name: "odd.example.", text: flat }, { denial: "nsec" });
      const view = viewVersion(versionOf(name("odd.example."), signed.text));
      const report = validateZone(view, crypto, { now: now + 31 * 86_400 });
      expect(report.findings[0]).toMatchObject({
        code: "dnskey-not-self-signed",
        text: expect.stringContaining("expired"),
      });
    });
  },
);

describe.skipIf(peers.missingPrograms("ldns-signzone", "ldns-keygen", "named-checkzone").length > 0)(
  "what ldns-signzone signed is valid to us",
  () => {
    it.each(["nsec", "nsec3"] as const)("%s", (denial) => {
      const flat = peers.flattenZone("odd.example.", zonePath("odd.zone"));
      // ldns 1.8 prints a quote in an owner name without its escape: nobody can read that.
      const text = flat
        .split("\n")
        .filter((line) => !/^[^\t ]*"/.test(line))
        .join("\n");
      const signed = peers.signZone({ name: "odd.example.", text }, { tool: "ldns", denial });
      expect(errorsOf(validate(versionOf(name("odd.example."), signed.text)))).toEqual([]);
    });
  },
);

describe.skipIf(!hasPublicSuffixes() || peers.missingPrograms("dnssec-signzone", "named-checkzone").length > 0)(
  "a registry's zone that nobody of us invented, signed by BIND",
  () => {
    it.each([
      ["NSEC", { denial: "nsec" }],
      ["NSEC3 opt-out", { denial: "nsec3", optOut: true }],
    ] as [string, peers.SigningOptions][])("%s", (_, options) => {
      const file = peers.writeIn(directory, "registry", publicSuffixZone("registry.test.", 5));
      const flat = peers.flattenZone("registry.test.", file);
      const signed = peers.signZone({ name: "registry.test.", text: flat }, options);
      expect(errorsOf(validate(versionOf(name("registry.test."), signed.text)))).toEqual([]);
    });
  },
);

it.skipIf(peers.missingPrograms("dnssec-dsfromkey").length > 0)(
  "a DS made from a DNSKEY is what BIND's dnssec-dsfromkey makes",
  () => {
    const apex = name("odd.example.");
    const { dnskey } = openKey("ksk");
    const line = printZone([{ owner: apex, type: RRType.DNSKEY, ttl: 3600, rdata: dnskey }]);
    const file = peers.writeIn(directory, "dnskey", line);
    for (const [digestType, flag] of [
      [1, "-1"],
      [2, "-2"],
      [4, "-aSHA-384"],
    ] as const) {
      const theirs = execFileSync(peers.getProgram("dnssec-dsfromkey"), [flag, "-f", file, "odd.example"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(printRdata(RRType.DS, makeDs(apex, dnskey, digestType, crypto)!)).toBe(theirs.split(" DS ")[1]!.trim());
    }
  },
);

describe.skipIf(peers.missingPrograms("dnssec-verify").length > 0)(
  "agrees with BIND's dnssec-verify on a zone that any one RRset or name was taken out of",
  () => {
    it.each(DENIALS.filter(([label]) => label === "NSEC" || label === "NSEC3 opt-out"))("%s", (_, denial) => {
      const apex = name("odd.test.");
      const keys = [openKey("ksk"), openKey("zsk")];
      const made = signZone(apex, versionOf(apex, SMALL).rrsets(), keys, { window: WINDOW, denial });
      if (!made.ok) throw new Error(made.error);
      const zone = made.value;
      const isFirst = (rrset: RRset, i: number): boolean =>
        zone.findIndex((other) => nameEquals(other.owner, rrset.owner)) === i;
      const smaller = zone
        // Without SOA, NS or DNSKEY at the apex dnssec-verify does not get as far as a verdict.
        .filter((rrset) => !nameEquals(rrset.owner, apex) || rrset.type === RRType.RRSIG)
        .map((rrset) => zone.filter((other) => other !== rrset));
      const nameless = zone
        .filter((rrset, i) => isFirst(rrset, i) && !nameEquals(rrset.owner, apex))
        .map((rrset) => zone.filter((other) => !nameEquals(other.owner, rrset.owner)));
      const verdicts = [zone, ...smaller, ...nameless].map((rrsets) => {
        const file = peers.writeIn(directory, "smaller", printZone(recordsOf(rrsets)));
        const run = spawnSync(peers.getProgram("dnssec-verify"), ["-o", "odd.test.", file]);
        const version = zoneFromRRsets(apex, rrsets);
        if (!version.ok) throw new Error(version.error.text);
        const report = validate(version.value);
        return { ours: report.ok, theirs: run.status === 0, findings: report.findings };
      });
      expect(verdicts[0]).toMatchObject({ ours: true, theirs: true });
      expect(verdicts.filter(({ ours }) => !ours).length).toBeGreaterThan(20);
      expect(verdicts.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
    });
  },
);
