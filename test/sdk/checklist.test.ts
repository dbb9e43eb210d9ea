/**
 * Rows of docs/checklist.md that no other suite shows, by the provider's official SDK against the whole product, answers read by
 * dns-packet.
 */
import Cloudflare from "cloudflare";
import { decode, type TxtData } from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms, queryTcp, signZone, TEST_TOKEN, until } from "../peers/index.ts";
import { addPeer, addZone, collect, smallZone, startWorld, untilAnswers, type World } from "./world.ts";

const missing = missingPrograms("knotd", "dnssec-signzone");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const [A, SOA, ANY, NSEC] = [1, 6, 255, "NSEC"] as const;
const MAX_PEERS = 30;

type Attempt = {
  readonly outcome: string;
  readonly serial_before: number | null;
  readonly serial_after: number | null;
};

/** SOA with a TTL of 900 and a minimum of 120: the lower counts for denials. */
const soaZone = (name: string) => ({
  name,
  text: `${name} 900 IN SOA ns1.${name} hostmaster.${name} 7 3600 600 86400 120
${name} 300 IN NS ns1.${name}
ns1.${name} 300 IN A 192.0.2.1
www.${name} 300 IN A 192.0.2.2
www.${name} 300 IN TXT "x"
`,
});

describe.skipIf(missing.length > 0)(`the checklist${leftOut}`, () => {
  let world: World;
  let client: Cloudflare;
  let peer: string;

  beforeAll(async () => {
    const signed = signZone(smallZone("signed.test."), { denial: "nsec" });
    world = await startWorld([smallZone("small.test."), soaZone("soa.test."), signed]);
    ({ client } = world);
    ({ peer } = await addPeer(world));
  });
  afterAll(() => world?.stop());

  const ask = async (name: string, type: number) =>
    decode(Buffer.from(await queryTcp(world.product, { name, type, edns: { do: true } })));
  const refused = (call: PromiseLike<unknown>, code: number) =>
    expect(call).rejects.toMatchObject({ status: 400, errors: [{ code, message: expect.stringMatching(/.{20}/) }] });

  test("rows 1 and 3: blanks within a name are refused with what is wrong; around it they are nobody's intention", async () => {
    const { account } = world;
    const create = (name: string) =>
      client.zones.create({ name, type: "secondary", account: { id: account.account_id } });
    for (const name of ["a b.test", "a\tb.test", "a .test"]) {
      await expect(create(name), name).rejects.toMatchObject({
        status: 400,
        errors: [{ code: 1099, message: expect.stringContaining("no blanks") }],
      });
    }
    const { id, name } = await create(" blanks.test ");
    expect(name).toBe("blanks.test");
    await client.zones.delete({ zone_id: id });
    const tsig = { ...account, algo: "hmac-sha256.", secret: "c2VjcmV0LW9mLWEtdGVzdA==" };
    const made = client.dns.zoneTransfers.tsigs.create({ ...tsig, name: "a b.test." });
    await expect(made).rejects.toMatchObject({
      status: 400,
      errors: [{ code: 20314, message: expect.stringContaining("no blanks") }],
    });
  });

  test("row 2: thirty primaries are taken, the thirty-first is refused; names are echoed as they were given", async () => {
    const { peers, incoming } = client.dns.zoneTransfers;
    const { account } = world;
    const zone = await client.zones.create({
      name: "many.test",
      type: "secondary",
      account: { id: account.account_id },
    });
    const made: string[] = [];
    // Row 3: all fields at once, which the SDK's types do not know and Terraform sends.
    for (let i = 0; i <= MAX_PEERS; i++) {
      const fields = { name: `p${i}`, ip: "192.0.2.9", port: 5300 + i, ixfr_enable: true };
      const one = await peers.create({ ...account, ...fields } as never);
      expect(one).toMatchObject(fields);
      made.push(one.id);
    }
    // One request has them all: the SDK asks for no second page of these lists.
    const listed = (await peers.list(account)).result.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(made));
    const config = { zone_id: zone.id, name: "many.test", auto_refresh_seconds: 300 };
    await expect(incoming.create({ ...config, peers: made })).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
    const kept = await incoming.create({ ...config, peers: made.slice(0, MAX_PEERS) });
    expect(kept.name).toBe("many.test");
    expect([...kept.peers!].sort()).toEqual(made.slice(0, MAX_PEERS).sort());
    await client.zones.delete({ zone_id: zone.id });
    for (const id of made) await peers.delete(id, account);
  });

  test("rows 8, 9, 12: force_axfr says OK at once, what came of it is shown; without primaries it is served on", async () => {
    const { incoming, forceAXFR } = client.dns.zoneTransfers;
    const zone_id = await addZone(world, peer, "small.test");
    const first = await incoming.get({ zone_id });
    expect(first).toMatchObject({ soa_serial: 7 });
    for (const time of [first.checked_time, first.created_time, first.modified_time]) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    }
    await world.primary.replaceZone({
      name: "small.test.",
      text: smallZone("small.test.").text.replace(" 7 3600", " 8 3600"),
    });
    expect(await forceAXFR.create({ zone_id })).toBe("OK");
    const after = await until("the new serial", async () => {
      const now = await incoming.get({ zone_id });
      return now.soa_serial === 8 ? now : undefined;
    });
    expect(Date.parse(after.checked_time!)).toBeGreaterThanOrEqual(Date.parse(first.checked_time!));
    await until("the transfer in the list of attempts", async () => {
      const list = (await world.product.call("GET", `/countersign/v1/zones/${zone_id}/transfers`)) as Attempt[];
      return list.some(
        ({ outcome, serial_before, serial_after }) => outcome === "taken" && serial_before === 7 && serial_after === 8,
      );
    });
    await incoming.update({ zone_id, name: "small.test.", peers: [], auto_refresh_seconds: 300 });
    await expect(forceAXFR.create({ zone_id })).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
    const [record] = await collect(client.dns.records.list({ zone_id, type: "A" }));
    await refused(client.dns.records.delete(record!.id, { zone_id }), 20501);
    expect((await ask("www.small.test", A)).answers).toHaveLength(1);
    await incoming.update({ zone_id, name: "small.test.", peers: [peer], auto_refresh_seconds: 300 });
  });

  test("rows 15 to 20: nothing of a secondary zone is written, overrides are refused by their own code, never done in silence", async () => {
    const [zone] = await collect(client.zones.list({ name: "small.test" }));
    const zone_id = zone!.id;
    const { records, settings } = client.dns;
    const write = { zone_id, name: "www.small.test", type: "A", content: "192.0.2.9", ttl: 300 } as const;
    await refused(records.create({ ...write, proxied: true }), 20503);
    await refused(settings.zone.edit({ zone_id, secondary_overrides: true }), 20503);
    await refused(records.create({ ...write, name: "small.test", type: "CNAME", content: "x.test" } as never), 20501);
    await refused(records.batch({ zone_id, posts: [write] }), 20501);
    await refused(records.import({ zone_id, file: "x 300 IN A 192.0.2.1\n" }), 20501);
    // As curl sends it: a part with a file's name.
    const form = new FormData();
    form.append("file", new Blob(["x 300 IN A 192.0.2.1\n"]), "zone.txt");
    const headers = { authorization: `Bearer ${TEST_TOKEN}` };
    const base = `${world.product.url}/client/v4/zones/${zone_id}/dns_records`;
    const sent = await fetch(`${base}/import`, { method: "POST", headers, body: form });
    expect([sent.status, ((await sent.json()) as { errors: { code: number }[] }).errors[0]!.code]).toEqual([
      400, 20501,
    ]);
    const exported = await fetch(`${base}/export`, { headers });
    expect(exported.headers.get("content-type")).toMatch(/^text\/plain/);
    const all = await collect(records.list({ zone_id }));
    expect(all.every((one) => one.proxied === false)).toBe(true);
    expect((await records.list({ zone_id, page: 99 })).result).toEqual([]);
    // The same identifiers after the next transfer.
    const before = all.map(({ id, name, type }) => [id, name, type]);
    await client.dns.zoneTransfers.forceAXFR.create({ zone_id });
    expect((await collect(records.list({ zone_id }))).map(({ id, name, type }) => [id, name, type])).toEqual(before);
    const dnssec = await client.dns.dnssec.edit({ zone_id, dnssec_presigned: true });
    expect(dnssec).toMatchObject({ dnssec_presigned: true });
    await refused(settings.zone.edit({ zone_id, secondary_overrides: true }), 20503);
    await client.dns.dnssec.edit({ zone_id, dnssec_presigned: false });
  });

  test("row 28: a denial is kept for the lower of the SOA's TTL and minimum, in every kind of denial", async () => {
    const zone_id = await addZone(world, peer, "soa.test");
    const { dnssec } = client.dns;
    const kinds = [
      [{ status: "active" }, "compact", NSEC],
      [{ status: "active" }, "chain", NSEC],
      [{ status: "active", dnssec_use_nsec3: true }, "compact", "NSEC3"],
    ] as const;
    for (const [edit, denial, type] of kinds) {
      await world.product.call("PATCH", `/countersign/v1/zones/${zone_id}/settings`, { denial });
      await dnssec.edit({ zone_id, ...edit });
      const said = await until(`${type} by ${denial}`, async () => {
        const { authorities = [] } = await ask("nowhere.soa.test", A);
        const types = authorities.map((one) => one.type as string);
        return types.includes(type) ? authorities : undefined;
      });
      const ttls = said.map((one) => ("ttl" in one ? one.ttl : undefined));
      expect(ttls, `${type} by ${denial}`).toEqual(said.map(() => 120));
    }
    await dnssec.edit({ zone_id, status: "active", dnssec_use_nsec3: false });
  });

  test("row 36: ANY gets one small answer, signed where the zone is", async () => {
    const [zone] = await collect(client.zones.list({ name: "soa.test" }));
    await untilAnswers(world.product, "www.soa.test.", A, 2);
    const { answers = [] } = await ask("www.soa.test", ANY);
    expect(answers.map(({ type }) => type)).toEqual(["HINFO", "RRSIG"]);
    await client.dns.dnssec.edit({ zone_id: zone!.id, status: "disabled" });
    await client.dns.dnssec.delete({ zone_id: zone!.id });
    await untilAnswers(world.product, "www.soa.test.", A, 1);
    const plain = (await ask("www.soa.test", ANY)).answers ?? [];
    expect(plain).toMatchObject([{ type: "HINFO", ttl: 3789, data: { cpu: "RFC8482", os: "" } }]);
  });

  test("row 44: settings in every form that old and new clients send; what is in force is accepted, all else told by its field", async () => {
    const [found] = await collect(client.zones.list({ name: "soa.test" }));
    const zone_id = found!.id;
    const { zone, account } = client.dns.settings;
    const now = await zone.get({ zone_id });
    expect(now).toMatchObject({
      soa: { ttl: 900, min_ttl: 120, refresh: 3600 },
      nameservers: { type: "cloudflare.standard" },
    });
    const edit = (body: object) => zone.edit({ zone_id, ...body } as never);
    const { internal_dns: _, ...same } = now as unknown as Record<string, unknown>;
    for (const body of [same, { foundation_dns: false }, { soa: { refresh: 3600 } }, {}])
      expect(await edit(body)).toEqual(now);
    const wrong: readonly (readonly [object, string])[] = [
      [{ foundation_dns: true }, "/foundation_dns"],
      [{ nameservers: { type: "cloudflare.advanced" } }, "/nameservers/type"],
      [{ nameservers: { type: "custom.zone", ns_set: 2 } }, "/nameservers/type"],
      [{ nameservers: { type: "nobody's" } }, "/nameservers/type"],
      [{ ns_ttl: 29 }, "/ns_ttl"],
      [{ soa: { refresh: 599 } }, "/soa/refresh"],
      [{ soa: { ttl: 300 } }, "/soa/ttl"],
      [{ zone_mode: "cdn_only" }, "/zone_mode"],
    ];
    for (const [body, pointer] of wrong) {
      const error = { status: 400, errors: [{ source: { pointer } }] };
      await expect(edit(body), JSON.stringify(body)).rejects.toMatchObject(error);
    }
    expect(await zone.get({ zone_id })).toEqual(now);
    const { zone_defaults } = await account.get(world.account);
    expect(await account.edit({ ...world.account, zone_defaults } as never)).toMatchObject({ zone_defaults });
    await expect(account.edit({ ...world.account, zone_defaults: { ns_ttl: 300 } })).rejects.toBeInstanceOf(
      Cloudflare.BadRequestError,
    );
  });

  test("row 51: a zone can't be made a primary one, nor two things at once; its records stay", async () => {
    const [zone] = await collect(client.zones.list({ name: "soa.test" }));
    const zone_id = zone!.id;
    await refused(client.zones.edit({ zone_id, type: "full" }), 20101);
    await refused(client.zones.edit({ zone_id, type: "secondary", paused: true }), 20104);
    expect(await client.zones.edit({ zone_id, type: "secondary" })).toMatchObject({ type: "secondary" });
    expect((await ask("soa.test", SOA)).answers).toHaveLength(1);
  });

  test("rows 30 and 33: DNSKEYs of the primary are served as they came when pre-signed, and never leak into live signing", async () => {
    const zone_id = await addZone(world, peer, "signed.test");
    const tags = async () => {
      const { answers = [] } = await ask("signed.test", 48);
      return answers
        .filter(({ type }) => type === "DNSKEY")
        .map((one) => (one as unknown as TxtData & { data: { key: Buffer } }).data.key.toString("base64"))
        .sort();
    };
    await client.dns.dnssec.edit({ zone_id, dnssec_presigned: true });
    await untilAnswers(world.product, "www.signed.test.", A, 2);
    const primarys = await tags();
    expect(primarys).toHaveLength(2);
    await client.dns.dnssec.edit({ zone_id, dnssec_presigned: false, status: "active" });
    const ours = await until("our keys", async () => {
      const now = await tags();
      return now.length === 2 && now.every((key) => !primarys.includes(key)) ? now : undefined;
    });
    const { public_key } = await client.dns.dnssec.get({ zone_id });
    expect(ours).toContain(public_key);
    const denied = (await ask("nowhere.signed.test", A)).authorities ?? [];
    expect(
      denied
        .filter(({ type }) => type === "RRSIG")
        .map((one) => (one as unknown as { data: { algorithm: number } }).data.algorithm),
    ).toEqual(denied.filter(({ type }) => type === "RRSIG").map(() => 13));
  });
});
