/** Facts about a zone that control reads from its image: keys and names at the apex, timers of the SOA. */
import { Header, ImageFlag, rrsetRdatas, rrsetSignatures, type ZoneImage } from "#image";
import type { SigningMode, TransferredDnssec, TransferredKeys } from "#keyplan";
import { type Name, printName } from "#name";
import { bitmapHas, RRType, readNsec, readRrsig, readSoa, type Soa } from "#rdata";

export function apexRdatas(image: ZoneImage, type: number): Uint8Array[] {
  const ref = image.findRRset(image.apexNode, type);
  return ref === 0 ? [] : rrsetRdatas(image, ref);
}

/** The keys that the primary put at the apex. */
export function transferredKeys(image: ZoneImage): TransferredKeys {
  return {
    dnskey: apexRdatas(image, RRType.DNSKEY),
    cds: apexRdatas(image, RRType.CDS),
    cdnskey: apexRdatas(image, RRType.CDNSKEY),
  };
}

/** Tags of the keys that sign the DNSKEY RRset, as its RRSIGs say. */
export function dnskeySigners(image: ZoneImage): ReadonlySet<number> {
  const ref = image.findRRset(image.apexNode, RRType.DNSKEY);
  return new Set(ref === 0 ? [] : rrsetSignatures(image, ref).map((rdata) => readRrsig(rdata).keyTag));
}

export function transferredDnssec(image: ZoneImage): TransferredDnssec {
  return {
    dnskey: image.findRRset(image.apexNode, RRType.DNSKEY) !== 0,
    rrsig: (image.flags & ImageFlag.Signed) !== 0,
    nsec: (image.flags & ImageFlag.Nsec) !== 0,
    nsec3: (image.flags & ImageFlag.Nsec3) !== 0,
  };
}

/** True when there is anything that must not be served in this mode: signed here, or unsigned, where a digest stays right. */
export function needsStripping(image: ZoneImage, mode: SigningMode): boolean {
  return (image.flags & ImageFlag.HasDnssec) !== 0 || (mode !== "unsigned" && hasZonemd(image));
}

export function hasZonemd(image: ZoneImage): boolean {
  return image.findRRset(image.apexNode, RRType.ZONEMD) !== 0;
}

/** Types at the apex that stand beside an image: they are signed by the KSK. */
const BESIDE = [RRType.DNSKEY, RRType.CDS, RRType.CDNSKEY] as const;

/** Whether the apex NSEC of our own chain names just these of the types that stand beside the image. */
export function chainNames(image: ZoneImage, types: readonly number[]): boolean {
  if (image.findRRset(image.apexNode, RRType.NSEC) === 0) return false;
  const named = chainBeside(image);
  return BESIDE.every((type) => named.includes(type) === types.includes(type));
}

/** Of the types that stand beside the image, those that the apex NSEC of our own chain names. */
export function chainBeside(image: ZoneImage): number[] {
  const [nsec] = apexRdatas(image, RRType.NSEC);
  const bitmap = nsec && readNsec(nsec).bitmap;
  return BESIDE.filter((type) => bitmap !== undefined && bitmapHas(bitmap, type));
}

export function apexSoaRdata(image: ZoneImage): Uint8Array {
  return apexRdatas(image, RRType.SOA)[0]!;
}

export function apexSoa(image: ZoneImage): Soa {
  return readSoa(apexSoaRdata(image));
}

/** Names of the apex NS, without the final dot. */
export function apexNameServers(image: ZoneImage): string[] {
  return apexRdatas(image, RRType.NS).map((name: Name) => printName(name).replace(/\.$/, ""));
}

export function imageChecksumOf(image: ZoneImage): number {
  return image.words[Header.Checksum]!;
}
