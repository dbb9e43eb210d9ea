/** What all peers have in common: zones in, an address out, NOTIFY, TSIG and transfer formats. */
import { randomBytes } from "node:crypto";
import { queryTcp } from "./client.ts";
import { LOOPBACK, type ServerProcess } from "./server-process.ts";

export type TsigAlgorithm = "hmac-sha1" | "hmac-sha224" | "hmac-sha256" | "hmac-sha384" | "hmac-sha512" | "hmac-md5";

export type TsigKey = {
  readonly name: string;
  readonly algorithm: TsigAlgorithm /** base64 */;
  readonly secret: string;
};

export type PeerZone = {
  /** Absolute, with the final dot. */ readonly name: string /** Master-file text. */;
  readonly text: string;
};

export type NotifyTarget = { readonly address: string; readonly port: number };

export type PeerOptions = {
  readonly zones: readonly PeerZone[];
  /** Transfers need it, and NOTIFY is signed by it. */
  readonly tsig?: TsigKey;
  readonly notify?: readonly NotifyTarget[];
  /** BIND alone can send one record a message; the others ignore it. */
  readonly transferFormat?: "one-answer" | "many-answers";
  /** Put in front of the program and its arguments, e.g. `taskset -c 0`. */
  readonly launcher?: readonly string[];
  readonly port?: number;
  /** Differences between versions are kept and given by IXFR; PowerDNS has none. */
  readonly ixfr?: boolean;
};

export type Peer = {
  readonly kind: "knot" | "nsd" | "bind" | "powerdns";
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly process: ServerProcess;
  /** A new version of a zone: its file is replaced and the server told; resolves when that serial is served. */
  replaceZone(zone: PeerZone): Promise<void>;
  stop(): Promise<void>;
};

export function makeTsigKey(name: string, algorithm: TsigAlgorithm): TsigKey {
  return { name, algorithm, secret: randomBytes(32).toString("base64") };
}

/** `odd.example.` → `odd.example`, as configurations and file names want it; the root becomes `root`. */
export function bareName(name: string): string {
  return name === "." ? "root" : name.replace(/\.$/, "");
}

/** True when every zone answers its SOA with a serial over TCP. */
export async function servesAll(port: number, zones: readonly { readonly name: string }[]): Promise<boolean> {
  for (const zone of zones) if ((await servedSerial(port, zone.name)) === undefined) return false;
  return true;
}

/** The serial that the server at `port` of 127.0.0.1 answers with authority, or undefined. */
export async function servedSerial(port: number, zone: string): Promise<number | undefined> {
  const reply = await queryTcp({ address: LOOPBACK, port }, { name: zone, type: 6 }).catch(noReply);
  return reply && soaSerial(reply);
}

/** The serial in an answer to a question for the SOA; undefined without authority, with an error, or without an answer. */
export function soaSerial(reply: Uint8Array): number | undefined {
  if ((reply[2]! & 4) === 0 || (reply[3]! & 15) !== 0 || (reply[6]! << 8) + reply[7]! < 1) return undefined;
  // The question echoes our name without compression; the answer's owner is then a pointer or the name again.
  const end = skip(reply, skip(reply, 12) + 4);
  let at = end + 10;
  at = skip(reply, at);
  at = skip(reply, at);
  return ((reply[at]! << 24) | (reply[at + 1]! << 16) | (reply[at + 2]! << 8) | reply[at + 3]!) >>> 0;
}

/** Nobody listens yet, or the server went away in mid-answer: to be asked again. */
function noReply(): undefined {
  return undefined;
}

function skip(message: Uint8Array, offset: number): number {
  let at = offset;
  while (at < message.length && message[at]! !== 0) {
    if (message[at]! >= 0xc0) return at + 2;
    at += message[at]! + 1;
  }
  return at + 1;
}
