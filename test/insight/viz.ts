/** DNSViz as a judge: what its `probe` sees of a delegation in a parent zone of ours, and what its `grok` finds wrong with it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getProgram, makeDirectory, removeDirectory, type Server, writeIn } from "../peers/index.ts";

const MILLISECONDS = 120_000;

export type VizZone = { readonly name: string; readonly servers: readonly (Server & { readonly name: string })[] };

/** Of one zone: codes such as `EXPIRATION_IN_PAST`, and its word on the delegation: SECURE, INSECURE, BOGUS, LAME … */
export type VizVerdict = {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly status: string;
};

/** `anchor`: the parent's KSK as a line. The children are asked at the servers given, their DS at the parent's. */
export function dnsvizGrok(
  parent: VizZone,
  anchor: string,
  children: readonly VizZone[],
): ReadonlyMap<string, VizVerdict> {
  const directory = makeDirectory("viz");
  try {
    const trusted = writeIn(directory, "anchor", `${anchor}\n`);
    const probed = join(directory, "probed.json");
    const where = ({ name, servers }: VizZone, more = "") => [
      "-x",
      `${name}${more}:${servers.map((one) => `${one.name}=${one.address}:${one.port}`).join(",")}`,
    ];
    const names = children.map(({ name }) => name);
    const asked = [...where(parent, "+"), ...children.flatMap((child) => where(child))];
    run(["probe", "-4", "-A", "-a", parent.name, ...asked, "-t", "4", "-o", probed, ...names]);
    const grokked = join(directory, "grok.json");
    run(["grok", "-l", "info", "-t", trusted, "-r", probed, "-o", grokked, ...names]);
    const found = JSON.parse(readFileSync(grokked, "utf8")) as Readonly<Record<string, unknown>>;
    return new Map(names.map((name) => [name, verdictOf(found[name])]));
  } finally {
    removeDirectory(directory);
  }
}

/** Debian's `grok` asks its drawing library for its version in a place where that has it no longer: it is put there. */
const GROK = `import pygraphviz, sys, types
pygraphviz.release = types.SimpleNamespace(version=pygraphviz.__version__)
from dnsviz.commands.grok import main
main(sys.argv)`;

function run(args: readonly string[]): void {
  const [program, words] =
    args[0] === "grok" ? ["/usr/bin/python3", ["-c", GROK, ...args.slice(1)]] : [getProgram("dnsviz"), args];
  const done = spawnSync(program, words, { encoding: "utf8", timeout: MILLISECONDS });
  if (done.status !== 0) throw new Error(`dnsviz ${args[0]}: ${done.stderr.slice(-2000)}`);
}

/** What it says of a server that takes its time on a busy machine. */
const BUSY = /TIMEOUT|_(TCP|UDP)$/;

/** It asks for names at random: which part of a proof is missing is luck. */
const HOLE = /CLOSEST_ENCLOSER|WILDCARD_NOT_COVERED|SNAME_NOT_COVERED/;

/** Errors and warnings stand at every depth of its tree. */
function verdictOf(found: unknown): VizVerdict {
  const codes = { errors: new Set<string>(), warnings: new Set<string>() };
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if ((key === "errors" || key === "warnings") && Array.isArray(inner)) {
        for (const one of inner as readonly { code: string }[])
          if (!BUSY.test(one.code)) codes[key].add(HOLE.test(one.code) ? "PROOF_HAS_A_HOLE" : one.code);
      } else visit(inner);
    }
  };
  visit(found);
  const { delegation } = (found ?? {}) as { delegation?: { status?: string } };
  return { errors: [...codes.errors].sort(), warnings: [...codes.warnings].sort(), status: delegation?.status ?? "" };
}
