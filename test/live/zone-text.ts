/**
 * A served zone put together again from its answers, by dig: every RRset of every name asked for with DO. Not a transfer, so
 * it shows what the world is told.
 */
import { execFileSync } from "node:child_process";
import { getProgram, makeDirectory, removeDirectory, type Server, writeIn } from "../peers/index.ts";

/**
 * @param apex absolute
 * @param flat the zone before it was signed, absolute names, one record a line: says which names and types to ask for
 */
export function collectZone(server: Server, apex: string, flat: string): string {
  const wanted = new Set(["DNSKEY", "CDS", "CDNSKEY", "NSEC"].map((type) => `${apex} ${type}`));
  for (const line of flat.split("\n")) {
    const [, owner, type] = /^(\S+)\s+\d+\s+IN\s+(\S+)/.exec(line) ?? [];
    if (!owner || !type) continue;
    wanted.add(`${owner} ${type}`).add(`${owner} NSEC`);
    // The NSEC of a secure cut is seen in the denial of the next possible name alone.
    if (type === "DS") wanted.add(`${owner.replace(".", "\\000.")} A`);
  }
  const lines = new Set<string>();
  let asked = "";
  for (const line of dig(server, [...wanted])) {
    const question = /^;(\S+)\s+IN\s+(\S+)/.exec(line);
    if (question) asked = `${question[1]!} ${question[2]!}`.toLowerCase();
    const [, owner, type, covered] = /^([^;\s]\S*)\s+\d+\s+IN\s+(\S+)\s+(\S+)/.exec(line) ?? [];
    if (!owner || !type) continue;
    const key = `${owner} ${type === "RRSIG" ? covered : type}`.toLowerCase();
    // What was asked for, NSEC records wherever they show up, and what stands at and below cuts. Not what aliases led to.
    if (key === asked || key.endsWith(" nsec") || isOfCut(key, asked)) lines.add(line);
  }
  return `${[...lines].join("\n")}\n`;
}

/** In a referral: glue, asked for under its own name, comes in the additional section together with its siblings. */
function isOfCut(key: string, asked: string): boolean {
  return key.replace(/ (a|aaaa|ns)$/, "") === asked.replace(/ \S+$/, "") && / (a|aaaa|ns)$/.test(key);
}

function dig(server: Server, questions: readonly string[]): string[] {
  const directory = makeDirectory("dig");
  try {
    const batch = writeIn(
      directory,
      "questions",
      questions.map((each) => `-q ${each.replace(" ", " -t ")}\n`).join(""),
    );
    const shown = ["+noall", "+question", "+answer", "+authority", "+additional", "+nocomments"];
    const how = ["+tcp", "+norecurse", "+dnssec", "+nocookie", "+nosplit", ...shown];
    const where = [`@${server.address}`, "-p", String(server.port)];
    const options = { encoding: "utf8", maxBuffer: 1 << 28 } as const;
    return execFileSync(getProgram("dig"), [...where, ...how, "-f", batch], options).split("\n");
  } finally {
    removeDirectory(directory);
  }
}
