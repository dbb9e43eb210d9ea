/** RR types: numbers and mnemonics, RDATA checked out of messages, to and from text, canonical form. The door of the room. */

export { base32hexDecode, base32hexEncode } from "./base32.ts";
export { bitmapHas, isTypeBitmap, parseTypeBitmap, writeTypeBitmap } from "./bitmap.ts";
export { canonicalRdata, forEachCompressible, hasCanonicalNames, rdataTarget } from "./canonical.ts";
export { printIpv4, printIpv6, readIpv4, readIpv6 } from "./fields/addresses.ts";
export { isRdata, parseRdata, parseRdataInto } from "./parse.ts";
export {
  type Dnskey,
  type Ds,
  type Nsec,
  type Nsec3,
  type Nsec3param,
  type Rrsig,
  readDnskey,
  readDs,
  readNsec,
  readNsec3,
  readNsec3param,
  readRrsig,
  readSoa,
  readZonemd,
  type Soa,
  type Zonemd,
} from "./readers.ts";
export { printRdata, readRdata } from "./text.ts";
export { printCharacters, type RdataError, readCharacters, readTtl } from "./tokens.ts";
export { classCode, className, isMetaType, RRClass, RRType, typeCode, typeName } from "./types.ts";
