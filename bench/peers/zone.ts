/** The zone that all servers get in the comparison, plain and signed, as master-file text; kept in .data/bench between runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCrypto } from "#crypto";
import { makeKeyPair, openKeyPair, signZone } from "#keys";
import { type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import type { RRset } from "#zone";
import { printRecord } from "#zonefile";

export const BENCH_APEX = "bench.example.";

const CACHE = fileURLToPath(new URL("../../.data/bench/", import.meta.url));
const DAY_SECONDS = 86_400;
/** A signed zone from the cache is used for so long: its signatures hold 60 days. */
const SIGNED_DAYS = 60;
const REUSED_DAYS = 30;

export type BenchZone = { readonly name: string; readonly text: string; readonly records: number };

/** `names` owners with A, three quarters of them with AAAA: 5.5 records a name when signed; and one that gets changed. */
export function benchZone(names: number, signed: boolean): BenchZone {
  const day = Math.floor(Date.now() / 1000 / DAY_SECONDS / REUSED_DAYS);
  const path = join(CACHE, `${names}-${signed ? `signed-${day}` : "plain"}.zone`);
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    const rrsets = plainRRsets(names);
    writeFileSync(path, printZone(signed ? signRRsets(rrsets) : rrsets));
  }
  const text = readFileSync(path, "latin1");
  let records = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) records++;
  return { name: BENCH_APEX, text, records };
}

function plainRRsets(names: number): RRset[] {
  const apex = nameOf(BENCH_APEX);
  const rrsets: RRset[] = [
    set(apex, RRType.SOA, [`ns1.${BENCH_APEX}`, `hostmaster.${BENCH_APEX}`, "1", "3600", "600", "604800", "300"]),
    { owner: apex, type: RRType.NS, ttl: 3600, rdatas: [nameOf(`ns1.${BENCH_APEX}`)] },
    set(nameOf(`ns1.${BENCH_APEX}`), RRType.A, ["192.0.2.1"]),
    // The transfer rows change it.
    set(nameOf(`change.${BENCH_APEX}`), RRType.TXT, ["first"]),
  ];
  for (let i = 0; i < names; i++) {
    const owner = nameOf(benchName(i));
    rrsets.push({ owner, type: RRType.A, ttl: 300, rdatas: [Uint8Array.of(10, i >> 16, i >> 8, i)] });
    if (i % 4 !== 3) {
      const address = new Uint8Array(16);
      address.set([0x20, 0x01, 0x0d, 0xb8, i >> 16, i >> 8, i]);
      rrsets.push({ owner, type: RRType.AAAA, ttl: 300, rdatas: [address] });
    }
  }
  return rrsets;
}

/** Scattered over the alphabet, as hosts are, and the same each time. */
export function benchName(i: number): string {
  const mixed = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  return `h${mixed.toString(36).padStart(7, "0")}.${BENCH_APEX}`;
}

function signRRsets(rrsets: readonly RRset[]): RRset[] {
  const crypto = openCrypto();
  const keys = [makeKeyPair("ksk"), makeKeyPair("zsk")].map((pair) => {
    const opened = openKeyPair(crypto, pair);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  });
  const now = Math.floor(Date.now() / 1000);
  const window = { inception: now - 3600, expiration: now + SIGNED_DAYS * DAY_SECONDS };
  const signed = signZone(nameOf(BENCH_APEX), rrsets, keys, { window });
  if (!signed.ok) throw new Error(signed.error);
  return signed.value;
}

function printZone(rrsets: readonly RRset[]): string {
  const lines: string[] = [];
  for (const { owner, type, ttl, rdatas } of rrsets) {
    for (const rdata of rdatas) lines.push(printRecord({ owner, type, ttl, rdata }));
  }
  return lines.map((line) => (line.endsWith("\n") ? line : `${line}\n`)).join("");
}

function set(owner: Name, type: number, tokens: readonly string[]): RRset {
  const rdata = readRdata(type, tokens);
  if (!rdata.ok) throw new Error(rdata.error);
  return { owner, type, ttl: 3600, rdatas: [rdata.value] };
}

function nameOf(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(`${text}: ${name.error}`);
  return name.value;
}
