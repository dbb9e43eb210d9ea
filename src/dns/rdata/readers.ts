/**
 * Fields of the RDATA that other rooms reason about. Input is RDATA that `parseRdata` or `readRdata` gave, so nothing is
 * checked again; all octet arrays in the results are views of it.
 */
import { Reader } from "#bytes";
import { MAX_NAME, type Name } from "#name";

/** RFC 1035 section 3.3.13. Times in seconds. */
export type Soa = {
  readonly mname: Name;
  readonly rname: Name;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
};

export function readSoa(rdata: Uint8Array): Soa {
  const r = new Reader(rdata);
  return {
    mname: takeName(r),
    rname: takeName(r),
    serial: r.u32(),
    refresh: r.u32(),
    retry: r.u32(),
    expire: r.u32(),
    minimum: r.u32(),
  };
}

/** RFC 4034 section 3.1. Expiration and inception: seconds since 1970 modulo 2^32, serial arithmetic. */
export type Rrsig = {
  readonly typeCovered: number;
  readonly algorithm: number;
  readonly labels: number;
  readonly originalTtl: number;
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: Name;
  readonly signature: Uint8Array;
};

export function readRrsig(rdata: Uint8Array): Rrsig {
  const r = new Reader(rdata);
  return {
    typeCovered: r.u16(),
    algorithm: r.u8(),
    labels: r.u8(),
    originalTtl: r.u32(),
    expiration: r.u32(),
    inception: r.u32(),
    keyTag: r.u16(),
    signer: takeName(r),
    signature: r.rest(),
  };
}

/** RFC 4034 section 2.1; also CDNSKEY. */
export type Dnskey = {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
};

export function readDnskey(rdata: Uint8Array): Dnskey {
  const r = new Reader(rdata);
  return { flags: r.u16(), protocol: r.u8(), algorithm: r.u8(), publicKey: r.rest() };
}

/** RFC 8976 section 2.2. */
export type Zonemd = {
  readonly serial: number;
  readonly scheme: number;
  readonly hashAlgorithm: number;
  readonly digest: Uint8Array;
};

export function readZonemd(rdata: Uint8Array): Zonemd {
  const r = new Reader(rdata);
  return { serial: r.u32(), scheme: r.u8(), hashAlgorithm: r.u8(), digest: r.rest() };
}

/** RFC 4034 section 5.1; also CDS. */
export type Ds = {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Uint8Array;
};

export function readDs(rdata: Uint8Array): Ds {
  const r = new Reader(rdata);
  return { keyTag: r.u16(), algorithm: r.u8(), digestType: r.u8(), digest: r.rest() };
}

/** RFC 4034 section 4.1. `bitmap`: see `parseTypeBitmap`, `bitmapHas`. */
export type Nsec = { readonly next: Name; readonly bitmap: Uint8Array };

export function readNsec(rdata: Uint8Array): Nsec {
  const r = new Reader(rdata);
  return { next: takeName(r), bitmap: r.rest() };
}

/** RFC 5155 section 3.1. `nextHash` is 20 octets for SHA-1. */
export type Nsec3 = {
  readonly algorithm: number;
  readonly flags: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly nextHash: Uint8Array;
  readonly bitmap: Uint8Array;
};

export function readNsec3(rdata: Uint8Array): Nsec3 {
  const r = new Reader(rdata);
  return {
    algorithm: r.u8(),
    flags: r.u8(),
    iterations: r.u16(),
    salt: r.bytes(r.u8()),
    nextHash: r.bytes(r.u8()),
    bitmap: r.rest(),
  };
}

/** RFC 5155 section 4.1. */
export type Nsec3param = {
  readonly algorithm: number;
  readonly flags: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
};

export function readNsec3param(rdata: Uint8Array): Nsec3param {
  const r = new Reader(rdata);
  return { algorithm: r.u8(), flags: r.u8(), iterations: r.u16(), salt: r.bytes(r.u8()) };
}

/** The uncompressed name at the reader's offset, as a view; the reader moves past it. Fails on a pointer. */
export function takeName(r: Reader): Name {
  const start = r.offset;
  let at = start;
  while (at < r.end && r.octets[at]! < 64 && at - start < MAX_NAME) {
    const octet = r.octets[at]!;
    at += octet + 1;
    if (octet === 0) return r.bytes(at - start);
  }
  r.fail();
  return r.bytes(0);
}
