/**
 * Random histories of a zone that is signed here and given out: what the signed change makes of the version before is what signing
 * the new version as a whole makes, record for record but for the signatures themselves, and valid throughout.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { openCrypto } from "#crypto";
import { validateZone } from "#dnssec";
import { compileImage, imageView, unpackImage, ZoneImage } from "#image";
import { makeKeyPair, type OpenKey, openKeyPair, signRRset } from "#keys";
import { type Name, readName } from "#name";
import type { PublishedRRset, PublishedZsk } from "#publish";
import { RRType, readRdata, typeCode } from "#rdata";
import { applyChanges, type RRset, type ZoneChange, zoneFromRRsets } from "#zone";
import { postChanges, takeChanges } from "../posted-changes.ts";
import { differenceOf } from "./difference.ts";
import { signChange } from "./sign-change.ts";
import { joinShares, makeChain, signShare } from "./sign-jobs.ts";

const crypto = openCrypto("node");
const APEX = name("change.test.");
const NOW = 1_800_000_000;
const WINDOW = { inception: NOW - 3600, expiration: NOW + 86_400 };
const PLENTY = 1 << 24;
const KSK = openKey("ksk");
const ZSK = openKey("zsk");

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function openKey(role: "ksk" | "zsk"): { readonly open: OpenKey; readonly published: PublishedZsk } {
  const pair = makeKeyPair(role);
  const published = { keyTag: pair.keyTag, algorithm: pair.algorithm, privateKey: pair.privateKey.expose().slice() };
  const open = openKeyPair(crypto, pair);
  if (!open.ok) throw new Error(open.error);
  return { open: open.value, published };
}

/** Signed anew each time, as a round does it. */
function apexSets(keys: readonly Uint8Array[] = [KSK.open.dnskey, ZSK.open.dnskey]): readonly PublishedRRset[] {
  const set: RRset = { owner: APEX, type: RRType.DNSKEY, ttl: 3600, rdatas: keys };
  return [{ ...set, signatures: [signRRset(KSK.open.signer, APEX, set, WINDOW)] }];
}

type Line = readonly [owner: string, type: string, text: string];

function rrset([owner, type, text]: Line): RRset {
  const code = typeCode(type)!;
  const read = readRdata(code, text.split(" "), APEX);
  if (!read.ok) throw new Error(`${type} ${text}: ${read.error}`);
  return {
    owner: name(owner === "" ? "change.test." : `${owner}.change.test.`),
    type: code,
    ttl: 300,
    rdatas: [read.value],
  };
}

function served(serial: number, lines: readonly Line[], minimum = 300): ZoneImage {
  const apex: Line[] = [
    ["", "SOA", `ns.change.test. host.change.test. ${serial} 3600 600 86400 ${minimum}`],
    ["", "NS", "ns.change.test."],
    ["ns", "A", "192.0.2.53"],
  ];
  const zone = zoneFromRRsets(APEX, [...apex, ...lines].map(rrset));
  if (!zone.ok) throw new Error(zone.error.text);
  const image = compileImage(zone.value, { treatment: "strip" });
  if (!image.ok) throw new Error(image.error.text);
  return new ZoneImage(image.value);
}

type Denial = "nsec" | "nsec3";

/** With room for changes, however small it is. */
function signedWhole(image: ZoneImage, denial: Denial, roomOctets = 1 << 20, apexRRsets = apexSets()): ZoneImage {
  const chain = makeChain({ kind: "sign-chain", image: image.buffer, root: image.root, apexRRsets, denial });
  if (!chain.ok) throw new Error(chain.error.text);
  const zsk = ZSK.published;
  const chained = new ZoneImage(chain.value);
  const to = chained.nodeCount + (chained.nsec3?.count ?? 0);
  const share = signShare({ kind: "sign-share", image: chain.value, from: 0, to, zsk, window: WINDOW }, crypto);
  if (!share.ok) throw new Error(share.error.text);
  const joined = joinShares({ kind: "sign-join", image: chain.value, apexRRsets, shares: [share.value], roomOctets });
  if (!joined.ok) throw new Error(joined.error.text);
  return new ZoneImage(joined.value);
}

/** Signatures by what they say, without the octets that are others each time. */
function lines(image: ZoneImage): string[] {
  const line = (type: number, rdata: Uint8Array) => toHex(type === RRType.RRSIG ? rdata.subarray(0, 18) : rdata);
  return [...unpackImage(image)]
    .flatMap(({ owner, type, ttl, rdatas }) => rdatas.map((r) => `${toHex(owner)} ${type} ${ttl} ${line(type, r)}`))
    .sort();
}

function faults(image: ZoneImage): string[] {
  const { findings } = validateZone(imageView(image), crypto, { now: NOW });
  return findings.map(({ owner, type, text }) => `${owner} ${type}: ${text}`);
}

function applied(before: ZoneImage, change: ZoneChange): string[] {
  const result = applyChanges({ apex: APEX, rrsets: () => unpackImage(before) }, [change]);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.text}`);
  const image = compileImage(result.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return lines(new ZoneImage(image.value));
}

function signed(given: ZoneImage, before: ZoneImage, after: ZoneImage, apexRRsets = apexSets()) {
  const change = differenceOf(before, after, PLENTY)!;
  return signChange(
    {
      kind: "sign-change",
      given: { image: given.buffer, root: given.root },
      served: { image: after.buffer, root: after.root },
      changes: postChanges([change]),
      apexRRsets,
      zsk: ZSK.published,
      window: WINDOW,
    },
    crypto,
  );
}

const OWNERS = [
  "",
  "www",
  "ent",
  "a.ent",
  "b.a.ent",
  "*.wild",
  "x.wild",
  "sub",
  "ns.sub",
  "deep.ns.sub",
  "dn",
  "x.dn",
  "zz",
];
const DATA: readonly (readonly [string, string])[] = [
  ["A", "192.0.2.1"],
  ["AAAA", "2001:db8::1"],
  ["TXT", '"one"'],
  ["TXT", '"two"'],
  ["MX", "10 www.change.test."],
  ["NS", "ns.sub.change.test."],
  ["DS", `1 13 2 ${"00".repeat(32)}`],
  ["DNAME", "www.change.test."],
];
const version = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...OWNERS), fc.constantFrom(...DATA)), {
    maxLength: 24,
    selector: ([owner, [type, text]]) => `${owner} ${type} ${type === "DNAME" ? "" : text}`,
  })
  .map((all) =>
    all
      .map(([owner, [type, text]]): Line => [owner, type, text])
      // What no zone may have: a DNAME beside NS at the apex' children is well enough, at the apex it hides everything.
      .filter(([owner, type]) => owner !== "" || (type !== "DNAME" && type !== "DS")),
  );
/** Mostly the same, and a little of another: what small changes are. */
const history = fc.tuple(version, fc.array(fc.tuple(version, fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }));

describe.each(["nsec", "nsec3"] as const)("a zone with %s", (denial) => {
  test("a signed change makes what signing as a whole makes", () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(history, ([first, steps]) => {
        let now = first;
        let before = served(1, now);
        let given = signedWhole(before, denial);
        for (const [i, [other, drop, take]] of steps.entries()) {
          now = now.filter((_, at) => at !== drop % (now.length + 1));
          const more = other[take % Math.max(1, other.length)];
          if (more && !now.some(([owner, type, text]) => `${owner} ${type} ${text}` === more.join(" ")))
            now = [...now, more];
          const after = served(i + 2, now);
          const whole = signedWhole(after, denial);
          const made = signed(given, before, after);
          const outcome = made.ok ? "signed" : made.error;
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          if (made.ok) {
            const next = new ZoneImage(given.buffer, made.value.root);
            expect(lines(next)).toEqual(lines(whole));
            expect(faults(next)).toEqual([]);
            expect(applied(given, takeChanges([made.value.change])[0]!)).toEqual(lines(next));
            given = next;
          } else {
            given = whole;
          }
          before = after;
        }
      }),
      { numRuns: 150 },
    );
    expect([...outcomes.keys()]).toEqual(["signed"]);
  });
});

describe("what has to be signed as a whole", () => {
  const plain: Line[] = [["www", "A", "192.0.2.1"]];
  const before = served(1, plain);

  test("keys that change at the apex are no reason: the change has them", () => {
    const given = signedWhole(before, "nsec");
    const after = served(2, plain);
    const keys = apexSets([KSK.open.dnskey, ZSK.open.dnskey, openKey("zsk").open.dnskey]);
    const made = signed(given, before, after, keys);
    if (!made.ok) throw new Error(made.error);
    const next = new ZoneImage(given.buffer, made.value.root);
    expect(lines(next)).toEqual(lines(signedWhole(after, "nsec", 0, keys)));
    expect(faults(next)).toEqual([]);
    // The KSK signs anew each time; signatures that say the same stay.
    const again = signed(given, before, after);
    expect(again.ok && takeChanges([again.value.change])[0]!.additions.count).toBe(2);
  });

  test("another negative TTL, another spelling, no room", () => {
    const given = signedWhole(before, "nsec3");
    const code = (image: ZoneImage, after: ZoneImage) => {
      const made = signed(image, before, after);
      return made.ok ? "signed" : made.error;
    };
    const shorter = served(2, plain, 60);
    expect(code(given, shorter)).toBe("negative-ttl");
    expect(code(given, served(2, [["WWW", "A", "192.0.2.2"]]))).toBe("spelling");
    expect(code(signedWhole(before, "nsec3", 0), served(2, []))).toBe("no-room");
    expect(code(given, served(2, []))).toBe("signed");
  });
});
