/** Where somebody comes from, as far as tries are counted: an IPv4 address, or the /64 of an IPv6 one, which is one customer's. */
import { readAddress } from "#contract";

const V6_PREFIX_OCTETS = 8;

export function placeOf(address: string): string {
  const octets = readAddress(address.replace(/^::ffff:(?=\d+\.)/i, ""));
  if (!octets) return address;
  const counted = octets.length === 4 ? octets : octets.subarray(0, V6_PREFIX_OCTETS);
  return Buffer.from(counted).toString("hex");
}
