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
import { APEX, changeBetween, History, type Signing } from "./history.ts";

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
    expect([...outcomes.keys()].filter((one) => one !== "overlay" && one !== "cut-changed")).toEqual([]);
    expect(outcomes.get("overlay"), JSON.stringify([...outcomes])).toBeGreaterThan(VERSIONS / 2);
  });
});
