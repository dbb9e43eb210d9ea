/** The system's first resolver. */
import { readFileSync } from "node:fs";
import { readSocketAddress, type SocketAddress } from "#net";

const DNS_PORT = 53;

/** Undefined when there is no such file or no usable line in it. */
export function systemResolver(path = "/etc/resolv.conf"): SocketAddress | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
  for (const line of text.split("\n")) {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    const read = address === undefined ? undefined : readSocketAddress(address, DNS_PORT);
    if (read?.ok) return read.value;
  }
  return undefined;
}
