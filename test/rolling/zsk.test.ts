/**
 * A ZSK is rolled on the whole product: killed at each step, with resolvers that hold what was served in the step before, and
 * with the zone that is given out verified in each.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { giveTo } from "../outgoing/world.ts";
import {
  type Countersign,
  makeDirectory,
  makeTsigKey,
  missingPrograms,
  type Peer,
  removeDirectory,
  startNsd,
  type Unbound,
} from "../peers/index.ts";
import {
  askValidator,
  isOver,
  keysOf,
  killAndPass,
  type Ports,
  reaches,
  roll,
  startOn,
  startValidator,
  tagsIn,
  verifyGiven,
} from "./world.ts";

const ZONE = "zsk.rolling.example.";
const NAMES = Array.from({ length: 40 }, (_, i) => `n${i}`);
/** REFRESH and RETRY count for secondaries that heard nothing; no TTL is above the DNSKEY set's hour. */
const TEXT = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster 1 100 50 86400 300
@ 3600 IN NS ns1
ns1 300 IN A 192.0.2.1
${NAMES.map((name) => `${name} 300 IN A 192.0.2.9`).join("\n")}
`;
const PROPAGATION = 300 + 150;
const HOUR = 3600;

describe.skipIf(missingPrograms("nsd", "unbound", "dig", "ldns-verify-zone").length > 0)("a ZSK is rolled", () => {
  const directory = makeDirectory("zsk-roll");
  const tsig = makeTsigKey("anybody", "hmac-sha256");
  const ports: Ports = {};
  let primary: Peer;
  let product: Countersign;
  let id = "";
  let anchors: readonly string[] = [];
  let used = 0;
  const validators: Unbound[] = [];

  const pass = async (seconds: number) => {
    await killAndPass(product, seconds);
    product = await startOn(ports, directory);
    await product.served(id, ZONE);
  };
  const validator = async () => {
    const resolver = await startValidator(ZONE, product, anchors);
    validators.push(resolver);
    return resolver;
  };
  /** A name that no cache has. */
  const fresh = () => `${NAMES[used++]!}.${ZONE}`;
  const zsks = async () => (await keysOf(product, id)).filter(({ role }) => role === "zsk");

  beforeAll(async () => {
    primary = await startNsd({ zones: [{ name: ZONE, text: TEXT }] });
    product = await startOn(ports, directory);
    id = await product.addZone({ name: ZONE, primary, mode: "live" });
    await product.served(id, ZONE);
    await giveTo(product, id, ZONE, [{ name: "anybody", port: 9, tsig }]);
    await product.served(id, ZONE);
    anchors = (await product.status(id)).dnssec.ds;
  });

  afterAll(async () => {
    for (const each of validators) await each.stop();
    await product?.stop();
    await primary?.stop();
    removeDirectory(directory);
  });

  test("each resolver validates, whatever it holds of the step before; what is given out verifies in each step", async () => {
    const [first] = await zsks();
    const old = await validator();
    const held = fresh();
    expect(await askValidator(old, held)).toBe("secure");

    await roll(product, id, "zsk");
    const wait = await reaches(product, id, "zsk", "keys-wait");
    expect(wait).toMatchObject({ wait_seconds: HOUR + PROPAGATION, cancellable: true, old_key_tag: first!.key_tag });
    expect(wait.why).toContain(`for ${HOUR + PROPAGATION} s`);
    const second = (await zsks()).find(({ state }) => state === "published")!;
    expect(second).toMatchObject({ published: true, signs: [], key_tag: wait.new_key_tag });
    expect(tagsIn(product, fresh(), "A")).toEqual([first!.key_tag]);
    expect(await verifyGiven(product, ZONE, tsig)).toContain("Zone is verified and complete");
    expect(await askValidator(old, fresh())).toBe("secure");
    const between = await validator();
    expect(await askValidator(between, held)).toBe("secure");
    // An order more changes nothing.
    await expect(roll(product, id, "zsk")).rejects.toThrow("20206");

    await pass(HOUR + PROPAGATION);
    await reaches(product, id, "zsk", "signatures-wait");
    // In the order in which they were made, however fast that was, over a restart too.
    expect((await zsks()).map(({ key_tag, state, signs }) => [key_tag, state, ...signs])).toEqual([
      [first!.key_tag, "retired"],
      [second.key_tag, "active", "data"],
    ]);
    expect(tagsIn(product, fresh(), "A")).toEqual([second.key_tag]);
    expect(tagsIn(product, held, "A")).toEqual([second.key_tag]);
    expect(await verifyGiven(product, ZONE, tsig)).toContain("Zone is verified and complete");
    // The new keys and an old signature; the new keys and a new one.
    expect(await askValidator(between, held)).toBe("secure");
    expect(await askValidator(between, fresh())).toBe("secure");
    expect(await askValidator(between, `missing.${ZONE}`)).toBe("secure");
    // What the wait was for: a set that nobody may hold any more does not do.
    expect(await askValidator(old, fresh())).toBe("bogus");
    await expect(product.call("POST", `/countersign/v1/zones/${id}/keys/roll/cancel`, { kind: "zsk" })).rejects.toThrow(
      "20208",
    );

    const late = await validator();
    expect(await askValidator(late, held)).toBe("secure");
    await pass(HOUR + PROPAGATION);
    const { past } = await isOver(product, id, "zsk");
    expect(past).toMatchObject([
      { kind: "zsk", old_key_tag: first!.key_tag, new_key_tag: second.key_tag, end: "rolled" },
    ]);
    await product.served(id, ZONE);
    expect((await zsks()).map(({ key_tag }) => key_tag)).toEqual([second.key_tag]);
    expect(await verifyGiven(product, ZONE, tsig)).toContain("Zone is verified and complete");
    for (const resolver of [between, late, await validator()]) {
      expect(await askValidator(resolver, fresh())).toBe("secure");
    }
  }, 300_000);

  test("cancelled, everything is as it was; in an emergency it is over at once", async () => {
    const [before] = await zsks();
    await roll(product, id, "zsk");
    await reaches(product, id, "zsk", "keys-wait");
    await product.call("POST", `/countersign/v1/zones/${id}/keys/roll/cancel`, { kind: "zsk" });
    expect((await isOver(product, id, "zsk")).past.at(-1)!.end).toBe("cancelled");
    expect((await zsks()).map(({ key_tag }) => key_tag)).toEqual([before!.key_tag]);
    await roll(product, id, "zsk", true);
    await isOver(product, id, "zsk");
    const [after] = await zsks();
    expect(after!.key_tag).not.toBe(before!.key_tag);
    await product.served(id, ZONE);
    expect(tagsIn(product, fresh(), "A")).toEqual([after!.key_tag]);
    expect(await askValidator(await validator(), fresh())).toBe("secure");
  }, 300_000);
});
