/** Where a peer is, as people write it. */
import type { Peer } from "#contract";
import { PEERS } from "../../texts/account.ts";

export function printAddress({ ip, port }: Peer): string {
  if (ip === "") return PEERS.noAddress;
  return port === 0 || port === 53 ? ip : ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
