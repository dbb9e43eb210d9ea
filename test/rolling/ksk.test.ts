/**
 * A KSK is rolled on the whole product, with a parent zone of its own that does what the test says: late, half, losing the DS.
 * Resolvers that trust the old DS, and those that trust the new one, validate in every step in which somebody may hold it.
 */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  getProgram,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  startNsd,
  type Unbound,
  until,
} from "../peers/index.ts";
import { OUR_NAMES, PARENT, PARENT_TTL, type Parent, startParent } from "../states/parent.ts";
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
} from "./world.ts";

const ZONE = `ksk.${PARENT}`;
const TEXT = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster 1 100 50 86400 300
@ 3600 IN NS ns1.secondary.example.
www 300 IN A 192.0.2.1
`;
/** TTL of the DNSKEY set, and what may lie between a publication and whoever asks. */
const KEYS_WAIT = 3600 + 300;
const DS_WAIT = PARENT_TTL + 3600;

describe.skipIf(missingPrograms("knotd", "nsd", "unbound", "dig").length > 0)("a KSK is rolled", () => {
  const directory = makeDirectory("ksk-roll");
  const ports: Ports = {};
  let primary: Peer;
  let parent: Parent;
  let product: Countersign;
  let id = "";

  const pass = async (seconds: number) => {
    await killAndPass(product, seconds);
    product = await startOn(ports, directory, parent.env);
    await product.served(id, ZONE);
  };
  const publish = (ds: readonly string[]) => parent.publish({ ksk: { nameServers: OUR_NAMES, ds } });
  const verdict = async (anchor: string) => {
    const resolver: Unbound = await startValidator(ZONE, product, [anchor]);
    const said = await askValidator(resolver, `www.${ZONE}`);
    await resolver.stop();
    return said;
  };
  const cds = () => {
    const args = ["+short", "+norecurse", `@${product.address}`, "-p", String(product.port), ZONE, "CDS"];
    return execFileSync(getProgram("dig"), args, { encoding: "utf8" }).trim().split("\n");
  };
  const ksks = async () => (await keysOf(product, id)).filter(({ role }) => role === "ksk");
  const tagOf = (ds: string) => ds.split(" ")[4];

  beforeAll(async () => {
    primary = await startNsd({ zones: [{ name: ZONE, text: TEXT }] });
    parent = await startParent();
    product = await startOn(ports, directory, parent.env);
    id = await product.addZone({ name: ZONE, primary, mode: "live" });
    await product.served(id, ZONE);
    await publish((await product.status(id)).dnssec.ds);
    await until("active", async () => (await product.status(id)).dnssec.status === "active" || undefined);
  }, 300_000);

  afterAll(async () => {
    await product?.stop();
    await parent?.stop();
    await primary?.stop();
    removeDirectory(directory);
  });

  test("the old key stays until the parent has changed over and its DS is out of all caches", async () => {
    const [oldDs] = (await product.status(id)).dnssec.ds;
    await roll(product, id, "ksk");
    const { ds, why } = await reaches(product, id, "ksk", "keys-wait");
    const newDs = ds!;
    expect(why).toContain(`for ${KEYS_WAIT} s`);
    // Not asked for yet: somebody may hold a DNSKEY set without the new key.
    expect(cds().map((line) => line.split(" ")[0])).toEqual([tagOf(oldDs!)]);
    expect((await product.status(id)).dnssec.ds).toEqual([oldDs]);
    for (const anchor of [oldDs!, newDs]) expect(await verdict(anchor)).toBe("secure");

    await pass(KEYS_WAIT);
    const asking = await reaches(product, id, "ksk", "parent");
    expect(asking).toMatchObject({ cancellable: false, ds: newDs });
    expect(asking.why).toContain(newDs);
    await until("CDS of the new key", async () => cds().join().startsWith(tagOf(newDs)!) || undefined);
    expect((await product.status(id)).dnssec.ds).toEqual([newDs]);
    for (const anchor of [oldDs!, newDs]) expect(await verdict(anchor)).toBe("secure");

    // Both, then none, then the old one: it stays, and so does the old key.
    await publish([oldDs!, newDs]);
    await until("the new DS seen", async () => (await rollovers(product, id)).rollovers[0]!.ds_at_parent || undefined);
    expect((await rollovers(product, id)).rollovers[0]!.step).toBe("parent");
    await publish([]);
    await until("pending", async () => (await product.status(id)).dnssec.status === "pending" || undefined);
    expect((await rollovers(product, id)).rollovers[0]!.step).toBe("parent");
    await publish([newDs]);
    const wait = await reaches(product, id, "ksk", "ds-wait");
    expect(wait.wait_seconds).toBe(DS_WAIT);
    expect(await ksks()).toHaveLength(2);
    for (const anchor of [oldDs!, newDs]) expect(await verdict(anchor)).toBe("secure");

    // The old DS comes back while its TTL is waited for.
    await publish([oldDs!]);
    await reaches(product, id, "ksk", "parent");
    await publish([newDs]);
    await reaches(product, id, "ksk", "ds-wait");
    await pass(DS_WAIT);
    const { past } = await isOver(product, id, "ksk");
    expect(past).toMatchObject([{ kind: "ksk", end: "rolled" }]);
    await product.served(id, ZONE);
    expect((await ksks()).map(({ key_tag, state }) => [String(key_tag), state])).toEqual([[tagOf(newDs), "active"]]);
    expect(await verdict(newDs)).toBe("secure");
    // What the wait was for.
    expect(await verdict(oldDs!)).toBe("bogus");
    await until("active", async () => (await product.status(id)).dnssec.status === "active" || undefined);
  }, 400_000);
});
