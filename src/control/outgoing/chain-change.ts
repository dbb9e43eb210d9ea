/**
 * The links of an NSEC or NSEC3 chain round names that changed (RFC 4034 section 4, RFC 5155 section 7.1).
 *
 * `shape` has the new data already and the old links: it says which names there are now, and what stands beside them.
 */
import { bytesEqual, compareBytes, toHex } from "#bytes";
import { hashOfNsec3Owner, nsec3Bitmap, nsec3HashOf, nsec3Owner, nsec3Rdata } from "#dnssec";
import { imageView, NodeFlag, nsecLinks, rrsetRdatas, type ZoneImage } from "#image";
import { type Name, nameEquals, nameHash, nameKey, parentName } from "#name";
import { RRType, readNsec3 } from "#rdata";
import type { ChangeDraft } from "./change-draft.ts";

export function relinkNsec(shape: ZoneImage, names: readonly Name[], draft: ChangeDraft): void {
  for (const { owner, old, rdata } of nsecLinks(shape, names)) {
    const node = shape.findNode(nameHash(owner), owner, 0);
    if (old) draft.remove(shape, owner, shape.findRRset(node, RRType.NSEC));
    if (rdata) addLink(shape, owner, RRType.NSEC, rdata, draft);
  }
}

function addLink(shape: ZoneImage, owner: Name, type: number, rdata: Uint8Array, draft: ChangeDraft): void {
  draft.add(owner, type, shape.negativeTtl, rdata);
  draft.sign(owner, type, shape.negativeTtl, [rdata]);
}

export function relinkNsec3(shape: ZoneImage, names: readonly Name[], draft: ChangeDraft): void {
  const ring = new Ring(shape);
  const fresh = new Map<string, { readonly hash: Uint8Array; readonly node: number }>();
  for (const name of withAncestors(shape, names)) {
    const hash = nsec3HashOf(name, shape.nsec3!);
    const node = shape.findNode(nameHash(name), name, 0);
    const isThere = node !== 0 && (shape.nodeFlags(node) & NodeFlag.Occluded) === 0;
    if (isThere) fresh.set(toHex(hash), { hash, node });
    if (isThere === ring.has(hash)) continue;
    if (isThere) ring.come(hash);
    else ring.go(hash);
  }
  const view = imageView(shape);
  const apex = shape.nodeName(shape.apexNode);
  const links = new Map<string, Uint8Array>();
  for (const { hash } of fresh.values()) links.set(toHex(hash), hash);
  for (const hash of ring.beforeChanged()) links.set(toHex(hash), hash);
  for (const [key, hash] of links) {
    const known = fresh.get(key);
    const entry = ring.has(hash) ? shape.findNsec3(hash) : 0;
    const ref = entry === 0 ? 0 : shape.nsec3RRset(entry);
    // Of a name that did not change, its types are what its NSEC3 says.
    const bitmap = known
      ? nsec3Bitmap(view.node(shape.nodeIndex(known.node)))
      : readNsec3(rrsetRdatas(shape, ref)[0]!).bitmap;
    const owner = entry === 0 ? nsec3Owner(hash, apex)! : ownerOf(shape, entry);
    const rdata = nsec3Rdata(shape.nsec3!, false, ring.after(hash), bitmap);
    const isRight = ref !== 0 && shape.rrsetTtl(ref) === shape.negativeTtl && sameRdata(shape, ref, rdata);
    if (isRight) continue;
    if (ref !== 0) draft.remove(shape, owner, ref);
    addLink(shape, owner, RRType.NSEC3, rdata, draft);
  }
  for (const entry of ring.gone()) draft.remove(shape, ownerOf(shape, entry), shape.nsec3RRset(entry));
}

function sameRdata(shape: ZoneImage, ref: number, rdata: Uint8Array): boolean {
  return bytesEqual(rrsetRdatas(shape, ref)[0]!, rdata);
}

/** The names and all above them: an empty non-terminal comes and goes with what is below it. */
function withAncestors(shape: ZoneImage, names: readonly Name[]): Iterable<Name> {
  const apex = shape.nodeName(shape.apexNode);
  const all = new Map<string, Name>();
  for (const name of names) {
    // Ends at the apex: all names are at or below it.
    for (let at = name; ; at = parentName(at)) {
      const key = nameKey(at);
      if (all.has(key)) break;
      all.set(key, at);
      if (nameEquals(at, apex)) break;
    }
  }
  return all.values();
}

function ownerOf(shape: ZoneImage, entry: number): Name {
  const at = shape.nsec3Name(entry);
  return shape.octets.subarray(at, at + shape.nsec3NameLength(entry));
}

/** The chain in hash order, with what comes and goes. Keeps: the apex's is never gone, so that there is always a next one. */
class Ring {
  readonly #shape: ZoneImage;
  readonly #count: number;
  readonly #gone = new Set<number>();
  readonly #come: Uint8Array[] = [];

  constructor(shape: ZoneImage) {
    this.#shape = shape;
    this.#count = shape.nsec3!.count;
  }

  has(hash: Uint8Array): boolean {
    return this.#shape.nsec3Equals(this.#shape.findNsec3(hash), hash);
  }

  come(hash: Uint8Array): void {
    const at = this.#come.findIndex((one) => compareBytes(one, hash) > 0);
    this.#come.splice(at < 0 ? this.#come.length : at, 0, hash);
  }

  go(hash: Uint8Array): void {
    this.#gone.add(this.#indexOf(hash));
  }

  *gone(): Generator<number> {
    for (const index of this.#gone) yield this.#shape.nsec3At(index);
  }

  /** Those whose next one is another now, of those that stay. */
  *beforeChanged(): Generator<Uint8Array> {
    const seen = new Set<number>();
    const changed = [...this.#come, ...[...this.#gone].map((index) => this.#hashAt(index))];
    for (const hash of changed) {
      let index = this.#indexOf(hash);
      if (this.has(hash)) index = this.#step(index, -1);
      while (this.#gone.has(index)) index = this.#step(index, -1);
      if (seen.has(index)) continue;
      seen.add(index);
      yield this.#hashAt(index);
    }
  }

  /** The next one in the new chain, round the end. */
  after(hash: Uint8Array): Uint8Array {
    let index = this.#step(this.#indexOf(hash), 1);
    while (this.#gone.has(index)) index = this.#step(index, 1);
    const stays = this.#hashAt(index);
    const comes = this.#come.find((one) => compareBytes(one, hash) > 0) ?? this.#come[0];
    return comes && isBetween(hash, comes, stays) ? comes : stays;
  }

  /** Of the one that matches, else of the one before; the last when there is none before. */
  #indexOf(hash: Uint8Array): number {
    return this.#shape.nsec3Index(this.#shape.findNsec3(hash));
  }

  #step(index: number, by: 1 | -1): number {
    return (index + by + this.#count) % this.#count;
  }

  #hashAt(index: number): Uint8Array {
    const { apexNode } = this.#shape;
    return hashOfNsec3Owner(ownerOf(this.#shape, this.#shape.nsec3At(index)), this.#shape.nodeName(apexNode))!;
  }
}

/** Going up from `from`, round the end, `hash` comes before `to`. */
function isBetween(from: Uint8Array, hash: Uint8Array, to: Uint8Array): boolean {
  const isAbove = compareBytes(hash, from) > 0;
  const isBelow = compareBytes(hash, to) < 0;
  return compareBytes(from, to) < 0 ? isAbove && isBelow : isAbove || isBelow;
}
