/** Overlay images against whole ones over random histories: same content, same derived structures, same answers, octet for octet. */
import { describe, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import type { RRset } from "#dnssec";
import {
  compileImage,
  overlayChanges,
  streamForDigest,
  type Treatment,
  verifyImage,
  verifyOverlay,
  type ZoneImage,
} from "#image";
import { RRType } from "#rdata";
import { zoneFromRRsets } from "#zone";
import { answersOf, describeImage } from "./compare.ts";
import { APEX, changeBetween, History, nameOf, type Signing } from "./history.ts";

const { startDigest } = openCrypto();

/** Room for many overlays behind images of a few kilobytes, which get none by themselves. */
const ROOM_OCTETS = 4 * 1024 * 1024;
const VERSIONS = 40;
/** Answers are compared with this many versions of a history. */
const ANSWERED_EVERY = 4;

/** How an image is made; with an NSEC chain of our own as answers are signed from it. */
type Way = Treatment | "chain";

function compileWhole(rrsets: readonly RRset[], way: Way, roomOctets = 0): ZoneImage {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const treatment = way === "chain" ? "strip" : way;
  const chain = way === "chain" ? { ownChain: { apexTypes: [RRType.DNSKEY, RRType.CDS] } } : {};
  const compiled = compileImage(version.value, { treatment, roomOctets, ...chain });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(verified.error.text);
  return verified.value;
}

/** What a ZONEMD would be made of. */
function digestOf(image: ZoneImage): Uint8Array {
  const state = startDigest("sha384");
  streamForDigest(image, (octets) => state.update(octets));
  return state.digest();
}

/** Runs a history; gives how many versions were overlays and why the others were not. */
function runHistory(seed: number, signing: Signing, way: Way): Map<string, number> {
  const history = new History(seed, signing);
  const outcomes = new Map<string, number>();
  let before = history.rrsets();
  let image = compileWhole(before, way, ROOM_OCTETS);
  for (let version = 0; version < VERSIONS; version++) {
    history.advance();
    const after = history.rrsets();
    const overlaid = overlayChanges(image, [changeBetween(before, after)], way === "chain" ? "strip" : way);
    const outcome = overlaid.ok ? "overlay" : overlaid.error;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    before = after;
    if (!overlaid.ok) {
      image = compileWhole(after, way, ROOM_OCTETS);
      continue;
    }
    const about = `seed ${seed} ${signing} ${way} version ${version}`;
    image = overlaid.value.image;
    const { nodes, nsec3s } = overlaid.value.touched;
    expect(verifyOverlay(image, nodes, nsec3s), about).toBeUndefined();
    const verified = verifyImage(image.buffer, image.root);
    expect(verified.ok ? "sound" : verified.error, about).toBe("sound");
    const whole = compileWhole(after, way);
    expect(describeImage(image), about).toEqual(describeImage(whole));
    expect(digestOf(image), about).toEqual(digestOf(whole));
    if (version % ANSWERED_EVERY > 0) continue;
    const names = new Set(["example.", ...history.names()]);
    for (let i = 0; i < 40; i++) names.add(history.randomName());
    const asked = [...names];
    expect(answersOf(image, asked), about).toEqual(answersOf(whole, asked));
  }
  return outcomes;
}

const CASES: readonly [Signing, Way][] = [
  ["unsigned", "as-is"],
  ["nsec", "as-is"],
  ["nsec3", "as-is"],
  ["optout", "as-is"],
  ["nsec", "strip"],
  ["nsec3", "strip"],
  ["unsigned", "chain"],
  ["nsec3", "chain"],
];

describe.each(CASES)("%s, %s", (signing, way) => {
  test.each([1, 2, 3])("history %i: overlays are what the whole compiler makes", (seed) => {
    const outcomes = runHistory(seed, signing, way);
    expect([...outcomes.keys()].filter((one) => one !== "overlay")).toEqual([]);
    expect(outcomes.get("overlay")).toBe(VERSIONS);
  });
});

const record = (owner: string, type: number, rdata: Uint8Array): RRset => {
  return { owner: nameOf(owner), type, ttl: 300, rdatas: [rdata] };
};
const soaOf = (serial: number): RRset => {
  const numbers = new Uint8Array(22);
  new DataView(numbers.buffer).setUint32(2, serial);
  return record("example.", RRType.SOA, numbers);
};
const NS_AT_APEX = record("example.", RRType.NS, nameOf("ns.elsewhere.test."));
const HOST = Uint8Array.of(192, 0, 2, 1);

test("a DNAME at the apex hides the whole zone, and shows it again when it goes", () => {
  const hosts = ["a.example.", "b.a.example.", "*.c.example."].map((owner) => record(owner, RRType.A, HOST));
  const plain = [NS_AT_APEX, ...hosts, record("cut.a.example.", RRType.NS, nameOf("ns.elsewhere.test."))];
  const dname = record("example.", RRType.DNAME, nameOf("elsewhere.test."));
  const versions = [
    [soaOf(1), ...plain],
    [soaOf(2), ...plain, dname],
    [soaOf(3), ...plain],
  ];
  let image = compileWhole(versions[0]!, "as-is", ROOM_OCTETS);
  for (const [before, after] of [versions.slice(0, 2), versions.slice(1)] as [RRset[], RRset[]][]) {
    const overlaid = overlayChanges(image, [changeBetween(before, after)], "as-is");
    if (!overlaid.ok) throw new Error(overlaid.error);
    image = overlaid.value.image;
    expect(describeImage(image)).toEqual(describeImage(compileWhole(after, "as-is")));
  }
});

test("a cut over so many names that writing them all is no less than compiling the zone is refused", () => {
  const hosts = (count: number) =>
    Array.from({ length: count }, (_, i) => record(`n${i}.sub.example.`, RRType.A, HOST));
  const cut = record("sub.example.", RRType.NS, nameOf("ns.elsewhere.test."));
  const made = (count: number) => {
    const rest = [NS_AT_APEX, ...hosts(count)];
    const image = compileWhole([soaOf(1), ...rest], "as-is", ROOM_OCTETS);
    return overlayChanges(image, [changeBetween([soaOf(1), ...rest], [soaOf(2), ...rest, cut])], "as-is");
  };
  const few = made(2_000);
  expect(few.ok && few.value.touched.movedNames.length).toBe(2_000);
  expect(made(2_100)).toEqual({ ok: false, error: "cut-changed" });
});

test("a name that comes anew in capitals is compiled, as an AXFR would spell it; one that is spelled in two ways is not", () => {
  const other = Uint8Array.of(192, 0, 2, 2);
  const text = record("www.example.", RRType.TXT, Uint8Array.of(1, 120));
  const rest = [NS_AT_APEX, record("www.example.", RRType.A, HOST)];
  const made = (before: RRset[], after: RRset[]) => {
    const image = compileWhole([soaOf(1), ...before], "as-is", ROOM_OCTETS);
    return overlayChanges(image, [changeBetween([soaOf(1), ...before], [soaOf(2), ...after])], "as-is");
  };
  const capitals = record("WWW.example.", RRType.A, other);
  expect(made(rest, [NS_AT_APEX, capitals])).toEqual({ ok: false, error: "respelled" });
  expect(made([...rest, text], [NS_AT_APEX, capitals, text]).ok).toBe(true);
  expect(made(rest, [NS_AT_APEX, record("www.example.", RRType.A, other)]).ok).toBe(true);
});
