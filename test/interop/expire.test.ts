/**
 * EDNS EXPIRE (RFC 7314) along a chain of real servers whose first one has gone: a secondary between says in its AXFR what its
 * copy has left, the product goes by that though no SOA was asked, and a secondary of the product goes by what the product says.
 */
import { afterAll, describe, expect, test } from "vitest";
import { EdnsOption, findOption, parseMessage } from "#message";
import { RRType } from "#rdata";
import { startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  missingPrograms,
  queryUdp,
  startCountersign,
  until,
} from "../peers/index.ts";
import { type SecondaryKind, startSecondary } from "../peers/secondaries.ts";

const ZONE = "left.example.";
const EXPIRE = 100_000;
/** So much has gone by at the server between, when its copy is fetched. */
const GONE_SECONDS = 4;
/** Ways of rounding: each server takes whole seconds. */
const ROUNDING_SECONDS = 2;
const TEXT = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster 7 3600 600 ${EXPIRE} 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
`;

const running: { stop(): Promise<void> }[] = [];
const kept = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one);
  return one;
};
afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
});

/** What the server says to a question for the SOA; undefined when it says nothing. */
async function leftAt(port: number): Promise<number | undefined> {
  const edns = { options: Uint8Array.of(0, EdnsOption.Expire, 0, 0) };
  const parsed = parseMessage(await queryUdp({ address: LOOPBACK, port }, { name: ZONE, type: RRType.SOA, edns }));
  const data = parsed.ok ? findOption(parsed.value.edns, EdnsOption.Expire) : undefined;
  return data?.length === 4 ? new DataView(data.buffer, data.byteOffset).getUint32(0) : undefined;
}

const force = (product: Countersign, id: string) =>
  product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);

const TEST_MILLISECONDS = 180_000;

describe.each([
  ["knot", "knotd"],
  ["bind", "named"],
] as const satisfies readonly (readonly [SecondaryKind, string])[])("%s between", (kind, program) => {
  test.skipIf(missingPrograms(program, "knotd").length > 0)(
    "what is left there is what is left here, and behind us",
    { timeout: TEST_MILLISECONDS },
    async () => {
      const primary = await startHostilePrimary();
      primary.serve({ name: ZONE, text: TEXT });
      const between = kept(await startSecondary(kind, { zones: [ZONE], primary }));
      await until("the server between", async () => (await between.served(ZONE)) === 7);
      const product = kept(await startCountersign({ env: ALONE }));
      const id = await product.addZone({ name: ZONE, primary: { ...between, kind: "knot" }, mode: "unsigned" });
      await product.served(id, ZONE, 7);
      await primary.stop();
      await until("time that passes", async () => (await leftAt(between.port))! <= EXPIRE - GONE_SECONDS);
      // No SOA is asked before: only the transfer can say it.
      const transfers = async () =>
        (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as {
          id: number;
          kind: string;
          outcome: string;
        }[];
      const known = (await transfers())[0]!.id;
      await force(product, id);
      await until("the transfer", async () => {
        const [newest] = await transfers();
        return newest && newest.id !== known && newest.kind === "axfr" && newest.outcome === "taken";
      });
      const [there, here] = [(await leftAt(between.port))!, (await leftAt(product.port))!];
      expect(here).toBeLessThanOrEqual(there + ROUNDING_SECONDS);
      expect(here).toBeGreaterThan(there - 60);

      const port = await freePort();
      const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
      const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
      const peer = (await product.call("POST", `${base}/peers`, { name: "behind", ip: LOOPBACK, port })) as {
        id: string;
      };
      await product.call("POST", `${base}/acls`, { name: "here", ip_range: `${LOOPBACK}/32` });
      const outgoing = `/client/v4/zones/${id}/secondary_dns/outgoing`;
      await product.call("POST", outgoing, { name: ZONE, peers: [peer.id] });
      await product.call("POST", `${outgoing}/enable`);
      const behind = kept(await startSecondary("knot", { zones: [ZONE], primary: product, port }));
      await until("the server behind", async () => (await behind.served(ZONE)) === 7);
      expect(await leftAt(behind.port)).toBeLessThanOrEqual((await leftAt(product.port))! + ROUNDING_SECONDS);
    },
  );
});
