/** The check of a change against the check of the whole zone: good changes and broken ones get the same verdict by the same codes. */
import { describe, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { mergeReports, planValidation, type RRset, type ValidationReport, validateDelta, validateZone } from "#dnssec";
import { compileImage, imageDelta, imageView, overlayChanges, verifyImage, type ZoneImage } from "#image";
import { RRType } from "#rdata";
import { zoneFromRRsets } from "#zone";
import { APEX, changeBetween, History, NOW, type Signing } from "./history.ts";

const ROOM_OCTETS = 4 * 1024 * 1024;
const VERSIONS = 15;
const crypto = openCrypto();

function compileWhole(rrsets: readonly RRset[]): ZoneImage {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const compiled = compileImage(version.value, { treatment: "as-is", roomOctets: ROOM_OCTETS });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(verified.error.text);
  return verified.value;
}

type Verdict = {
  readonly whole: ValidationReport;
  readonly delta: ValidationReport | undefined;
  /** The same in shares, one after the other. */
  readonly shared: ValidationReport | undefined;
};

const SHARES = 3;

/** Undefined when there is no overlay for this change. */
function judge(image: ZoneImage, before: readonly RRset[], after: readonly RRset[]): Verdict | undefined {
  const made = overlayChanges(image, [changeBetween(before, after)], "as-is");
  if (!made.ok) return undefined;
  const { image: overlaid, touched } = made.value;
  const plan = planValidation(imageView(overlaid), crypto, { now: NOW });
  const [from, delta] = [imageView(image), imageDelta(overlaid, touched)];
  const parts = Array.from({ length: SHARES }, (_, index) => validateDelta(from, plan, delta, { index, of: SHARES }));
  return {
    whole: validateZone(imageView(compileWhole(after)), crypto, { now: NOW }),
    delta: validateDelta(from, plan, delta),
    shared: parts.every((part) => part !== undefined) ? mergeReports(parts) : undefined,
  };
}

/** Something a signer could get wrong, at random. Sets without RDATA are dropped. */
function damage(rrsets: readonly RRset[], random: () => number): RRset[] {
  const broken = rrsets.map((set) => ({ ...set, rdatas: set.rdatas.map((rdata) => rdata.slice()) }));
  const pick = (...types: number[]) => {
    const list = broken.filter((set) => types.includes(set.type));
    return list[Math.floor(random() * list.length)];
  };
  const dice = Math.floor(random() * 6);
  const chain = pick(RRType.NSEC, RRType.NSEC3);
  const signature = pick(RRType.RRSIG);
  if (dice === 0 && signature) signature.rdatas = [];
  if (dice === 1 && signature) signature.rdatas[0]![signature.rdatas[0]!.length - 1]! ^= 1;
  if (dice === 2 && chain) chain.rdatas[0]![chain.rdatas[0]!.length - 1]! ^= 0x10;
  if (dice === 3 && chain) chain.rdatas = [];
  if (dice === 4) {
    const other = pick(RRType.A, RRType.TXT, RRType.NS);
    if (other) other.rdatas = [];
  }
  if (dice === 5 && signature) {
    const glue = pick(RRType.A);
    if (glue) broken.push({ ...signature, owner: glue.owner, rdatas: [withCovered(signature.rdatas[0]!, RRType.A)] });
  }
  return broken.filter((set) => set.rdatas.length > 0);
}

function withCovered(rdata: Uint8Array, type: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(rdata);
  copy[0] = type >> 8;
  copy[1] = type;
  return copy;
}

const SIGNINGS: readonly Signing[] = ["nsec", "nsec3", "optout"];

describe.each(SIGNINGS)("%s", (signing) => {
  test.each([12, 13])("history %i", (seed) => {
    const history = new History(seed, signing);
    let before = history.rrsets();
    let image = compileWhole(before);
    let decided = 0;
    let good = 0;
    let caught = 0;
    for (let version = 0; version < VERSIONS; version++) {
      history.advance();
      const after = history.rrsets();
      for (let i = 0; i < 2; i++) {
        const about = `seed ${seed} ${signing} version ${version}, damage ${i}`;
        const verdict = judge(image, before, damage(after, history.random));
        if (!verdict?.delta) continue;
        expect(verdict.delta.counts, about).toEqual(verdict.whole.counts);
        expect(verdict.delta.ok, about).toBe(verdict.whole.ok);
        expect(verdict.shared, about).toEqual(verdict.delta);
        if (!verdict.delta.ok) caught++;
      }
      const verdict = judge(image, before, after);
      if (verdict) good++;
      if (verdict?.delta) {
        decided++;
        expect(verdict.whole.counts, `seed ${seed} version ${version}`).toEqual({});
        expect(verdict.delta.counts, `seed ${seed} version ${version}`).toEqual({});
        expect(verdict.shared, `seed ${seed} version ${version}`).toEqual(verdict.delta);
      }
      before = after;
      image = compileWhole(after);
    }
    expect(decided, "good changes that needed no check of the whole zone").toBe(good);
    expect(good).toBeGreaterThan(VERSIONS / 2);
    expect(caught).toBeGreaterThan(VERSIONS / 2);
  });
});
