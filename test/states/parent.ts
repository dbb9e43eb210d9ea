/**
 * A parent zone that we write, in a Knot of its own, and a resolver that finds it: no port 53, no root. Delegations and DS of
 * its children come and go as the test says.
 *
 *   product ── resolver ──▶ Unbound ── stub ──▶ Knot: parent.example.   (and asked directly, by COUNTERSIGN_PARENT_PORT)
 */
import { LOOPBACK, type Server, startKnot, startUnbound } from "../peers/index.ts";

export const PARENT = "parent.example.";

/** Seconds; of everything in the parent zone. */
export const PARENT_TTL = 60;

/** What the product is told of its own names. */
export const OUR_NAMES = ["ns1.secondary.example", "ns2.secondary.example"];

/** One child of the parent. */
export type Delegation = { readonly nameServers: readonly string[]; readonly ds: readonly string[] };

export type Parent = {
  /** Of the product: its resolver, its names, and how often it looks. */
  readonly env: Readonly<Record<string, string>>;
  readonly resolver: Server;
  /** By the child's label. Those that are not given stay as they are. */
  publish(children: Readonly<Record<string, Delegation>>): Promise<void>;
  /** The nameserver goes away; the resolver knows what it was asked before. */
  stopAuthority(): Promise<void>;
  stop(): Promise<void>;
};

export async function startParent(): Promise<Parent> {
  let serial = 1;
  let published: Readonly<Record<string, Delegation>> = {};
  const knot = await startKnot({ zones: [parentZone(serial, published)] });
  const resolver = await startUnbound({ trustAnchors: [], stubs: [{ zone: PARENT, servers: [knot] }] });
  return {
    env: {
      COUNTERSIGN_RESOLVER: `${LOOPBACK}:${resolver.port}`,
      COUNTERSIGN_PARENT_PORT: String(knot.port),
      COUNTERSIGN_PARENT_POLL_YOUNG_SECONDS: "1",
      COUNTERSIGN_PARENT_POLL_SETTLED_SECONDS: "1",
      COUNTERSIGN_NAMESERVERS: OUR_NAMES.join(","),
    },
    resolver,
    publish: async (children) => {
      published = { ...published, ...children };
      serial++;
      await knot.replaceZone(parentZone(serial, published));
    },
    stopAuthority: () => knot.stop(),
    stop: async () => {
      await resolver.stop();
      await knot.stop();
    },
  };
}

function parentZone(serial: number, children: Readonly<Record<string, Delegation>>) {
  const lines = Object.entries(children).flatMap(([label, { nameServers, ds }]) => [
    ...nameServers.map((name) => `${label} ${PARENT_TTL} IN NS ${name}.`),
    ...ds.map((line) => line.replace(/^.* DS /, `${label} ${PARENT_TTL} IN DS `)),
  ]);
  const text = `$ORIGIN ${PARENT}
@ ${PARENT_TTL} IN SOA ns hostmaster ${serial} 3600 600 86400 ${PARENT_TTL}
@ ${PARENT_TTL} IN NS ns
ns ${PARENT_TTL} IN A ${LOOPBACK}
${lines.join("\n")}
`;
  return { name: PARENT, text };
}
