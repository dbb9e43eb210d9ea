/**
 * An operator with the provider's official SDK, unchanged but for its base URL, on the whole product: from nothing to a
 * live-signed and a pre-signed zone, transferred from a real primary. And the seed page's curl lines, as they are printed.
 */
import { execFileSync } from "node:child_process";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  findProgram,
  LOOPBACK,
  makeTsigKey,
  missingPrograms,
  type Peer,
  queryTcp,
  signZone,
  startCountersign,
  startKnot,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";

const missing = missingPrograms("knotd", "dnssec-signzone");
const tsig = makeTsigKey("sdk.example.", "hmac-sha512");

function zoneText(name: string): string {
  return `${name} 300 IN SOA ns1.${name} hostmaster.${name} 7 3600 600 86400 300
${name} 300 IN NS ns1.${name}
ns1.${name} 300 IN A 192.0.2.1
www.${name} 300 IN A 192.0.2.2
`;
}

describe.skipIf(missing.length > 0)(
  `the SDK${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    let client: Cloudflare;
    let account_id: string;
    let peer: string;

    beforeAll(async () => {
      const live = { name: "live.test.", text: zoneText("live.test.") };
      const presigned = signZone({ name: "presigned.test.", text: zoneText("presigned.test.") }, { denial: "nsec" });
      primary = await startKnot({ zones: [live, presigned], tsig });
      product = await startCountersign({
        env: { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_NAMESERVERS: "ns1.operator.test,ns2.operator.test" },
      });
      client = new Cloudflare({ apiToken: TEST_TOKEN, baseURL: `${product.url}/client/v4` });
      for await (const account of client.accounts.list()) account_id = account.id;
      const key = await client.dns.zoneTransfers.tsigs.create({
        account_id,
        name: tsig.name,
        algo: `${tsig.algorithm}.`,
        secret: tsig.secret,
      });
      peer = (await client.dns.zoneTransfers.peers.create({ account_id, name: "knot" })).id!;
      await client.dns.zoneTransfers.peers.update(peer, {
        account_id,
        name: "knot",
        ip: primary.address,
        port: primary.port,
        tsig_id: key.id,
      });
    });
    afterAll(async () => {
      await Promise.all([primary?.stop(), product?.stop()]);
    });

    async function addZone(name: string): Promise<string> {
      const zone = await client.zones.create({ name, type: "secondary", account: { id: account_id } });
      expect(zone.name_servers).toEqual(["ns1.operator.test", "ns2.operator.test"]);
      await client.dns.zoneTransfers.incoming.create({
        zone_id: zone.id,
        name: `${name}.`,
        peers: [peer],
        auto_refresh_seconds: 300,
      });
      return zone.id;
    }

    const serial = (zone_id: string) => async () =>
      (await client.dns.zoneTransfers.incoming.get({ zone_id })).soa_serial === 7;

    /** Answer records of a question with DO, counted by the header. */
    async function answers(name: string, type: number): Promise<number> {
      const reply = await queryTcp(product, { name, type, edns: { do: true } });
      return (reply[6]! << 8) | reply[7]!;
    }

    test("brings a zone in and signs it live", async () => {
      const zone_id = await addZone("live.test");
      await until("the transfer", serial(zone_id));
      const names: (string | undefined)[] = [];
      for await (const record of client.dns.records.list({ zone_id, type: "A" })) names.push(record.name);
      expect(names.sort()).toEqual(["ns1.live.test", "www.live.test"]);
      expect(await client.dns.dnssec.get({ zone_id })).toMatchObject({ status: "disabled", modified_on: null });
      const enabled = await client.dns.dnssec.edit({ zone_id, status: "active" });
      expect(enabled).toMatchObject({ status: "pending", algorithm: "13", digest_type: "2", flags: 257 });
      expect(enabled.ds).toMatch(/^live\.test\. 3600 IN DS \d+ 13 2 [0-9A-F]{64}$/);
      await until("signed answers", async () => (await answers("www.live.test.", 1)) === 2);
      const zsks: unknown[] = [];
      for await (const zsk of client.dns.dnssec.zsk.list({ zone_id })) zsks.push(zsk);
      expect(zsks).toHaveLength(1);
      await expect(
        client.dns.dnssec.edit({ zone_id, dnssec_presigned: true, dnssec_multi_signer: true }),
      ).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      expect(await client.dns.zoneTransfers.forceAXFR.create({ zone_id })).toBe("OK");
    });

    test.skipIf(!findProgram("curl"))("serves a pre-signed zone by the seed page's own curl lines", async () => {
      const zone_id = await addZone("presigned.test");
      const base = `${product.url}/client/v4/zones/`;
      // As printed: the base URL is what the page leaves out before {zone_id}, and its --data lacks the closing brace and quote.
      const line = `curl --silent --request PATCH ${base}${zone_id}/dnssec \\
--header 'X-Auth-Email: admin@localhost' \\
--header 'X-Auth-Key: ${TEST_TOKEN}' \\
--header 'Content-Type: application/json' \\
--data '{
"dnssec_presigned": true
}'`;
      const answer = JSON.parse(execFileSync("sh", ["-c", line], { encoding: "utf8" })) as {
        success: boolean;
        result: object;
      };
      expect(answer).toMatchObject({ success: true, result: { dnssec_presigned: true } });
      await until("its signatures", async () => (await answers("www.presigned.test.", 1)) === 2);
      expect(await answers("presigned.test.", 48)).toBeGreaterThan(2);
    });

    test("takes a zone away again", async () => {
      const zones: string[] = [];
      for await (const zone of client.zones.list({ type: ["secondary"] } as object)) zones.push(zone.id);
      expect(zones).toHaveLength(2);
      for (const zone_id of zones) expect(await client.zones.delete({ zone_id })).toMatchObject({ id: zone_id });
      await until("refused", async () => ((await queryTcp(product, { name: "live.test.", type: 6 }))[3]! & 15) === 5);
      await expect(client.zones.get({ zone_id: zones[0]! })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    });
  },
);
