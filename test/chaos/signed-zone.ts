/** A small zone that is signed here, as resolvers see it: its DNSKEYs, who signs, whether it validates. */
import { expect } from "vitest";
import type { ZoneKey } from "#contract";
import { keyTag } from "#dnssec";
import { readRrsig } from "#rdata";
import { delv } from "../live/tools.ts";
import { LOOPBACK } from "../peers/index.ts";
import { SmallZone } from "./small-zone.ts";
import { ask, Type } from "./world.ts";

/** What is served at one moment. */
export type Sight = {
  /** Key tags in the DNSKEY set. */
  readonly published: readonly number[];
  /** Of the signature over some data; undefined: it has none. */
  readonly signer: number | undefined;
};

export class SignedZone extends SmallZone {
  async sight(): Promise<Sight> {
    const keys = await ask(this.stage.port, this.name, Type.DNSKEY);
    const data = await ask(this.stage.port, `www.${this.name}`, Type.TXT);
    const [signature] = data.rdatas(Type.RRSIG);
    const published = keys.rdatas(Type.DNSKEY).map((rdata) => keyTag(rdata.slice()));
    return { published: published.sort((a, b) => a - b), signer: signature && readRrsig(signature.slice()).keyTag };
  }

  async keys(): Promise<readonly ZoneKey[]> {
    return (await this.call("GET", "/keys")) as ZoneKey[];
  }

  /** What there is and what there is not, by another's judgement; `ds`: all that he trusts. */
  validates(ds: readonly string[]): void {
    const server = { address: LOOPBACK, port: this.stage.port };
    for (const name of [`www.${this.name}`, `missing.${this.name}`]) {
      const said = delv(server, this.name, ds, name, "TXT");
      expect(said, `${name} with ${ds.join(", ")}`).toMatch(/; (negative response, )?fully validated/);
    }
  }

  /** Nobody signs by a key that is not published, and what is said to be served is. */
  async isConsistent(): Promise<Sight> {
    const sight = await this.sight();
    const said = (await this.keys()).filter(({ published }) => published).map(({ key_tag }) => key_tag);
    expect(sight.published).toEqual(said.sort((a, b) => a - b));
    if (sight.signer !== undefined) expect(sight.published).toContain(sight.signer);
    return sight;
  }
}
