/**
 * IP addresses and ranges as octets: read, print (RFC 5952), clear host bits. No I/O; floors that may not import Node use
 * this one. Everything here takes outside text: bad text gives undefined.
 */

/** 4 or 16 octets. */
export type Address = Uint8Array;

export type AddressRange = { readonly address: Address; readonly prefix: number };

export function readAddress(text: string): Address | undefined {
  return text.includes(":") ? readIpv6(text) : readIpv4(text);
}

export function printAddress(address: Address): string {
  return address.length === 4 ? address.join(".") : printIpv6(address);
}

/** `192.0.2.0/28`; a bare address is a range of one. Host bits are cleared. */
export function readRange(text: string): AddressRange | undefined {
  const [addressText, prefixText, ...rest] = text.split("/");
  const address = readAddress(addressText!);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = address.length * 8;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits) return undefined;
  return { address: clearHostBits(address, prefix), prefix };
}

export function printRange(range: AddressRange): string {
  return `${printAddress(range.address)}/${range.prefix}`;
}

export function rangeContains(range: AddressRange, address: Address): boolean {
  if (address.length !== range.address.length) return false;
  const cleared = clearHostBits(address, range.prefix);
  return cleared.every((octet, i) => octet === range.address[i]);
}

const ACL_PREFIX_MIN_IPV4 = 24;
const ACL_PREFIX_MIN_IPV6 = 64;

/** An ACL's range with host bits cleared (`192.0.2.53/28` → `192.0.2.48/28`), or which of the two acl errors it is. */
export function normaliseAclRange(
  text: string,
): { range: string } | { code: "acl.range-invalid" | "acl.range-too-large" } {
  const range = readRange(text.trim());
  if (range === undefined) return { code: "acl.range-invalid" };
  const least = range.address.length === 4 ? ACL_PREFIX_MIN_IPV4 : ACL_PREFIX_MIN_IPV6;
  return range.prefix < least ? { code: "acl.range-too-large" } : { range: printRange(range) };
}

function clearHostBits(address: Address, prefix: number): Address {
  return address.map((octet, i) => {
    const kept = Math.min(8, Math.max(0, prefix - i * 8));
    return octet & (0xff << (8 - kept)) & 0xff;
  });
}

function readIpv4(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  // No leading zeros: some systems read them as octal.
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return Uint8Array.from(parts, Number);
}

/** RFC 4291 section 2.2, all three forms. No zone index. */
function readIpv6(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const front = readGroups(halves[0]!, halves.length === 1);
  const back = halves.length === 2 ? readGroups(halves[1]!, true) : [];
  if (front === undefined || back === undefined) return undefined;
  const missing = 16 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...front, ...new Array<number>(missing).fill(0), ...back]);
}

function readGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    const ipv4 = mayEndInIpv4 && i === groups.length - 1 ? readIpv4(group) : undefined;
    if (ipv4 !== undefined) octets.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return octets;
}

/** RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first of equals. */
function printIpv6(address: Address): string {
  const groups = Array.from({ length: 8 }, (_, i) => (address[i * 2]! << 8) | address[i * 2 + 1]!);
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (best.at < 0) return hex(groups);
  return `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.length))}`;
}
