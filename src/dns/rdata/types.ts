/** RR types and classes by number and by mnemonic (IANA DNS parameters; RFC 3597 section 5 for the nameless ones). */

/** Types that this room knows in full, the query-only types, and pseudo-types. A test compares it with the registry of codecs. */
export const RRType = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  DSYNC: 66,
  SPF: 99,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  /** RFC 9824 section 3.1: only ever a bit in an NSEC bitmap. */
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  RESINFO: 261,
  WALLET: 262,
} as const;

export const RRClass = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(RRType).map(([name, code]) => [code, name]));
const TYPE_CODES: ReadonlyMap<string, number> = new Map(Object.entries(RRType));
const CLASS_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(RRClass).map(([name, code]) => [code, name]));
const CLASS_CODES: ReadonlyMap<string, number> = new Map(Object.entries(RRClass));

/** "A", or "TYPE65280" for a type without a mnemonic here. */
export function typeName(code: number): string {
  return TYPE_NAMES.get(code) ?? `TYPE${code}`;
}

/** "A", "a", "TYPE65280" to the number; undefined for anything else. */
export function typeCode(text: string): number | undefined {
  const upper = text.toUpperCase();
  return TYPE_CODES.get(upper) ?? numbered(upper, "TYPE");
}

/** "IN", or "CLASS32". */
export function className(code: number): string {
  return CLASS_NAMES.get(code) ?? `CLASS${code}`;
}

/** "IN", "in", "CLASS32" to the number; undefined for anything else. */
export function classCode(text: string): number | undefined {
  const upper = text.toUpperCase();
  return CLASS_CODES.get(upper) ?? numbered(upper, "CLASS");
}

/**
 * Types that exist in questions or in transport only (RFC 6895 section 3.1: QTYPEs and meta-TYPEs, 128 to 255, and OPT),
 * so no zone can hold a record of them. NXNAME is one of them.
 */
export function isMetaType(code: number): boolean {
  return code === 0 || code === RRType.OPT || (code >= 128 && code <= 255);
}

function numbered(upper: string, prefix: string): number | undefined {
  if (!upper.startsWith(prefix)) return undefined;
  const digits = upper.slice(prefix.length);
  if (!/^[0-9]{1,5}$/.test(digits)) return undefined;
  const code = Number(digits);
  return code <= 65535 ? code : undefined;
}
