/** What makes the product look for a new version: the interval of the API alone, or a NOTIFY of a peer, and whose NOTIFY counts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Countersign,
  LOOPBACK,
  makeTsigKey,
  type Peer,
  type PeerZone,
  queryUdp,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";

const ENV = { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_MIN_REFRESH_SECONDS: "1" };
const NAME = "polled.example.";
const LONG_SECONDS = 86_400;
const SOA = 6;
/** Opcode NOTIFY, AA (RFC 1996 section 3.7). */
const NOTIFY = 0x2400;
const NOERROR = 0;
const REFUSED = 5;

/** Its own REFRESH would be 1 s: it is not what counts. */
const version = (serial: number): PeerZone => ({
  name: NAME,
  text: `${NAME} 300 IN SOA ns1.${NAME} hostmaster.${NAME} ${serial} 1 1 86400 300\n${NAME} 300 IN NS ns1.${NAME}\nns1.${NAME} 300 IN A 192.0.2.1\n`,
});

const tsig = makeTsigKey("polled.key.", "hmac-sha256");
let knot: Peer;
let product: Countersign;
let id: string;
let peerId: string;

beforeAll(async () => {
  // Without a NOTIFY target.
  knot = await startKnot({ zones: [version(1)], tsig });
  product = await startCountersign({ env: ENV });
  id = await product.addZone({ name: NAME, primary: knot, tsig, mode: "unsigned" });
  await product.served(id, NAME, 1);
  peerId = ((await product.call("GET", `/client/v4/zones/${id}/secondary_dns/incoming`)) as { peers: string[] })
    .peers[0]!;
});
afterAll(() => Promise.all([product?.stop(), knot?.stop()]));

function refreshEvery(seconds: number): Promise<unknown> {
  const incoming = { name: NAME, peers: [peerId], auto_refresh_seconds: seconds };
  return product.call("PUT", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
}

async function checkedAt(): Promise<string> {
  return ((await product.call("GET", `/client/v4/zones/${id}/secondary_dns/incoming`)) as { checked_time: string })
    .checked_time;
}

const notify = async (): Promise<number> =>
  (await queryUdp(product, { name: NAME, type: SOA, flags: NOTIFY, edns: {} }))[3]! & 15;

test("without any NOTIFY a new version comes by auto_refresh_seconds, again and again", async () => {
  await refreshEvery(1);
  for (const serial of [2, 3]) {
    await knot.replaceZone(version(serial));
    expect(await product.served(id, NAME, serial)).toBe(serial);
  }
});

test("a NOTIFY without the peer's TSIG is refused and starts nothing; without a TSIG at the peer it is enough", async () => {
  await refreshEvery(LONG_SECONDS);
  await until("the check of the new interval", async () => (await product.status(id)).phase === "idle");
  const before = await checkedAt();
  await knot.replaceZone(version(4));
  expect(await notify()).toBe(REFUSED);
  expect(await product.status(id)).toMatchObject({ phase: "idle", serials: { notified: null, served: 3 } });
  expect(await checkedAt()).toBe(before);

  // The same primary as a peer without TSIG: it would refuse us the transfer, but the question for its SOA shows.
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const peer = { name: "open", ip: knot.address, port: knot.port };
  await product.call("PUT", `/client/v4/accounts/${account!.id}/secondary_dns/peers/${peerId}`, peer);
  expect((await product.status(id)).serials.primary).toBe(3);
  expect(await notify()).toBe(NOERROR);
  await until("the serial of the primary", async () => (await product.status(id)).serials.primary === 4);
});
