/** What the tests of survival share: zones with a serial in every answer, questions to the product, and its directory. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Countersign,
  LOOPBACK,
  makeDirectory,
  type Peer,
  type PeerZone,
  queryTcp,
  removeDirectory,
  startCountersign,
  startKnot,
  type TsigKey,
  until,
  type ZoneStatus,
} from "../peers/index.ts";

export const Type = { A: 1, SOA: 6, TXT: 16, RRSIG: 46, NSEC: 47, DNSKEY: 48, NSEC3: 50 } as const;

/** Every version says its serial in `www TXT`, so that an answer made of two versions shows. `names` more names of A. */
export function makeZone(name: string, serial: number, names = 0): PeerZone {
  const lines = [
    `$ORIGIN ${name}`,
    `@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300`,
    "@ 3600 IN NS ns1",
    "ns1 3600 IN A 192.0.2.1",
    "www 300 IN A 192.0.2.10",
    `www 300 IN TXT "serial ${serial}"`,
    "*.wild 300 IN A 192.0.2.20",
  ];
  for (let i = 0; i < names; i++) lines.push(`n${i} 300 IN A 192.0.2.${i % 250}`);
  return { name, text: `${lines.join("\n")}\n` };
}

export async function ask(port: number, name: string, type: number, flags = 0): Promise<Reply> {
  return new Reply(await queryTcp({ address: LOOPBACK, port }, { name, type, flags, edns: { do: true } }));
}

/** Keeps: `octets` is one whole DNS message with its question. */
export class Reply {
  readonly octets: Uint8Array;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  get rcode(): number {
    return this.octets[3]! & 15;
  }

  /** The validator's word (RFC 4035 section 3.2.3). */
  get authentic(): boolean {
    return (this.octets[3]! & 0x20) !== 0;
  }

  /** RDATAs of this type in answer and authority section. */
  rdatas(type: number): readonly Uint8Array[] {
    const view = new DataView(this.octets.buffer, this.octets.byteOffset, this.octets.length);
    const found: Uint8Array[] = [];
    let at = skipName(this.octets, 12) + 4;
    for (let left = view.getUint16(6) + view.getUint16(8); left > 0; left--) {
      at = skipName(this.octets, at);
      const length = view.getUint16(at + 8);
      if (view.getUint16(at) === type) found.push(this.octets.subarray(at + 10, at + 10 + length));
      at += 10 + length;
    }
    return found;
  }

  /** The first character-string of the first TXT. */
  get text(): string | undefined {
    const [rdata] = this.rdatas(Type.TXT);
    return rdata && Buffer.from(rdata.subarray(1, 1 + rdata[0]!)).toString("latin1");
  }
}

function skipName(message: Uint8Array, offset: number): number {
  let at = offset;
  while (message[at]! !== 0) {
    if (message[at]! >= 0xc0) return at + 2;
    at += message[at]! + 1;
  }
  return at + 1;
}

/** The status once nothing is being done for the zone any more and `check` holds. */
export function statusWhen(
  product: Countersign,
  zoneId: string,
  what: string,
  check: (status: ZoneStatus) => boolean = () => true,
): Promise<ZoneStatus> {
  return until(what, async () => {
    const status = await product.status(zoneId);
    return status.phase === "idle" && check(status) ? status : undefined;
  });
}

/** Kills it as a power cut does, and waits until it is gone. */
export async function killHard(product: Countersign): Promise<void> {
  product.process.signal("SIGKILL");
  await product.process.ended;
  await product.process.stop();
}

export function zoneDirectory(product: { readonly directory: string }, zoneId: string): string {
  return join(product.directory, "data", "zones", zoneId);
}

export function filesOfZone(product: { readonly directory: string }, zoneId: string): string[] {
  return readdirSync(zoneDirectory(product, zoneId)).sort();
}

/** One test's directories and processes: kept until `end`, then stopped and removed in that order. */
export class Chores {
  readonly #running: { stop(): Promise<void> }[] = [];
  readonly #directories: string[] = [];

  directory(name: string): string {
    const directory = makeDirectory(name);
    this.#directories.push(directory);
    return directory;
  }

  /** The product on `directory`, which outlives it. */
  async product(directory: string): Promise<Countersign> {
    const product = await startCountersign({ directory });
    this.#running.push(product);
    return product;
  }

  async knot(zones: readonly PeerZone[], tsig?: TsigKey): Promise<Peer> {
    const knot = await startKnot({ zones, ...(tsig ? { tsig } : {}) });
    this.#running.push(knot);
    return knot;
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((each) => each.stop()));
    for (const directory of this.#directories.splice(0)) removeDirectory(directory);
  }
}
