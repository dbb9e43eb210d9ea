/** The zones of the tests: files here, and one made from data that nobody of us invented. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

export function zonePath(name: string): string {
  return join(HERE, name);
}

/** Debian's package `publicsuffix`. */
const PUBLIC_SUFFIXES = "/usr/share/publicsuffix/public_suffix_list.dat";

export function hasPublicSuffixes(): boolean {
  return existsSync(PUBLIC_SUFFIXES);
}

/**
 * A registry's zone below `apex` out of the list of public suffixes: names at many depths with gaps (empty
 * non-terminals), wildcards, delegations above other names (occlusion), internationalised names as raw UTF-8 octets.
 * What a name holds follows from its own text, so that the zone is the same each time.
 * @param every take one suffix in so many
 */
export function publicSuffixZone(apex: string, every: number): string {
  const lines = [
    `${apex} 3600 IN SOA ns.${apex} hostmaster.${apex} 1 3600 600 86400 600`,
    `${apex} 3600 IN NS ns.${apex}`,
    `ns.${apex} 3600 IN A 192.0.2.1`,
  ];
  const suffixes = readFileSync(PUBLIC_SUFFIXES, "utf8").split("\n");
  for (const [i, line] of suffixes.entries()) {
    const suffix = line.trim().replace(/^!/, "");
    if (suffix === "" || suffix.startsWith("//") || i % every !== 0) continue;
    const owner = `${escapeUtf8(suffix)}.${apex}`;
    lines.push(...recordsOf(owner, suffix));
  }
  return `${lines.join("\n")}\n`;
}

function recordsOf(owner: string, suffix: string): string[] {
  const kind = [...suffix].reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 9973, 7) % 8;
  const wildcard = suffix.startsWith("*");
  const address = `192.0.2.${2 + (suffix.length % 250)}`;
  if (!wildcard && kind < 3)
    return [`${owner} 86400 IN NS ns1.outside.test.`, `${owner} 86400 IN NS ns2.outside.test.`];
  if (!wildcard && kind === 3) {
    const digest = Buffer.from(suffix.padEnd(32, "x").slice(0, 32)).toString("hex").slice(0, 64);
    return [
      `${owner} 86400 IN NS ns.${owner}`,
      `ns.${owner} 86400 IN A ${address}`,
      `${owner} 3600 IN DS 4711 13 2 ${digest}`,
    ];
  }
  if (!wildcard && kind === 4) return [`${owner} 300 IN CNAME www.${owner}`, `www.${owner} 300 IN A ${address}`];
  return [`${owner} 300 IN A ${address}`, `${owner} 300 IN TXT "${suffix.length}"`];
}

function escapeUtf8(text: string): string {
  return [...Buffer.from(text)]
    .map((o) => (o > 126 ? `\\${String(o).padStart(3, "0")}` : String.fromCharCode(o)))
    .join("");
}
