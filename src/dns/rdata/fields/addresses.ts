/** IP addresses: text both ways (RFC 4291 section 2.2 in, RFC 5952 out) and the two fields. */
import type { Field } from "../spec.ts";

export const ipv4: Field = {
  copy: (c) => c.copy(4),
  print: (r) => printIpv4(r.bytes(4)),
  read: (t, d) => {
    const octets = readIpv4(t.next());
    if (octets) d.bytes(octets);
    else t.fail("bad-address");
  },
  skip: (_, at) => at + 4,
};

export const ipv6: Field = {
  copy: (c) => c.copy(16),
  print: (r) => printIpv6(r.bytes(16)),
  read: (t, d) => {
    const octets = readIpv6(t.next());
    if (octets) d.bytes(octets);
    else t.fail("bad-address");
  },
  skip: (_, at) => at + 16,
};

export function printIpv4(octets: Uint8Array): string {
  return octets.join(".");
}

/** Four decimal parts without leading zeros; undefined for anything else. */
export function readIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  for (const part of parts) if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
  return Uint8Array.from(parts, Number);
}

/** Lower case, the longest run of two or more zero groups as `::`, the first one among equals. */
export function printIpv6(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((octets[2 * i] ?? 0) << 8) | (octets[2 * i + 1] ?? 0));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) {
      start = i;
      length = run;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(":");
  // RFC 5952 section 5: an IPv4-mapped address keeps its last 32 bits as a dotted quad.
  if (start === 0 && length === 5 && groups[5] === 0xffff) return `::ffff:${printIpv4(octets.subarray(12))}`;
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

/** Undefined for anything but an IPv6 address; no zone index. */
export function readIpv6(text: string): Uint8Array | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = readGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? readGroups(halves[1]!, true) : [];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  const octets = new Uint8Array(16);
  octets.set(head);
  octets.set(tail, 16 - tail.length);
  return octets;
}

/** Groups between colons as octets; the last one may be a dotted quad when the address ends here. */
function readGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 255);
      continue;
    }
    const quad = last && i === groups.length - 1 ? readIpv4(group) : undefined;
    if (!quad) return undefined;
    octets.push(...quad);
  }
  return octets;
}
