/**
 * Until when the compiler wants which RDATA. A zone that comes in by transfer stands in memory twice when its image is made, and RDATA
 * is most of it: what has been written into the image can go while the rest is written, where whoever compiles says so.
 *
 * ```
 *  RDATA, in the order of arrival     ├───────┬───────┬───────┬───────┬───────┤  chunks
 *  last block of nodes that wants it      0       0       1       9       2      known before the first is written
 * ```
 * Primaries send names in canonical order, which is the order of the nodes: then chunks go one after the other. A record that
 * came early and is written late keeps its chunk and no other.
 */
import type { Plan } from "./plan.ts";

/** Nodes from one look at the chunks to the next. */
export const BLOCK_NODES = 4096;
/** 1 MiB. */
const CHUNK_BITS = 20;

/** A block that is never written. */
const NEVER = 0x7fff_ffff;

/** Told that RDATA octets `from` to `to` of the columns are wanted no more. */
export type Unwanted = (from: number, to: number) => void;

/** Keeps: a chunk is told of once, when nothing that is still to be written stands in it. */
export class WantedRdata {
  readonly #lastBlock: Int32Array;
  readonly #octets: number;
  readonly #tell: Unwanted;

  constructor(plan: Plan, tell: Unwanted) {
    this.#tell = tell;
    this.#octets = plan.columns.rdata.length;
    this.#lastBlock = new Int32Array(Math.ceil(this.#octets / 2 ** CHUNK_BITS));
    for (let node = 0; node < plan.nodeCount; node++) {
      const block = Math.floor(node / BLOCK_NODES);
      const first = plan.firstSet[node]!;
      for (let set = first; set < first + plan.sets[node]!; set++) this.#want(plan, set, block);
    }
    // NSEC3 RRsets are written behind all nodes.
    for (const { set } of plan.hashed) this.#want(plan, set, NEVER);
  }

  /** Every node of the block has been written. */
  written(block: number): void {
    const last = this.#lastBlock;
    for (let chunk = 0; chunk < last.length; chunk++) {
      if (last[chunk] !== block) continue;
      const from = chunk;
      while (last[chunk + 1] === block) chunk++;
      this.#tell(from * 2 ** CHUNK_BITS, Math.min(this.#octets, (chunk + 1) * 2 ** CHUNK_BITS));
    }
  }

  #want(plan: Plan, set: number, block: number): void {
    // Made by the compiler itself.
    if (plan.setMade[set]! >= 0) return;
    const last = this.#lastBlock;
    const { recordOffsets, recordLengths } = plan.columns;
    const first = plan.setFirst[set]!;
    const end = first + plan.setRecords[set]! + plan.setSignatures[set]!;
    for (let i = first; i < end; i++) {
      const record = plan.records[i]!;
      const at = recordOffsets[record]!;
      const to = at + recordLengths[record]!;
      // A record has 64 KiB at most: it stands in one chunk or two.
      for (let chunk = at >>> CHUNK_BITS; chunk * 2 ** CHUNK_BITS < to; chunk++)
        if (last[chunk]! < block) last[chunk] = block;
    }
  }
}
