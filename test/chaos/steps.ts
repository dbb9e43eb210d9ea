/**
 * What `stepper.ts` is told and tells: the steps of zones, and what of them a power cut may undo.
 *
 *   file written ▶ synced: it holds what was written      entry made, renamed, removed ▶ folder synced: it stays so
 */
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync } from "node:fs";

/** The `nth` of those that are called so. */
export type Target = { readonly what: string; readonly nth: number };

export type Done = Target & {
  readonly zone: string;
  readonly path?: string;
  /** Of a renamed file. */
  readonly from?: string;
  /** Written: how many stand before what was written; synced: how many the file has. */
  readonly octets?: number;
  /** Of a removed file. */
  readonly copy?: string;
};

/** What was done since the order was given. */
export function readDone(order: string): readonly Done[] {
  const path = `${order}.steps`;
  if (!existsSync(path)) return [];
  // The last line may be half written.
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Done);
}

type Lost = {
  /** By path: so much of it is on the disk for certain. */
  readonly octets: Map<string, number>;
  readonly made: Set<string>;
  /** Where a copy is. */
  readonly removed: Map<string, string>;
};

/** Undoes whatever was not synced, all of it, as a power cut may. `done`: of one zone, up to the kill. */
export function cutPower(done: readonly Done[]): void {
  const lost: Lost = { octets: new Map(), made: new Set(), removed: new Map() };
  for (const step of done) follow(step, lost);
  for (const path of lost.made) rmSync(path, { force: true });
  for (const [path, copy] of lost.removed) copyFileSync(copy, path);
  for (const [path, octets] of lost.octets) if (existsSync(path)) truncateSync(path, octets);
}

function follow({ what, path = "", from = "", octets = 0, copy }: Done, lost: Lost): void {
  if (what === "sync folder") {
    lost.made.clear();
    lost.removed.clear();
  } else if (what.startsWith("open")) lost.made.add(path);
  else if (what.startsWith("write")) lost.octets.set(path, Math.min(octets, lost.octets.get(path) ?? octets));
  else if (what.startsWith("sync")) lost.octets.delete(path);
  else if (what.startsWith("rename")) {
    lost.made.delete(from);
    lost.made.add(path);
    const unsure = lost.octets.get(from);
    if (unsure !== undefined) lost.octets.set(path, unsure);
  } else if (what.startsWith("remove")) {
    lost.octets.delete(path);
    if (!lost.made.delete(path) && copy !== undefined) lost.removed.set(path, copy);
  }
}
