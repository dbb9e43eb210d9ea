/** What is stored and what is served apart: an image that can't be read, a switch that a kill overtook, versions held one after the other. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { makeTsigKey, missingPrograms, signZone, until } from "../peers/index.ts";
import { ask, Chores, filesOfZone, killHard, makeZone, statusWhen, Type, zoneDirectory } from "./world.ts";

const missing = missingPrograms("knotd", "dnssec-signzone");
const NOERROR = 0;
const SERVFAIL = 2;
const TEST_MILLISECONDS = 240_000;
const chores = new Chores();
afterEach(() => chores.end());

describe.skipIf(missing.length > 0)(
  `stored and served${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  { timeout: TEST_MILLISECONDS },
  () => {
    const tsig = makeTsigKey("chaos.example.", "hmac-sha256");

    test("an image of what was transferred that can't be read is fetched anew although what is served is whole", async () => {
      const directory = chores.directory("damaged");
      const signed = signZone(makeZone("stripped.example.", 3), { denial: "nsec" });
      const knot = await chores.knot([signed], tsig);
      let product = await chores.product(directory);
      // Two images: as it came, and without the primary's signatures.
      const id = await product.addZone({ name: signed.name, primary: knot, tsig, mode: "live" });
      await product.served(id, signed.name, 3);
      await statusWhen(product, id, "at rest");
      await killHard(product);
      const name = filesOfZone(product, id).find((file) => file.startsWith("t-") && file.endsWith(".image"))!;
      const path = join(zoneDirectory(product, id), name);
      const octets = readFileSync(path);
      writeFileSync(path, octets.fill(0xa5, octets.length >> 1, (octets.length >> 1) + 64));

      product = await chores.product(directory);
      expect((await ask(product.port, "www.stripped.example.", Type.A)).rdatas(Type.RRSIG)).toHaveLength(1);
      const events = (await product.call("GET", "/countersign/v1/events")) as { code: string; message: string }[];
      const told = events.filter((event) => event.code === "zone.image-damaged").map((event) => event.message);
      expect(told.join("\n")).toMatch(/^stripped\.example: the image t-3-\w+ can't be used .*transferred anew$/);
      await until("a new image", () => !existsSync(path));
      await statusWhen(product, id, "at rest again", (status) => status.held === null);
      // Out of the old one no other mode could have been made.
      await product.setMode(id, "presigned");
      const status = await statusWhen(product, id, "pre-signed", ({ mode, held }) => mode === "presigned" && !held);
      expect(status.dnssec.dnskeys.join("\n")).toContain(signed.zsk.split(" ").at(-1));
    });

    test("a switch that was stored, and not yet served when the kill came, is made good by the start", async () => {
      const directory = chores.directory("switch");
      const knot = await chores.knot([makeZone("switch.example.", 1)], tsig);
      let product = await chores.product(directory);
      const id = await product.addZone({ name: "switch.example.", primary: knot, tsig, mode: "live" });
      await product.served(id, "switch.example.");
      await statusWhen(product, id, "at rest");
      await killHard(product);
      // As a PATCH leaves it that was acknowledged right before.
      const database = new DatabaseSync(join(directory, "data", "countersign.db"));
      expect(database.prepare("UPDATE zone_dnssec SET use_nsec3 = 1 WHERE zone_id = ?").run(id).changes).toBe(1);
      database.close();
      await knot.stop();
      product = await chores.product(directory);
      expect(await product.call("GET", `/client/v4/zones/${id}/dnssec`)).toMatchObject({ dnssec_use_nsec3: true });
      await until("NSEC3", async () => {
        return (await ask(product.port, "no.switch.example.", Type.A)).rdatas(Type.NSEC3).length > 0;
      });
    });

    test("versions that are held one after the other leave no files behind", async () => {
      const directory = chores.directory("held");
      const knot = await chores.knot([makeZone("held.example.", 1)], tsig);
      const product = await chores.product(directory);
      const id = await product.addZone({ name: "held.example.", primary: knot, tsig, mode: "presigned" });
      const imagesOf = () => filesOfZone(product, id).filter((file) => file.endsWith(".image"));
      await statusWhen(product, id, "held", (status) => status.held !== null);
      for (let serial = 2; serial <= 5; serial++) {
        await knot.replaceZone(makeZone("held.example.", serial));
        await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
        await statusWhen(product, id, `${serial} held`, (status) => status.serials.stored === serial);
      }
      await until("one image", () => imagesOf().length === 1);
      expect(imagesOf()[0]).toMatch(/^t-5-/);
      expect((await ask(product.port, "www.held.example.", Type.A)).rcode).toBe(SERVFAIL);
      await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { dnssec_presigned: false });
      await product.served(id, "held.example.", 5);
      expect((await ask(product.port, "www.held.example.", Type.A)).rcode).toBe(NOERROR);
    });
  },
);
