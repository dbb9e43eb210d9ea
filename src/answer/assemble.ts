/**
 * From a name and a type to the sections of the answer: RFC 1034 section 4.3.2 as a loop over `lookup`.
 *
 * ```
 *   name ─▶ lookup ─┬─ Answer      set ▶ ANSWER                                          ─▶ done
 *     ▲             ├─ Cname       CNAME ▶ ANSWER, its target becomes the name ─┐
 *     │             ├─ Dname       DNAME, made-up CNAME ▶ ANSWER ───────────────┤
 *     └─ CNAME not asked for, in the zone, not a loop, fewer than MAX_CHAIN ◀───┘
 *                   ├─ Delegation  NS, DS or proof ▶ AUTHORITY                           ─▶ done
 *                   └─ NoData, NxDomain  SOA, proof ▶ AUTHORITY                          ─▶ done
 *   wildcards on the way: proofs ▶ AUTHORITY      addresses ▶ ADDITIONAL
 * ```
 * Whatever is needed and does not fit sets TC and ends the work: what was written so far stands (RFC 2181 section 9).
 */
import { Rcode } from "#message";
import { RRType } from "#rdata";
import { writeAdditional } from "./additional.ts";
import { isAnyRefused, writeAnyRefusal } from "./any.ts";
import { followCname, followDname } from "./chain.ts";
import { writeCompactNsec } from "./compact.ts";
import { lookup, Outcome } from "./lookup.ts";
import { noteWildcard, writeDenial, writeInsecureCut, writeProofs } from "./prove.ts";
import { writeRecords, writeRRset } from "./records.ts";
import { Section } from "./reply.ts";
import { makeNsec3param } from "./white-lies.ts";
import { MAX_CHAIN, ownerOf, type Work, writeNegativeSoa, writeSet, writeSignatures } from "./work.ts";
import { Denial, type ReadyRRset } from "./zone-entry.ts";

/** Answers `work.query` from `work.entry`, which is serving. */
export function assemble(work: Work): void {
  const { entry, found, query, reply } = work;
  const live = entry.signing !== undefined;
  const compact = entry.denial === Denial.Compact;
  const { type } = query;
  for (let followed = 0; ; ) {
    lookup(entry.image, work.name, work.apexLabel, type, live, compact, found);
    reply.trace?.step(entry, work.name, found);
    if (followed === 0) work.authoritative = found.outcome !== Outcome.Delegation;
    const { outcome } = found;
    if (outcome === Outcome.Cname || outcome === Outcome.Dname) {
      if (found.wildcard && work.dnssec) noteWildcard(work);
      followed++;
      const next = outcome === Outcome.Cname ? followCname(work) : followDname(work);
      if (reply.truncated) return;
      // The CNAME that a DNAME makes answers a question for CNAME, which is not restarted (RFC 1034 section 3.6.2).
      if (next && type !== RRType.CNAME && followed < MAX_CHAIN) continue;
      if (!writeOnlyProofs(work)) reply.truncated = true;
      return;
    }
    if (!conclude(work, outcome)) {
      reply.truncated = true;
      return;
    }
    writeAdditional(work);
    return;
  }
}

/** The end of the chain. False when something needed did not fit. */
function conclude(work: Work, outcome: Outcome): boolean {
  const { found } = work;
  switch (outcome) {
    case Outcome.Answer:
      if (found.wildcard && work.dnssec) noteWildcard(work);
      return writeAnswer(work) && writeOnlyProofs(work);
    case Outcome.Delegation:
      return writeReferral(work);
    case Outcome.NxDomain:
      work.rcode = Rcode.NxDomain;
      return writeNegative(work);
    default:
      return writeApexSet(work) ?? writeNegative(work);
  }
}

function writeOnlyProofs(work: Work): boolean {
  work.reply.section = Section.Authority;
  return writeProofs(work);
}

function writeAnswer(work: Work): boolean {
  const { found, query, owner, entry, reply } = work;
  const { node, set } = found;
  if (query.type === RRType.ANY && isAnyRefused(work)) return writeAnyRefusal(work);
  if (query.type === RRType.RRSIG) return writeSignatures(work, node, set, owner, entry.image.rrsetTtl(set));
  work.additionalSet = set;
  if (!found.wildcard || !work.dnssec || entry.denial !== Denial.Compact) return writeSet(work, node, set, owner);
  return (
    writeRRset(reply, entry, set, owner, work.literal) &&
    work.live.writeForExpanded(reply, entry, work.name, set, owner, work.now)
  );
}

/** NS and, when asked for, DS or the proof that there is none (RFC 4035 section 3.1.4). */
function writeReferral(work: Work): boolean {
  const { found, entry, reply } = work;
  const { image } = entry;
  const cut = found.node;
  reply.section = Section.Authority;
  work.cut = cut;
  work.additionalSet = found.set;
  if (!writeSet(work, cut, found.set, ownerOf(work, cut))) return false;
  if (!work.dnssec || entry.denial === Denial.None) return true;
  const ds = image.findRRset(cut, RRType.DS);
  if (ds === 0) return writeInsecureCut(work, cut);
  return writeSet(work, cut, ds, ownerOf(work, cut)) && writeProofs(work);
}

/** SOA and proof. Under compact denial a missing name is shown as one without types, so the RCODE says so too. */
function writeNegative(work: Work): boolean {
  const { entry, found, query, reply } = work;
  if (entry.denial === Denial.Compact) {
    if (query.type === RRType.NSEC && (found.node !== 0 || (work.dnssec && !query.compactOk))) {
      work.rcode = Rcode.NoError;
      return writeCompactNsec(work, found.node, work.dnssec);
    }
    if (work.dnssec && !query.compactOk) work.rcode = Rcode.NoError;
  }
  reply.section = Section.Authority;
  if (!writeNegativeSoa(work)) return false;
  return !work.dnssec || writeDenial(work);
}

/** Types at the apex that are not in the image; undefined when it is none of them. */
function writeApexSet(work: Work): boolean | undefined {
  const { entry, found, query } = work;
  const { image, apexRRsets } = entry;
  if (entry.signing === undefined || found.node !== image.apexNode || found.wildcard) return undefined;
  for (let i = 0; i < apexRRsets.length; i++) {
    if (apexRRsets[i]!.type === query.type) return writeReady(work, apexRRsets[i]!) && writeOnlyProofs(work);
  }
  if (entry.denial === Denial.LiveNsec3 && query.type === RRType.NSEC3PARAM) {
    makeNsec3param(work);
    return work.live.writeMade(work.reply, entry, work.owner, work.dnssec, work.now) && writeOnlyProofs(work);
  }
  return undefined;
}

function writeReady(work: Work, set: ReadyRRset): boolean {
  const { reply, owner } = work;
  const { octets, dataLength, type } = set;
  if (!writeRecords(reply, set, 0, dataLength, set.records, owner, type)) return false;
  if (!work.dnssec || set.signatures === 0) return true;
  return writeRecords(reply, set, dataLength, octets.length - dataLength, set.signatures, owner, RRType.RRSIG);
}
