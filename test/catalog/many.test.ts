/** Two thousand members at once on the whole product: all of them are served, and a NOTIFY of another zone is not kept waiting for them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { missingPrograms, servedSerial, startKnot, until } from "../peers/index.ts";
import { addCatalog, catalogOf, memberText, NOERROR, rcodeOf } from "./world.ts";

const COUNT = 2000;
const names = Array.from({ length: COUNT }, (_, i) => `n${i}.many.`);

let product: Countersign;
let primary: HostilePrimary;
beforeAll(async () => {
  [product, primary] = await Promise.all([startCountersign({ env: ALONE }), startHostilePrimary()]);
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
});

const other = (serial: number) => ({
  name: "other.zone.",
  text: memberText("other.zone.").replace("hostmaster 1", `hostmaster ${serial}`),
});

test.skipIf(missingPrograms("knotd").length > 0)(
  `${COUNT} members`,
  async () => {
    const knot = await startKnot({ zones: [other(1)], notify: [product] });
    try {
      const id = await product.addZone({ name: "other.zone.", primary: knot, mode: "unsigned" });
      await product.served(id, "other.zone.", 1);
      for (const name of names) primary.serve({ name, text: memberText(name) });
      const lines = names.map((name, i) => `m${i}.zones PTR ${name}\n`).join("");
      const head = `$ORIGIN many.catz.\n$TTL 0\n@ SOA invalid. invalid. 1 3600 600 86400 0\n@ NS invalid.\nversion TXT "2"\n`;
      primary.serve({ name: "many.catz.", text: `${head}${lines}` });
      const catalog = await addCatalog(product, "many.catz.", primary);
      await until("some members", async () => (await catalogOf(product, catalog.id)).members > 100 || undefined);

      // In the middle of it: another zone changes at its primary.
      await knot.replaceZone(other(2));
      await until(
        "other.zone. changed",
        async () => (await servedSerial(product.port, "other.zone.")) === 2 || undefined,
      );
      expect((await catalogOf(product, catalog.id)).state, "it did not wait for the members").toBe("applying");

      await until(
        "applied",
        async () => (await catalogOf(product, catalog.id)).state === "applied" || undefined,
        400_000,
      );
      expect(await catalogOf(product, catalog.id)).toMatchObject({ members: COUNT, kept: 0, refused: 0 });
      for (let i = 0; i < COUNT; i++) {
        const name = names[i]!;
        await until(name, async () => (await rcodeOf(product, name)) === NOERROR || undefined, 120_000);
      }
    } finally {
      await knot.stop();
    }
  },
  600_000,
);
