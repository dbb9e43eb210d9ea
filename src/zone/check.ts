/** Semantic checks of a whole zone version: what is wrong (error) and what is only suspicious (warning), one pass. */
import { commonLabels, isSubdomain, isWildcard, labelCount, printName } from "#name";
import { RRType, rdataTarget, typeName } from "#rdata";
import { RRsetFlag } from "./columns.ts";
import type { ZoneVersion } from "./version.ts";

/** Problems listed at most; a zone may have a million of them and a person reads ten. */
export const MAX_PROBLEMS = 200;

export type ProblemCode =
  | "soa-below-apex"
  | "cname-and-other-data"
  | "several-cnames"
  | "several-dnames"
  | "apex-ns-missing"
  | "below-dname"
  | "wildcard-ns"
  | "wildcard-dname"
  | "ds-without-ns"
  | "ds-at-apex"
  | "not-at-apex"
  | "glue-missing"
  | "ns-target-is-cname"
  | "set-too-large"
  | "ttls-differed"
  | "rrsig-covers-nothing"
  | "expire-zero";

/** An error means that the zone can't be answered from without breaking a rule; a warning that it can. */
export type ZoneProblem = {
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  /** Printed. */
  readonly owner: string;
  /** RR type concerned. */
  readonly type: number;
  readonly text: string;
};

/** In canonical order of owners; no more than MAX_PROBLEMS, errors never crowded out by warnings. */
export function semanticCheck(zone: ZoneVersion): ZoneProblem[] {
  const problems = new Problems(zone);
  checkSoaTimers(zone, problems);
  // The cut or DNAME above the names that follow, -1 when none: canonical order keeps a subtree together.
  let above = -1;
  for (let name = 0; name < zone.nameCount; name++) {
    if (above >= 0 && isSubdomain(zone.nameOf(name), zone.nameOf(above))) continue;
    above = -1;
    const types = typesAt(zone, name);
    checkSingletons(zone, name, types, problems);
    checkPlaces(name, types, zone.nameOf(name), problems);
    checkFlags(zone, name, problems);
    checkSizes(zone, name, problems);
    if (types.dname) checkBelowDname(zone, name, problems);
    if (types.ns) checkNameServers(zone, name, problems);
    if (types.dname || (types.ns && name !== 0)) above = name;
  }
  return problems.list();
}

class Problems {
  readonly #zone: ZoneVersion;
  readonly #errors: ZoneProblem[] = [];
  readonly #warnings: ZoneProblem[] = [];

  constructor(zone: ZoneVersion) {
    this.#zone = zone;
  }

  error(code: ProblemCode, name: number, type: number, what: string): void {
    this.#add(this.#errors, "error", code, name, type, what);
  }

  warn(code: ProblemCode, name: number, type: number, what: string): void {
    this.#add(this.#warnings, "warning", code, name, type, what);
  }

  list(): ZoneProblem[] {
    return [...this.#errors, ...this.#warnings].slice(0, MAX_PROBLEMS);
  }

  #add(
    list: ZoneProblem[],
    severity: ZoneProblem["severity"],
    code: ProblemCode,
    name: number,
    type: number,
    what: string,
  ): void {
    if (list.length >= MAX_PROBLEMS) return;
    const owner = printName(this.#zone.nameOf(name));
    list.push({ severity, code, owner, type, text: `${owner} ${typeName(type)}: ${what}` });
  }
}

type TypesAt = {
  cname: boolean;
  dname: boolean;
  ns: boolean;
  ds: boolean;
  soa: boolean;
  /** A type that only an apex may have, 0 when none: DNSKEY, NSEC3PARAM, CDS, CDNSKEY. */
  apexOnly: number;
  /** The first type that may not stand beside a CNAME, 0 when none. */
  besideCname: number;
};

function typesAt(zone: ZoneVersion, name: number): TypesAt {
  const found = { cname: false, dname: false, ns: false, ds: false, soa: false, apexOnly: 0, besideCname: 0 };
  const { rrsetTypes } = zone.columns;
  const end = zone.firstRRset(name + 1);
  for (let rrset = zone.firstRRset(name); rrset < end; rrset++) {
    const type = rrsetTypes[rrset]!;
    if (type === RRType.CNAME) found.cname = true;
    else if (!MAY_STAND_BESIDE_CNAME.has(type) && found.besideCname === 0) found.besideCname = type;
    if (type === RRType.DNAME) found.dname = true;
    else if (type === RRType.NS) found.ns = true;
    else if (type === RRType.DS) found.ds = true;
    else if (type === RRType.SOA) found.soa = true;
    else if (APEX_ONLY.has(type)) found.apexOnly = type;
  }
  return found;
}

/** RFC 2181 section 10.1 with RFC 4034 section 2.5 and 4 (RRSIG, NSEC) and their forerunners KEY, SIG and NXT. */
const MAY_STAND_BESIDE_CNAME: ReadonlySet<number> = new Set([
  RRType.RRSIG,
  RRType.NSEC,
  RRType.KEY,
  RRType.SIG,
  RRType.NXT,
]);
const APEX_ONLY: ReadonlySet<number> = new Set([RRType.DNSKEY, RRType.NSEC3PARAM, RRType.CDS, RRType.CDNSKEY]);

function checkSoaTimers(zone: ZoneVersion, problems: Problems): void {
  const soa = zone.soaRdata;
  // EXPIRE is the fourth of the five words that close the RDATA.
  if (soa.subarray(soa.length - 8, soa.length - 4).every((octet) => octet === 0))
    problems.warn("expire-zero", 0, RRType.SOA, "EXPIRE is 0: a default is used in its place");
}

function checkSingletons(zone: ZoneVersion, name: number, types: TypesAt, problems: Problems): void {
  if (types.cname && types.besideCname !== 0)
    problems.error("cname-and-other-data", name, RRType.CNAME, `stands beside ${typeName(types.besideCname)}`);
  if (types.cname && recordsOf(zone, name, RRType.CNAME) > 1)
    problems.error("several-cnames", name, RRType.CNAME, "more than one (RFC 2181 section 10.1)");
  if (types.dname && recordsOf(zone, name, RRType.DNAME) > 1)
    problems.error("several-dnames", name, RRType.DNAME, "more than one (RFC 6672 section 2.4)");
  if (types.soa && name !== 0) problems.error("soa-below-apex", name, RRType.SOA, "only the apex may have one");
}

function checkPlaces(name: number, types: TypesAt, owner: Uint8Array, problems: Problems): void {
  if (name === 0) {
    if (!types.ns) problems.warn("apex-ns-missing", 0, RRType.NS, "the apex has none (RFC 1034 section 4.2.1)");
    if (types.ds) problems.warn("ds-at-apex", 0, RRType.DS, "belongs to the parent zone (RFC 4035 section 2.4)");
    return;
  }
  if (types.ds && !types.ns) problems.warn("ds-without-ns", name, RRType.DS, "no NS beside it: not a zone cut");
  if (types.apexOnly !== 0) problems.warn("not-at-apex", name, types.apexOnly, "means something at the apex only");
  if (isWildcard(owner)) {
    if (types.ns) problems.warn("wildcard-ns", name, RRType.NS, "undefined at a wildcard (RFC 4592 section 4.2)");
    if (types.dname)
      problems.warn("wildcard-dname", name, RRType.DNAME, "undefined at a wildcard (RFC 4592 section 4.4)");
  }
}

function checkFlags(zone: ZoneVersion, name: number, problems: Problems): void {
  const { rrsetTypes, rrsetCovered, rrsetFlags, rrsetTtls } = zone.columns;
  const first = zone.firstRRset(name);
  const end = zone.firstRRset(name + 1);
  for (let rrset = first; rrset < end; rrset++) {
    const type = rrsetTypes[rrset]!;
    if ((rrsetFlags[rrset]! & RRsetFlag.TtlsDiffered) !== 0)
      problems.warn("ttls-differed", name, type, `the lowest TTL, ${rrsetTtls[rrset]}, was taken for all`);
    // What an RRSIG covers stands right before it.
    const covers = type === RRType.RRSIG && (rrset === first || rrsetTypes[rrset - 1] !== rrsetCovered[rrset]);
    if (covers) problems.warn("rrsig-covers-nothing", name, type, `no ${typeName(rrsetCovered[rrset]!)} at this name`);
  }
}

/** What a message of DNS can hold over any transport: its length is told in two octets (RFC 1035 section 4.2.2). */
const MESSAGE_MAX = 65_535;
const HEADER = 12;
/** Of the question behind its name; and of a record, whose owner is a pointer to it. */
const QUESTION_REST = 4;
const RECORD_REST = 12;
/** Of RDATA that may be compressed: a pointer and little else (a PREFERENCE of two octets, or a label of one). */
const COMPRESSED_LEAST = 4;
const COMPRESSIBLE: ReadonlySet<number> = new Set([RRType.NS, RRType.CNAME, RRType.SOA, RRType.PTR, RRType.MX]);

/** A set that no message holds whole is never given: who asks for it gets TC over UDP, and nothing to the purpose over TCP. */
function checkSizes(zone: ZoneVersion, name: number, problems: Problems): void {
  const { rrsetTypes, rrsetCovered } = zone.columns;
  const empty = HEADER + zone.nameOf(name).length + QUESTION_REST;
  const end = zone.firstRRset(name + 1);
  for (let rrset = zone.firstRRset(name); rrset < end; rrset++) {
    const type = rrsetTypes[rrset]!;
    if (type === RRType.RRSIG) continue;
    const alone = empty + leastOctets(zone, rrset);
    const isSigned = rrset + 1 < end && rrsetTypes[rrset + 1] === RRType.RRSIG && rrsetCovered[rrset + 1] === type;
    const whole = alone + (isSigned ? leastOctets(zone, rrset + 1) : 0);
    if (alone > MESSAGE_MAX) problems.warn("set-too-large", name, type, `${alone} octets fit no message (65,535)`);
    else if (whole > MESSAGE_MAX)
      problems.warn("set-too-large", name, type, `with its signatures ${whole} octets, which fit no message (65,535)`);
  }
}

/** Of a set's records in an answer, however well names are compressed. */
function leastOctets(zone: ZoneVersion, rrset: number): number {
  const { rrsetTypes, recordLengths } = zone.columns;
  const isCompressible = COMPRESSIBLE.has(rrsetTypes[rrset]!);
  const end = zone.firstRecord(rrset + 1);
  let octets = 0;
  for (let record = zone.firstRecord(rrset); record < end; record++) {
    const length = recordLengths[record]!;
    octets += RECORD_REST + (isCompressible ? Math.min(length, COMPRESSED_LEAST) : length);
  }
  return octets;
}

function checkBelowDname(zone: ZoneVersion, name: number, problems: Problems): void {
  const next = name + 1;
  if (next < zone.nameCount && isSubdomain(zone.nameOf(next), zone.nameOf(name)))
    problems.warn("below-dname", next, RRType.DNAME, `hidden by the DNAME at ${printName(zone.nameOf(name))}`);
}

/** In-domain name servers (RFC 9499) need an address in this zone; at the apex a wildcard or a cut may stand for it. */
function checkNameServers(zone: ZoneVersion, name: number, problems: Problems): void {
  const owner = zone.nameOf(name);
  const rrset = zone.findRRset(name, RRType.NS);
  for (let record = zone.firstRecord(rrset); record < zone.firstRecord(rrset + 1); record++) {
    const target = rdataTarget(RRType.NS, zone.rdataOf(record));
    if (!target || !isSubdomain(target, owner)) continue;
    const at = zone.seekName(target, name);
    const exact = at < zone.nameCount && commonLabels(zone.nameOf(at), target) === labelCount(target);
    const there = exact && zone.nameOf(at).length === target.length;
    if (there && zone.findRRset(at, RRType.CNAME) >= 0)
      problems.warn("ns-target-is-cname", name, RRType.NS, `${printName(target)} is an alias (RFC 2181 section 10.3)`);
    else if (!(there && hasAddress(zone, at)) && !(name === 0 && mayBeElsewhere(zone, target)))
      problems.warn("glue-missing", name, RRType.NS, `${printName(target)} has no address in this zone`);
  }
}

function hasAddress(zone: ZoneVersion, name: number): boolean {
  return zone.findRRset(name, RRType.A) >= 0 || zone.findRRset(name, RRType.AAAA) >= 0;
}

/** True when a name of the zone could get its addresses from a wildcard or from a delegated zone. At most 127 steps. */
function mayBeElsewhere(zone: ZoneVersion, target: Uint8Array): boolean {
  for (let at = 0; target.length - at > zone.apex.length; at += target[at]! + 1) {
    const suffix = target.subarray(at);
    const here = zone.findName(suffix);
    if (here > 0 && zone.findRRset(here, RRType.NS) >= 0) return true;
    const parent = target.subarray(at + target[at]! + 1);
    const wildcard = new Uint8Array(parent.length + 2);
    wildcard.set([1, 0x2a]);
    wildcard.set(parent, 2);
    if (zone.findName(wildcard) >= 0) return true;
  }
  return false;
}

function recordsOf(zone: ZoneVersion, name: number, type: number): number {
  const rrset = zone.findRRset(name, type);
  return rrset < 0 ? 0 : zone.firstRecord(rrset + 1) - zone.firstRecord(rrset);
}
