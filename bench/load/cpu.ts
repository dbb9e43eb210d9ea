/** CPU time of processes from /proc (Linux): user and system, all threads, and their descendants' too. */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ, which is 100 on all Linux platforms we run on. */
const TICKS_A_SECOND = 100;

/** Sum over `pids` and every process below them, so far. Processes that ended in between count no more. */
export function cpuSeconds(pids: readonly number[]): number {
  if (pids.length === 0) return 0;
  const all = processes();
  const wanted = new Set(pids);
  // Children come after their parents in no particular order: as many passes as generations, bounded.
  for (let pass = 0; pass < 8; pass++) {
    const before = wanted.size;
    for (const [pid, { parent }] of all) if (wanted.has(parent)) wanted.add(pid);
    if (wanted.size === before) break;
  }
  let ticks = 0;
  for (const pid of wanted) ticks += all.get(pid)?.ticks ?? 0;
  return ticks / TICKS_A_SECOND;
}

function processes(): Map<number, { parent: number; ticks: number }> {
  const found = new Map<number, { parent: number; ticks: number }>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readStat(entry);
    if (stat !== undefined) found.set(Number(entry), stat);
  }
  return found;
}

function readStat(pid: string): { parent: number; ticks: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It ended while we looked: no longer there, nothing to count.
    return undefined;
  }
  // The command in parentheses may hold anything, spaces and parentheses too.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}
