/** A full NSEC chain for a live-signed zone (denial `chain`): made at compile time, signed through the signature table. */
import { concatBytes } from "#bytes";
import { RRType, writeTypeBitmap } from "#rdata";
import { NodeFlag, RR_HEAD } from "./layout.ts";
import { type Plan, plannedName } from "./plan.ts";

/**
 * Gives every authoritative name and every cut an NSEC (RFC 4035 section 2.3) with TTL `ttl` (RFC 9077). `apexTypes`: types that the
 * apex will have without their being in the image (DNSKEY, CDS, CDNSKEY).
 */
export function addOwnChain(plan: Plan, ttl: number, apexTypes: readonly number[]): void {
  const members: number[] = [];
  for (let node = 0; node < plan.nodeCount; node++) {
    if ((plan.flags[node]! & (NodeFlag.Occluded | NodeFlag.Ent)) === 0) members.push(node);
  }
  const rows: Uint8Array[] = members.map((node, i) => {
    const next = plannedName(plan, members[(i + 1) % members.length]!);
    return concatBytes([next, writeTypeBitmap(typesAt(plan, node, apexTypes))]);
  });
  insertSets(plan, members, rows, ttl);
  let last = -1;
  let member = 0;
  for (let node = 0; node < plan.nodeCount; node++) {
    if (members[member] === node) {
      plan.flags[node]! |= NodeFlag.HasNsec;
      last = node;
      member++;
    }
    plan.nsec[node] = last;
  }
}

/** What the NSEC of a node says: at a cut only what the parent side has (RFC 4035 section 2.3). */
function typesAt(plan: Plan, node: number, apexTypes: readonly number[]): number[] {
  const types = [RRType.RRSIG, RRType.NSEC] as number[];
  const first = plan.firstSet[node]!;
  const cut = (plan.flags[node]! & NodeFlag.Cut) !== 0;
  for (let set = first; set < first + plan.sets[node]!; set++) {
    const type = plan.setType[set]!;
    if (!cut || type === RRType.NS || type === RRType.DS) types.push(type);
  }
  if ((plan.flags[node]! & NodeFlag.Apex) !== 0) types.push(...apexTypes);
  return types.sort((a, b) => a - b);
}

/** Rebuilds the set columns with one NSEC set more in each member's row, types still ascending. */
function insertSets(plan: Plan, members: readonly number[], rows: readonly Uint8Array[], ttl: number): void {
  const old = plan.takeSets();
  plan.growSets(old.type.length + members.length);
  let member = 0;
  for (let node = 0; node < plan.nodeCount; node++) {
    const first = plan.firstSet[node]!;
    const count = plan.sets[node]!;
    plan.firstSet[node] = plan.setCount;
    const isMember = members[member] === node;
    let set = first;
    while (set < first + count && (!isMember || old.type[set]! < RRType.NSEC)) plan.copySet(old, set++);
    if (isMember) {
      const made = plan.setCount++;
      plan.setType[made] = RRType.NSEC;
      plan.setTtl[made] = ttl;
      plan.setFirst[made] = 0;
      plan.setRecords[made] = 1;
      plan.setSignatures[made] = 0;
      plan.setSigData[made] = 0;
      plan.setData[made] = RR_HEAD + rows[member]!.length;
      plan.setMade[made] = plan.made.push(rows[member]!) - 1;
      plan.sets[node] = count + 1;
      plan.recordCount++;
      member++;
    }
    while (set < first + count) plan.copySet(old, set++);
  }
}
