/** What the SDK's tests stand on: a Knot primary, the whole product beside it, the provider's official SDK between us and it. */
import Cloudflare from "cloudflare";
import {
  type Countersign,
  makeTsigKey,
  type Peer,
  type PeerZone,
  queryTcp,
  startCountersign,
  startKnot,
  TEST_TOKEN,
  type TsigKey,
  until,
} from "../peers/index.ts";

export const NAME_SERVERS = ["ns1.operator.test", "ns2.operator.test"];

export type World = {
  readonly primary: Peer;
  readonly product: Countersign;
  readonly client: Cloudflare;
  readonly account: { readonly account_id: string };
  readonly tsig: TsigKey;
  stop(): Promise<void>;
};

export async function startWorld(zones: readonly PeerZone[]): Promise<World> {
  const tsig = makeTsigKey("sdk.example.", "hmac-sha512");
  const primary = await startKnot({ zones, tsig });
  const product = await startCountersign({ env: { COUNTERSIGN_NAMESERVERS: NAME_SERVERS.join(",") } });
  const client = new Cloudflare({ apiToken: TEST_TOKEN, baseURL: `${product.url}/client/v4` });
  const [account] = await collect(client.accounts.list());
  return {
    primary,
    product,
    client,
    account: { account_id: account!.id },
    tsig,
    stop: async () => {
      await Promise.all([primary.stop(), product.stop()]);
    },
  };
}

/** TSIG and peer of the primary, as the SDK makes them; the peer's id. */
export async function addPeer({ client, account, primary, tsig }: World): Promise<{ peer: string; key: string }> {
  const { tsigs, peers } = client.dns.zoneTransfers;
  const key = await tsigs.create({ ...account, name: tsig.name, algo: `${tsig.algorithm}.`, secret: tsig.secret });
  const peer = await peers.create({ ...account, name: "knot" });
  await peers.update(peer.id, { ...account, name: "knot", ip: primary.address, port: primary.port, tsig_id: key.id! });
  return { peer: peer.id, key: key.id! };
}

/** The id of a new secondary zone that has been transferred from `peer` and is served. */
export async function addZone(world: World, peer: string, name: string): Promise<string> {
  const { client, account, product } = world;
  const { id: zone_id } = await client.zones.create({ name, type: "secondary", account: { id: account.account_id } });
  const incoming = { name: `${name}.`, peers: [peer], auto_refresh_seconds: 300 };
  await client.dns.zoneTransfers.incoming.create({ zone_id, ...incoming });
  await product.served(zone_id, `${name}.`);
  return zone_id;
}

/** Everything that auto-paging gives; throws when it does not come to an end. */
export async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) {
    items.push(item);
    if (items.length > 5_000) throw new Error("the list does not end");
  }
  return items;
}

const HEADER_OCTETS = 12;

/** Answer and authority records of a question with DO, counted by the header. */
export async function countRecords(product: Countersign, name: string, type: number) {
  const reply = await queryTcp(product, { name, type, edns: { do: true } });
  if (reply.length < HEADER_OCTETS) throw new Error("no header");
  return {
    rcode: reply[3]! & 15,
    answers: (reply[6]! << 8) | reply[7]!,
    authorities: (reply[8]! << 8) | reply[9]!,
  };
}

/** Until a question's answer section holds so many records: a change of mode is on its way to the workers. */
export function untilAnswers(product: Countersign, name: string, type: number, count: number): Promise<true> {
  return until(`${count} answer records for ${name}`, async () =>
    (await countRecords(product, name, type)).answers === count ? (true as const) : undefined,
  );
}

/** A zone of four records and serial 7. */
export function smallZone(name: string): PeerZone {
  const text = `${name} 300 IN SOA ns1.${name} hostmaster.${name} 7 3600 600 86400 300
${name} 300 IN NS ns1.${name}
ns1.${name} 300 IN A 192.0.2.1
www.${name} 300 IN A 192.0.2.2
`;
  return { name, text };
}
