/** The records of the bench zone as they go over the wire: by name, signed one by one, never the zone as a whole. */
import { availableParallelism } from "node:os";
import { type Crypto, openCrypto } from "#crypto";
import type { RRset } from "#dnssec";
import { makeKeyPair, type OpenKey, openKeyPair, SecretOctets, signRRset, type ZoneKeyPair } from "#keys";
import { type Name, readName } from "#name";
import { RRType, readRdata, writeTypeBitmap } from "#rdata";
import type { RecordBatch } from "#zone";
import { BENCH_APEX, benchName } from "../zone.ts";

export const WIDTH = availableParallelism();

/** Seconds. Signatures hold 60 days; a zone from the cache is used for 30. */
const DAY_SECONDS = 86_400;
const SIGNED_DAYS = 60;
export const REUSED_DAYS = 30;
const TTL = 300;

export type PrintedKey = { readonly role: "ksk" | "zsk"; readonly dnskey: string; readonly privateKey: string };

export function makePrintedKeys(): PrintedKey[] {
  return [makeKeyPair("ksk"), makeKeyPair("zsk")].map(({ role, dnskey, privateKey }) => ({
    role,
    dnskey: Buffer.from(dnskey).toString("hex"),
    privateKey: Buffer.from(privateKey.expose()).toString("hex"),
  }));
}

export const APEX: Name = wireName(BENCH_APEX);

export function wireName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(`${text}: ${name.error}`);
  return name.value;
}

export function rdataOf(type: number, tokens: readonly string[]): Uint8Array {
  const rdata = readRdata(type, tokens);
  if (!rdata.ok) throw new Error(rdata.error);
  return rdata.value;
}

/** Labels of the names in canonical order: all are equally long, so it is the order of their text. */
export function sortedNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => benchName(i)).sort();
}

/** One RRset and its RRSIG, appended in the order in which a primary sends them. */
export class SigningPen {
  readonly #ksk: OpenKey;
  readonly #zsk: OpenKey;
  readonly #window: { readonly inception: number; readonly expiration: number };

  constructor(keys: readonly PrintedKey[], crypto: Crypto = openCrypto()) {
    const [ksk, zsk] = keys.map((key) => openPrinted(crypto, key));
    this.#ksk = ksk!;
    this.#zsk = zsk!;
    const now = Math.floor(Date.now() / 1000);
    this.#window = { inception: now - 3600, expiration: now + SIGNED_DAYS * DAY_SECONDS };
  }

  get dnskeys(): readonly Uint8Array[] {
    return [this.#ksk.dnskey, this.#zsk.dnskey];
  }

  append(batch: RecordBatch, rrset: RRset): void {
    const { owner, type, ttl, rdatas } = rrset;
    for (const rdata of rdatas) batch.append(owner, owner.length, type, ttl, rdata, rdata.length);
    const signature = this.sign(rrset);
    batch.append(owner, owner.length, RRType.RRSIG, ttl, signature, signature.length);
  }

  sign(rrset: RRset): Uint8Array {
    const { signer } = rrset.type === RRType.DNSKEY ? this.#ksk : this.#zsk;
    return signRRset(signer, APEX, rrset, this.#window);
  }
}

function openPrinted(crypto: Crypto, { role, dnskey, privateKey }: PrintedKey): OpenKey {
  const octets = Uint8Array.from(Buffer.from(dnskey, "hex"));
  const pair: ZoneKeyPair = {
    ...makeKeyPair(role),
    dnskey: octets,
    keyTag: tagOf(octets),
    privateKey: new SecretOctets(Uint8Array.from(Buffer.from(privateKey, "hex"))),
  };
  const opened = openKeyPair(crypto, pair);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

/** RFC 4034 appendix B. */
function tagOf(dnskey: Uint8Array): number {
  let sum = 0;
  for (const [i, octet] of dnskey.entries()) sum += i % 2 === 0 ? octet << 8 : octet;
  return (sum + (sum >>> 16)) & 0xffff;
}

/** A, for three names of four AAAA, and the NSEC, each with its RRSIG. `i`: of the name in canonical order. */
export function appendHost(pen: SigningPen, batch: RecordBatch, i: number, owner: Name, next: Name): void {
  const add = (type: number, rdata: Uint8Array) => pen.append(batch, { owner, type, ttl: TTL, rdatas: [rdata] });
  add(RRType.A, Uint8Array.of(10, i >> 16, i >> 8, i));
  const types: number[] = [RRType.A, RRType.RRSIG, RRType.NSEC];
  if (i % 4 !== 3) {
    const address = new Uint8Array(16);
    address.set([0x20, 0x01, 0x0d, 0xb8, i >> 16, i >> 8, i]);
    add(RRType.AAAA, address);
    types.push(RRType.AAAA);
  }
  add(RRType.NSEC, nsecRdata(next, types));
}

export function nsecRdata(next: Name, types: readonly number[]): Uint8Array {
  const bitmap = writeTypeBitmap([...types].sort((a, b) => a - b));
  const rdata = new Uint8Array(next.length + bitmap.length);
  rdata.set(next);
  rdata.set(bitmap, next.length);
  return rdata;
}
