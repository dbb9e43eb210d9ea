/** A zone as the answering code sees it. */
import { concatBytes } from "#bytes";
import { MAX_NSEC3_APEX } from "#dnssec";
import { ImageFlag, RR_HEAD, type SignatureTable, ZoneImage } from "#image";
import { labelCount, lowerName, type Name, nameHash } from "#name";
import { RRClass, RRType } from "#rdata";
import { SIGNING_PERIOD, type SigningPeriod } from "./signing.ts";

export type ServedZone = {
  readonly apex: Name;
  /** By which control knows the zone, and which version this is: only told on, never looked at here. */
  readonly zoneId?: string;
  readonly generation?: number;
  /** Only "serving" has an image to answer from. */
  readonly state: "serving" | "not-ready" | "expired";
  readonly image?: ZoneImage;
  /** Absent: the image is served as it is. */
  readonly signing?: ZoneSigning;
  /** Where it stands until when it is served; absent: SOA EXPIRE is told. */
  readonly expiry?: ExpiryPlace | undefined;
};

/** A word (Uint32) of shared memory: Unix seconds, 0xffffffff when the zone does not expire. */
export type ExpiryPlace = { readonly board: SharedArrayBuffer; readonly slot: number };

const NEVER_EXPIRES = 0xffff_ffff;
/** From the end of SOA RDATA: EXPIRE and MINIMUM. */
const EXPIRE_FROM_END = 8;

export type ZoneSigning = {
  /** How missing names and types are denied: RFC 9824, NSEC3 made when asked, or the NSEC chain in the image. */
  readonly denial: "compact" | "nsec3" | "chain";
  readonly signer: LiveSigner;
  readonly table: SignatureTable;
  readonly apexRRsets: readonly ApexRRset[];
  /** Default `SIGNING_PERIOD`. */
  readonly period?: SigningPeriod;
};

/** An RRset at the apex that the KSK signed: DNSKEY, CDS, CDNSKEY. It stands beside the image. */
export type ApexRRset = {
  readonly type: number;
  readonly ttl: number;
  readonly rdatas: readonly Uint8Array[];
  /** RDATA of each RRSIG. */
  readonly signatures: readonly Uint8Array[];
};

/** The same, ready to copy: RRs, then their RRSIG RRs, each as `C0 0C | type | class | ttl | rdlength | rdata`. */
export type ReadyRRset = {
  readonly type: number;
  readonly octets: Uint8Array;
  readonly view: DataView;
  /** Octets and number of the RRs without the RRSIGs. */
  readonly dataLength: number;
  readonly records: number;
  readonly signatures: number;
};

/** The SOA of negative answers, ready to copy: see ready-soa.ts. */
export type ReadySoa = {
  readonly octets: Uint8Array;
  readonly view: DataView;
  readonly dataLength: number;
  readonly signatures: number;
  readonly pointers: Int32Array;
};

/** Signs with the zone's ZSK. The only secret's shadow that answering sees. */
export interface LiveSigner {
  readonly keyTag: number;
  /** DNSSEC algorithm number; one with signatures of 64 octets (13, 15). */
  readonly algorithm: number;
  /** Signs `data[0..length)`; 64 octets to `out[outAt..)`. */
  sign(data: Uint8Array, length: number, out: Uint8Array, outAt: number): void;
}

/** How an entry denies. Numbers, so that the path of a query compares no strings. */
export const Denial = { None: 0, Nsec: 1, Nsec3: 2, Compact: 3, LiveNsec3: 4 } as const;
export type Denial = (typeof Denial)[keyof typeof Denial];

export const ZoneState = { Serving: 0, NotReady: 1, Expired: 2 } as const;
export type ZoneState = (typeof ZoneState)[keyof typeof ZoneState];

/** A zone as the answering code sees it: everything that does not change from query to query, read once. */
export class ZoneEntry {
  /** Of this entry, unique in its table: signatures of made-up names are kept under it. */
  readonly id: number;
  readonly apex: Name;
  readonly zoneId: string | undefined;
  readonly generation: number;
  /** Lower case: signer and owner of what is signed here. */
  readonly lowerApex: Name;
  readonly apexHash: number;
  readonly apexLabels: number;
  readonly state: ZoneState;
  readonly image: ZoneImage;
  /** The image's octets. */
  readonly source: { readonly octets: Uint8Array; readonly view: DataView };
  readonly signing: ZoneSigning | undefined;
  readonly period: SigningPeriod;
  readonly denial: Denial;
  /** ANY gets a record made here (any.ts): not where the primary's signatures are served, which nobody here can add to. */
  readonly refusesAny: boolean;
  readonly soa: number;
  readonly expiry: ExpiryPlace | undefined;
  /** For whoever counts: see `Tallied` of #telemetry. */
  tallyEpoch = -1;
  tallySlot = 0;
  /** Made with the first negative answer; null when there can be none. */
  readySoa: ReadySoa | null | undefined = undefined;
  private readyApex: readonly ReadyRRset[] | undefined = undefined;

  constructor(id: number, zone: ServedZone) {
    this.id = id;
    this.apex = zone.apex;
    this.zoneId = zone.zoneId;
    this.generation = zone.generation ?? 0;
    this.lowerApex = lowerName(zone.apex);
    this.apexHash = nameHash(zone.apex);
    this.apexLabels = labelCount(zone.apex);
    this.state = stateOf(zone);
    this.image = zone.image ?? EMPTY_IMAGE;
    const { octets } = this.image;
    this.source = { octets, view: new DataView(octets.buffer, octets.byteOffset, octets.byteLength) };
    this.signing = this.state === ZoneState.Serving ? zone.signing : undefined;
    this.period = this.signing?.period ?? SIGNING_PERIOD;
    this.denial = denialOf(this.image, this.signing, this.apex);
    this.refusesAny = this.signing !== undefined || (this.image.flags & ImageFlag.HasDnssec) === 0;
    this.soa = this.state === ZoneState.Serving ? this.image.findRRset(this.image.apexNode, RRType.SOA) : 0;
    this.expiry = zone.expiry;
  }

  /** Made when first wanted: most questions are for none of them. */
  get apexRRsets(): readonly ReadyRRset[] {
    this.readyApex ??= (this.signing?.apexRRsets ?? []).map(readyRRset);
    return this.readyApex;
  }

  /**
   * Seconds for which the zone is served without further contact to a primary: what is left, or SOA EXPIRE where there is no
   * end, which is what a primary says (RFC 7314 section 3). The zone serves. Asked by secondaries once in a while.
   */
  expireLeft(now: number): number {
    const end = this.expiry ? new Uint32Array(this.expiry.board)[this.expiry.slot]! : NEVER_EXPIRES;
    if (end !== NEVER_EXPIRES) return Math.max(0, end - now);
    const { view } = this.source;
    return view.getUint32(this.image.rrsetData(this.soa) + this.image.rrsetDataLength(this.soa) - EXPIRE_FROM_END);
  }
}

function stateOf(zone: ServedZone): ZoneState {
  if (zone.state === "expired") return ZoneState.Expired;
  return zone.state === "serving" && zone.image ? ZoneState.Serving : ZoneState.NotReady;
}

function denialOf(image: ZoneImage, signing: ZoneSigning | undefined, apex: Name): Denial {
  if (signing?.denial === "compact") return Denial.Compact;
  // Made before control looked at this: owner names that pass 255 octets are never made.
  if (signing?.denial === "nsec3") return apex.length > MAX_NSEC3_APEX ? Denial.Compact : Denial.LiveNsec3;
  if (image.flags & ImageFlag.Nsec3) return Denial.Nsec3;
  return image.flags & ImageFlag.Nsec ? Denial.Nsec : Denial.None;
}

function readyRRset(set: ApexRRset): ReadyRRset {
  const data = set.rdatas.map((rdata) => record(set.type, set.ttl, rdata));
  const signatures = set.signatures.map((rdata) => record(RRType.RRSIG, set.ttl, rdata));
  const octets = concatBytes([...data, ...signatures]);
  return {
    type: set.type,
    octets,
    view: new DataView(octets.buffer),
    dataLength: data.reduce((sum, octets) => sum + octets.length, 0),
    records: data.length,
    signatures: signatures.length,
  };
}

function record(type: number, ttl: number, rdata: Uint8Array): Uint8Array {
  const octets = new Uint8Array(RR_HEAD + rdata.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, 0xc00c);
  view.setUint16(2, type);
  view.setUint16(4, RRClass.IN);
  view.setUint32(6, ttl);
  view.setUint16(10, rdata.length);
  octets.set(rdata, RR_HEAD);
  return octets;
}

/** Stands in for the image of a zone that has none, so that entries have one shape; nobody looks inside. */
const EMPTY_IMAGE: ZoneImage = new ZoneImage(new SharedArrayBuffer(512));
