/** What leads from one version of a zone to the next, record by record: what an IXFR out is made of. */
import { toLatin1 } from "#bytes";
import { Header, RR_HEAD, type ZoneImage } from "#image";
import { compareNames, type Name } from "#name";
import { RRType } from "#rdata";
import { RecordBatch, ZoneChange } from "#zone";

/**
 * Undefined when it would be more than `maxOctets`, or when there are NSEC3s of several chains: then the whole zone is given.
 * Both images are of one zone; either may be an overlay of the other.
 */
export function differenceOf(before: ZoneImage, after: ZoneImage, maxOctets: number): ZoneChange | undefined {
  if (before.words[Header.SpareCount] !== 0 || after.words[Header.SpareCount] !== 0) return undefined;
  const batches = { deletions: new RecordBatch(), additions: new RecordBatch() };
  appendSoa(before, batches.deletions);
  appendSoa(after, batches.additions);
  const within = () => batches.deletions.octets.length + batches.additions.octets.length <= maxOctets;
  const whole = merge(nodesOf(before), nodesOf(after), batches, within);
  if (!whole || !merge(chainOf(before), chainOf(after), batches, within)) return undefined;
  return new ZoneChange(batches.deletions, batches.additions);
}

type Batches = { readonly deletions: RecordBatch; readonly additions: RecordBatch };
/** One owner with its sets, in canonical order. */
type Place = { readonly image: ZoneImage; readonly owner: Name; readonly refs: readonly number[] };

/** False when the limit is passed. */
function merge(old: Generator<Place>, fresh: Generator<Place>, batches: Batches, within: () => boolean): boolean {
  let [was, is] = [old.next(), fresh.next()];
  // Each turn takes a name from one list, or from both.
  while (!was.done || !is.done) {
    const order = was.done ? 1 : is.done ? -1 : compareNames(was.value.owner, is.value.owner);
    if (order !== 0 || !same(was.value!, is.value!)) {
      const gone = order <= 0 ? recordsOf(was.value!) : NONE;
      const come = order >= 0 ? recordsOf(is.value!) : NONE;
      for (const [key, append] of gone) if (!come.has(key)) append(batches.deletions);
      for (const [key, append] of come) if (!gone.has(key)) append(batches.additions);
      if (!within()) return false;
    }
    if (order <= 0) was = old.next();
    if (order >= 0) is = fresh.next();
  }
  return true;
}

function* nodesOf(image: ZoneImage): Generator<Place> {
  for (let index = 0; index < image.nodeCount; index++) {
    const node = image.nodeAt(index);
    const refs: number[] = [];
    for (let i = 0; i < image.rrsetsAt(node); i++) refs.push(image.rrsetAt(node, i));
    yield { image, owner: image.nodeName(node), refs };
  }
}

/** NSEC3s in the order of their hashes, which is that of their names: base32hex keeps it. */
function* chainOf(image: ZoneImage): Generator<Place> {
  const count = image.nsec3?.count ?? 0;
  for (let index = 0; index < count; index++) {
    const entry = image.nsec3At(index);
    const at = image.nsec3Name(entry);
    const owner = image.octets.subarray(at, at + image.nsec3NameLength(entry));
    yield { image, owner, refs: [image.nsec3RRset(entry)] };
  }
}

/** The same name in the same spelling, with the same records: most of a zone, most of the time. */
function same(a: Place, b: Place): boolean {
  if (a.refs.length !== b.refs.length || !sameOctets(a.owner, 0, b.owner, 0, a.owner.length)) return false;
  return a.refs.every((ref, i) => {
    const other = b.refs[i]!;
    const length = octetsOf(a.image, ref);
    if (length !== octetsOf(b.image, other)) return false;
    return sameOctets(a.image.octets, a.image.rrsetData(ref), b.image.octets, b.image.rrsetData(other), length);
  });
}

function sameOctets(a: Uint8Array, fromA: number, b: Uint8Array, fromB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[fromA + i] !== b[fromB + i]) return false;
  return true;
}

/** Records and the signatures behind them, as they stand. */
function octetsOf(image: ZoneImage, ref: number): number {
  return image.rrsetDataLength(ref) + image.rrsetSigLength(ref);
}

type Appender = (batch: RecordBatch) => void;

const NONE: ReadonlyMap<string, Appender> = new Map();

/** Every record but the SOA, which each change begins with, by all that it is: a TTL that changes is another record. */
function recordsOf({ image, owner, refs }: Place): Map<string, Appender> {
  const records = new Map<string, Appender>();
  const spelled = toLatin1(owner);
  const o = image.octets;
  for (const ref of refs) {
    const end = image.rrsetData(ref) + octetsOf(image, ref);
    for (let at = image.rrsetData(ref); at < end; ) {
      const length = (o[at + 10]! << 8) | o[at + 11]!;
      const rdata = o.subarray(at + RR_HEAD, at + RR_HEAD + length);
      const type = (o[at + 2]! << 8) | o[at + 3]!;
      const ttl = ((o[at + 6]! << 24) | (o[at + 7]! << 16) | (o[at + 8]! << 8) | o[at + 9]!) >>> 0;
      at += RR_HEAD + length;
      if (type === RRType.SOA) continue;
      records.set(`${spelled}/${type}/${ttl}/${toLatin1(rdata)}`, (batch) =>
        batch.append(owner, owner.length, type, ttl, rdata, length),
      );
    }
  }
  return records;
}

function appendSoa(image: ZoneImage, batch: RecordBatch): void {
  const ref = image.findRRset(image.apexNode, RRType.SOA);
  const at = image.rrsetData(ref);
  const length = (image.octets[at + 10]! << 8) | image.octets[at + 11]!;
  const rdata = image.octets.subarray(at + RR_HEAD, at + RR_HEAD + length);
  const owner = image.nodeName(image.apexNode);
  batch.append(owner, owner.length, RRType.SOA, image.rrsetTtl(ref), rdata, length);
}
