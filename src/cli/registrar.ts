/**
 * What registrars ask for, in both families: the four fields of the DS, or the DNSKEY from which the registry makes the DS
 * itself. Numbers with the names that registrars' menus show.
 */
import { createHash } from "node:crypto";
import { ALGORITHM_NAMES, DIGEST_NAMES } from "#contract";
import type { Name } from "#name";
import { lowerName, readName } from "#name";
import { RRType, readDnskey, readRdata } from "#rdata";
import { printFacts } from "./print.ts";

export type DsFields = {
  readonly keyTag: string;
  readonly algorithm: string;
  readonly digestType: string;
  /** Upper-case hex. */
  readonly digest: string;
};

export type DnskeyFields = {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  /** base64, one word. */
  readonly publicKey: string;
  /** RDATA octets. */
  readonly rdata: Uint8Array;
};

/** Digests that we can make ourselves. */
const HASHES: Readonly<Record<string, string>> = { 1: "sha1", 2: "sha256", 4: "sha384" };

/** Of `example.com. 3600 IN DS 2371 13 2 C988…`, with or without TTL; undefined for another line. */
export function readDsLine(line: string): DsFields | undefined {
  const match = /\sDS\s+(\d+)\s+(\d+)\s+(\d+)\s+([0-9A-Fa-f\s]+)$/.exec(line.trim());
  if (!match) return undefined;
  const [, keyTag, algorithm, digestType, digest] = match;
  return {
    keyTag: keyTag!,
    algorithm: algorithm!,
    digestType: digestType!,
    digest: digest!.replace(/\s+/g, "").toUpperCase(),
  };
}

/** Of `example.com. 3600 IN DNSKEY 257 3 13 mdss…`; undefined for another line. */
export function readDnskeyLine(line: string): DnskeyFields | undefined {
  const match = /\sDNSKEY\s+(.*)$/s.exec(line.trim());
  return match ? readDnskeyText(match[1]!) : undefined;
}

/** Of the RDATA alone: `257 3 13 mdss…`. */
export function readDnskeyText(text: string): DnskeyFields | undefined {
  const words = text.trim().split(/\s+/);
  const rdata = readRdata(RRType.DNSKEY, words);
  if (!rdata.ok) return undefined;
  const { flags, protocol, algorithm } = readDnskey(rdata.value);
  return { flags, protocol, algorithm, publicKey: words.slice(3).join(""), rdata: rdata.value };
}

/** RFC 4034 section 5.1.4: the digest is over owner name, canonical, and DNSKEY RDATA. False for unknown digests. */
export function isDsOf(ds: DsFields, owner: string, key: DnskeyFields): boolean {
  const algorithm = HASHES[ds.digestType];
  const name = readName(owner);
  if (!algorithm || !name.ok || ds.algorithm !== String(key.algorithm)) return false;
  const hash = createHash(algorithm).update(canonical(name.value)).update(key.rdata).digest("hex");
  return hash.toUpperCase() === ds.digest;
}

function canonical(name: Name): Uint8Array {
  return lowerName(name);
}

/** Both families for one key; `key` undefined when its DNSKEY isn't served yet. */
export function printRegistrarFields(zone: string, line: string, key: DnskeyFields | undefined): string {
  const ds = readDsLine(line);
  if (!ds) return `  ${line}\n`;
  const parts = [
    "DS record, as most registrars ask for it\n",
    printFacts([
      ["key tag", ds.keyTag],
      ["algorithm", `${ds.algorithm}  ${algorithmWords(ds.algorithm)}`],
      ["digest type", `${ds.digestType}  ${DIGEST_NAMES[ds.digestType] ?? ""}`],
      ["digest", ds.digest],
      ["in one line", line.replace(/([0-9A-Fa-f]+)$/, ds.digest)],
    ]),
  ];
  if (key) {
    parts.push(
      "DNSKEY record, where the registry makes the DS from it\n",
      printFacts([
        ["flags", `${key.flags}  ${keyRole(key.flags)}`],
        ["protocol", key.protocol],
        ["algorithm", `${key.algorithm}  ${algorithmWords(String(key.algorithm))}`],
        ["public key", key.publicKey],
        ["in one line", `${zone}. 3600 IN DNSKEY ${key.flags} ${key.protocol} ${key.algorithm} ${key.publicKey}`],
      ]),
    );
  }
  return parts.join("");
}

/** `ECDSA Curve P-256 with SHA-256 (ECDSAP256SHA256)`: menus show either name. */
export function algorithmWords(algorithm: string): string {
  const [name, mnemonic] = ALGORITHM_NAMES[algorithm] ?? [];
  if (!name) return "";
  return name.toUpperCase() === mnemonic ? name : `${name} (${mnemonic})`;
}

/** RFC 4034 section 2.1.1: bit 15 (value 1) is the secure entry point. */
export function keyRole(flags: number): string {
  return flags & 1 ? "key signing key (KSK)" : "zone signing key (ZSK)";
}
