/** A small zone that is signed here, as resolvers see it: its DNSKEYs, who signs, whether it validates. */
import { expect } from "vitest";
import type { ZoneKey } from "#contract";
import { keyTag } from "#dnssec";
import { readRrsig } from "#rdata";
import { delv } from "../live/tools.ts";
import { LOOPBACK, until } from "../peers/index.ts";
import { SmallZone } from "./small-zone.ts";
import { ask, Type } from "./world.ts";

const VALIDATED_MILLISECONDS = 20_000;

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

  /**
   * What there is, by another's judgement; `ds`: all that he trusts. He is asked again where he gave up, as on a busy machine he
   * does: what is bogus stays so.
   */
  async validates(ds: readonly string[], label = "www"): Promise<void> {
    const server = { address: LOOPBACK, port: this.stage.port };
    let said = "";
    const isGood = () => {
      said = delv(server, this.name, ds, `${label}.${this.name}`, "TXT");
      return /; (negative response, )?fully validated/.test(said);
    };
    await until(`${label} to validate`, isGood, VALIDATED_MILLISECONDS).catch((error: Error) => {
      throw new Error(`${error.message}, with ${ds.join(", ")}: ${said}`);
    });
  }

  /** What there is not, too. */
  async validatesWhole(): Promise<void> {
    const { own_ds: ds } = (await this.status()).dnssec;
    await this.validates(ds);
    await this.validates(ds, "missing");
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
