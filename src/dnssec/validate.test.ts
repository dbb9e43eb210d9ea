/** The validator on zones signed by ourselves, whole and with one thing wrong at a time. */
import { describe, expect, it } from "vitest";
import { fromHex } from "#bytes";
import { type Crypto, openCrypto } from "#crypto";
import { makeKeyPair, type OpenKey, openKeyPair, type SignZoneOptions, signRRset, signZone } from "#keys";
import { type Name, nameEquals, nameKey, printName, readName } from "#name";
import { RRType, typeName } from "#rdata";
import { zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import {
  finishValidation,
  planValidation,
  type RRset,
  signatureHorizon,
  type ValidationReport,
  validateApex,
  validateSlice,
  validateZone,
  viewRRsets,
  viewVersion,
} from "./index.ts";

const NOW = 1_800_000_000;
const WINDOW = { inception: NOW - 3600, expiration: NOW + 86_400 };
const crypto: Crypto = openCrypto();

const ZONE = `
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
alias        IN CNAME ns
moved        IN DNAME elsewhere.test.
hidden.moved IN A 192.0.2.5
`;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const APEX = name("odd.test.");

function rrsetsOf(text: string): RRset[] {
  const read = readZoneFile(text, APEX);
  if (!read.ok) throw new Error(`${read.error.line}: ${read.error.reason}`);
  const sets = new Map<string, { owner: Name; type: number; ttl: number; rdatas: Uint8Array[] }>();
  for (const { owner, type, ttl, rdata } of read.value) {
    const key = `${nameKey(owner)} ${type}`;
    const set = sets.get(key);
    if (set) set.rdatas.push(rdata);
    else sets.set(key, { owner, type, ttl, rdatas: [rdata] });
  }
  return [...sets.values()];
}

function openKey(role: "ksk" | "zsk"): OpenKey {
  const opened = openKeyPair(crypto, makeKeyPair(role));
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

const KEYS = [openKey("ksk"), openKey("zsk")];
const NSEC: SignZoneOptions = { window: WINDOW };
const NSEC3: SignZoneOptions = { window: WINDOW, denial: { kind: "nsec3" } };
const OPT_OUT: SignZoneOptions = { window: WINDOW, denial: { kind: "nsec3", optOut: true } };

function signed(options: SignZoneOptions, text = ZONE, keys = KEYS): RRset[] {
  const made = signZone(APEX, rrsetsOf(text), keys, options);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

function validate(rrsets: RRset[], now = NOW): ValidationReport {
  return validateZone(viewRRsets(APEX, rrsets), crypto, { now });
}

const codes = (report: ValidationReport): string[] => Object.keys(report.counts).sort();

function is(rrset: RRset, owner: string, type: number, covered?: number): boolean {
  if (rrset.type !== type || !nameEquals(rrset.owner, name(owner))) return false;
  return covered === undefined || (rrset.rdatas[0]![0]! << 8) + rrset.rdatas[0]![1]! === covered;
}

const isNsec3 = (rrset: RRset): boolean =>
  rrset.type === RRType.NSEC3 || (rrset.type === RRType.RRSIG && rrset.rdatas[0]![1] === RRType.NSEC3);

/** The zone with one RRset's RDATA changed, without a new signature. */
function changed(rrsets: RRset[], pick: (rrset: RRset) => boolean, change: (rdata: Uint8Array) => void): RRset[] {
  expect(rrsets.some(pick)).toBe(true);
  return rrsets.map((rrset) => {
    if (!pick(rrset)) return rrset;
    const rdatas = rrset.rdatas.map((rdata) => rdata.slice());
    change(rdatas[0]!);
    return { ...rrset, rdatas };
  });
}

function without(rrsets: RRset[], pick: (rrset: RRset) => boolean): RRset[] {
  expect(rrsets.some(pick)).toBe(true);
  return rrsets.filter((rrset) => !pick(rrset));
}

describe.each([
  ["NSEC", NSEC],
  ["NSEC3", NSEC3],
  [
    "NSEC3 with salt and iterations",
    { ...NSEC3, denial: { kind: "nsec3", params: { algorithm: 1, iterations: 7, salt: fromHex("aabb")! } } },
  ],
  ["NSEC3 opt-out", OPT_OUT],
] as [string, SignZoneOptions][])("a zone signed with %s", (_, options) => {
  const zone = signed(options);

  it("is valid, with its earliest expiration", () => {
    const report = validate(zone);
    expect(report.findings.filter((finding) => finding.severity === "error")).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.earliestExpiration).toBe(WINDOW.expiration);
    expect(report.signaturesChecked).toBeGreaterThan(15);
    expect(signatureHorizon(viewRRsets(APEX, zone), NOW)?.seconds).toBe(WINDOW.expiration);
  });

  it("is the same zone to the validator when it comes from a zone version", () => {
    const version = zoneFromRRsets(APEX, zone);
    if (!version.ok) throw new Error(version.error.text);
    expect(validateZone(viewVersion(version.value), crypto, { now: NOW })).toEqual(validate(zone));
  });

  it("is found invalid by any single missing RRSIG, and by any missing chain link", () => {
    for (const rrset of zone) {
      if (rrset.type !== RRType.RRSIG && rrset.type !== RRType.NSEC && rrset.type !== RRType.NSEC3) continue;
      const report = validate(without(zone, (other) => other === rrset));
      expect(report.ok, `${printName(rrset.owner)} ${typeName(rrset.type)}`).toBe(false);
    }
  });

  it("is found invalid by any octet of any record changed", () => {
    for (const rrset of zone) {
      const owner = printName(rrset.owner);
      // Glue and hidden names are not signed: nothing can notice a change there.
      if (/^(ns\.(in)?secure|hidden)/.test(owner)) continue;
      const isCut = /^((in)?secure|d1|d2)\./.test(owner);
      if (isCut && rrset.type === RRType.NS) continue;
      const report = validate(
        changed(
          zone,
          (other) => other === rrset,
          (rdata) => (rdata[rdata.length - 1]! ^= 1),
        ),
      );
      expect(report.ok, `${owner} ${typeName(rrset.type)}`).toBe(false);
    }
  });

  it("gives the same report in slices as in one piece, wrong or right", () => {
    const broken = without(zone, (rrset) => is(rrset, "a.b.c.odd.test.", RRType.RRSIG, RRType.A));
    for (const rrsets of [zone, broken]) {
      const view = viewRRsets(APEX, rrsets);
      for (const size of [1, 2, 3, 7]) {
        const plan = planValidation(view, crypto, { now: NOW });
        const reports: ValidationReport[] = [];
        for (let from = 0; from < plan.itemCount; from += size) {
          reports.push(validateSlice(planValidation(view, crypto, { now: NOW }), from, from + size));
        }
        expect(finishValidation(plan, reports)).toEqual(validateZone(view, crypto, { now: NOW }));
      }
    }
  });
});

describe("names what is wrong", () => {
  const zone = signed(NSEC);
  const zone3 = signed(NSEC3);

  it("an unsigned zone", () => {
    const report = validate(rrsetsOf(ZONE));
    expect(report).toMatchObject({
      ok: false,
      errorCount: 1,
      findings: [{ code: "zone-unsigned", owner: "odd.test." }],
    });
  });

  it("a time before and behind the window, to the second", () => {
    expect(validate(zone, WINDOW.expiration).ok).toBe(true);
    expect(codes(validate(zone, WINDOW.expiration + 1))).toEqual(["dnskey-not-self-signed"]);
    expect(validate(zone, WINDOW.inception - 1).findings[0]!.text).toContain("valid only from 2027-01-15T07:00:00Z");
  });

  it("one RRset that expired while the keys' signatures hold", () => {
    const late = signed({ window: { inception: NOW - 7200, expiration: NOW - 60 } });
    const pick = (rrset: RRset): boolean => is(rrset, "ns.odd.test.", RRType.RRSIG, RRType.A);
    const mixed = [...without(zone, pick), late.find(pick)!];
    const report = validate(mixed);
    expect(report.findings).toEqual([
      {
        severity: "error",
        code: "signature-expired",
        owner: "ns.odd.test.",
        type: "A",
        text: expect.stringContaining("expired at 2027-01-15T07:59:00Z"),
      },
    ]);
    // Beside a good one it is a remark.
    const both = validate([...zone, late.find(pick)!]);
    expect(both.ok).toBe(true);
    expect(codes(both)).toEqual(["signature-bad-beside-good"]);
  });

  it("a signature beside the good one that validators stumble over: other Labels, another signer, two that match nothing", () => {
    const pick = (rrset: RRset): boolean => is(rrset, "ns.odd.test.", RRType.RRSIG, RRType.A);
    const beside = (...changes: ((rdata: Uint8Array) => Uint8Array)[]): string[] => {
      const good = zone.find(pick)!;
      const more = changes.map((change) => ({ ...good, rdatas: [change(good.rdatas[0]!.slice())] }));
      return codes(validate([...more, ...zone]));
    };
    const labels = (count: number) => (rdata: Uint8Array) => rdata.fill(count, 3, 4);
    const broken = (bit: number) => (rdata: Uint8Array) => rdata.fill(rdata.at(-1)! ^ bit, -1);
    // Its signer is `test.`, then: the first label of "odd.test." is taken out.
    const parent = (rdata: Uint8Array) => Uint8Array.from([...rdata.subarray(0, 18), ...rdata.subarray(22)]);
    for (const count of [0, 2, 4, 255]) expect(beside(labels(count))).toEqual(["signature-wrong-labels"]);
    expect(beside(parent)).toEqual(["signature-wrong-signer"]);
    expect(beside(broken(1))).toEqual(["signature-bad-beside-good"]);
    expect(beside(broken(1), broken(2))).toEqual(["signature-bad-beside-good", "signature-invalid"]);
  });

  it("more keys of one tag than validators try, though every signature matches one of the first", () => {
    const zsk = KEYS[1]!.dnskey;
    const turned = (by: number): Uint8Array =>
      Uint8Array.from([...zsk.subarray(0, 4), ...zsk.subarray(4 + 2 * by), ...zsk.subarray(4, 4 + 2 * by)]);
    const crowd = (count: number): RRset[] => {
      const dnskeys = zone.find((rrset) => is(rrset, "odd.test.", RRType.DNSKEY))!;
      const keys = [...dnskeys.rdatas, ...Array.from({ length: count }, (_, i) => turned(i + 1))];
      const rest = zone.filter((rrset) => rrset !== dnskeys && !is(rrset, "odd.test.", RRType.RRSIG, RRType.DNSKEY));
      const set = { ...dnskeys, rdatas: keys };
      const rrsig = signRRset(KEYS[0]!.signer, APEX, set, WINDOW);
      return [...rest, set, { ...set, type: RRType.RRSIG, rdatas: [rrsig] }];
    };
    expect(codes(validate(crowd(3)))).toEqual([]);
    expect(codes(validate(crowd(4)))).toEqual(["dnskeys-too-many"]);
  });

  it("a DNSKEY RRset that only the ZSK signs is a remark, one that nobody in it signs is an error", () => {
    const zsk = KEYS[1]!;
    const onlyZsk = signed(NSEC, ZONE, [zsk]);
    const pick = (rrset: RRset): boolean =>
      is(rrset, "odd.test.", RRType.DNSKEY) || is(rrset, "odd.test.", RRType.RRSIG, RRType.DNSKEY);
    // With the ZSK alone in the DNSKEY RRset there is no SEP key to miss.
    expect(codes(validate(onlyZsk))).toEqual([]);
    const foreign = signed(NSEC, ZONE, [openKey("ksk"), openKey("zsk")]);
    const swapped = [...without(zone, pick), ...foreign.filter(pick)];
    expect(codes(validate(swapped))).toEqual(["signature-unknown-key"]);
    const noSelf = [
      ...without(zone, (rrset) => is(rrset, "odd.test.", RRType.DNSKEY)),
      ...foreign.filter((rrset) => is(rrset, "odd.test.", RRType.DNSKEY)),
    ];
    expect(codes(validate(noSelf))).toEqual(["dnskey-not-self-signed"]);
  });

  it("a revoked key signs nothing (RFC 5011)", () => {
    const revoked = changed(
      signed(NSEC, ZONE, [KEYS[1]!]),
      (rrset) => rrset.type === RRType.DNSKEY,
      (rdata) => (rdata[1]! |= 0x80),
    );
    expect(validate(revoked).ok).toBe(false);
  });

  it("signed glue, signed delegation NS, signed hidden names", () => {
    const signature = zone.find((rrset) => is(rrset, "ns.odd.test.", RRType.RRSIG, RRType.A))!;
    for (const owner of ["ns.secure.odd.test.", "hidden.moved.odd.test."]) {
      const report = validate([...zone, { ...signature, owner: name(owner) }]);
      expect(report.findings.map(({ code, owner: where }) => [code, where])).toEqual([["signature-unexpected", owner]]);
    }
    const ns = zone.find((rrset) => is(rrset, "odd.test.", RRType.RRSIG, RRType.NS))!;
    const report = validate([...zone, { ...ns, owner: name("insecure.odd.test.") }]);
    expect(report.findings.map(({ code, type }) => [code, type])).toEqual([["signature-unexpected", "NS"]]);
  });

  it("wrong labels, wrong signer, wrong TTL", () => {
    const pick = (rrset: RRset): boolean => is(rrset, "a.b.c.odd.test.", RRType.RRSIG, RRType.A);
    expect(codes(validate(changed(zone, pick, (rdata) => (rdata[3] = 2))))).toEqual(["signature-wrong-labels"]);
    expect(codes(validate(changed(zone, pick, (rdata) => (rdata[19] = 0x78))))).toEqual(["signature-wrong-signer"]);
    const longer = zone.map((rrset) => (is(rrset, "a.b.c.odd.test.", RRType.A) ? { ...rrset, ttl: 301 } : rrset));
    expect(codes(validate(longer))).toEqual(["signature-wrong-ttl"]);
    const shorter = zone.map((rrset) => (is(rrset, "a.b.c.odd.test.", RRType.A) ? { ...rrset, ttl: 299 } : rrset));
    expect(validate(shorter)).toMatchObject({ ok: true, counts: { "signature-ttl-differs": 1 } });
  });

  it("a record added or taken away behind the signer's back", () => {
    const extra: RRset = { owner: name("ns.odd.test."), type: RRType.TXT, ttl: 300, rdatas: [Uint8Array.of(1, 97)] };
    expect(codes(validate([...zone, extra]))).toEqual(["nsec-bitmap-wrong", "rrset-unsigned"]);
    const stray = without(zone, (rrset) => is(rrset, "alias.odd.test.", RRType.CNAME));
    expect(codes(validate(stray))).toEqual(["nsec-bitmap-wrong", "signature-without-rrset"]);
  });

  it("NSEC: bitmap, next name, a name without one, one too many", () => {
    const text = `${ZONE}extra IN A 192.0.2.9\n`;
    const larger = signed(NSEC, text);
    const gone = without(larger, (rrset) => is(rrset, "extra.odd.test.", RRType.NSEC));
    expect(codes(validate(gone))).toEqual(["nsec-missing", "signature-without-rrset"]);
    const nameGone = without(larger, (rrset) => nameEquals(rrset.owner, name("extra.odd.test.")));
    expect(codes(validate(nameGone))).toEqual(["nsec-next-wrong"]);
    const nsec = zone.find((rrset) => is(rrset, "ns.odd.test.", RRType.NSEC))!;
    expect(codes(validate([...zone, { ...nsec, owner: name("ns.secure.odd.test.") }]))).toEqual(["nsec-unexpected"]);
    expect(codes(validate([...zone, { ...nsec, owner: name("b.c.odd.test.") }]))).toContain("nsec-next-wrong");
  });

  it("no denial at all, both kinds at once, NSEC3 without NSEC3PARAM", () => {
    const bare = zone.filter((rrset) => rrset.type !== RRType.NSEC);
    expect(codes(validate(bare))).toEqual(["denial-missing"]);
    const both = [...zone3, ...zone.filter((rrset) => rrset.type === RRType.NSEC)];
    expect(codes(validate(both))).toContain("denial-mixed");
    const noParam = without(zone3, (rrset) => rrset.type === RRType.NSEC3PARAM);
    expect(codes(validate(noParam))).toEqual(["denial-missing"]);
    const noChain = zone3.filter((rrset) => !isNsec3(rrset));
    expect(codes(validate(noChain))).toEqual(["denial-missing", "nsec3-missing"]);
  });

  it("NSEC3: too many iterations", () => {
    const params = { algorithm: 1, iterations: 101, salt: new Uint8Array(0) };
    const slow = signed({ window: WINDOW, denial: { kind: "nsec3", params } });
    expect(codes(validate(slow))).toEqual(["nsec3-iterations"]);
    const report = validateZone(viewRRsets(APEX, slow), crypto, { now: NOW, maxNsec3Iterations: 101 });
    expect(report).toMatchObject({ ok: true, counts: { "nsec3-iterations-not-zero": 1 } });
  });

  it("NSEC3: a name too many, a name too few, empty non-terminals counted", () => {
    const larger = signed(NSEC3, `${ZONE}extra IN A 192.0.2.9\n`);
    const gone = without(larger, (rrset) => nameEquals(rrset.owner, name("extra.odd.test.")));
    expect(codes(validate(gone))).toEqual(["nsec3-unmatched"]);
    const extra = larger.filter((rrset) => nameEquals(rrset.owner, name("extra.odd.test.")));
    expect(codes(validate([...zone3, ...extra]))).toEqual(["nsec3-missing"]);
    // A chain made as if empty non-terminals did not exist: the zone has a.b.c, the chain knows b.c only as missing.
    const flat = signed(NSEC3, ZONE.replace("a.b.c ", "abc "));
    const address = zone3.filter(
      (rrset) => is(rrset, "a.b.c.odd.test.", RRType.A) || is(rrset, "a.b.c.odd.test.", RRType.RRSIG),
    );
    const report = validate([...flat.filter((rrset) => !nameEquals(rrset.owner, name("abc.odd.test."))), ...address]);
    expect(report.counts["nsec3-missing"]).toBe(3);
  });

  it("NSEC3: flags that no validator knows", () => {
    const odd = changed(
      zone3,
      (rrset) => rrset.type === RRType.NSEC3,
      (rdata) => (rdata[1] = 2),
    );
    expect(codes(validate(odd))).toContain("nsec3-flags");
  });

  it("opt-out: insecure delegations may be missing only below a span that opts out", () => {
    const strict = changed(
      signed(OPT_OUT),
      (rrset) => rrset.type === RRType.NSEC3,
      (rdata) => (rdata[1] = 0),
    );
    // All links say "no opt-out" now (and their signatures are broken too, which is another finding).
    expect(validate(strict).counts["nsec3-missing"]).toBeGreaterThan(0);
    // A name that is ours to prove may not be missing even there.
    const optOut = signed(OPT_OUT, `${ZONE}d3.x.ent IN A 192.0.2.77\n`);
    const lost = optOut.filter((rrset) => !nameEquals(rrset.owner, name("d3.x.ent.odd.test.")));
    expect(codes(validate(lost))).toContain("nsec3-unmatched");
    const plain = signed(OPT_OUT);
    const address = optOut.filter((rrset) => nameEquals(rrset.owner, name("d3.x.ent.odd.test.")));
    // d3.x.ent itself, and ent and x.ent, which now lead to an authoritative name.
    expect(validate([...plain, ...address]).counts).toEqual({ "nsec3-missing": 3 });
  });

  it("two chains while the salt changes: the one with an NSEC3PARAM counts, the other's signatures are looked at", () => {
    const params = { algorithm: 1, iterations: 0, salt: fromHex("cafe")! };
    const next = signed({ window: WINDOW, denial: { kind: "nsec3", params } }).filter(isNsec3);
    expect(codes(validate([...zone3, ...next]))).toEqual([]);
    expect(codes(validate([...zone3, ...next.slice(2)]))).toEqual([]);
    const bad = changed(
      next,
      (rrset) => rrset === next[1],
      (rdata) => (rdata[rdata.length - 1]! ^= 1),
    );
    expect(codes(validate([...zone3, ...bad]))).toEqual(["signature-invalid"]);
  });

  it("too many signatures and too many keys are refused before they cost anything", () => {
    const many = zone.map((rrset) =>
      is(rrset, "ns.odd.test.", RRType.RRSIG, RRType.A)
        ? { ...rrset, rdatas: new Array<Uint8Array>(33).fill(rrset.rdatas[0]!) }
        : rrset,
    );
    expect(codes(validate(many))).toEqual(["signatures-too-many"]);
    const keys = zone.map((rrset) =>
      rrset.type === RRType.DNSKEY ? { ...rrset, rdatas: new Array<Uint8Array>(65).fill(rrset.rdatas[0]!) } : rrset,
    );
    expect(codes(validate(keys))).toEqual(["dnskeys-too-many"]);
  });

  it("counts everything and names the first twenty", () => {
    const text = ZONE + Array.from({ length: 50 }, (_, i) => `n${i} IN A 192.0.2.1\n`).join("");
    const bare = signed(NSEC, text).filter(
      (rrset) => !/^n\d/.test(printName(rrset.owner)) || rrset.type !== RRType.RRSIG,
    );
    const report = validate(bare);
    expect(report.findings.length).toBe(20);
    expect(report.counts).toEqual({ "rrset-unsigned": 100 });
    expect(report.errorCount).toBe(100);
  });
});

it("the apex alone: what is wrong below it is not looked at, what is wrong at it is", () => {
  const apexOf = (rrsets: RRset[]) => validateApex(planValidation(viewRRsets(APEX, rrsets), crypto, { now: NOW }));
  for (const options of [NSEC, NSEC3]) {
    const whole = signed(options);
    const below = changed(
      whole,
      (rrset) => is(rrset, "ns.odd.test.", RRType.A),
      (rdata) => rdata.fill(9),
    );
    expect(validate(below).ok).toBe(false);
    expect(apexOf(below)).toMatchObject({ ok: true, errorCount: 0 });
    const at = changed(
      whole,
      (rrset) => is(rrset, "odd.test.", RRType.NS),
      (rdata) => rdata.fill(0x61, 1, 3),
    );
    expect(codes(apexOf(at))).toEqual(["signature-invalid"]);
    expect(apexOf(without(whole, (rrset) => is(rrset, "odd.test.", RRType.DNSKEY))).ok).toBe(false);
  }
});
