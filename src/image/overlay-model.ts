/**
 * First third of the overlay writer: what a chain of changes makes of the RRsets it touches. Only those are taken out of the
 * image; a change that does not fit them is refused, and whoever asked compiles the whole zone (or fetches it) instead.
 */
import { bytesEqual, compareBytes, fail, ok, type Result } from "#bytes";
import { isSubdomain, type Name, nameHash, nameKey } from "#name";
import { canonicalRdata, RRType } from "#rdata";
import type { ChangeRecord, ZoneChange } from "#zone";
import type { ZoneImage } from "./image.ts";
import { hashOfOwner } from "./nsec3-plan.ts";
import { unpackRecords } from "./unpack.ts";

/** Why there is no overlay; each is normal, and the whole zone is compiled then. */
export type OverlayRefusal =
  /** The image has no room behind it: a small zone, or what there was is used up. */
  | "no-room"
  /** More has changed since the base than an overlay should hold. */
  | "too-many-edits"
  /** It starts from another serial, deletes what is not there or adds what is. */
  | "does-not-fit"
  /** A name that has others below it becomes or ceases to be a cut or a DNAME. */
  | "cut-changed"
  /** The whole zone changes its kind: its NSEC3 parameters, signed or not. */
  | "kind-changed"
  /** An NSEC chain that was made here would change as a whole: its TTL is another. */
  | "own-chain"
  /** A name comes anew in letters of another case: a node keeps the spelling that it has. */
  | "respelled";

/** One RRset and the RRSIGs that cover it, being changed. RDATA as it stands, with its canonical form beside it. */
export type SetDraft = {
  readonly type: number;
  /** The set as the image has it, 0 for a new one. */
  readonly ref: number;
  ttl: number;
  sigTtl: number;
  records: Rdata[];
  signatures: Rdata[];
  dataChanged: boolean;
  signaturesChanged: boolean;
};

export type Rdata = {
  readonly rdata: Uint8Array;
  readonly canonical: Uint8Array;
  readonly ttl: number;
  /** It was added with its owner in letters of another case than the image's. */
  readonly respelled?: boolean;
};

export type NameDraft = {
  readonly key: string;
  readonly hash: number;
  /** As it stands in the image, or as it came. */
  readonly name: Name;
  /** The image's node, 0 when there is none. */
  readonly node: number;
  readonly sets: Map<number, SetDraft>;
  /** The hash that the first label spells, when there may be an NSEC3 of the chain here. */
  readonly nsec3Hash: Uint8Array | undefined;
  /** The image's NSEC3 entry, 0 when there is none. */
  readonly nsec3: number;
};

export type Model = { readonly names: ReadonlyMap<string, NameDraft>; readonly records: number };

const MAX_SET_RECORDS = 0xffff;
const MAX_SET_SIGNATURES = 0xff;

export function foldChanges(image: ZoneImage, changes: readonly ZoneChange[]): Result<Model, OverlayRefusal> {
  const folder = new Folder(image);
  let serial = image.serial;
  for (const change of changes) {
    if (change.fromSerial !== serial) return fail("does-not-fit");
    for (const record of change.deletions) if (!folder.remove(record)) return fail("does-not-fit");
    for (const record of change.additions) if (!folder.add(record)) return fail("does-not-fit");
    serial = change.toSerial;
  }
  for (const name of folder.names.values()) if (isRespelled(image, name)) return fail("respelled");
  return ok({ names: folder.names, records: folder.records });
}

/** Keeps: a set is in `names` from the first record that touches it on, as the records so far have made it. */
class Folder {
  readonly names = new Map<string, NameDraft>();
  records = 0;
  private readonly image: ZoneImage;
  private readonly apex: Name;
  /** The last name: records of one name come together. */
  private last: { readonly owner: Name; readonly draft: NameDraft } | undefined;

  constructor(image: ZoneImage) {
    this.image = image;
    this.apex = image.nodeName(image.apexNode);
  }

  remove(record: ChangeRecord): boolean {
    const set = this.setOf(record);
    const isSignature = record.type === RRType.RRSIG;
    const list = isSignature ? set.signatures : set.records;
    const canonical = canonicalRdata(record.type, record.rdata);
    const at = list.findIndex((have) => bytesEqual(have.canonical, canonical));
    // With another TTL it is not the record that the primary has: `applyChanges` of #zone is as strict.
    if (at < 0 || list[at]!.ttl !== record.ttl) return false;
    list.splice(at, 1);
    touch(set, isSignature);
    return true;
  }

  add(record: ChangeRecord): boolean {
    const set = this.setOf(record);
    const { node, name } = this.draftOf(record.owner);
    const isSignature = record.type === RRType.RRSIG;
    const list = isSignature ? set.signatures : set.records;
    if (list.length >= (isSignature ? MAX_SET_SIGNATURES : MAX_SET_RECORDS)) return false;
    if (!isSubdomain(record.owner, this.apex)) return false;
    // A view of the batch, which outlives the model: copies of some thousand signatures cost a third of the folding.
    const { rdata } = record;
    const canonical = canonicalRdata(record.type, rdata);
    const at = list.findIndex((have) => compareBytes(have.canonical, canonical) >= 0);
    if (at >= 0 && bytesEqual(list[at]!.canonical, canonical)) return false;
    const respelled = node !== 0 && !bytesEqual(name, record.owner);
    list.splice(at < 0 ? list.length : at, 0, { rdata, canonical, ttl: record.ttl, ...(respelled && { respelled }) });
    touch(set, isSignature);
    return true;
  }

  private setOf(record: ChangeRecord): SetDraft {
    this.records++;
    const draft = this.draftOf(record.owner);
    const type = record.type === RRType.RRSIG ? coveredType(record.rdata) : record.type;
    let set = draft.sets.get(type);
    if (!set) {
      set = this.readSet(draft, type);
      draft.sets.set(type, set);
    }
    return set;
  }

  private draftOf(owner: Name): NameDraft {
    if (this.last && bytesEqual(this.last.owner, owner)) return this.last.draft;
    const key = nameKey(owner);
    let draft = this.names.get(key);
    if (!draft) {
      const hash = nameHash(owner);
      const node = this.image.findNode(hash, owner, 0);
      const name = node === 0 ? owner.slice() : this.image.nodeName(node);
      const nsec3Hash = this.image.nsec3 ? hashOfOwner(owner, this.apex) : undefined;
      draft = { key, hash, name, node, sets: new Map(), nsec3Hash, nsec3: this.nsec3Entry(nsec3Hash) };
      this.names.set(key, draft);
    }
    this.last = { owner, draft };
    return draft;
  }

  private nsec3Entry(hash: Uint8Array | undefined): number {
    if (!hash) return 0;
    const entry = this.image.findNsec3(hash);
    return this.image.nsec3Equals(entry, hash) ? entry : 0;
  }

  private readSet(draft: NameDraft, type: number): SetDraft {
    const ref =
      type === RRType.NSEC3 && draft.nsec3 !== 0 ? this.image.nsec3RRset(draft.nsec3) : this.nodeSet(draft, type);
    const empty = { type, ref, ttl: 0, sigTtl: 0, records: [], signatures: [] };
    if (ref === 0) return { ...empty, dataChanged: false, signaturesChanged: false };
    return { ...empty, ...unpackRecords(this.image, ref), dataChanged: false, signaturesChanged: false };
  }

  /** Also a set that holds nothing but RRSIGs. */
  private nodeSet(draft: NameDraft, type: number): number {
    if (draft.node === 0) return 0;
    for (let i = 0; i < this.image.rrsetsAt(draft.node); i++) {
      const ref = this.image.rrsetAt(draft.node, i);
      if (this.image.rrsetType(ref) === type) return ref;
    }
    return 0;
  }
}

/** What an RRSIG begins with (RFC 4034 section 3.1). */
function coveredType(rrsig: Uint8Array): number {
  return (rrsig[0]! << 8) | rrsig[1]!;
}

/**
 * Nothing of the old spelling is left: an AXFR would bring the new one. A name that is spelled in two ways keeps the one it has, and
 * its changes stay cheap.
 */
function isRespelled(image: ZoneImage, { node, sets }: NameDraft): boolean {
  if (node === 0) return false;
  let left = 0;
  for (const { type, records, signatures } of sets.values()) {
    if (type === RRType.NSEC3) continue;
    left += records.length + signatures.length;
    if (![...records, ...signatures].every(({ respelled }) => respelled)) return false;
  }
  if (left === 0) return false;
  for (let i = 0; i < image.rrsetsAt(node); i++) if (!sets.has(image.rrsetType(image.rrsetAt(node, i)))) return false;
  return true;
}

function touch(set: SetDraft, isSignature: boolean): void {
  if (isSignature) set.signaturesChanged = true;
  else set.dataChanged = true;
}

/**
 * After all changes: the TTLs of the set, and a set that is as it was is no longer marked as changed. False when records of one
 * set differ in their TTL: an image keeps one, and who has to choose is not this room.
 */
export function settle(image: ZoneImage, set: SetDraft): boolean {
  const { records, signatures } = set;
  set.sigTtl = signatures[0]?.ttl ?? 0;
  set.ttl = records[0]?.ttl ?? set.sigTtl;
  if (records.some((one) => one.ttl !== set.ttl) || signatures.some((one) => one.ttl !== set.sigTtl)) return false;
  if (set.ref === 0) return true;
  const before = unpackRecords(image, set.ref);
  if (set.dataChanged && image.rrsetTtl(set.ref) === set.ttl && sameRdatas(before.records, records))
    set.dataChanged = false;
  const sigTtl = before.signatures[0]?.ttl ?? 0;
  if (set.signaturesChanged && sigTtl === set.sigTtl && sameRdatas(before.signatures, signatures))
    set.signaturesChanged = false;
  return true;
}

function sameRdatas(a: readonly Rdata[], b: readonly Rdata[]): boolean {
  return a.length === b.length && a.every((one, i) => bytesEqual(one.rdata, b[i]!.rdata));
}
