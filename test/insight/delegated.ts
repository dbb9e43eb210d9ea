/** The product where a parent's delegations lead: at an address of its own, on the port of the parent, with a resolver that forgets at once. */
import { type Countersign, LOOPBACK, type Peer, startCountersign, startUnbound } from "../peers/index.ts";

/** All nameservers stand on one port here: the parent at 127.0.0.1, the product at this address. */
export const OURS = "127.0.0.2";

export type Delegated = { readonly product: Countersign; stop(): Promise<void> };

/** `nameServer` is the product's own name, without the final dot. */
export async function startDelegated(parent: Peer, parentName: string, nameServer: string): Promise<Delegated> {
  const resolver = await startUnbound({
    trustAnchors: [],
    stubs: [{ zone: parentName, servers: [{ address: LOOPBACK, port: parent.port }] }],
    more: ["cache-max-ttl: 0", "cache-max-negative-ttl: 0"],
  });
  const product = await startCountersign({
    moreDns: [`${OURS}:${parent.port}`],
    env: {
      COUNTERSIGN_RESOLVER: `${LOOPBACK}:${resolver.port}`,
      COUNTERSIGN_PARENT_PORT: String(parent.port),
      COUNTERSIGN_NAMESERVERS: nameServer,
    },
  });
  return { product, stop: async () => void (await Promise.all([product.stop(), resolver.stop()])) };
}
