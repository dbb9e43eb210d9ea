/** Addresses of primaries as people write them: `192.0.2.53`, `192.0.2.53:5300`, `2001:db8::53`, `[2001:db8::53]:5300`. */
import { type Peer, printAddress, readAddress } from "#contract";

export type PeerAddress = {
  readonly ip: string;
  /** 0 while not given: port 53. */
  readonly port: number;
};

export const ADDRESS_FORMS = "192.0.2.53, 192.0.2.53:5300 or [2001:db8::53]:5300";

const DNS_PORT = 53;

/** Undefined when it is no address: then it is a name. */
export function readPeerAddress(text: string): PeerAddress | undefined {
  const bare = readAddress(text);
  if (bare) return { ip: printAddress(bare), port: 0 };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text);
  const address = match ? readAddress((match[1] ?? match[2])!) : undefined;
  const port = Number(match?.[3] ?? 0);
  const wrongBrackets = address !== undefined && (match![1] !== undefined) !== (address.length === 16);
  if (!address || wrongBrackets || port > 65_535 || (match![3] !== undefined && port === 0)) return undefined;
  return { ip: printAddress(address), port };
}

export function printPeerAddress({ ip, port }: PeerAddress): string {
  if (ip === "") return "";
  const shown = port || DNS_PORT;
  return ip.includes(":") ? `[${ip}]:${shown}` : `${ip}:${shown}`;
}

export function isSameAddress(peer: Peer, address: PeerAddress): boolean {
  return printPeerAddress(peer) === printPeerAddress(address);
}
