/**
 * Keys of ours are rolled in a zone that another provider signs, too (RFC 8901 model 2): Knot or BIND, which is asked straight for
 * what it publishes. In each step resolvers get DNSKEY sets from either, answers from either, and hold sets of the step before.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Rollover } from "#contract";
import { startBindSigner, startKnotSigner } from "../multisigner/signers.ts";
import { exchangeKeys, ourDs, RRTYPE, rdatasOf } from "../multisigner/world.ts";
import { freePort, LOOPBACK, missingPrograms, type Peer, startNsd, until } from "../peers/index.ts";
import { PARENT, type Parent, startParent } from "../states/parent.ts";
import { text, World } from "./signers-world.ts";
import { isOver, keysOf, reaches, roll, rollovers, tagsIn } from "./world.ts";

const DAY = 86_400;

describe.skipIf(missingPrograms("named", "unbound", "dig").length > 0)("a ZSK is rolled beside another signer", () => {
  const zone = "two.signers.example.";
  let world: World;

  beforeAll(async () => {
    const port = await freePort();
    const specs = [{ name: zone, text: text(zone), denial: "nsec", keys: "split" }] as const;
    const signer = await startBindSigner(specs, { address: LOOPBACK, port });
    world = new World(zone, signer, port);
    await world.start();
    await world.take(signer);
    await exchangeKeys(world.product, signer, zone, world.id, world.anchors);
  });
  afterAll(async () => world?.stop());

  test("it signs when the other one has published it for long enough, and the old one stays at both until nobody needs it", async () => {
    const { signer } = world;
    const first = await world.expectSecure();
    const before = (await keysOf(world.product, world.id)).find(({ role }) => role === "zsk")!;

    await roll(world.product, world.id, "zsk");
    await reaches(world.product, world.id, "zsk", "partners");
    const asked = await until("the partner asked", async () => {
      const [going] = (await rollovers(world.product, world.id)).rollovers;
      return going?.partners ? going : undefined;
    });
    expect(asked.partners).toMatchObject([{ name: `ns.${zone.slice(0, -1)}`, has_new_key: false, error: null }]);
    expect(asked.why).toMatch(
      /Waited for since 20\d\d-\d\d-\d\d \d\d:\d\d UTC\. Asked at .* UTC: ns\..* does not publish it\./,
    );
    expect(asked.why).toContain("Its DNSKEY is not in the set that the primary brings.");
    expect(asked.until_time).toBeNull();
    const made = await world.newZsk();
    const second = await world.expectSecure(...first);
    // However long that takes.
    await world.killAndPass(10 * DAY);
    await reaches(world.product, world.id, "zsk", "partners");
    expect(tagsIn(world.product, `n0.${zone}`, "A")).toEqual([before.key_tag]);

    await signer.publishKey(zone, made.record, []);
    const wait = await reaches(world.product, world.id, "zsk", "keys-wait");
    expect(wait.wait_seconds).toBeGreaterThanOrEqual(3600 + 300);
    expect(tagsIn(world.product, `n0.${zone}`, "A")).toEqual([before.key_tag]);
    const third = await world.expectSecure(...second);

    await world.killAndPass(wait.wait_seconds!);
    await reaches(world.product, world.id, "zsk", "signatures-wait");
    await until("signed by the new key", async () =>
      tagsIn(world.product, `n1.${zone}`, "A").includes(made.tag) ? true : undefined,
    );
    const fourth = await world.expectSecure(...third);
    // What the wait was for: a set of theirs that nobody may hold any more.
    expect(await world.verdict(second[1]!, "ours")).toBe("bogus");
    expect(await world.verdict(second[1]!, "theirs")).toBe("secure");
    for (const server of [world.product, signer]) expect(await world.hasTag(server, before.key_tag)).toBe(true);

    await world.killAndPass(2 * DAY);
    const { past } = await isOver(world.product, world.id, "zsk");
    expect(past).toMatchObject([{ old_key_tag: before.key_tag, new_key_tag: made.tag, end: "rolled" }]);
    const fifth = await world.expectSecure(...fourth);
    const events = (await world.product.call("GET", `/countersign/v1/events?zone_id=${world.id}`)) as {
      code: string;
      message: string;
    }[];
    expect(events.find(({ code }) => code === "key.rolled")!.message).toMatch(
      /may take its DNSKEY out of their sets now/,
    );

    await signer.takeOut!([before.dnskey]);
    await until("the old key gone at both", async () => {
      const has = [await world.hasTag(signer, before.key_tag), await world.hasTag(world.product, before.key_tag)];
      return has.includes(true) ? undefined : true;
    });
    await world.expectSecure(...fifth);
  }, 300_000);
});

describe.skipIf(missingPrograms("knotd", "nsd", "unbound", "dig").length > 0)(
  "a primary that signs nothing itself",
  () => {
    const zone = "hidden.signers.example.";
    let world: World;
    let primary: Peer;

    beforeAll(async () => {
      const port = await freePort();
      const specs = [{ name: zone, text: text(zone), denial: "nsec", keys: "split" }] as const;
      const signer = await startKnotSigner(specs, { address: LOOPBACK, port });
      world = new World(zone, signer, port);
      await world.start();
      primary = await startNsd({ zones: [{ name: zone, text: text(zone) }] });
      await world.take(primary);
    });
    afterAll(async () => {
      await world?.stop();
      await primary?.stop();
    });

    test("what it brings is not what the other signer publishes: the other signer's own servers are believed", async () => {
      const { signer } = world;
      await roll(world.product, world.id, "zsk");
      const { record, tag } = await world.newZsk();
      await primary.replaceZone({
        name: zone,
        text: text(zone, `${record}\n`).replace("hostmaster 1 ", "hostmaster 2 "),
      });
      await world.product.call("POST", `/client/v4/zones/${world.id}/secondary_dns/force_axfr`);
      const seen = (more: (going: Rollover) => boolean) =>
        until("brought, and asked", async () => {
          const [going] = (await rollovers(world.product, world.id)).rollovers;
          return going?.partners?.length && (await world.hasTag(world.product, tag)) && more(going) ? going : undefined;
        });
      await world.product.served(world.id, zone, 2);
      const first = await seen(() => true);
      // Looked at again with all of that known.
      const again = await seen(({ partners }) => partners![0]!.asked_time > first.partners![0]!.asked_time);
      expect(again).toMatchObject({ step: "partners", partners: [{ has_new_key: false }] });
      expect(again.why).toContain("does not publish it. The set that the primary brings has it.");
      await signer.publishKey(zone, record, []);
      await reaches(world.product, world.id, "zsk", "keys-wait");
    }, 120_000);
  },
);

describe.skipIf(missingPrograms("named", "knotd", "unbound", "dig").length > 0)(
  "a KSK is rolled beside another signer",
  () => {
    const zone = `shared.${PARENT}`;
    let parent: Parent;
    let world: World;

    beforeAll(async () => {
      const port = await freePort();
      const specs = [{ name: zone, text: text(zone), denial: "nsec", keys: "split" }] as const;
      parent = await startParent();
      const signer = await startBindSigner(specs, { address: LOOPBACK, port });
      world = new World(zone, signer, port, parent.env);
      await world.start();
      await world.take(signer);
      await exchangeKeys(world.product, signer, zone, world.id, world.anchors);
      await parent.publish({ shared: { nameServers: ["ns.ours.example"], ds: world.anchors } });
      await until("active", async () => (await world.product.status(world.id)).dnssec.status === "active" || undefined);
    });
    afterAll(async () => {
      await world?.stop();
      await parent?.stop();
    });

    const cdsTags = async () => {
      const rdatas = await rdatasOf(world.product, zone, RRTYPE.CDS);
      return rdatas.map((rdata) => Number.parseInt(rdata.slice(0, 4), 16)).sort();
    };
    const tag = (ds: string) => Number(/ DS (\d+) /.exec(ds)![1]);

    test("CDS ask for both signers' DS, and the old key stays as long as the other one's CDS asks for it", async () => {
      const { signer } = world;
      const [oldDs, ...theirs] = world.anchors as [string, ...string[]];
      await roll(world.product, world.id, "ksk");
      const { ds, wait_seconds } = await reaches(world.product, world.id, "ksk", "keys-wait");
      const newDs = ds!;
      expect(await cdsTags()).toEqual([oldDs, ...theirs].map(tag).sort());
      const first = await world.expectSecure();

      await world.killAndPass(wait_seconds!);
      await reaches(world.product, world.id, "ksk", "parent");
      await until("CDS of the new key and theirs", async () => {
        const wanted = [newDs, ...theirs].map(tag).sort();
        return (await cdsTags()).join() === wanted.join() ? true : undefined;
      });
      const partner = `ns.${zone.slice(0, -1)}`;
      const asked = await until("the other signer asked", async () => {
        const [going] = (await rollovers(world.product, world.id)).rollovers;
        return going?.partners ? going : undefined;
      });
      expect(asked.partners).toMatchObject([{ name: partner, has_new_key: false }]);
      expect(asked.why).toContain(`the CDS of ${partner} still ask for the old key`);

      // The parent has both signers' DS throughout: each alone is an anchor that somebody may hold.
      await parent.publish({ shared: { nameServers: ["ns.ours.example"], ds: [newDs, ...theirs] } });
      const wait = await reaches(world.product, world.id, "ksk", "ds-wait");
      world.anchors = [newDs, ...theirs];
      const second = await world.expectSecure(...first);
      await world.killAndPass(wait.wait_seconds!);
      const stays = await until("the parent and the other signer asked", async () => {
        const [going] = (await rollovers(world.product, world.id)).rollovers;
        return going?.partners && going.ds_at_parent ? going : undefined;
      });
      expect(stays.step).toBe("ds-wait");
      expect(stays.why).toContain("which stays as long as they do");

      const old = (await keysOf(world.product, world.id)).find(({ ds: line }) => line === oldDs)!;
      const cds = (line: string) => line.replace(/^.* DS /, `${zone} 3600 IN CDS `);
      await signer.takeOut!([cds(oldDs), old.dnskey.replace(" DNSKEY ", " CDNSKEY ")]);
      await signer.publishKey(zone, cds(newDs), []);
      const { past } = await isOver(world.product, world.id, "ksk");
      expect(past).toMatchObject([{ kind: "ksk", end: "rolled" }]);
      await world.expectSecure(...second);
      expect(await ourDs(world.product, world.id)).toBe(newDs);
    }, 300_000);
  },
);
