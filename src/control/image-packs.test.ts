import { expect, test } from "vitest";
import { compileImage, isPacked, type PackedPart, verifyImage, ZoneImage } from "#image";
import { readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { ZoneBuilder } from "#zone";
import { ImagePacks, type PackedZone } from "./image-packs.ts";
import type { KeyVault } from "./key-vault.ts";
import { movedServed, movedStored, slimServed, slimStored } from "./packed-versions.ts";
import type { ServedVersion, StoredVersion } from "./versions.ts";

/** Nothing is signed here. */
const NO_VAULT = undefined as unknown as KeyVault;

/** A zone as far as packs are concerned. */
class Small implements PackedZone {
  stored: StoredVersion | undefined;
  served: ServedVersion | undefined;
  busy = false;
  moves = 0;

  take(packs: ImagePacks, name: string, serial: number): void {
    const image = packs.keep(imageOf(name, serial));
    const origin = undefined;
    this.stored = slimStored({ image, file: `t-${serial}`, serial, transferredAt: 0, origin });
    const rest = { file: `t-${serial}`, signing: undefined, expiration: undefined };
    const served: ServedVersion = { ...rest, mode: "unsigned", denial: undefined, image, from: this.stored };
    this.served = slimServed(served, this.stored, { packs, vault: NO_VAULT });
  }

  moveImages(move: (part: PackedPart) => PackedPart): boolean {
    if (this.busy || !this.stored || !this.served) return false;
    this.stored = movedStored(this.stored, move);
    this.served = movedServed(this.served, this.stored, move);
    this.moves++;
    return true;
  }
}

test("small images are packed and read as they were; a large one stays where it is", () => {
  const packs = new ImagePacks();
  const zone = new Small();
  zone.take(packs, "small.example.", 7);
  const { image } = zone.served!;
  expect(isPacked(image.buffer)).toBe(true);
  expect([image.serial, verifyImage(image.buffer).ok, zone.stored!.image.buffer]).toEqual([7, true, image.buffer]);
  const large = imageOf("large.example.", 1, 700);
  expect(packs.keep(large).buffer).toBe(large);
});

test("zones that change often leave no more behind than they need; what stands still is moved along", () => {
  const packs = new ImagePacks();
  const zones = Array.from({ length: 600 }, (_, i) => {
    const zone = new Small();
    zone.take(packs, `zone${i}.example.`, 1);
    return zone;
  });
  packs.begin();
  // All but every tenth change, again and again: some 100 MB in all.
  const most = { backings: 0 };
  let tidied = 0;
  for (let serial = 2; serial < 90; serial++) {
    for (const [i, zone] of zones.entries()) {
      if (i % 10 === 0) continue;
      zone.take(packs, `zone${i}.example.`, serial);
      if (!packs.isWasteful) continue;
      packs.tidy(zones);
      tidied++;
      most.backings = Math.max(most.backings, backings(zones).size);
    }
  }
  expect(tidied).toBeGreaterThan(5);
  // A megabyte of images, and room for a sparse pack and the one that is filled.
  expect(most.backings).toBeLessThanOrEqual(6);
  for (const [i, zone] of zones.entries()) {
    expect(zone.served!.image.serial).toBe(i % 10 === 0 ? 1 : 89);
    expect(verifyImage(zone.served!.image.buffer).ok).toBe(true);
    expect(zone.stored!.image.buffer).toBe(zone.served!.image.buffer);
  }
  expect(zones[0]!.moves).toBeGreaterThan(0);
});

test("zones that leave give their packs back, and a busy zone is moved another time", () => {
  const packs = new ImagePacks();
  const zones: Small[] = [];
  // Some packs full of them, however little room an image takes.
  while (backings(zones).size < 4) {
    for (let i = 0; i < 500; i++) {
      const zone = new Small();
      zone.take(packs, `zone${zones.length}.example.`, 1);
      zones.push(zone);
    }
  }
  packs.begin();
  const left = zones.filter((_, i) => i % 100 === 0);
  left[0]!.busy = true;
  expect(backings(left).size).toBeGreaterThan(2);
  expect(packs.tidy(left)).toBe(left.length - 1);
  expect(backings(left).size).toBe(2);
  left[0]!.busy = false;
  packs.tidy(left);
  expect(backings(left).size).toBeLessThanOrEqual(2);
  for (const zone of left) expect(verifyImage(zone.served!.image.buffer).ok).toBe(true);
});

test("room that nothing came into is taken again", () => {
  const packs = new ImagePacks();
  const room = packs.room(400)!;
  packs.giveBack(room);
  expect(packs.room(400)!.byteOffset).toBe(room.byteOffset);
  expect([packs.room(0), packs.room(401), packs.room(10_000_000)]).toEqual([undefined, undefined, undefined]);
});

function backings(zones: readonly Small[]): Set<unknown> {
  return new Set(zones.map(({ served }) => (served!.image.buffer as PackedPart).buffer));
}

const images = new Map<string, SharedArrayBuffer>();

function imageOf(apexText: string, serial: number, hosts = 3): SharedArrayBuffer {
  const key = `${apexText} ${serial % 2} ${hosts}`;
  const known = images.get(key);
  if (known && new ZoneImage(known).serial === serial) return known;
  const builder = new ZoneBuilder(wire(apexText));
  const add = (owner: string, type: number, ...tokens: string[]) => {
    const rdata = readRdata(type, tokens);
    if (!rdata.ok) throw new Error(rdata.error);
    builder.add(wire(owner), type, 3600, rdata.value);
  };
  add(
    apexText,
    RRType.SOA,
    "ns.provider.test.",
    "hostmaster.provider.test.",
    String(serial),
    "7200",
    "900",
    "86400",
    "300",
  );
  add(apexText, RRType.NS, "ns.provider.test.");
  for (let i = 0; i < hosts; i++) add(`host${i}.${apexText}`, RRType.A, `192.0.2.${i % 250}`);
  const version = builder.finish();
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const compiled = compileImage(version.value, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  images.set(key, compiled.value);
  return compiled.value;
}

function wire(text: string) {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}
