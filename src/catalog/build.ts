/** Makes a catalog zone of version 2 for our own secondaries (RFC 9432 section 4): flat, deterministic, in any order of entries. */
import { fromLatin1, type Result } from "#bytes";
import { appendLabel, type Name } from "#name";
import { RRType } from "#rdata";
import { type RRset, type ZoneError, type ZoneVersion, zoneFromRRsets } from "#zone";

export type CatalogEntry = {
  /** Unique and stable for the zone's state: another one makes consumers reset it. At most 63 octets. */
  readonly node: string;
  readonly zone: Name;
  /** At most `CATALOG_GROUP_MAX` octets. */
  readonly group: string | undefined;
};

/** One character-string. */
export const CATALOG_GROUP_MAX = 255;

/** Nobody resolves a catalog: section 4 recommends this name for its NS. */
const INVALID = Uint8Array.of(7, ...fromLatin1("invalid"), 0);

const REFRESH_SECONDS = 3600;
const RETRY_SECONDS = 600;
/** Members are to stay for as long as the producer is away. */
const EXPIRE_SECONDS = 2_147_483_646;
const TTL = 0;

export function buildCatalog(
  apex: Name,
  serial: number,
  entries: Iterable<CatalogEntry>,
): Result<ZoneVersion, ZoneError> {
  return zoneFromRRsets(apex, catalogRRsets(apex, serial, entries));
}

function* catalogRRsets(apex: Name, serial: number, entries: Iterable<CatalogEntry>): Generator<RRset> {
  yield { owner: apex, type: RRType.SOA, ttl: TTL, rdatas: [soa(serial)] };
  yield { owner: apex, type: RRType.NS, ttl: TTL, rdatas: [INVALID] };
  yield { owner: below("version", apex), type: RRType.TXT, ttl: TTL, rdatas: [text("2")] };
  const zones = below("zones", apex);
  for (const { node, zone, group } of entries) {
    const owner = below(node, zones);
    yield { owner, type: RRType.PTR, ttl: TTL, rdatas: [zone] };
    if (group !== undefined) yield { owner: below("group", owner), type: RRType.TXT, ttl: TTL, rdatas: [text(group)] };
  }
}

/** The names of a catalog that is made here are short: whoever configures it has seen to that. */
function below(label: string, name: Name): Name {
  const made = appendLabel(fromLatin1(label), name);
  if (!made) throw new Error(`no room for ${label} below the catalog's name`);
  return made;
}

function text(value: string): Uint8Array {
  const octets = fromLatin1(value).subarray(0, CATALOG_GROUP_MAX);
  return Uint8Array.of(octets.length, ...octets);
}

function soa(serial: number): Uint8Array {
  const rdata = new Uint8Array(2 * INVALID.length + 20);
  rdata.set(INVALID);
  rdata.set(INVALID, INVALID.length);
  const view = new DataView(rdata.buffer, 2 * INVALID.length);
  view.setUint32(0, serial);
  view.setUint32(4, REFRESH_SECONDS);
  view.setUint32(8, RETRY_SECONDS);
  view.setUint32(12, EXPIRE_SECONDS);
  view.setUint32(16, TTL);
  return rdata;
}
