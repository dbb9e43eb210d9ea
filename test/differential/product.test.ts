/**
 * The whole product between the judges: a real primary transfers the odd zone to it, and what it then answers is compared
 * with Knot and NSD on the same zone and goes through Unbound. (The finer comparison, without transfer and workers, is
 * answer.test.ts.)
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromLatin1, toHex } from "#bytes";
import { type Name, nameKey, readName } from "#name";
import {
  type Countersign,
  flattenZone,
  LOOPBACK,
  missingPrograms,
  type Peer,
  type PeerOptions,
  type Question,
  type SignedZone,
  type SigningMode,
  type SigningOptions,
  signZone,
  startBind,
  startCountersign,
  startKnot,
  startNsd,
  startUnbound,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { makeQuestions, namesOf } from "./questions.ts";
import { checkTruncation, compareServers } from "./run.ts";
import { validateThroughResolver } from "./validate.ts";

const missing = missingPrograms("knotd", "nsd", "named", "dnssec-signzone", "unbound");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
/** Nobody answers there: nothing outside may be asked about the parent. */
const NO_RESOLVER = { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9` };
const EVERY = 3;

type Case = {
  readonly title: string;
  readonly mode: SigningMode;
  readonly primary: (options: PeerOptions) => Promise<Peer>;
  readonly signing?: SigningOptions;
  readonly env?: Readonly<Record<string, string>>;
};

const OPT_OUT: SigningOptions = { denial: "nsec3", optOut: true, salt: "abcd", iterations: 3 };

const CASES: readonly Case[] = [
  { title: "unsigned, from NSD", mode: "unsigned", primary: startNsd },
  { title: "pre-signed NSEC, from Knot", mode: "presigned", primary: startKnot, signing: { denial: "nsec" } },
  { title: "pre-signed NSEC3, from BIND", mode: "presigned-nsec3", primary: startBind, signing: { denial: "nsec3" } },
  {
    title: "pre-signed NSEC3 with opt-out, from Knot, node:dgram",
    mode: "presigned-nsec3",
    primary: startKnot,
    signing: OPT_OUT,
    env: { COUNTERSIGN_UDP: "dgram" },
  },
];

describe.skipIf(missing.length > 0).each(CASES)(`$title${leftOut}`, (one) => {
  const apex = getName("odd.example.");
  const apexHex = toHex(fromLatin1(nameKey(apex)));
  let zone: SignedZone;
  let product: Countersign;
  let servers: { knot: Peer; nsd: Peer };
  let questions: Question[];

  beforeAll(async () => {
    const plain = { name: "odd.example.", text: flattenZone("odd.example.", zonePath("odd.zone")) };
    zone = one.signing ? signZone(plain, one.signing) : { ...plain, ds: "", ksk: "", zsk: "" };
    const [knot, nsd] = await Promise.all([startKnot({ zones: [zone] }), startNsd({ zones: [zone] })]);
    servers = { knot, nsd };
    const primary = await one.primary({ zones: [zone] });
    product = await startCountersign({ env: { ...NO_RESOLVER, ...one.env } });
    const id = await product.addZone({ name: zone.name, primary, mode: one.mode });
    await product.served(id, zone.name);
    await primary.stop();
    questions = makeQuestions(apex, namesOf(apex, zone.text), 4).filter((_, i) => i % EVERY === 0);
  });
  afterAll(async () => {
    await Promise.all([servers?.knot.stop(), servers?.nsd.stop(), product?.stop()]);
  });

  test("the same answers as Knot and NSD", async () => {
    const comparison = await compareServers(apexHex, questions, { ...servers, ours: product });
    expect(comparison.asked).toBeGreaterThan(2_500);
    expect(String(comparison.unexplained)).toBe("none");
    expect(String(comparison.ours)).toBe("none");
  });

  test("over UDP the same, or truncated when it has to be", async () => {
    expect(String(await checkTruncation(apexHex, questions, product))).toBe("none");
  });

  test.skipIf(!one.signing)("nothing bogus for Unbound", async () => {
    const unbound = await startUnbound({ trustAnchors: [zone.ds], stubs: [{ zone: zone.name, servers: [product] }] });
    try {
      const verdict = await validateThroughResolver(apex, questions, unbound, product);
      expect(String(verdict.bogus)).toBe("none");
      expect(verdict.secure).toBeGreaterThan(verdict.asked / 10);
    } finally {
      await unbound.stop();
    }
  });
});

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
}
