/** Which nodes' addresses go with an RRset into the additional section: found once here, so answering follows refs. */
import { nameHash } from "#name";
import { RRType, rdataTarget } from "#rdata";
import { followedAt, MAX_TARGETS } from "./follow.ts";
import { findPlanned, type NameIndex } from "./name-index.ts";
import type { Plan } from "./plan.ts";

/** Set index to node indexes, each once, in RDATA order. Sets without a target in the zone are missing. */
export type AdditionalPlan = ReadonlyMap<number, readonly number[]>;

export function planAdditional(plan: Plan, index: NameIndex): AdditionalPlan {
  const additional = new Map<number, readonly number[]>();
  for (let set = 0; set < plan.setCount; set++) {
    if (followedAt(plan.setType[set]!) < 0 || plan.setMade[set]! >= 0) continue;
    const targets = targetsOf(plan, index, set);
    if (targets.length > 0) additional.set(set, targets);
  }
  return additional;
}

function targetsOf(plan: Plan, index: NameIndex, set: number): number[] {
  const { columns } = plan;
  const targets: number[] = [];
  const first = plan.setFirst[set]!;
  for (let i = first; i < first + plan.setRecords[set]! && targets.length < MAX_TARGETS; i++) {
    const record = plan.records[i]!;
    const at = columns.recordOffsets[record]!;
    const target = rdataTarget(plan.setType[set]!, columns.rdata.subarray(at, at + columns.recordLengths[record]!));
    if (!target) continue;
    const node = findPlanned(plan, index, nameHash(target), target, 0, target.length);
    if (node < 0 || targets.includes(node)) continue;
    if (plan.findSet(node, RRType.A) >= 0 || plan.findSet(node, RRType.AAAA) >= 0) targets.push(node);
  }
  return targets;
}
