/**
 * Keys of ours are rolled in a zone that another provider signs, too (RFC 8901 model 2): Knot or BIND, which is asked straight for
 * what it publishes. In each step resolvers get DNSKEY sets from either, answers from either, and hold sets of the step before.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Router, startRouter } from "../multisigner/router.ts";
import { type Signer, startBindSigner, startKnotSigner, tagOf } from "../multisigner/signers.ts";
import { exchangeKeys, ourDs, RRTYPE, rdatasOf, resolve } from "../multisigner/world.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  type Server,
  startCountersign,
  startNsd,
  startUnbound,
  type Unbound,
  until,
} from "../peers/index.ts";
import { isOver, keysOf, passTime, reaches, roll, rollovers, tagsIn } from "./world.ts";

const OURS = "ns.ours.example";
const SERVFAIL = 2;
const DAY = 86_400;
const NAMES = Array.from({ length: 90 }, (_, i) => `n${i}`);

const text = (zone: string, more = "") => `$ORIGIN ${zone}
@ 3600 IN SOA ns hostmaster 1 100 50 86400 300
@ 3600 IN NS ns
@ 3600 IN NS ${OURS}.
ns 3600 IN A ${LOOPBACK}
${NAMES.map((name) => `${name} 300 IN A 192.0.2.9`).join("\n")}
${more}`;

/** The product, kept over kills, and a resolver for each pair of who gives the DNSKEY set and who answers. */
class World {
  readonly directory = makeDirectory("signers-roll");
  readonly zone: string;
  readonly signer: Signer;
  readonly #port: number;
  #httpPort: number | undefined;
  #router: Router | undefined;
  #used = 0;
  readonly #holders: Unbound[] = [];
  product!: Countersign;
  id = "";
  anchors: readonly string[] = [];

  constructor(zone: string, signer: Signer, port: number) {
    this.zone = zone;
    this.signer = signer;
    this.#port = port;
  }

  async start(): Promise<void> {
    this.product = await startCountersign({
      directory: this.directory,
      port: this.#port,
      ...(this.#httpPort === undefined ? {} : { httpPort: this.#httpPort }),
      env: {
        COUNTERSIGN_NAMESERVERS: OURS,
        COUNTERSIGN_PARTNER_PORT: String(this.signer.port),
        COUNTERSIGN_PARENT_POLL_YOUNG_SECONDS: "1",
        COUNTERSIGN_PARENT_POLL_SETTLED_SECONDS: "1",
      },
    });
    this.#httpPort = this.product.httpPort;
  }

  async take(primary: Pick<Peer, "kind" | "address" | "port">): Promise<void> {
    this.id = await this.product.addZone({ name: this.zone, primary, mode: "multisigner" });
    await this.product.served(this.id, this.zone);
    this.anchors = [await ourDs(this.product, this.id), ...this.signer.ds(this.zone)];
    this.#router = await startRouter(() => this.product);
  }

  async killAndPass(seconds: number): Promise<void> {
    this.product.process.signal("SIGKILL");
    await this.product.process.ended;
    passTime(this.directory, seconds);
    await this.start();
    await this.product.served(this.id, this.zone);
  }

  #server(who: "ours" | "theirs"): Server {
    return who === "ours" ? this.product : this.signer;
  }

  /** A resolver that has the DNSKEY set of this one. */
  async holder(keys: "ours" | "theirs"): Promise<Unbound> {
    const stubs = [{ zone: this.zone, servers: [this.#router!] }];
    const resolver = await startUnbound({ trustAnchors: this.anchors, stubs, aggressive: false });
    this.#holders.push(resolver);
    this.#router!.route((type) => this.#server(type === RRTYPE.DNSKEY ? keys : "theirs"));
    expect(await resolve(resolver.port, this.#fresh(), RRTYPE.A)).toMatchObject({ ad: true });
    return resolver;
  }

  #fresh(): string {
    return `${NAMES[this.#used++ % NAMES.length]!}.${this.zone}`;
  }

  /** What a resolver that has its DNSKEY set already makes of answers of this one: data and denial alike. */
  async verdict(resolver: Unbound, data: "ours" | "theirs"): Promise<"secure" | "bogus" | "mixed"> {
    this.#router!.route(() => this.#server(data));
    const got = [
      await resolve(resolver.port, this.#fresh(), RRTYPE.A),
      await resolve(resolver.port, `missing${this.#used++}.${this.zone}`, RRTYPE.A),
    ];
    if (got.every(({ ad }) => ad)) return "secure";
    return got.every(({ rcode }) => rcode === SERVFAIL) ? "bogus" : "mixed";
  }

  /** New resolvers, with either's set, and answers of either. These hold the sets of this step from now on. */
  async expectSecure(...before: readonly Unbound[]): Promise<Unbound[]> {
    const now = [await this.holder("ours"), await this.holder("theirs")];
    for (const resolver of [...before, ...now]) {
      for (const data of ["ours", "theirs"] as const) expect(await this.verdict(resolver, data)).toBe("secure");
    }
    return now;
  }

  async stop(): Promise<void> {
    for (const each of this.#holders) await each.stop();
    await this.#router?.stop();
    await this.product?.stop();
    await this.signer.stop();
    removeDirectory(this.directory);
  }

  async newZsk(): Promise<{ record: string; tag: number }> {
    const key = (await keysOf(this.product, this.id)).find(
      ({ role, state }) => role === "zsk" && state === "published",
    );
    return { record: key!.dnskey, tag: key!.key_tag };
  }

  async hasTag(server: Server, tag: number): Promise<boolean> {
    const rdatas = (await rdatasOf(server, this.zone, RRTYPE.DNSKEY)).map((hex) => Buffer.from(hex, "hex"));
    return rdatas.some((rdata) => {
      const words = [rdata.readUInt16BE(0), rdata[2]!, rdata[3]!].map(String);
      return tagOf([...words, rdata.subarray(4).toString("base64")]) === tag;
    });
  }
}

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
      const { record } = await world.newZsk();
      await primary.replaceZone({
        name: zone,
        text: text(zone, `${record}\n`).replace("hostmaster 1 ", "hostmaster 2 "),
      });
      await world.product.call("POST", `/client/v4/zones/${world.id}/secondary_dns/force_axfr`);
      const why = await until("brought, and not published", async () => {
        const [going] = (await rollovers(world.product, world.id)).rollovers;
        return going?.why.includes("The set that the primary brings has it.") && going.partners ? going.why : undefined;
      });
      expect(why).toContain("does not publish it");
      expect((await rollovers(world.product, world.id)).rollovers[0]!.step).toBe("partners");
      await signer.publishKey(zone, record, []);
      await reaches(world.product, world.id, "zsk", "keys-wait");
    }, 120_000);
  },
);
