/** Numbers of the message header and of EDNS (IANA DNS parameters). */

/** Octets. */
export const HEADER_LENGTH = 12;
export const MAX_MESSAGE = 65535;

export const Opcode = { Query: 0, Iquery: 1, Status: 2, Notify: 4, Update: 5, Dso: 6 } as const;

/**
 * Response codes with the extended ones of EDNS (RFC 6891 section 6.1.3). 16 is BADVERS in an OPT record and BADSIG in a
 * TSIG record.
 */
export const Rcode = {
  NoError: 0,
  FormErr: 1,
  ServFail: 2,
  NxDomain: 3,
  NotImp: 4,
  Refused: 5,
  YxDomain: 6,
  YxRrset: 7,
  NxRrset: 8,
  NotAuth: 9,
  NotZone: 10,
  DsoTypeNi: 11,
  BadVers: 16,
  BadSig: 16,
  BadKey: 17,
  BadTime: 18,
  BadMode: 19,
  BadName: 20,
  BadAlg: 21,
  BadTrunc: 22,
  BadCookie: 23,
} as const;

const RCODE_NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(Rcode).map(([name, code]) => [code, name.toUpperCase()] as const),
  [Rcode.BadVers, "BADVERS"],
]);

/** "NXDOMAIN", "BADVERS" for 16, or "RCODE24". */
export function rcodeName(code: number): string {
  return RCODE_NAMES.get(code) ?? `RCODE${code}`;
}

/** Bits in the second 16-bit word of the header (RFC 1035 section 4.1.1, RFC 4035 section 3). */
export const Flag = {
  QR: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  Z: 0x0040,
  AD: 0x0020,
  CD: 0x0010,
} as const;

export const OPCODE_MASK = 0x7800;
export const OPCODE_SHIFT = 11;
export const RCODE_MASK = 0x000f;

/** Bits in the low half of an OPT record's TTL: DO (RFC 3225), CO (RFC 9824 section 5.1). */
export const EdnsFlag = { DO: 0x8000, CO: 0x4000 } as const;

export const EdnsOption = {
  Llq: 1,
  UpdateLease: 2,
  Nsid: 3,
  Dau: 5,
  Dhu: 6,
  N3u: 7,
  ClientSubnet: 8,
  Expire: 9,
  Cookie: 10,
  TcpKeepalive: 11,
  Padding: 12,
  Chain: 13,
  KeyTag: 14,
  ExtendedError: 15,
  ClientTag: 16,
  ServerTag: 17,
  ReportChannel: 18,
  ZoneVersion: 19,
} as const;

/** RFC 8914 section 4 and later registrations. */
export const ExtendedError = {
  Other: 0,
  UnsupportedDnskeyAlgorithm: 1,
  UnsupportedDsDigestType: 2,
  StaleAnswer: 3,
  ForgedAnswer: 4,
  DnssecIndeterminate: 5,
  DnssecBogus: 6,
  SignatureExpired: 7,
  SignatureNotYetValid: 8,
  DnskeyMissing: 9,
  RrsigsMissing: 10,
  NoZoneKeyBitSet: 11,
  NsecMissing: 12,
  CachedError: 13,
  NotReady: 14,
  Blocked: 15,
  Censored: 16,
  Filtered: 17,
  Prohibited: 18,
  StaleNxdomainAnswer: 19,
  NotAuthoritative: 20,
  NotSupported: 21,
  NoReachableAuthority: 22,
  NetworkError: 23,
  InvalidData: 24,
  SignatureExpiredBeforeValid: 25,
  TooEarly: 26,
  UnsupportedNsec3IterationsValue: 27,
  UnableToConformToPolicy: 28,
  Synthesized: 29,
  InvalidQueryType: 30,
} as const;
