/**
 * To which addresses alerts may be sent: public ones, and the ranges that the operator of the server names. Who may only
 * configure alerts can't make the server talk to itself, to its neighbours or to a cloud's metadata service (SSRF).
 */
import { type AddressRange, rangeContains, readAddress, readRange } from "#contract";

export type AddressPolicy = {
  /** May be sent to at all. */
  readonly allows: (address: string) => boolean;
  /** In a range that was named: clear text is taken there. */
  readonly named: (address: string) => boolean;
};

/** IANA's special-purpose registries (RFC 6890 and its updates): what is not reached over the public internet. */
const NOT_PUBLIC_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Global unicast is 2000::/3; of it these hold other addresses inside, or none. */
const PUBLIC_V6 = "2000::/3";
const NOT_PUBLIC_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

export function makeAddressPolicy(ranges: readonly string[]): AddressPolicy {
  const extra = ranges.map(mustRead);
  const closed = [...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6].map(mustRead);
  const global = mustRead(PUBLIC_V6);
  const inside = (all: readonly AddressRange[], octets: Uint8Array) =>
    all.some((range) => rangeContains(range, octets));
  const named = (address: string) => {
    const octets = readAddress(address);
    return octets !== undefined && inside(extra, octets);
  };
  return {
    named,
    allows(address) {
      const octets = readAddress(address);
      if (octets === undefined) return false;
      if (inside(extra, octets)) return true;
      return (octets.length === 4 || rangeContains(global, octets)) && !inside(closed, octets);
    },
  };
}

function mustRead(text: string): AddressRange {
  const range = readRange(text);
  if (!range) throw new Error(`not an address range: ${text}`);
  return range;
}
