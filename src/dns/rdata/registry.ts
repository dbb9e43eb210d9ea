/** Every RR type that this room knows in full: adding a type is a file in `rr/`, a line here and one in `RRType`. */
import { A } from "./rr/a.ts";
import { AAAA } from "./rr/aaaa.ts";
import { AFSDB } from "./rr/afsdb.ts";
import { APL } from "./rr/apl.ts";
import { AVC } from "./rr/avc.ts";
import { CAA } from "./rr/caa.ts";
import { CDNSKEY } from "./rr/cdnskey.ts";
import { CDS } from "./rr/cds.ts";
import { CERT } from "./rr/cert.ts";
import { CNAME } from "./rr/cname.ts";
import { CSYNC } from "./rr/csync.ts";
import { DHCID } from "./rr/dhcid.ts";
import { DNAME } from "./rr/dname.ts";
import { DNSKEY } from "./rr/dnskey.ts";
import { DS } from "./rr/ds.ts";
import { DSYNC } from "./rr/dsync.ts";
import { EUI48 } from "./rr/eui48.ts";
import { EUI64 } from "./rr/eui64.ts";
import { GPOS } from "./rr/gpos.ts";
import { HINFO } from "./rr/hinfo.ts";
import { HIP } from "./rr/hip.ts";
import { HTTPS } from "./rr/https.ts";
import { IPSECKEY } from "./rr/ipseckey.ts";
import { ISDN } from "./rr/isdn.ts";
import { KEY } from "./rr/key.ts";
import { KX } from "./rr/kx.ts";
import { L32 } from "./rr/l32.ts";
import { L64 } from "./rr/l64.ts";
import { LOC } from "./rr/loc.ts";
import { LP } from "./rr/lp.ts";
import { MB } from "./rr/mb.ts";
import { MD } from "./rr/md.ts";
import { MF } from "./rr/mf.ts";
import { MG } from "./rr/mg.ts";
import { MINFO } from "./rr/minfo.ts";
import { MR } from "./rr/mr.ts";
import { MX } from "./rr/mx.ts";
import { NAPTR } from "./rr/naptr.ts";
import { NID } from "./rr/nid.ts";
import { NS } from "./rr/ns.ts";
import { NSEC } from "./rr/nsec.ts";
import { NSEC3 } from "./rr/nsec3.ts";
import { NSEC3PARAM } from "./rr/nsec3param.ts";
import { NXT } from "./rr/nxt.ts";
import { OPENPGPKEY } from "./rr/openpgpkey.ts";
import { OPT } from "./rr/opt.ts";
import { PTR } from "./rr/ptr.ts";
import { PX } from "./rr/px.ts";
import { RESINFO } from "./rr/resinfo.ts";
import { RP } from "./rr/rp.ts";
import { RRSIG } from "./rr/rrsig.ts";
import { RT } from "./rr/rt.ts";
import { SIG } from "./rr/sig.ts";
import { SMIMEA } from "./rr/smimea.ts";
import { SOA } from "./rr/soa.ts";
import { SPF } from "./rr/spf.ts";
import { SRV } from "./rr/srv.ts";
import { SSHFP } from "./rr/sshfp.ts";
import { SVCB } from "./rr/svcb.ts";
import { TLSA } from "./rr/tlsa.ts";
import { TSIG } from "./rr/tsig.ts";
import { TXT } from "./rr/txt.ts";
import { URI } from "./rr/uri.ts";
import { WALLET } from "./rr/wallet.ts";
import { X25 } from "./rr/x25.ts";
import { ZONEMD } from "./rr/zonemd.ts";
import type { RRTypeSpec } from "./spec.ts";

export const RR_TYPES: readonly RRTypeSpec[] = [
  A,
  AAAA,
  AFSDB,
  APL,
  AVC,
  CAA,
  CDNSKEY,
  CDS,
  CERT,
  CNAME,
  CSYNC,
  DHCID,
  DNAME,
  DNSKEY,
  DS,
  DSYNC,
  EUI48,
  EUI64,
  GPOS,
  HINFO,
  HIP,
  HTTPS,
  IPSECKEY,
  ISDN,
  KEY,
  KX,
  L32,
  L64,
  LOC,
  LP,
  MB,
  MD,
  MF,
  MG,
  MINFO,
  MR,
  MX,
  NAPTR,
  NID,
  NS,
  NSEC,
  NSEC3,
  NSEC3PARAM,
  NXT,
  OPENPGPKEY,
  OPT,
  PTR,
  PX,
  RESINFO,
  RP,
  RRSIG,
  RT,
  SIG,
  SMIMEA,
  SOA,
  SPF,
  SRV,
  SSHFP,
  SVCB,
  TLSA,
  TSIG,
  TXT,
  URI,
  WALLET,
  X25,
  ZONEMD,
];

const BY_CODE: ReadonlyMap<number, RRTypeSpec> = new Map(RR_TYPES.map((spec) => [spec.code, spec]));

/** Undefined for types that are opaque octets to us (RFC 3597). */
export function findSpec(type: number): RRTypeSpec | undefined {
  return BY_CODE.get(type);
}
