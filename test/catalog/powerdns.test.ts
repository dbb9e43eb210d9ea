/** A catalog that PowerDNS produces (RFC 9432): members come, go, come back and change their group. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { missingPrograms, until } from "../peers/index.ts";
import { hasPowerDnsProducer, startPowerDnsProducer } from "./powerdns.ts";
import {
  addCatalog,
  type Catalog,
  catalogOf,
  membersOf,
  NOERROR,
  type Producer,
  REFUSED,
  rcodeOf,
  untilMembers,
  untilRcode,
} from "./world.ts";

const CATALOG = "catz.pdns.";

describe.skipIf(missingPrograms("pdns_server").length > 0 || !hasPowerDnsProducer())("produced by PowerDNS", () => {
  let product: Countersign;
  let powerDns: Producer;
  let catalog: Catalog;
  beforeAll(async () => {
    product = await startCountersign({ env: ALONE });
    const members = [{ name: "one.pdns." }, { name: "two.pdns.", group: "signed" }];
    powerDns = await startPowerDnsProducer(CATALOG, members, product);
    catalog = await addCatalog(product, CATALOG, powerDns, { groups: [{ group: "signed", mode: "live" }] });
  });
  afterAll(async () => {
    await product?.stop();
    await powerDns?.stop();
  });

  test("its members are served, set up by their groups", async () => {
    await untilMembers(product, catalog.id, ["one.pdns member", "two.pdns member"]);
    await untilRcode(product, "one.pdns.", NOERROR);
    await untilRcode(product, "two.pdns.", NOERROR);
    const [one, two] = await membersOf(product, catalog.id);
    await until("modes", async () => (await product.status(two!.zone_id!)).mode === "live" || undefined);
    expect((await product.status(one!.zone_id!)).mode).toBe("unsigned");
    expect(await rcodeOf(product, CATALOG)).toBe(REFUSED);
    expect(await catalogOf(product, catalog.id)).toMatchObject({
      state: "applied",
      members: 2,
      refused: 0,
      fault: null,
    });
  });

  test("by its NOTIFY one comes and one goes, which comes back with its keys", async () => {
    const two = (await membersOf(product, catalog.id)).find(({ name }) => name === "two.pdns")!;
    const { own_ds: before } = (await product.status(two.zone_id!)).dnssec;
    expect(before).toHaveLength(1);
    await powerDns.setMembers([{ name: "one.pdns." }, { name: "three.pdns." }]);
    await untilMembers(product, catalog.id, ["one.pdns member", "three.pdns member", "two.pdns kept"]);
    await untilRcode(product, "three.pdns.", NOERROR);
    await untilRcode(product, "two.pdns.", REFUSED);
    await powerDns.setMembers([{ name: "one.pdns." }, { name: "three.pdns." }, { name: "two.pdns.", group: "signed" }]);
    await untilMembers(product, catalog.id, ["one.pdns member", "three.pdns member", "two.pdns member"]);
    await untilRcode(product, "two.pdns.", NOERROR);
    expect((await product.status(two.zone_id!)).dnssec.own_ds).toEqual(before);
  });
});
