/**
 * The whole product live-signing the odd zone from a real primary, before Unbound, whose only trust anchor is the DS that
 * the product shows.
 */
import { expect, test } from "vitest";
import { type Name, readName } from "#name";
import {
  flattenZone,
  missingPrograms,
  type SigningMode,
  startCountersign,
  startKnot,
  startUnbound,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { makeQuestions, namesOf } from "./questions.ts";
import { validateThroughResolver } from "./validate.ts";

const missing = missingPrograms("knotd", "unbound");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const NAME = "odd.example.";
const MODES: readonly SigningMode[] = ["live", "live-nsec3", "live-chain"];

test.skipIf(missing.length > 0).each(MODES)(
  `%s: nothing bogus for Unbound, everything secure${leftOut}`,
  async (mode) => {
    const apex = getName(NAME);
    const text = flattenZone(NAME, zonePath("odd.zone"));
    const primary = await startKnot({ zones: [{ name: NAME, text }] });
    const product = await startCountersign();
    try {
      const id = await product.addZone({ name: NAME, primary, mode });
      await product.served(id, NAME);
      await primary.stop();
      const { dnssec } = await product.status(id);
      const unbound = await startUnbound({ trustAnchors: dnssec.ds, stubs: [{ zone: NAME, servers: [product] }] });
      try {
        const questions = makeQuestions(apex, namesOf(apex, text), 11).filter((_, i) => i % 3 === 0);
        const verdict = await validateThroughResolver(apex, questions, unbound, product);
        expect(String(verdict.bogus)).toBe("none");
        expect(String(verdict.insecure)).toBe("none");
        expect(verdict.secure).toBeGreaterThan(1_000);
      } finally {
        await unbound.stop();
      }
    } finally {
      await Promise.all([primary.stop(), product.stop()]);
    }
  },
);

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
}
