/** The provider's official SDK on outgoing transfers: every call, what it changes and how it refuses. */
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms, until } from "../peers/index.ts";
import { addPeer, addZone, smallZone, startWorld, type World } from "./world.ts";

const missing = missingPrograms("knotd");
const NOWHERE = "0".repeat(32);

describe.skipIf(missing.length > 0)(
  `the SDK's outgoing${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let world: World;
    let zone_id: string;
    let peer: string;

    beforeAll(async () => {
      world = await startWorld([smallZone("small.test.")]);
      ({ peer } = await addPeer(world));
      zone_id = await addZone(world, peer, "small.test");
    });
    afterAll(() => world?.stop());

    test("created, shown, enabled, notified, replaced, disabled, deleted", async () => {
      const { outgoing, peers } = world.client.dns.zoneTransfers;
      const { account } = world;
      const refused = { status: 400 };
      await expect(outgoing.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      await expect(outgoing.status.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      await expect(outgoing.enable({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);

      const bare = await peers.create({ ...account, name: "bare", ...{ ip: "192.0.2.7", port: 53 } });
      const config = { name: "small.test.", peers: [peer] };
      for (const wrong of [{ name: "other.test." }, { peers: [NOWHERE] }, { peers: [peer, bare.id] }]) {
        await expect(outgoing.create({ zone_id, ...config, ...wrong })).rejects.toMatchObject(refused);
      }
      const made = await outgoing.create({ zone_id, ...config });
      expect(made).toMatchObject({ id: zone_id, ...config, soa_serial: 7, last_transferred_time: null });
      expect(Date.parse(made.created_time!)).toBeGreaterThan(0);
      await expect(outgoing.create({ zone_id, ...config })).rejects.toMatchObject({ errors: [{ code: 20422 }] });
      expect(await outgoing.get({ zone_id })).toEqual(made);

      expect(await outgoing.status.get({ zone_id })).toBe("Disabled");
      await expect(outgoing.forceNotify({ zone_id })).rejects.toMatchObject(refused);
      expect(await outgoing.enable({ zone_id })).toBe("Enabled");
      expect(await outgoing.status.get({ zone_id })).toBe("Enabled");
      // The primary itself is the peer: it is told, whatever it thinks of that.
      const told = await until("a NOTIFY", async () => (await outgoing.get({ zone_id })).checked_time ?? undefined);
      expect(Date.parse(told)).toBeGreaterThanOrEqual(Date.parse(made.created_time!));
      expect(await outgoing.forceNotify({ zone_id })).toBe("OK");

      await expect(peers.delete(peer, account)).rejects.toMatchObject({ errors: [{ code: 20302 }] });
      const next = { name: "small.test", peers: [bare.id] };
      expect(await outgoing.update({ zone_id, ...next })).toMatchObject(next);
      await expect(peers.delete(bare.id, account)).rejects.toMatchObject({ errors: [{ code: 20302 }] });
      expect(await outgoing.update({ zone_id, ...next, peers: [] })).toMatchObject({ peers: [] });
      expect(await outgoing.status.get({ zone_id })).toBe("Enabled");
      expect(await outgoing.disable({ zone_id })).toBe("Disabled");
      expect(await outgoing.delete({ zone_id })).toEqual({ id: zone_id });
      await expect(outgoing.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      expect(await peers.delete(bare.id, account)).toEqual({ id: bare.id });
    });
  },
);
