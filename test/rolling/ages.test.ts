/**
 * Keys that grow old on the whole product: nobody orders anything. Like in world.ts time passes while the product is killed: the
 * key was made so much earlier that it falls due soon after the start.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Rollovers } from "#contract";
import {
  type Countersign,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  startNsd,
  until,
} from "../peers/index.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import {
  askValidator,
  isOver,
  keysOf,
  killAndPass,
  type Ports,
  reaches,
  rollovers,
  startOn,
  startValidator,
} from "./world.ts";

const ZONE = `ages.${PARENT}`;
const TEXT = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster 1 100 50 86400 300
@ 3600 IN NS ns1.secondary.example.
www 300 IN A 192.0.2.1
`;
const HOUR = 3600;
/** More than the keys wait for: the TTL of the DNSKEY set, and what a secondary that heard nothing may lag behind (REFRESH, RETRY, MINIMUM). */
const KEYS_WAIT = HOUR + 900;
const DAYS = 90;
/** The product is to find the key before it is due. */
const SOON_SECONDS = 12;
/** So often the start may last longer than that. */
const MAX_STARTS = 5;

describe.skipIf(missingPrograms("knotd", "nsd", "unbound").length > 0)("a key grows old", () => {
  const directory = makeDirectory("key-ages");
  const ports: Ports = {};
  let primary: Peer;
  let parent: Parent;
  let product: Countersign;
  let id = "";

  const start = async () => {
    product = await startOn(ports, directory, parent.env);
    await product.served(id, ZONE);
  };
  const pass = async (seconds: number) => {
    await killAndPass(product, seconds);
    await start();
  };
  const dueIn = async (kind: "zsk" | "ksk") => {
    const seen = await rollovers(product, id);
    const due = kind === "zsk" ? seen.next_zsk_time : seen.next_ksk_time;
    return due === null ? undefined : (Date.parse(due) - Date.now()) / 1000;
  };
  /** Until the key falls due in a moment. What was due before the start is spread over six hours: then again. */
  const growOld = async (kind: "zsk" | "ksk") => {
    for (let starts = 0; ; starts++) {
      const due = await dueIn(kind);
      if (due === undefined || due <= SOON_SECONDS) return;
      expect(starts, "starts that lasted too long").toBeLessThan(MAX_STARTS);
      await product.kill();
      const database = new DatabaseSync(join(directory, "data", "countersign.db"));
      const earlier = database.prepare("UPDATE keys SET created_at = created_at - ? WHERE zone_id = ? AND role = ?");
      earlier.run(Math.round((due - SOON_SECONDS) * 1000), id, kind);
      database.close();
      await start();
    }
  };
  const verdict = async () => {
    const resolver = await startValidator(ZONE, product, (await product.status(id)).dnssec.ds);
    const said = await askValidator(resolver, `www.${ZONE}`);
    await resolver.stop();
    return said;
  };
  const begun = async (kind: "zsk" | "ksk") => {
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}&limit=200`)) as {
      code: string;
      message: string;
      detail: Record<string, unknown>;
    }[];
    return events.filter(({ code, detail }) => code === "key.roll-begun" && detail["kind"] === kind);
  };

  beforeAll(async () => {
    primary = await startNsd({ zones: [{ name: ZONE, text: TEXT }] });
    parent = await startParent();
    product = await startOn(ports, directory, parent.env);
    id = await product.addZone({ name: ZONE, primary, mode: "live" });
    await product.served(id, ZONE);
    await parent.publish({ ages: { nameServers: OUR_NAMES, ds: (await product.status(id)).dnssec.ds } });
    await until("active", async () => (await product.status(id)).dnssec.status === "active" || undefined);
    await product.call("PATCH", `/countersign/v1/zones/${id}/keys/rollovers`, { zsk_days: DAYS, ksk_days: null });
  }, 300_000);

  afterAll(async () => {
    await product?.stop();
    await parent?.stop();
    await primary?.stop();
    removeDirectory(directory);
  });

  test("its ZSK is rolled to the end by itself, once, and the next one is due in the same number of days", async () => {
    const before = (await keysOf(product, id)).find(({ role }) => role === "zsk")!;
    expect(await dueIn("ksk")).toBeUndefined();
    await growOld("zsk");
    const wait = await reaches(product, id, "zsk", "keys-wait");
    expect(wait.old_key_tag).toBe(before.key_tag);
    expect(await dueIn("zsk")).toBeUndefined();
    expect(await verdict()).toBe("secure");
    await pass(KEYS_WAIT);
    await reaches(product, id, "zsk", "signatures-wait");
    expect(await verdict()).toBe("secure");
    await pass(KEYS_WAIT);
    const { past, rollovers: going }: Rollovers = await isOver(product, id, "zsk");
    expect(past).toMatchObject([{ kind: "zsk", old_key_tag: before.key_tag, end: "rolled" }]);
    expect(going).toEqual([]);
    await product.served(id, ZONE);
    expect(await verdict()).toBe("secure");
    const due = (await dueIn("zsk"))! / 86_400;
    expect(due).toBeGreaterThan(DAYS / 2);
    expect(due).toBeLessThanOrEqual(DAYS);
    expect(await begun("zsk")).toHaveLength(1);
  }, 400_000);

  test("its KSK, whose parent answers, is begun by itself, and asks for the new DS when that may be published", async () => {
    const before = (await keysOf(product, id)).find(({ role }) => role === "ksk")!;
    await product.call("PATCH", `/countersign/v1/zones/${id}/keys/rollovers`, { ksk_days: DAYS });
    await growOld("ksk");
    expect(await reaches(product, id, "ksk", "keys-wait")).toMatchObject({ old_key_tag: before.key_tag });
    expect(await verdict()).toBe("secure");
    await pass(KEYS_WAIT);
    const { ds } = await reaches(product, id, "ksk", "parent");
    await parent.publish({ ages: { nameServers: OUR_NAMES, ds: [ds!] } });
    await reaches(product, id, "ksk", "ds-wait");
    expect(await verdict()).toBe("secure");
    expect(await begun("ksk")).toHaveLength(1);
  }, 400_000);
});
