/** What one version of a zone has otherwise than another, RRset by RRset: counted, and the first of them as text. */
import { type UnpackedRRset, unpackImage, type ZoneImage } from "#image";
import { compareNames, lowerName, type Name, nameEquals, nameKey, printName } from "#name";
import { printRdata, RRType, typeName } from "#rdata";

export type RRsetChange = {
  readonly owner: string;
  readonly type: string;
  readonly change: "added" | "removed" | "changed";
  /** TTL and RDATA in master-file form, those that went and those that came; the first RECORDS_SHOWN of each. */
  readonly before: readonly string[];
  readonly after: readonly string[];
};

export type ImageChange = {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** RRSIG sets that came, went or changed: a zone that is signed anew has as many as names. They are not listed. */
  readonly signatures: number;
  readonly listed: readonly RRsetChange[];
};

/** Records of one set that are shown. */
const RECORDS_SHOWN = 10;
/** Characters of one record that are shown. */
const CHARACTERS_SHOWN = 200;

export function compareImages(after: ZoneImage, before: ZoneImage | undefined, limit: number): ImageChange {
  const teller = new Teller(limit);
  const [chainBefore, chainAfter]: [Sets, Sets] = [new Map(), new Map()];
  const old = before ? ownersOf(before, chainBefore) : ([] as Owned[]).values();
  const fresh = ownersOf(after, chainAfter);
  // Both come in canonical order of owners: one step along whichever is behind.
  let [was, is] = [old.next(), fresh.next()];
  while (!was.done || !is.done) {
    const order = was.done ? 1 : is.done ? -1 : compareNames(was.value.owner, is.value.owner);
    teller.compare(order <= 0 ? was.value!.sets : NOTHING, order >= 0 ? is.value!.sets : NOTHING);
    if (order <= 0) was = old.next();
    if (order >= 0) is = fresh.next();
  }
  teller.compare(chainBefore, chainAfter);
  return teller.change;
}

type Sets = Map<string, UnpackedRRset>;
type Owned = { readonly owner: Name; readonly sets: Sets };

const NOTHING: Sets = new Map();

/** Sets of one owner after the other; the NSEC3 chain, which follows all of them, goes to `chain`. */
function* ownersOf(image: ZoneImage, chain: Sets): Generator<Owned, undefined> {
  let owned: Owned | undefined;
  for (const set of unpackImage(image)) {
    if (ofNsec3(set)) {
      add(chain, set, nameKey(lowerName(set.owner)));
      continue;
    }
    if (owned && !nameEquals(owned.owner, set.owner)) {
      yield owned;
      owned = undefined;
    }
    owned ??= { owner: set.owner, sets: new Map() };
    add(owned.sets, set, "");
  }
  if (owned) yield owned;
  return undefined;
}

function ofNsec3({ type, rdatas }: UnpackedRRset): boolean {
  return type === RRType.NSEC3 || (type === RRType.RRSIG && coveredType(rdatas) === RRType.NSEC3);
}

/** RFC 4034 section 3.1: an RRSIG's RDATA begins with the type that it covers. */
function coveredType(rdatas: readonly Uint8Array[]): number {
  return ((rdatas[0]?.[0] ?? 0) << 8) | (rdatas[0]?.[1] ?? 0);
}

/** By type, RRSIGs also by what they cover; those of several TTLs one after the other. */
function add(sets: Sets, set: UnpackedRRset, prefix: string): void {
  const covered = set.type === RRType.RRSIG ? `/${coveredType(set.rdatas)}` : "";
  let key = `${prefix}/${set.type}${covered}`;
  while (sets.has(key)) key += "+";
  sets.set(key, set);
}

/** Counts and lists. */
class Teller {
  readonly #limit: number;
  readonly #listed: RRsetChange[] = [];
  readonly #counts = { added: 0, removed: 0, changed: 0, signatures: 0 };

  constructor(limit: number) {
    this.#limit = limit;
  }

  get change(): ImageChange {
    return { ...this.#counts, listed: this.#listed };
  }

  compare(old: Sets, fresh: Sets): void {
    for (const [key, set] of old) if (!fresh.has(key)) this.#tell("removed", set, undefined);
    for (const [key, set] of fresh) {
      const was = old.get(key);
      if (!was) this.#tell("added", undefined, set);
      else if (!sameSet(was, set)) this.#tell("changed", was, set);
    }
  }

  #tell(change: RRsetChange["change"], was: UnpackedRRset | undefined, is: UnpackedRRset | undefined): void {
    const set = (is ?? was)!;
    if (set.type === RRType.RRSIG) {
      this.#counts.signatures++;
      return;
    }
    this.#counts[change]++;
    if (this.#listed.length >= this.#limit) return;
    const [gone, come] = [textOf(was), textOf(is)];
    const only = (texts: readonly string[], others: readonly string[]) =>
      texts.filter((text) => !others.includes(text)).slice(0, RECORDS_SHOWN);
    const about = { owner: printName(set.owner), type: typeName(set.type), change };
    this.#listed.push({ ...about, before: only(gone, come), after: only(come, gone) });
  }
}

/** RDATAs stand in canonical order in an image. */
function sameSet(a: UnpackedRRset, b: UnpackedRRset): boolean {
  return (
    a.ttl === b.ttl &&
    a.rdatas.length === b.rdatas.length &&
    a.rdatas.every((rdata, i) => Buffer.compare(rdata, b.rdatas[i]!) === 0)
  );
}

function textOf(set: UnpackedRRset | undefined): string[] {
  return (set?.rdatas ?? []).map((rdata) => `${set!.ttl} ${printRdata(set!.type, rdata)}`.slice(0, CHARACTERS_SHOWN));
}
