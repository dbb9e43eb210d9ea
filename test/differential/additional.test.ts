/**
 * What a server may leave out or add, as Knot has it: the additional section of every answer, and the authority section of
 * positive ones, on the odd zone unsigned and pre-signed. (What may not differ is compared in product.test.ts.)
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Name, readName } from "#name";
import {
  askAllTcp,
  type Countersign,
  flattenZone,
  LOOPBACK,
  missingPrograms,
  type Peer,
  type Question,
  type SigningMode,
  signZone,
  startCountersign,
  startKnot,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { decodeReply, type Reply, type Rr, showRr } from "./decode.ts";
import { makeQuestions, namesOf } from "./questions.ts";
import { Problems } from "./run.ts";

const missing = missingPrograms("knotd", "dnssec-signzone");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const EVERY = 3;
const [SOA, RRSIG, NSEC, SVCB, HTTPS, ANY] = [6, 46, 47, 64, 65, 255];
const ALWAYS = new Set([SVCB, HTTPS]);

const CASES: readonly (readonly [SigningMode, "nsec" | "nsec3" | undefined])[] = [
  ["unsigned", undefined],
  ["presigned", "nsec"],
  ["presigned-nsec3", "nsec3"],
];

describe.skipIf(missing.length > 0).each(CASES)(`%s${leftOut}`, (mode, denial) => {
  const apex = getName("odd.example.");
  let knot: Peer;
  let product: Countersign;
  let text: string;

  beforeAll(async () => {
    const plain = { name: "odd.example.", text: flattenZone("odd.example.", zonePath("odd.zone")) };
    const zone = denial ? signZone(plain, { denial }) : plain;
    text = zone.text;
    knot = await startKnot({ zones: [zone] });
    product = await startCountersign({ env: { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9` } });
    const id = await product.addZone({ name: zone.name, primary: knot, mode });
    await product.served(id, zone.name);
  });
  afterAll(async () => {
    await Promise.all([knot?.stop(), product?.stop()]);
  });

  test("additional data, and nothing in the authority section that is not needed", async () => {
    const questions = makeQuestions(apex, namesOf(apex, text), 5).filter(
      (question, i) => (i % EVERY === 0 || ALWAYS.has(question.type)) && !isDisputed(question),
    );
    const [ours, theirs] = [await askAllTcp(product, questions), await askAllTcp(knot, questions)];
    const problems = new Problems();
    let withAdditional = 0;
    for (const [i, question] of questions.entries()) {
      const [left, right] = [decodeReply(ours[i]!), decodeReply(theirs[i]!)];
      if (right.additional.length > 0) withAdditional++;
      const lines = [
        ...differences("additional", left.additional, right.additional),
        ...(isPositive(left) && isPositive(right) ? differences("authority", left.authority, right.authority) : []),
      ];
      if (lines.length > 0) problems.add(question, lines);
    }
    expect(String(problems)).toBe("none");
    expect(withAdditional).toBeGreaterThan(50);
  });
});

/** What stands in disagreements.ts: `x\\000` behind x (Knot's NSEC is bogus), NSEC at a CNAME, and what ANY and RRSIG pick. */
function isDisputed({ name, type }: Question): boolean {
  return name.includes("\\000.") || type === NSEC || type === ANY || type === RRSIG;
}

/** The other ones have their table of disagreements (how far a chain is followed, YXDOMAIN). */
function isPositive({ rcode, answer, authority }: Reply): boolean {
  return rcode === 0 && answer.length > 0 && !authority.some(({ type }) => type === SOA);
}

function differences(section: string, ours: readonly Rr[], knots: readonly Rr[]): string[] {
  const [a, b] = [ours.map(showRr).sort(), knots.map(showRr).sort()];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `${section}, ours only: ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `${section}, Knot only: ${line}`),
  ];
}

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
}
