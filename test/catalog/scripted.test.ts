/** Catalogs as a primary may never send them: broken in every way, handed over, clashing; and the start after a kill in the middle. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { missingPrograms, startBind, until } from "../peers/index.ts";
import { makeDirectory, removeDirectory } from "../peers/server-process.ts";
import {
  addCatalog,
  type Catalog,
  catalogOf,
  membersOf,
  memberText,
  NOERROR,
  REFUSED,
  rcodeOf,
  untilMembers,
  untilRcode,
} from "./world.ts";

let product: Countersign;
let primary: HostilePrimary;
beforeAll(async () => {
  [product, primary] = await Promise.all([startCountersign({ env: ALONE }), startHostilePrimary()]);
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
});

let serial = 1;

/** Serves a catalog of these lines and has it fetched. */
async function update(name: string, lines: string, on: Catalog | undefined, version = 'version TXT "2"\n') {
  const head = `$ORIGIN ${name}\n$TTL 0\n@ SOA invalid. invalid. ${++serial} 3600 600 86400 0\n@ NS invalid.\n`;
  primary.serve({ name, text: `${head}${version}${lines}` });
  if (on) await product.call("POST", `/client/v4/zones/${on.id}/secondary_dns/force_axfr`);
}

const serveMembers = (...names: string[]): void => {
  for (const name of names) primary.serve({ name, text: memberText(name) });
};

async function fresh(name: string, lines: string, settings: object = {}): Promise<Catalog> {
  await update(name, lines, undefined);
  return addCatalog(product, name, primary, settings);
}

const zoneIdOf = async (catalog: Catalog, name: string): Promise<string> =>
  (await membersOf(product, catalog.id)).find((member) => member.name === name)!.zone_id!;

describe("a broken version", () => {
  const name = "broken.catz.";
  const good = "a PTR x.\na.zones PTR one.broken.\nb.zones PTR two.broken.\n";
  const states = ["one.broken member", "two.broken member"];
  let catalog: Catalog;
  beforeAll(async () => {
    serveMembers("one.broken.", "two.broken.", "three.broken.");
    catalog = await fresh(name, good, { max_members: 3 });
    await untilMembers(product, catalog.id, states);
    // A member is there before its first transfer.
    await untilRcode(product, "one.broken.", NOERROR);
  });

  test.each([
    ["version-missing", good, ""],
    ["version-unknown", good, 'version TXT "1"\n'],
    ["version-unknown", "", 'version TXT "3"\n'],
    ["version-several", good, 'version TXT "1"\nversion TXT "2"\n'],
    ["member-several", "a.zones PTR one.broken.\na.zones PTR three.broken.\n", undefined],
    ["member-twice", "a.zones PTR one.broken.\nc.zones PTR One.Broken.\n", undefined],
    ["coo-several", "a.zones PTR one.broken.\ncoo.a.zones PTR x.\ncoo.a.zones PTR y.\n", undefined],
    ["too-many-members", Array.from({ length: 200 }, (_, i) => `x${i}.ext TXT "stuffing"\n`).join(""), undefined],
    ["too-many-members", "a.zones PTR a.\nb.zones PTR b.\nc.zones PTR c.\nd.zones PTR d.\n", undefined],
  ])("%s: the old state holds and is told, a good version mends it", async (code, lines, version) => {
    await update(name, lines, catalog, version);
    await until(code, async () => (await catalogOf(product, catalog.id)).fault?.code === code || undefined);
    expect((await catalogOf(product, catalog.id)).state).toBe("broken");
    await untilMembers(product, catalog.id, states);
    expect(await rcodeOf(product, "one.broken.")).toBe(NOERROR);
    await update(name, good, catalog);
    await until("mended", async () => (await catalogOf(product, catalog.id)).state === "applied" || undefined);
    await untilMembers(product, catalog.id, states);
  });
});

test("another label in one step: keys and data go, and it begins anew", async () => {
  serveMembers("one.reset.");
  const catalog = await fresh("reset.catz.", "a.zones PTR one.reset.\n", { defaults: { mode: "live" } });
  await untilRcode(product, "one.reset.", NOERROR);
  const before = await zoneIdOf(catalog, "one.reset");
  const { dnssec } = await product.status(before);
  expect(dnssec.own_ds).toHaveLength(1);
  await update("reset.catz.", "b.zones PTR one.reset.\n", catalog);
  await until(
    "reset",
    async () => (await membersOf(product, catalog.id)).some(({ node }) => node === "b") || undefined,
  );
  await until("anew", async () => (await zoneIdOf(catalog, "one.reset")) !== before || undefined);
  await untilRcode(product, "one.reset.", NOERROR);
  const after = await product.status(await zoneIdOf(catalog, "one.reset"));
  expect(after.dnssec.own_ds).not.toEqual(dnssec.own_ds);
});

test("a name that exists by hand is left alone, and comes from the catalog when it is free", async () => {
  serveMembers("one.hand.");
  const byHand = await product.addZone({
    name: "one.hand.",
    primary: { kind: "knot", address: primary.address, port: primary.port },
    mode: "live",
  });
  const catalog = await fresh("hand.catz.", "a.zones PTR one.hand.\nb.zones PTR .\n");
  await untilMembers(product, catalog.id, [". refused not-a-zone", "one.hand refused exists"]);
  expect((await product.status(byHand)).mode).toBe("live");
  await update("hand.catz.", "", catalog);
  await untilMembers(product, catalog.id, []);
  await untilRcode(product, "one.hand.", NOERROR);
  await product.call("DELETE", `/client/v4/zones/${byHand}`);
  await update("hand.catz.", "a.zones PTR one.hand.\n", catalog);
  await untilMembers(product, catalog.id, ["one.hand member"]);
});

test("change of ownership: by coo alone, with the keys when the label is the same", async () => {
  serveMembers("same.coo.", "other.coo.", "stolen.coo.");
  const settings = { defaults: { mode: "live" } };
  const members = "s.zones PTR same.coo.\no.zones PTR other.coo.\nt.zones PTR stolen.coo.\n";
  const old = await fresh("old.catz.", members, settings);
  await untilMembers(product, old.id, ["other.coo member", "same.coo member", "stolen.coo member"]);
  const ids = await Promise.all(["same.coo", "other.coo", "stolen.coo"].map((name) => zoneIdOf(old, name)));
  const theirs = "s.zones PTR same.coo.\nx.zones PTR other.coo.\nt.zones PTR stolen.coo.\n";
  const next = await fresh("new.catz.", theirs, settings);
  const refused = [
    "other.coo refused other-catalog",
    "same.coo refused other-catalog",
    "stolen.coo refused other-catalog",
  ];
  await untilMembers(product, next.id, refused);

  // The old owner says so: nothing moves before the new catalog comes again (section 4.3.1).
  const appliedOf = async () => (await catalogOf(product, old.id)).applied_serial;
  let before = await appliedOf();
  await update("old.catz.", `${members}coo.s.zones PTR new.catz.\ncoo.o.zones PTR new.catz.\n`, old);
  await until("coo applied", async () => (await appliedOf()) !== before);
  await untilMembers(product, next.id, refused);
  await update("new.catz.", theirs, next);
  await untilMembers(product, next.id, ["other.coo member", "same.coo member", "stolen.coo refused other-catalog"]);
  await untilMembers(product, old.id, ["stolen.coo member"]);
  expect(await zoneIdOf(next, "same.coo")).toBe(ids[0]);
  expect(await zoneIdOf(next, "other.coo")).not.toBe(ids[1]);

  // The old owner forgets them: they are not its own any more.
  before = await appliedOf();
  await update("old.catz.", "t.zones PTR stolen.coo.\n", old);
  await until("old applied", async () => (await appliedOf()) !== before);
  await untilMembers(product, next.id, ["other.coo member", "same.coo member", "stolen.coo refused other-catalog"]);
  await untilRcode(product, "same.coo.", NOERROR);
});

test("the grace period ends: data and keys are gone for good", async () => {
  serveMembers("one.grace.");
  const catalog = await fresh("grace.catz.", "a.zones PTR one.grace.\n", { grace_seconds: 0 });
  await untilRcode(product, "one.grace.", NOERROR);
  await update("grace.catz.", "", catalog);
  await untilMembers(product, catalog.id, []);
  expect(await product.call("GET", "/client/v4/zones?name=one.grace")).toEqual([]);
});

test("kept zones can be deleted by hand; a catalog is given up with its members", async () => {
  serveMembers("one.gone.", "two.gone.");
  const catalog = await fresh("gone.catz.", "a.zones PTR one.gone.\nb.zones PTR two.gone.\n");
  await untilMembers(product, catalog.id, ["one.gone member", "two.gone member"]);
  await update("gone.catz.", "a.zones PTR one.gone.\n", catalog);
  await untilMembers(product, catalog.id, ["one.gone member", "two.gone kept"]);
  await product.call("DELETE", `/client/v4/zones/${await zoneIdOf(catalog, "two.gone")}`);
  await untilMembers(product, catalog.id, ["one.gone member"]);
  await product.call("DELETE", `/countersign/v1/catalogs/${catalog.id}?members=remove`);
  expect(await rcodeOf(product, "one.gone.")).toBe(REFUSED);
});

test("settings are put in force for members that are there when that is wanted", async () => {
  serveMembers("one.now.");
  const catalog = await fresh("now.catz.", "a.zones PTR one.now.\n");
  await untilRcode(product, "one.now.", NOERROR);
  const id = await zoneIdOf(catalog, "one.now");
  const path = `/countersign/v1/catalogs/${catalog.id}`;
  await product.call("PATCH", path, { defaults: { mode: "live", denial: "chain" } });
  await until("at rest", async () => (await catalogOf(product, catalog.id)).state === "applied" || undefined);
  expect((await product.status(id)).mode).toBe("unsigned");
  await product.call("PATCH", path, { apply_to_members: true });
  await until("live", async () => (await product.status(id)).mode === "live" || undefined);
});

test("settings that can't be are refused with their place", async () => {
  const wrong = (body: object) =>
    product.call("POST", "/countersign/v1/catalogs", { name: "w.catz", peers: [], ...body });
  const group = { group: "g", mode: "live" };
  await expect(wrong({ groups: [group, group] })).rejects.toThrow(/20703/);
  await expect(wrong({ allowed: ["a..b"] })).rejects.toThrow(/20702/);
  await expect(wrong({ peers: ["f".repeat(32)] })).rejects.toThrow(/20704/);
  await expect(product.call("GET", `/countersign/v1/catalogs/${"f".repeat(32)}`)).rejects.toThrow(/20701/);
});

describe("killed in the middle", () => {
  const names = Array.from({ length: 150 }, (_, i) => `n${String(i).padStart(3, "0")}.kill.`);
  const lines = (from: number, to: number) =>
    names
      .slice(from, to)
      .map((name, i) => `m${from + i}.zones PTR ${name}\n`)
      .join("");

  test("every start goes on where the last one was: nothing twice, nothing lost, what was kept is kept", async () => {
    serveMembers(...names);
    const directory = makeDirectory("catalog-kill");
    let own = await startCountersign({ env: ALONE, directory });
    try {
      const again = async () => {
        await own.kill();
        own = await startCountersign({ env: ALONE, directory });
      };
      await update("kill.catz.", lines(0, 100), undefined);
      const catalog = await addCatalog(own, "kill.catz.", primary, { defaults: { mode: "live" } });
      for (const least of [1, 40]) {
        await until(`${least} members`, async () => (await catalogOf(own, catalog.id)).members >= least || undefined);
        await again();
      }
      const bare = (from: number, to: number) => names.slice(from, to).map((name) => name.slice(0, -1));
      await untilMembers(
        own,
        catalog.id,
        bare(0, 100).map((name) => `${name} member`),
      );
      await update("kill.catz.", lines(50, 150), undefined);
      await own.call("POST", `/client/v4/zones/${catalog.id}/secondary_dns/force_axfr`);
      await until("some left", async () => (await catalogOf(own, catalog.id)).kept > 0 || undefined);
      await again();
      await untilMembers(own, catalog.id, [
        ...bare(0, 50).map((name) => `${name} kept`),
        ...bare(50, 150).map((name) => `${name} member`),
      ]);
      await untilRcode(own, names[149]!, NOERROR);
      await again();
      for (const [name, rcode] of [
        [names[0]!, REFUSED],
        [names[149]!, NOERROR],
        ["kill.catz.", REFUSED],
      ] as const)
        expect(await rcodeOf(own, name), name).toBe(rcode);
    } finally {
      await own.stop();
      removeDirectory(directory);
    }
  }, 240_000);
});

describe.skipIf(missingPrograms("named").length > 0)("written by hand, from BIND", () => {
  test("members come and go with the zone's versions", async () => {
    const catalogText = (version: number, lines: string) =>
      `$ORIGIN catz.bind.\n$TTL 0\n@ SOA invalid. invalid. ${version} 3600 600 86400 0\n@ NS invalid.\nversion TXT "2"\n${lines}`;
    const members = ["one.bind.", "two.bind."].map((name) => ({ name, text: memberText(name) }));
    const bind = await startBind({
      zones: [{ name: "catz.bind.", text: catalogText(1, "a.zones PTR one.bind.\n") }, ...members],
      notify: [product],
    });
    try {
      const catalog = await addCatalog(product, "catz.bind.", bind);
      await untilMembers(product, catalog.id, ["one.bind member"]);
      await untilRcode(product, "one.bind.", NOERROR);
      await bind.replaceZone({ name: "catz.bind.", text: catalogText(2, "b.zones PTR two.bind.\n") });
      await untilMembers(product, catalog.id, ["one.bind kept", "two.bind member"]);
      await untilRcode(product, "two.bind.", NOERROR);
    } finally {
      await bind.stop();
    }
  });
});
