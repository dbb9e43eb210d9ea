/** What may stand in a zone's folder when it is at rest and nothing is held: an image of each use, what belongs to it, the journal. */
import { existsSync } from "node:fs";
import { until } from "../peers/index.ts";
import { filesOfZone, zoneDirectory } from "./world.ts";

const WAIT_MILLISECONDS = 60_000;

/** `changes`: as many as the journal has. The start sweeps while it answers already, and a round removes behind its end. */
export async function noStrays(product: { readonly directory: string }, zoneId: string, changes = 0): Promise<void> {
  let seen: readonly string[] = [];
  const none = () => {
    seen = strays(filesOfZone(product, zoneId), changes);
    return seen.length === 0;
  };
  await until("no stray file", none, WAIT_MILLISECONDS).catch((error: Error) => {
    throw new Error(`${error.message}: ${seen.join(", ")}`);
  });
}

/** Of a zone that was deleted nothing stays. */
export async function noFolder(product: { readonly directory: string }, zoneId: string): Promise<void> {
  await until(`no folder ${zoneId}`, () => !existsSync(zoneDirectory(product, zoneId)), WAIT_MILLISECONDS);
}

function strays(files: readonly string[], changes: number): readonly string[] {
  const images = files.filter((file) => file.endsWith(".image"));
  const uses = images.map((file) => file[0]!);
  const twice = images.filter((_, i) => uses.indexOf(uses[i]!) !== i);
  const beside = files.filter((file) => /\.(overlay|signatures)$/.test(file));
  const alone = beside.filter((file) => !images.includes(file.replace(/\.\w+$/, ".image")));
  const odd = files.filter((file) => !/^[tsg]-[^.]*\.(image|overlay|signatures)$|^c-[^.]*\.change$/.test(file));
  const ofJournal = files.filter((file) => file.startsWith("c-"));
  const unnamed = ofJournal.length === changes ? [] : [`${ofJournal.length} changes for ${changes}`];
  return [...twice, ...alone, ...odd, ...unnamed];
}
