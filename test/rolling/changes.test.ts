/**
 * What else may happen while a key is rolled: another mode, DNSSEC switched off, other TTLs, a frozen zone, another order. Each ends
 * in a chain that validates, or is refused with a reason. The primary is Knot, which signs by itself: so every mode is possible.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventRow } from "#contract";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  startKnot,
  until,
} from "../peers/index.ts";
import {
  askValidator,
  isOver,
  keysOf,
  killAndPass,
  type Ports,
  reaches,
  roll,
  rollovers,
  startOn,
  startValidator,
  tagsIn,
} from "./world.ts";

const ZONES = [
  "mode.changes.example.",
  "off.changes.example.",
  "ttl.changes.example.",
  "order.changes.example.",
] as const;
const [MODE, OFF, TTL, ORDER] = ZONES;
const HOUR = 3600;
const DAY = 86_400;

const zoneOf = (name: string, serial: number, ttl = 300) => ({
  name,
  text: `$ORIGIN ${name}
@ 300 IN SOA ns hostmaster ${serial} 3600 600 86400 300
@ 300 IN NS ns
ns 300 IN A ${LOOPBACK}
www ${ttl} IN A 192.0.2.1
`,
});

describe.skipIf(missingPrograms("knotd", "unbound", "dig").length > 0)("while a key is rolled", () => {
  const directory = makeDirectory("roll-changes");
  const ids = new Map<string, string>();
  const ports: Ports = {};
  let primary: Peer;
  let product: Countersign;

  const start = async () => {
    const env = {
      COUNTERSIGN_PARTNER_PORT: String(primary.port),
      COUNTERSIGN_PARENT_POLL_YOUNG_SECONDS: "1",
      COUNTERSIGN_PARENT_POLL_SETTLED_SECONDS: "1",
    };
    product = await startOn(ports, directory, env);
  };
  const pass = async (seconds: number) => {
    await killAndPass(product, seconds);
    await start();
    for (const zone of ZONES) await product.served(id(zone), zone);
  };
  const id = (zone: string) => ids.get(zone)!;
  const patch = (zone: string, body: object) => product.call("PATCH", `/client/v4/zones/${id(zone)}/dnssec`, body);
  const verdict = async (zone: string, anchors: readonly string[]) => {
    const resolver = await startValidator(zone, product, anchors);
    const said = [await askValidator(resolver, `www.${zone}`), await askValidator(resolver, `missing.${zone}`)];
    await resolver.stop();
    return said[0] === said[1] ? said[0] : said;
  };
  const servedIn = (zone: string, mode: string) =>
    until(`${zone} served ${mode}`, async () => {
      const status = await product.status(id(zone));
      return status.mode === mode && status.phase === "idle" ? status : undefined;
    });
  const going = async (zone: string) => (await rollovers(product, id(zone))).rollovers;

  beforeAll(async () => {
    const port = await freePort();
    Object.assign(ports, { port });
    primary = await startKnot({
      zones: ZONES.map((name) => zoneOf(name, 1, name === TTL ? DAY : 300)),
      signing: "automatic",
      notify: [{ address: LOOPBACK, port }],
    });
    await start();
    for (const zone of ZONES) {
      ids.set(zone, await product.addZone({ name: zone, primary, mode: "live" }));
      await product.served(id(zone), zone);
    }
  });
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
    removeDirectory(directory);
  });

  test("the mode changes: other signers are asked first, pre-signed it rests, deleted it is over", async () => {
    const ours = (await product.status(id(MODE))).dnssec.ds;
    await roll(product, id(MODE), "zsk");
    await reaches(product, id(MODE), "zsk", "keys-wait");
    await product.setMode(id(MODE), "multisigner");
    const asking = await until("the other signer asked", async () => {
      const [zsk] = await going(MODE);
      return zsk?.step === "partners" && zsk.partners ? zsk : undefined;
    });
    expect(asking.partners).toMatchObject([{ name: "ns.mode.changes.example", has_new_key: false }]);
    expect(await verdict(MODE, ours)).toBe("secure");

    await patch(MODE, { dnssec_presigned: true, dnssec_multi_signer: false });
    await servedIn(MODE, "presigned");
    const theirs = (await product.status(id(MODE))).dnssec.ds;
    expect(theirs).not.toEqual(ours);
    expect(await verdict(MODE, theirs)).toBe("secure");
    expect(await going(MODE)).toMatchObject([{ kind: "zsk", step: "publishing", cancellable: true }]);
    await expect(roll(product, id(MODE), "ksk")).rejects.toThrow("20205");

    await patch(MODE, { dnssec_presigned: false });
    await servedIn(MODE, "live");
    expect(await reaches(product, id(MODE), "zsk", "keys-wait")).toMatchObject({ old_key_tag: asking.old_key_tag });
    expect(await verdict(MODE, ours)).toBe("secure");

    await patch(MODE, { status: "disabled" });
    expect(await verdict(MODE, ours)).toBe("secure");
    await product.call("DELETE", `/client/v4/zones/${id(MODE)}/dnssec`);
    await servedIn(MODE, "unsigned");
    const { past } = await isOver(product, id(MODE), "zsk");
    expect(past).toMatchObject([{ kind: "zsk", new_key_tag: asking.new_key_tag, end: "dropped" }]);
    expect(await verdict(MODE, [])).toBe("insecure");
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id(MODE)}`)) as EventRow[];
    expect(events.map(({ code }) => code)).toContain("key.roll-dropped");
  }, 240_000);

  test("DNSSEC is switched off: a KSK's rollover rests, and goes on when it is switched on again", async () => {
    const [old] = (await product.status(id(OFF))).dnssec.ds;
    await roll(product, id(OFF), "ksk", true);
    const { ds } = await reaches(product, id(OFF), "ksk", "parent");
    await patch(OFF, { status: "disabled" });
    expect((await going(OFF))[0]!.why).toMatch(/^DNSSEC is being switched off/);
    for (const anchor of [old!, ds!]) expect(await verdict(OFF, [anchor])).toBe("secure");
    await patch(OFF, { status: "active" });
    expect((await going(OFF))[0]!.why).toContain(ds);
    await patch(OFF, { status: "disabled" });
    await product.call("DELETE", `/client/v4/zones/${id(OFF)}/dnssec`);
    await isOver(product, id(OFF), "ksk");
    // New keys, and no new rollover of a KSK while they are on their way out.
    await patch(OFF, { status: "active" });
    await servedIn(OFF, "live");
    await patch(OFF, { status: "disabled" });
    await expect(roll(product, id(OFF), "ksk")).rejects.toThrow("20209");
    await roll(product, id(OFF), "zsk", true);
    await isOver(product, id(OFF), "zsk");
    expect(await verdict(OFF, [await newDs(OFF)])).toBe("secure");
  }, 240_000);

  const newDs = async (zone: string) => {
    const ksk = (await keysOf(product, id(zone))).find(({ role }) => role === "ksk");
    return ksk!.ds!;
  };

  test("a TTL of a day that was lowered before: what it left in caches is waited for, over a kill, too", async () => {
    const anchors = (await product.status(id(TTL))).dnssec.ds;
    await primary.replaceZone(zoneOf(TTL, 2, 300));
    await until("the new version", async () => {
      const status = await product.status(id(TTL));
      return (await product.served(id(TTL), TTL)) >= 2 && status.phase === "idle" ? true : undefined;
    });
    await roll(product, id(TTL), "zsk");
    await reaches(product, id(TTL), "zsk", "keys-wait");
    await pass(HOUR + 300);
    const wait = await reaches(product, id(TTL), "zsk", "signatures-wait");
    expect(wait.wait_seconds).toBeGreaterThan(DAY - HOUR);
    expect(wait.wait_seconds).toBeLessThanOrEqual(DAY + 300);
    expect(await verdict(TTL, anchors)).toBe("secure");
    // And one that is lowered and raised again while it is waited for.
    await primary.replaceZone(zoneOf(TTL, 3, 90_000));
    await until("a longer wait", async () => {
      const [zsk] = await going(TTL);
      return (zsk?.wait_seconds ?? 0) >= 90_000 ? true : undefined;
    });
    await pass(90_300);
    await isOver(product, id(TTL), "zsk");
    expect(await verdict(TTL, anchors)).toBe("secure");
  }, 240_000);

  test("another order: refused for the same key, taken for the other one; an emergency hurries what goes on, frozen too", async () => {
    const anchors = (await product.status(id(ORDER))).dnssec.ds;
    await product.call("POST", `/countersign/v1/zones/${id(ORDER)}/freeze`);
    await roll(product, id(ORDER), "zsk");
    await reaches(product, id(ORDER), "zsk", "keys-wait");
    await expect(roll(product, id(ORDER), "zsk")).rejects.toThrow("20206");
    await roll(product, id(ORDER), "ksk");
    await reaches(product, id(ORDER), "ksk", "keys-wait");
    expect(await verdict(ORDER, anchors)).toBe("secure");
    const [zsk] = await going(ORDER);
    await roll(product, id(ORDER), "zsk", true);
    await isOver(product, id(ORDER), "zsk");
    await until("signed by the new key", async () =>
      tagsIn(product, `www.${ORDER}`, "A").includes(zsk!.new_key_tag) ? true : undefined,
    );
    await expect(roll(product, id(ORDER), "ksk")).rejects.toThrow("20206");
    await roll(product, id(ORDER), "ksk", true);
    const { ds } = await reaches(product, id(ORDER), "ksk", "parent");
    for (const anchor of [anchors[0]!, ds!]) expect(await verdict(ORDER, [anchor])).toBe("secure");
    // The parent's DS refers to the old one: no haste takes that away.
    expect((await keysOf(product, id(ORDER))).filter(({ role }) => role === "ksk")).toHaveLength(2);
  }, 240_000);
});
