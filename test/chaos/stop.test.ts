/** The end of a process, in order under load and without any order: it goes by itself, and what was signed is signed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { askAllUdp, makeTsigKey, missingPrograms, until } from "../peers/index.ts";
import { ask, Chores, filesOfZone, killHard, makeZone, Type, zoneDirectory } from "./world.ts";

const missing = missingPrograms("knotd");
const TEST_MILLISECONDS = 240_000;
const chores = new Chores();
afterEach(() => chores.end());

describe.skipIf(missing.length > 0)(`stops${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`, () => {
  const tsig = makeTsigKey("chaos.example.", "hmac-sha256");

  test("SIGTERM under a load of queries ends with 0, by itself", { timeout: TEST_MILLISECONDS }, async () => {
    const directory = chores.directory("sigterm");
    const knot = await chores.knot([makeZone("busy.example.", 1, 2_000)], tsig);
    const product = await chores.product(directory);
    const id = await product.addZone({ name: "busy.example.", primary: knot, tsig, mode: "live" });
    await product.served(id, "busy.example.");
    let over = false;
    let answered = 0;
    const load = async (lane: number): Promise<void> => {
      for (let i = 0; !over; i++) {
        const names = Array.from({ length: 64 }, (_, n) => `m${lane}-${i}-${n}.busy.example.`);
        const questions = names.map((name) => ({ name, type: Type.A, edns: { do: true } }));
        answered += (await askAllUdp(product, questions).catch(() => [])).length;
      }
    };
    const lanes = [0, 1].map(load);
    await until("the load", () => answered > 500);
    product.process.signal("SIGTERM");
    expect(await product.process.ended).toBe(0);
    over = true;
    expect(product.process.log()).not.toContain("ended by force");
    await Promise.all(lanes);
  });

  test("signatures that were made before a kill are the ones that are answered after it", {
    timeout: TEST_MILLISECONDS,
  }, async () => {
    const directory = chores.directory("signatures");
    const knot = await chores.knot([makeZone("signed.example.", 1, 300)], tsig);
    let product = await chores.product(directory);
    const id = await product.addZone({ name: "signed.example.", primary: knot, tsig, mode: "live" });
    await product.served(id, "signed.example.");
    const names = Array.from({ length: 40 }, (_, i) => `n${i * 7}.signed.example.`);
    // The last 64 octets of an RRSIG of algorithm 13; made with a random nonce, so no two of them are alike.
    const signatures = async () => {
      const all: string[] = [];
      for (const name of names) {
        const [rrsig] = (await ask(product.port, name, Type.A)).rdatas(Type.RRSIG);
        all.push(Buffer.from(rrsig!.subarray(-64)).toString("hex"));
      }
      return all;
    };
    const before = await signatures();
    await until("the signatures on disk", () => {
      // The file is there when the first of them is saved.
      const file = filesOfZone(product, id).find((each) => each.endsWith(".signatures"));
      if (file === undefined) return false;
      const kept = readIfThere(join(zoneDirectory(product, id), file));
      return kept !== undefined && before.every((signature) => kept.includes(signature));
    });
    await killHard(product);
    await knot.stop();
    product = await chores.product(directory);
    expect(await signatures()).toEqual(before);
  });
});

/** In hex; undefined when it was there when the directory was read, and a newer one has taken its place since. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path).toString("hex");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
