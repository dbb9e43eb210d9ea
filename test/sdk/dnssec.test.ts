/**
 * DNSSEC through the provider's official SDK on the whole product: every combination of the switches with what is then
 * really answered, the states and what they allow, the seed page's curl lines, and the order in which Terraform goes about it.
 */
import { execFileSync } from "node:child_process";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findProgram,
  getProgram,
  LOOPBACK,
  missingPrograms,
  type SignedZone,
  signZone,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";
import { addPeer, addZone, collect, countRecords, smallZone, startWorld, untilAnswers, type World } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "dnssec-signzone");
const A = 1;
const DNSKEY = 48;
const CDS = 59;
const NXDOMAIN = 3;

describe.skipIf(missing.length > 0)(
  `DNSSEC by the SDK${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let world: World;
    let client: Cloudflare;
    let peer: string;
    let signed: SignedZone;

    beforeAll(async () => {
      signed = signZone(smallZone("signed.test."), { denial: "nsec" });
      const signed3 = signZone(smallZone("signed3.test."), { denial: "nsec3" });
      const plain = ["plain.test.", "states.test.", "curl.test.", "terraform.test."].map(smallZone);
      world = await startWorld([signed, signed3, ...plain]);
      client = world.client;
      ({ peer } = await addPeer(world));
    });
    afterAll(() => world?.stop());

    /** Types in the authority section of a denial. */
    const denial = (name: string): string[] => {
      const args = [`@${LOOPBACK}`, "-p", String(world.product.port), "+dnssec", "+noall", "+authority", name, "A"];
      const lines = execFileSync(getProgram("kdig"), args, { encoding: "utf8" }).split("\n");
      return [...new Set(lines.filter((line) => line !== "").map((line) => line.split(/\s+/)[3]!))].sort();
    };

    test("each combination of the switches, on a zone that the primary signed with NSEC", async () => {
      const zone_id = await addZone(world, peer, "signed.test");
      const { dnssec } = client.dns;
      const never = await dnssec.get({ zone_id });
      expect(never).toMatchObject({ status: "disabled", modified_on: null, ds: null, key_tag: null, public_key: null });
      expect(denial("no.signed.test.")).toEqual(["SOA"]);
      const primaryTag = Number(signed.ds.split(/\s+/)[3]);
      let ownTag: number | null | undefined;
      for (const presigned of [false, true]) {
        for (const multiSigner of [false, true]) {
          for (const useNsec3 of [false, true]) {
            const flags = {
              dnssec_presigned: presigned,
              dnssec_multi_signer: multiSigner,
              dnssec_use_nsec3: useNsec3,
            };
            const what = JSON.stringify(flags);
            const edit = dnssec.edit({ zone_id, status: "active", ...flags });
            if (presigned && multiSigner) {
              await expect(edit, what).rejects.toMatchObject({ status: 400, errors: [{ code: 20202 }] });
              expect(await dnssec.get({ zone_id })).toMatchObject({ dnssec_multi_signer: false });
              continue;
            }
            const shown = await edit;
            expect(shown, what).toMatchObject({ status: "pending", algorithm: "13", digest_type: "2", ...flags });
            expect(shown.flags, what).toBe(257);
            expect(await dnssec.get({ zone_id }), what).toEqual(shown);
            await untilAnswers(world.product, "www.signed.test.", A, 2);
            const expected = useNsec3 && !presigned ? "NSEC3" : "NSEC";
            await until(`${expected} for ${what}`, () => denial("no.signed.test.").includes(expected));
            expect(denial("no.signed.test."), what).toEqual([expected, "RRSIG", "SOA"]);
            if (presigned) expect(shown.key_tag, what).toBe(primaryTag);
            else {
              ownTag ??= shown.key_tag;
              expect(shown.key_tag, what).toBe(ownTag);
              expect(shown.key_tag, what).not.toBe(primaryTag);
            }
            const zsks = await collect(dnssec.zsk.list({ zone_id }));
            expect(zsks.map((zsk) => zsk.Tag).sort()).toEqual(multiSigner ? ["active", "external"] : ["active"]);
            expect(zsks[0]!.SigningKey).toEqual({ kek: null, privkey: null, pubkey: null });
            // Own KSK and ZSK, the primary's two, or all four; and one signature by each KSK that signs here.
            const keys = presigned ? 2 : multiSigner ? 4 : 2;
            await until(`${keys} DNSKEYs for ${what}`, async () => {
              const { answers } = await countRecords(world.product, "signed.test.", DNSKEY);
              return answers > keys && answers <= keys + 2;
            });
          }
        }
      }
    });

    test("a zone signed with NSEC3 is held until the switch allows it", async () => {
      const zone_id = await addZone(world, peer, "signed3.test");
      await client.dns.dnssec.edit({ zone_id, dnssec_presigned: true });
      const status = await until("the hold", async () => {
        const now = await world.product.status(zone_id);
        return now.held ? now : undefined;
      });
      expect(status.held!.code).toBe("dnssec.presigned-nsec3-not-enabled");
      expect(denial("no.signed3.test.")).toEqual(["SOA"]);
      const edited = await client.dns.dnssec.edit({ zone_id, dnssec_use_nsec3: true });
      expect(edited).toMatchObject({ dnssec_presigned: true, dnssec_use_nsec3: true });
      await until("NSEC3", () => denial("no.signed3.test.").includes("NSEC3"));
      expect(await countRecords(world.product, "no.signed3.test.", A)).toMatchObject({ rcode: NXDOMAIN });
    });

    test("states: what is refused in which, and that signing goes on until DELETE", async () => {
      const zone_id = await addZone(world, peer, "states.test");
      const { dnssec } = client.dns;
      const signs = (records: number) => untilAnswers(world.product, "www.states.test.", A, records);
      // Deleting what never was is no error: tools clean up.
      expect(await dnssec.delete({ zone_id })).toBe("");
      const first = await dnssec.edit({ zone_id, status: "active" });
      expect(first.status).toBe("pending");
      await signs(2);
      await expect(dnssec.delete({ zone_id })).rejects.toMatchObject({ status: 400, errors: [{ code: 20201 }] });
      const disabled = await dnssec.edit({ zone_id, status: "disabled" });
      expect(disabled).toMatchObject({ status: "disabled", key_tag: first.key_tag });
      expect(disabled.modified_on).not.toBeNull();
      await signs(2);
      expect((await countRecords(world.product, "states.test.", CDS)).answers).toBe(2);
      expect((await dnssec.edit({ zone_id, status: "active" })).key_tag).toBe(first.key_tag);
      await dnssec.edit({ zone_id, status: "disabled" });
      expect(await dnssec.delete({ zone_id })).toBe("");
      expect(await dnssec.get({ zone_id })).toMatchObject({ status: "disabled", modified_on: null, ds: null });
      expect(await collect(dnssec.zsk.list({ zone_id }))).toEqual([]);
      await signs(1);
      const second = await dnssec.edit({ zone_id, status: "active" });
      expect(second.public_key).not.toBe(first.public_key);
      await signs(2);
      for (const wrong of [{ status: "pending" }, { dnssec_presigned: "yes" }]) {
        const refusal = dnssec.edit({ zone_id, ...wrong } as never);
        await expect(refusal, JSON.stringify(wrong)).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      }
      // Neither a body without anything nor one with every flag off is malformed.
      expect(await dnssec.edit({ zone_id })).toMatchObject({ status: "pending" });
      const off = { dnssec_presigned: false, dnssec_multi_signer: false, dnssec_use_nsec3: false };
      expect(await dnssec.edit({ zone_id, status: "active", ...off })).toMatchObject({ status: "pending", ...off });
    });

    test.skipIf(!findProgram("curl"))("the seed page's line for live signing, and its details", async () => {
      const zone_id = await addZone(world, peer, "curl.test");
      const url = `${world.product.url}/client/v4/zones/`;
      // As printed: the base URL is what the page leaves out, and its --data lacks the closing brace and quote.
      const auth = `--header 'X-Auth-Email: admin@localhost' \\
--header 'X-Auth-Key: ${TEST_TOKEN}'`;
      const patch = `curl --silent --request PATCH ${url}${zone_id}/dnssec \\
${auth} \\
--header 'Content-Type: application/json' \\
--data '{
"status": "active"
}'`;
      const run = (line: string) => JSON.parse(execFileSync("sh", ["-c", line], { encoding: "utf8" })) as object;
      const result = { status: "pending", algorithm: "13", key_type: "ECDSAP256SHA256", digest_algorithm: "SHA256" };
      expect(run(patch)).toMatchObject({ success: true, errors: [], result });
      expect(run(`curl --silent ${url}${zone_id}/dnssec ${auth}`)).toMatchObject({ success: true, result });
      await untilAnswers(world.product, "www.curl.test.", A, 2);
    });

    test("Terraform: made in order, read without a difference, taken down in order", async () => {
      const { account, primary, tsig } = world;
      const { tsigs, peers, incoming } = client.dns.zoneTransfers;
      const writtenTsig = { name: tsig.name, algo: tsig.algorithm, secret: tsig.secret };
      const key = await tsigs.create({ ...account, ...writtenTsig });
      const made = await peers.create({ ...account, name: "terraform" });
      const writtenPeer = {
        name: "terraform",
        ip: primary.address,
        port: primary.port,
        ixfr_enable: false,
        tsig_id: key.id!,
      };
      await peers.update(made.id, { ...account, ...writtenPeer });
      const writtenZone = { name: "terraform.test", type: "secondary", paused: false } as const;
      const zone = await client.zones.create({ ...writtenZone, account: { id: account.account_id } });
      const zone_id = zone.id;
      const writtenIncoming = { name: "terraform.test", peers: [made.id], auto_refresh_seconds: 86_400 };
      await incoming.create({ zone_id, ...writtenIncoming });
      const flags = { dnssec_presigned: false, dnssec_multi_signer: true, dnssec_use_nsec3: true };
      expect((await client.dns.dnssec.edit({ zone_id, status: "active", ...flags })).status).toMatch(/active|pending/);
      await untilAnswers(world.product, "www.terraform.test.", A, 2);

      expect(await tsigs.get(key.id!, account)).toMatchObject(writtenTsig);
      expect(await peers.get(made.id, account)).toMatchObject(writtenPeer);
      expect(await client.zones.get({ zone_id })).toMatchObject(writtenZone);
      expect(await incoming.get({ zone_id })).toMatchObject(writtenIncoming);
      expect(await client.dns.dnssec.get({ zone_id })).toMatchObject({ status: "pending", ...flags });
      // An apply that changes nothing changes nothing.
      expect(await incoming.update({ zone_id, ...writtenIncoming })).toMatchObject(writtenIncoming);
      const before = await client.dns.dnssec.get({ zone_id });
      expect(await client.dns.dnssec.edit({ zone_id, status: "active", ...flags })).toEqual(before);

      expect((await client.dns.dnssec.edit({ zone_id, status: "disabled" })).status).toBe("disabled");
      expect(await client.dns.dnssec.delete({ zone_id })).toBe("");
      expect(await incoming.delete({ zone_id })).toEqual({ id: zone_id });
      expect(await peers.delete(made.id, account)).toEqual({ id: made.id });
      expect(await tsigs.delete(key.id!, account)).toEqual({ id: key.id });
      expect(await client.zones.delete({ zone_id })).toEqual({ id: zone_id });
      await expect(client.dns.dnssec.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      await expect(incoming.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    });
  },
);
