/** Transferred records as the API lists them, made from the stored image one by one as they are taken. */
import { createHash } from "node:crypto";
import { toHex } from "#bytes";
import { DNSSEC_TYPES, type DnsRecord, printTime, type RecordEntry, type RecordSource } from "#contract";
import { ImageFlag, type UnpackedRRset, unpackImage, unpackSet, type ZoneImage } from "#image";
import { lowerName, type Name, nameHash, printName, readName } from "#name";
import { printRdata, RRType, typeCode, typeName } from "#rdata";
import { recordData, withoutPriority } from "./record-data.ts";

export type RecordContext = {
  readonly image: ZoneImage;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly transferredAt: number;
  /** Served as the primary signed it: nothing can be proxied. */
  readonly presigned: boolean;
};

/** How many records without those of DNSSEC: counted once for each image, as every page asks for it. */
export type PlainCounts = WeakMap<ZoneImage, number>;

function plainCount(image: ZoneImage, sets: () => Iterable<UnpackedRRset>, counts: PlainCounts): number {
  const count = counts.get(image) ?? countRecords(sets(), undefined);
  counts.set(image, count);
  return count;
}

/** Every record of the zone, or those of one name where that is cheap to find. */
export function recordSource(
  context: RecordContext,
  narrow?: { readonly name?: string; readonly type?: string; readonly plain?: boolean },
  plainCounts: PlainCounts = new WeakMap(),
): RecordSource {
  const owner = narrow?.name === undefined ? undefined : readName(narrow.name);
  const type = narrow?.type === undefined ? undefined : (typeCode(narrow.type) ?? -1);
  const plain = narrow?.plain === true && (context.image.flags & ImageFlag.HasDnssec) !== 0;
  const all = () => setsOf(context.image, owner?.ok ? owner.value : undefined);
  const sets = plain ? () => plainSets(all()) : all;
  const whole = !owner?.ok && type === undefined && !plain;
  return {
    count: whole
      ? context.image.recordCount
      : plain && !owner?.ok && type === undefined
        ? plainCount(context.image, sets, plainCounts)
        : countRecords(sets(), type),
    *[Symbol.iterator]() {
      for (const set of sets()) {
        if (type !== undefined && set.type !== type) continue;
        const name = shownName(set.owner);
        for (const rdata of set.rdatas) yield new Entry(context, set, name, rdata);
      }
    },
  };
}

/** By the id that `Entry.id` gave: its first half says which owner and type, so only those are hashed. */
export function findRecord(context: RecordContext, id: string): DnsRecord | undefined {
  if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
  const prefix = id.slice(0, PREFIX_DIGITS);
  for (const set of unpackImage(context.image)) {
    if (idPrefix(set) !== prefix) continue;
    for (const rdata of set.rdatas) {
      const entry = new Entry(context, set, shownName(set.owner), rdata);
      if (entry.id() === id) return entry.print();
    }
  }
  return undefined;
}

class Entry implements RecordEntry {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  private readonly context: RecordContext;
  private readonly set: UnpackedRRset;
  private readonly rdata: Uint8Array;

  constructor(context: RecordContext, set: UnpackedRRset, name: string, rdata: Uint8Array) {
    this.context = context;
    this.set = set;
    this.rdata = rdata;
    this.name = name;
    this.type = typeName(set.type);
    this.ttl = set.ttl;
  }

  id(): string {
    const digest = createHash("sha256").update(lowerName(this.set.owner)).update(this.rdata).digest();
    return idPrefix(this.set) + toHex(digest).slice(0, 32 - PREFIX_DIGITS);
  }

  content(): string {
    return withoutPriority(this.set.type, printRdata(this.set.type, this.rdata)).content;
  }

  print(): DnsRecord {
    const { content, priority } = withoutPriority(this.set.type, printRdata(this.set.type, this.rdata));
    const data = recordData(this.set.type, this.rdata);
    const { context } = this;
    return {
      id: this.id(),
      name: this.name,
      type: this.type,
      content,
      proxiable: !context.presigned && PROXIABLE.has(this.set.type),
      proxied: false,
      ttl: this.ttl,
      ...(priority === undefined ? {} : { priority }),
      ...(data === undefined ? {} : { data }),
      settings: {},
      meta: { source: "primary" },
      comment: null,
      tags: [],
      created_on: printTime(context.createdAt),
      modified_on: printTime(context.transferredAt),
    };
  }
}

const PROXIABLE: ReadonlySet<number> = new Set([RRType.A, RRType.AAAA, RRType.CNAME]);

const PREFIX_DIGITS = 12;

/** Eight digits of the owner's hash and four of the type. */
function idPrefix(set: UnpackedRRset): string {
  const owner = (nameHash(set.owner) >>> 0).toString(16).padStart(8, "0");
  return owner + set.type.toString(16).padStart(4, "0");
}

/** Lower case, without the final dot; the root is ".". */
export function shownName(name: Name): string {
  const text = printName(lowerName(name));
  return text === "." ? text : text.slice(0, -1);
}

function* setsOf(image: ZoneImage, owner: Name | undefined): Generator<UnpackedRRset> {
  if (!owner) {
    yield* unpackImage(image);
    return;
  }
  const node = image.findNode(nameHash(owner), owner, 0);
  // Owners of NSEC3 records are not nodes of the zone: they are found only by walking all of it.
  if (node === 0) {
    const wanted = shownName(owner);
    if (image.nsec3) for (const set of unpackImage(image)) if (shownName(set.owner) === wanted) yield set;
    return;
  }
  for (let i = 0; i < image.rrsetsAt(node); i++) yield* unpackSet(image, image.nodeName(node), image.rrsetAt(node, i));
}

const DNSSEC_CODES: ReadonlySet<number> = new Set(DNSSEC_TYPES.map((type) => RRType[type]));

function* plainSets(sets: Iterable<UnpackedRRset>): Generator<UnpackedRRset> {
  for (const set of sets) if (!DNSSEC_CODES.has(set.type)) yield set;
}

function countRecords(sets: Iterable<UnpackedRRset>, type: number | undefined): number {
  let count = 0;
  for (const set of sets) if (type === undefined || set.type === type) count += set.rdatas.length;
  return count;
}
