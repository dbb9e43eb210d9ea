/** Where everything will stand: word indexes of all sections, nodes and RRset entries, and the size of the whole. */
import type { AdditionalPlan } from "./additional.ts";
import { Header, MAX_IMAGE_OCTETS, NodeWord, Nsec3Word, SetWord, SpareWord } from "./layout.ts";
import type { NameIndex } from "./name-index.ts";
import type { Nsec3Plan } from "./nsec3-plan.ts";
import type { Plan } from "./plan.ts";

export type Places = {
  readonly words: number;
  /** Octet offsets. */
  readonly commonKey: number;
  readonly salt: number;
  /** Ref of each node. */
  readonly node: Uint32Array;
  /** Refs of NSEC3 RRset entries, chain first, then spare; their owner name stands right behind the entry. */
  readonly hashed: Uint32Array;
  /** Word index of each set's list of additional nodes. */
  readonly additional: ReadonlyMap<number, number>;
  readonly nodesStart: number;
  readonly nodesEnd: number;
  readonly order: number;
  readonly orderKeys: number;
  readonly nsec3List: number;
  readonly spareList: number;
  readonly hashTable: number;
};

/** Undefined when the image would not be addressable. */
export function placeImage(
  plan: Plan,
  index: NameIndex,
  nsec3: Nsec3Plan | undefined,
  additionalPlan: AdditionalPlan,
  /** Of what all names share. */
  commonKeyOctets: number,
): Places | undefined {
  let at: number = Header.Size;
  const take = (words: number): number => {
    const start = at;
    at += words;
    return start;
  };
  const commonKey = 4 * take(wordsFor(commonKeyOctets));
  const salt = 4 * take(wordsFor(nsec3?.salt.length ?? 0));
  const nodesStart = at;
  const node = new Uint32Array(plan.nodeCount);
  for (let n = 0; n < plan.nodeCount; n++) {
    let octets = 0;
    const first = plan.firstSet[n]!;
    for (let set = first; set < first + plan.sets[n]!; set++) octets += plan.setData[set]! + plan.setSigData[set]!;
    node[n] = take(NodeWord.Size + SetWord.Size * plan.sets[n]! + wordsFor(plan.nameLength[n]!) + wordsFor(octets));
    if (4 * at > MAX_IMAGE_OCTETS) return undefined;
  }
  const entries = nsec3 ? [...nsec3.chain, ...nsec3.spare] : [];
  const hashed = new Uint32Array(entries.length);
  entries.forEach((entry, i) => {
    hashed[i] = take(
      SetWord.Size + wordsFor(entry.nameLength) + wordsFor(plan.setData[entry.set]! + plan.setSigData[entry.set]!),
    );
  });
  const additional = new Map<number, number>();
  for (const [set, targets] of additionalPlan) additional.set(set, take(1 + targets.length));
  const nodesEnd = at;
  const order = take(plan.nodeCount);
  // Pairs of words are read together: keep them in one cache line.
  at += at % 2;
  const orderKeys = take(2 * plan.nodeCount);
  const nsec3List = take(Nsec3Word.Size * (nsec3?.chain.length ?? 0));
  const spareList = take(SpareWord.Size * (nsec3?.spare.length ?? 0));
  at += at % 2;
  const hashTable = take(2 * (index.mask + 1));
  if (4 * at > MAX_IMAGE_OCTETS) return undefined;
  return {
    words: at,
    commonKey,
    salt,
    node,
    hashed,
    additional,
    nodesStart,
    nodesEnd,
    order,
    orderKeys,
    nsec3List,
    spareList,
    hashTable,
  };
}

export function wordsFor(octets: number): number {
  return (octets + 3) >>> 2;
}
