/** IP addresses as octets (4 or 16) and as text, and how a socket address is written in configuration: `ADDRESS:PORT`. */
import { networkInterfaces } from "node:os";
import { fail, ok, type Result } from "#bytes";

/** Where a socket is or goes. `address` is an IP address in text form, never a host name; a scope (`fe80::1%eth0`) may follow. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** 4 or 16 octets; undefined for anything that is not an IP address. A scope is accepted and left out of the octets. */
export function addressOctets(text: string): Uint8Array | undefined {
  const bare = text.split("%", 1)[0]!;
  return bare.includes(":") ? ipv6Octets(bare) : ipv4Octets(bare);
}

/** RFC 5952 form for 16 octets, dotted quad for 4. */
export function printAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((octets[i]! << 8) | octets[i + 1]!);
  const run = longestZeroRun(groups);
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  if (run.length < 2) return hex(0, 8);
  return `${hex(0, run.start)}::${hex(run.start + run.length, 8)}`;
}

/** `[2001:db8::1]:53` or `192.0.2.1:53`. */
export function printSocketAddress(at: SocketAddress): string {
  return at.address.includes(":") ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`;
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`, or an address alone with `defaultPort`. */
export function readSocketAddress(text: string, defaultPort: number): Result<SocketAddress, "net.bad_address"> {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)|([^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/.exec(text.trim());
  const address = match?.[1] ?? match?.[2] ?? match?.[3];
  if (address === undefined || addressOctets(address) === undefined) return fail("net.bad_address");
  const port = match?.[4] === undefined ? defaultPort : Number(match[4]);
  return port > 65535 ? fail("net.bad_address") : ok({ address, port });
}

export function isWildcardAddress(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0);
}

/** `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2) as 4 octets; all else as it is: one client has one address. */
export function unmapAddress(octets: Uint8Array): Uint8Array {
  if (octets.length !== 16 || octets[10] !== 0xff || octets[11] !== 0xff) return octets;
  for (let i = 0; i < 10; i++) if (octets[i] !== 0) return octets;
  return octets.subarray(12);
}

/** The interface number a scope names: `%2` or `%eth0`. 0 when there is none. */
export function scopeOf(text: string): number {
  const scope = text.split("%")[1];
  if (scope === undefined) return 0;
  if (/^\d{1,9}$/.test(scope)) return Number(scope);
  for (const entry of networkInterfaces()[scope] ?? [])
    if (entry.family === "IPv6" && entry.scopeid) return entry.scopeid;
  return 0;
}

function ipv4Octets(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const octets = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(parts[i]!) || Number(parts[i]) > 255) return undefined;
    octets[i] = Number(parts[i]);
  }
  return octets;
}

function ipv6Octets(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupOctets(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupOctets(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  const octets = new Uint8Array(16);
  octets.set(head);
  octets.set(tail, 16 - tail.length);
  return octets;
}

/** Colon-separated groups; the last may be a dotted quad where the groups end the address. */
function groupOctets(text: string, mayEndInQuad: boolean): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const groups = text.split(":");
  if (groups.length > 8) return undefined;
  for (const [i, group] of groups.entries()) {
    const quad = mayEndInQuad && i === groups.length - 1 && group.includes(".") ? ipv4Octets(group) : undefined;
    if (quad !== undefined) octets.push(...quad);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return octets;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
