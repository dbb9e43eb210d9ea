/**
 * Blocks of a page that tests take as they are printed: a fenced block behind a line `<!-- run: name -->` (commands) or
 * `<!-- conf: name -->` (a piece of somebody's configuration). Only addresses are exchanged.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";

export type Block = { readonly name: string; readonly text: string };

/** In the page's order. Throws when a marker has no fenced block right behind it. */
export function readBlocks(page: string): readonly Block[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^<!-- (?:run|conf): (.+) -->\n(```\w*\n([\s\S]*?)^```)?/gm)].map(([, name, , body]) => {
    if (body === undefined) throw new Error(`${page}: no block behind ${name}`);
    return { name: name!, text: body };
  });
}

export function getBlock(blocks: readonly Block[], name: string): string {
  const block = blocks.find((one) => one.name === name);
  if (!block) throw new Error(`no block ${name}`);
  return block.text;
}

/** What is printed → what is typed: every pair, in order. */
export function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((changed, [printed, typed]) => changed.replaceAll(printed, typed), text);
}

/** Runs what a reader would paste into a shell; its standard output. Throws when a command fails, with what it said. */
export function runShell(text: string, directory: string, env: NodeJS.ProcessEnv): string {
  // Name servers and their tools are in /usr/sbin on Debian: an operator's path has it.
  const path = `${process.env["PATH"]}:/usr/local/sbin:/usr/sbin`;
  return execFileSync("sh", ["-e", "-c", text], {
    cwd: directory,
    env: { ...env, PATH: path },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
