/**
 * Random histories of a zone, the same ones each time (seeded): names come and go with their empty non-terminals, sets are
 * replaced, cuts get and lose glue, wildcards and DNAMEs appear; each version unsigned, or signed anew with NSEC or NSEC3,
 * where what did not change keeps its signature. Between two versions the change as an IXFR would bring it.
 */
import { toHex } from "#bytes";
import { openCrypto } from "#crypto";
import type { RRset } from "#dnssec";
import { makeKeyPair, type OpenKey, openKeyPair, signZone, type ZoneDenial } from "#keys";
import { type Name, nameKey, readName } from "#name";
import { RRType, readRdata, readRrsig } from "#rdata";
import { RecordBatch, ZoneChange } from "#zone";
import { makeRandom } from "../differential/questions.ts";

export const APEX = nameOf("example.");
/** Seconds since 1970: 2026-03-01. */
export const NOW = 1772323200;

export type Signing = "unsigned" | "nsec" | "nsec3" | "optout";

export function nameOf(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

type Draft = { owner: string; type: number; ttl: number; texts: Set<string> };

const LABELS = ["a", "b", "c", "d", "!", "-x", "zz", "*", "ns", "www"];
const HOSTS = ["ns.example.", "a.example.", "b.a.example.", "www.example.", "ns.b.example.", "elsewhere.test."];

/** Keeps: `sets` is the plain zone of the present serial. */
export class History {
  serial = 1;
  readonly random: () => number;
  private readonly sets = new Map<string, Draft>();
  private readonly signing: Signing;
  private readonly keys: readonly OpenKey[];

  constructor(seed: number, signing: Signing) {
    this.random = makeRandom(seed);
    this.signing = signing;
    this.keys = signing === "unsigned" ? [] : [rememberingKey("ksk"), rememberingKey("zsk")];
    this.put("example.", RRType.NS, 3600, "ns.example.");
    this.put("ns.example.", RRType.A, 300, "192.0.2.1");
    for (let i = 0; i < 25; i++) this.edit();
  }

  /** Some edits on: the next serial. */
  advance(): void {
    this.serial++;
    for (let edits = 1 + Math.floor(this.random() * 4); edits > 0; edits--) this.edit();
  }

  /** All records of the present serial. */
  rrsets(): RRset[] {
    const plain: RRset[] = [{ owner: APEX, type: RRType.SOA, ttl: 3600, rdatas: [this.soa()] }];
    for (const { owner, type, ttl, texts } of this.sets.values()) {
      plain.push({ owner: nameOf(owner), type, ttl, rdatas: [...texts].map((text) => rdataOf(type, text)) });
    }
    if (this.signing === "unsigned") return plain;
    const denial: ZoneDenial =
      this.signing === "nsec" ? { kind: "nsec" } : { kind: "nsec3", optOut: this.signing === "optout" };
    const window = { inception: NOW - 3600, expiration: NOW + 86400 * 14 };
    const signed = signZone(APEX, plain, this.keys, { window, denial });
    if (!signed.ok) throw new Error(signed.error);
    return signed.value;
  }

  names(): string[] {
    return [...new Set([...this.sets.values()].map((set) => set.owner))];
  }

  randomName(): string {
    const depth = 1 + Math.floor(this.random() * 3);
    let name = "example.";
    for (let i = 0; i < depth; i++) name = `${this.pick(LABELS)}.${name}`;
    return name;
  }

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  private edit(): void {
    const dice = this.random();
    const sets = [...this.sets.entries()].filter(([, set]) => set.owner !== "example.");
    if (dice < 0.25 && sets.length > 0) this.sets.delete(this.pick(sets)[0]);
    else if (dice < 0.35 && sets.length > 0) this.removeName(this.pick(sets)[1].owner);
    else if (dice < 0.45 && sets.length > 0) this.pick(sets)[1].ttl = 60 * (1 + Math.floor(this.random() * 9));
    else this.addSomething();
  }

  private removeName(owner: string): void {
    const below = this.random() < 0.5;
    for (const [key, set] of this.sets) {
      if (set.owner === owner || (below && set.owner.endsWith(`.${owner}`))) this.sets.delete(key);
    }
  }

  private addSomething(): void {
    const owner = this.randomName();
    const host = this.pick(HOSTS);
    const octet = Math.floor(this.random() * 250);
    const dice = this.random();
    if (dice < 0.45) this.put(owner, RRType.A, 300, `192.0.2.${octet}`);
    else if (dice < 0.6) this.put(owner, RRType.TXT, 300, `"${octet}"`);
    else if (dice < 0.68) this.put(owner, RRType.MX, 300, `${octet} ${host}`);
    else if (dice < 0.72) this.put(owner, RRType.AAAA, 300, `2001:db8::${octet}`);
    else if (dice < 0.76) this.put(owner, RRType.DNAME, 300, "elsewhere.test.", true);
    else if (dice < 0.8) this.put(owner, RRType.SRV, 300, `1 2 3 ${host}`);
    else if (dice < 0.82) this.put(owner, RRType.HTTPS, 300, `1 ${host}`);
    else if (dice < 0.85) this.put("example.", RRType.NS, 3600, host);
    else this.delegate(owner, octet);
  }

  private delegate(owner: string, octet: number): void {
    if (owner.startsWith("*")) return;
    this.put(owner, RRType.NS, 300, octet % 2 ? `ns.${owner}` : "ns.example.");
    if (octet % 2) this.put(`ns.${owner}`, RRType.A, 300, `192.0.2.${octet}`);
    if (octet % 3 === 0) this.put(owner, RRType.DS, 300, `${octet} 13 2 ${"ab".repeat(32)}`);
  }

  private put(owner: string, type: number, ttl: number, text: string, alone = false): void {
    const key = `${owner} ${type}`;
    const set = this.sets.get(key);
    if (set && !alone) set.texts.add(text);
    else this.sets.set(key, { owner, type, ttl, texts: new Set([text]) });
  }

  private soa(): Uint8Array {
    return rdataOf(RRType.SOA, `ns.example. admin.example. ${this.serial} 3600 600 86400 120`);
  }
}

function rdataOf(type: number, text: string): Uint8Array {
  const read = readRdata(type, text.split(" "), APEX);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

const crypto = openCrypto();

/** Signs the same octets only once: ECDSA would sign unchanged records differently each time. */
export function rememberingKey(role: "ksk" | "zsk"): OpenKey {
  const opened = openKeyPair(crypto, makeKeyPair(role));
  if (!opened.ok) throw new Error("a key just made can't be opened");
  const { signer } = opened.value;
  const known = new Map<string, Uint8Array>();
  const sign: typeof signer.sign = (data, length, out, outAt) => {
    const key = toHex(data.subarray(0, length));
    let signature = known.get(key);
    if (!signature) {
      signature = new Uint8Array(signer.signatureLength);
      signer.sign(data, length, signature, 0);
      known.set(key, signature);
    }
    out.set(signature, outAt);
  };
  const remembering = new Proxy(signer, {
    get: (target, property) => (property === "sign" ? sign : Reflect.get(target, property)),
  });
  return { ...opened.value, signer: remembering };
}

/** What leads from one content to another, as an IXFR says it: the SOA first in each batch. */
export function changeBetween(before: readonly RRset[], after: readonly RRset[]): ZoneChange {
  const [old, fresh] = [bySet(before), bySet(after)];
  const deletions = new RecordBatch();
  const additions = new RecordBatch();
  const soa = `${nameKey(APEX)} ${RRType.SOA} 0`;
  for (const key of [soa, ...[...new Set([...old.keys(), ...fresh.keys()])].filter((one) => one !== soa)]) {
    const [from, to] = [old.get(key), fresh.get(key)];
    const isSameTtl = from?.ttl === to?.ttl;
    for (const [hex, rdata] of from?.rdatas ?? [])
      if (!isSameTtl || !to?.rdatas.has(hex)) append(deletions, from!, rdata);
    for (const [hex, rdata] of to?.rdatas ?? [])
      if (!isSameTtl || !from?.rdatas.has(hex)) append(additions, to!, rdata);
  }
  return new ZoneChange(deletions, additions);
}

type SetOf = { owner: Name; type: number; ttl: number; rdatas: Map<string, Uint8Array> };

function bySet(rrsets: readonly RRset[]): Map<string, SetOf> {
  const sets = new Map<string, SetOf>();
  for (const { owner, type, ttl, rdatas } of rrsets) {
    for (const rdata of rdatas) {
      const covered = type === RRType.RRSIG ? readRrsig(rdata).typeCovered : 0;
      const key = `${nameKey(owner)} ${type} ${covered}`;
      const set = sets.get(key) ?? { owner, type, ttl, rdatas: new Map() };
      set.rdatas.set(toHex(rdata), rdata);
      sets.set(key, set);
    }
  }
  return sets;
}

function append(batch: RecordBatch, set: SetOf, rdata: Uint8Array): void {
  batch.append(set.owner, set.owner.length, set.type, set.ttl, rdata, rdata.length);
}
