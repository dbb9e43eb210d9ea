/** What the tests of rollovers beside another signer stand on: the product over kills, and resolvers that hold what the test says. */
import { expect } from "vitest";
import { type Router, startRouter } from "../multisigner/router.ts";
import { type Signer, tagOf } from "../multisigner/signers.ts";
import { ourDs, RRTYPE, rdatasOf, resolve } from "../multisigner/world.ts";
import {
  type Countersign,
  LOOPBACK,
  makeDirectory,
  type Peer,
  removeDirectory,
  type Server,
  startCountersign,
  startUnbound,
  type Unbound,
} from "../peers/index.ts";
import { keysOf, killAndPass } from "./world.ts";

const OURS = "ns.ours.example";
const SERVFAIL = 2;
const NAMES = Array.from({ length: 90 }, (_, i) => `n${i}`);

export const text = (zone: string, more = "") => `$ORIGIN ${zone}
@ 3600 IN SOA ns hostmaster 1 100 50 86400 300
@ 3600 IN NS ns
@ 3600 IN NS ${OURS}.
ns 3600 IN A ${LOOPBACK}
${NAMES.map((name) => `${name} 300 IN A 192.0.2.9`).join("\n")}
${more}`;

/** The product, kept over kills, and a resolver for each pair of who gives the DNSKEY set and who answers. */
export class World {
  readonly directory = makeDirectory("signers-roll");
  readonly zone: string;
  readonly signer: Signer;
  readonly #port: number;
  readonly #env: Readonly<Record<string, string>>;
  #httpPort: number | undefined;
  #router: Router | undefined;
  #used = 0;
  readonly #holders: Unbound[] = [];
  product!: Countersign;
  id = "";
  anchors: readonly string[] = [];

  constructor(zone: string, signer: Signer, port: number, env: Readonly<Record<string, string>> = {}) {
    this.zone = zone;
    this.signer = signer;
    this.#port = port;
    this.#env = env;
  }

  async start(): Promise<void> {
    this.product = await startCountersign({
      directory: this.directory,
      port: this.#port,
      ...(this.#httpPort === undefined ? {} : { httpPort: this.#httpPort }),
      env: {
        ...this.#env,
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
    await killAndPass(this.product, seconds);
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
