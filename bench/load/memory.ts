/** Memory of processes from /proc (Linux): the proportional set size of all that descends from a process, and its peak. */
import { readdirSync, readFileSync } from "node:fs";

/** Often enough for transfers that take seconds, and never more than so much of a core: the kernel walks page tables for each look. */
const EVERY_MILLISECONDS = 100;
const MOST_OF_A_CORE = 0.04;

export type MemoryWatch = {
  /** The most that was seen since the start, in octets. */
  readonly peak: () => number;
  readonly now: () => number;
  readonly stop: () => void;
};

/** Looks again and again until it is stopped. */
export function watchMemory(pid: number): MemoryWatch {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const from = performance.now();
    peak = Math.max(peak, memoryOf(pid));
    const pause = (performance.now() - from) / MOST_OF_A_CORE;
    timer = setTimeout(look, Math.max(EVERY_MILLISECONDS, pause));
  };
  look();
  return {
    peak: () => {
      peak = Math.max(peak, memoryOf(pid));
      return peak;
    },
    now: () => memoryOf(pid),
    stop: () => clearTimeout(timer),
  };
}

/** Octets of `pid` and its descendants: shared pages are counted once, each process its share. */
export function memoryOf(pid: number): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? readText(`/proc/${entry}/stat`) : undefined;
    if (stat) parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const wanted = new Set([pid]);
  for (let pass = 0; pass < 8; pass++) {
    const before = wanted.size;
    for (const [child, parent] of parents) if (wanted.has(parent)) wanted.add(child);
    if (wanted.size === before) break;
  }
  let kibibytes = 0;
  for (const one of wanted) {
    kibibytes += Number(/^Pss:\s+(\d+)/m.exec(readText(`/proc/${one}/smaps_rollup`) ?? "")?.[1] ?? 0);
  }
  return kibibytes * 1024;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It ended while we looked.
    return undefined;
  }
}
