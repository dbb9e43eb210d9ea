/** ZONEMD in the whole product: digests that Knot makes, a primary that changes a record on the way, and the zone's settings. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { giveTo, transferred } from "../outgoing/world.ts";
import { type Countersign, type SigningMode, startCountersign } from "../peers/countersign.ts";
import {
  freePort,
  type KnotOptions,
  missingPrograms,
  type Peer,
  servedSerial,
  startKnot,
  until,
} from "../peers/index.ts";
import { COMPLEX, SIMPLE } from "./vectors.ts";

type Status = { readonly zonemd: string | null; readonly held: { readonly code: string } | null };

let product: Countersign;
beforeAll(async () => {
  product = await startCountersign({ env: ALONE });
});
afterAll(() => product?.stop());

const statusOf = async (id: string): Promise<Status> => (await product.status(id)) as unknown as Status;
const settings = (id: string, change: object) => product.call("PATCH", `/countersign/v1/zones/${id}/settings`, change);

/** The code by which the zone is held. */
const heldBy = (id: string) =>
  until("held", async () => (await statusOf(id)).held?.code).catch(async (error: unknown) => {
    throw new Error(`${String(error)} ${JSON.stringify(await product.status(id))}`);
  });

describe.skipIf(missingPrograms("knotd").length > 0)("digested by Knot", () => {
  const cases: readonly [string, SigningMode, "sha384" | "sha512", Partial<KnotOptions>, object][] = [
    ["plain.knot.", "unsigned", "sha384", {}, {}],
    ["long.knot.", "live", "sha512", {}, { zonemd: "required" }],
    ["signed.knot.", "presigned", "sha384", { signing: "automatic" }, {}],
    ["hashed.knot.", "presigned-nsec3", "sha512", { signing: "automatic", nsec3: true }, { signature_check: "zonemd" }],
  ];

  test.each(cases)("%s %s, %s", async (name, mode, hash, knot, setting) => {
    const text = `@ 300 SOA ns hostmaster 1 3600 600 86400 300\n@ 300 NS ns\nns 300 A 192.0.2.1\n* 300 TXT "any"\n`;
    const zonemd = `zonemd-${hash}` as const;
    let primary: Peer | undefined;
    try {
      primary = await startKnot({ zones: [{ name, text: `$ORIGIN ${name}\n${text}` }], ...knot, zonemd });
      const id = await product.addZone({ name, primary, mode });
      await settings(id, setting);
      await product.served(id, name, await servedSerial(primary.port, name));
      await until(`${name} verified`, async () => (await statusOf(id)).zonemd === hash || undefined);
    } finally {
      await primary?.stop();
    }
  });
});

test.skipIf(missingPrograms("knotd", "kdig").length > 0)(
  "a zone that is not signed is given out with its digest, whole and by changes; under another serial, or signed here, without",
  async () => {
    const name = "given.knot.";
    const zone = (serial: number) => ({
      name,
      text: `$ORIGIN ${name}\n@ 300 SOA ns hostmaster ${serial} 3600 600 86400 300\n@ 300 NS ns\nns 300 A 192.0.2.1\nv 300 TXT "${serial}"\n`,
    });
    const notify = [{ address: product.address, port: product.port }];
    const primary = await startKnot({ zones: [zone(10)], notify, ixfr: true, zonemd: "zonemd-sha384" });
    try {
      const id = await product.addZone({ name, primary, mode: "unsigned", ixfr: true });
      await product.served(id, name);
      await giveTo(product, id, name, [{ name: "anybody", port: await freePort() }]);
      const isDigest = (line: string) => line.includes(" IN ZONEMD ");
      const same = async () => {
        const lines = await transferred(primary, name);
        await until("the same", async () => (await transferred(product, name)).join() === lines.join());
        expect(lines.filter(isDigest)).toHaveLength(1);
      };
      await same();
      await primary.replaceZone(zone(20));
      await same();
      for (const mode of ["live", "unsigned"] as const) {
        if (mode === "live") await product.setMode(id, mode);
        else {
          await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "disabled" });
          await product.call("DELETE", `/client/v4/zones/${id}/dnssec`);
        }
        await until(mode, async () => {
          const { mode: now, phase } = await product.status(id);
          return now === mode && phase === "idle";
        });
        expect((await transferred(product, name)).filter(isDigest)).toEqual([]);
      }
      await primary.replaceZone(zone(50));
      await same();
    } finally {
      await primary.stop();
    }
  },
);

describe("a primary that changes the zone", () => {
  let primary: HostilePrimary;
  beforeAll(async () => {
    primary = await startHostilePrimary();
  });
  afterAll(() => primary?.stop());

  /** The RFC's complex example without what lies outside of the zone. */
  const good = COMPLEX.replace(/^foo\.test\..*\n/m, "");
  const name = "example.";

  test("is held with the code, the last good version is served on, and the setting releases it", async () => {
    primary.serve({ name, text: good });
    const id = await product.addZone({ name, primary: { kind: "knot", ...addressOf(primary) }, mode: "unsigned" });
    await product.served(id, name, 2018031900);
    expect((await statusOf(id)).zonemd).toBe("sha384");

    // Somebody on the way adds to the serial and changes an address.
    const changed = good.replace("203.0.113.63", "203.0.113.66");
    primary.serve({ name, text: changed.replaceAll("2018031900", "2018031901") });
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
    expect(await heldBy(id)).toBe("zonemd.digest-mismatch");
    expect(await servedSerial(product.port, name)).toBe(2018031900);

    await settings(id, { zonemd: "off" });
    await product.served(id, name, 2018031901);
    expect(await statusOf(id)).toMatchObject({ zonemd: null, held: null });
    await settings(id, { zonemd: "verify" });
    expect(await heldBy(id)).toBe("zonemd.digest-mismatch");
    await product.call("DELETE", `/client/v4/zones/${id}`);
  });

  test.each([
    [
      "an old digest",
      SIMPLE.replace("SOA     ns1 admin 2018031900", "SOA     ns1 admin 2018031905"),
      "verify",
      "serial-mismatch",
    ],
    ["none, not asked for", SIMPLE.replace(/.*ZONEMD.*\n/, ""), "verify", undefined],
    ["none, required", SIMPLE.replace(/.*ZONEMD.*\n/, ""), "required", "missing"],
    ["an unknown hash, not asked for", SIMPLE.replace("1 1 c68", "1 9 c68"), "verify", undefined],
    ["an unknown hash, required", SIMPLE.replace("1 1 c68", "1 9 c68"), "required", "unsupported"],
  ])("%s", async (_, text, zonemd, fault) => {
    primary.serve({ name, text });
    const id = await product.addZone({ name, primary: { kind: "knot", ...addressOf(primary) }, mode: "unsigned" });
    await settings(id, { zonemd });
    if (fault !== undefined) expect(await heldBy(id)).toBe(`zonemd.${fault}`);
    else await product.served(id, name);
    await product.call("DELETE", `/client/v4/zones/${id}`);
  });
});

function addressOf(primary: HostilePrimary) {
  return { address: primary.address, port: primary.port };
}
