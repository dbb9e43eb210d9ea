/**
 * Our answers against NSD's and Knot's, same zone, same questions: unsigned and pre-signed they must be the same (modulo
 * order and optional additional data); live-signed, Unbound must find every one of them secure.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromLatin1, toHex } from "#bytes";
import { type Name, nameKey, readName } from "#name";
import {
  flattenZone,
  missingPrograms,
  type Peer,
  type Question,
  type SignedZone,
  type SigningOptions,
  signZone,
  startKnot,
  startNsd,
  startUnbound,
} from "../peers/index.ts";
import { hasPublicSuffixes, publicSuffixZone, zonePath } from "../zones/index.ts";
import { type AnswerServer, type LiveDenial, serveZone } from "./answer-server.ts";
import { makeQuestions, namesOf } from "./questions.ts";
import { checkTruncation, compareServers } from "./run.ts";
import { validateThroughResolver } from "./validate.ts";

const missing = missingPrograms("knotd", "nsd", "named-checkzone", "dnssec-signzone", "unbound");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const OPT_OUT: SigningOptions = { denial: "nsec3", optOut: true, salt: "abcd", iterations: 3 };

type Subject = {
  readonly title: string;
  readonly apex: string;
  text(): string;
  readonly signing?: SigningOptions;
  /** NSD 4.6 or the tools can't take it: Knot alone is compared with. */
  readonly knotOnly?: boolean;
};

const odd = (): string => flattenZone("odd.example.", zonePath("odd.zone"));
const rfc = (name: string) => (): string => flattenZone("example.", zonePath(name));

const SUBJECTS: readonly Subject[] = [
  { title: "odd.zone unsigned", apex: "odd.example.", text: odd },
  { title: "odd.zone NSEC", apex: "odd.example.", text: odd, signing: { denial: "nsec" } },
  { title: "odd.zone NSEC3", apex: "odd.example.", text: odd, signing: { denial: "nsec3" } },
  { title: "odd.zone NSEC3 with opt-out", apex: "odd.example.", text: odd, signing: OPT_OUT },
  { title: "RFC 4592's zone NSEC", apex: "example.", text: rfc("rfc4592.zone"), signing: { denial: "nsec" } },
  { title: "RFC 4592's zone NSEC3", apex: "example.", text: rfc("rfc4592.zone"), signing: { denial: "nsec3" } },
  {
    title: "RFC 5155's zone NSEC",
    apex: "example.",
    text: rfc("rfc5155.zone"),
    signing: { denial: "nsec", tool: "ldns" },
  },
  {
    title: "RFC 5155's zone opt-out",
    apex: "example.",
    text: rfc("rfc5155.zone"),
    signing: { ...OPT_OUT, iterations: 12 },
  },
];

const REGISTRY: readonly Subject[] = [
  {
    title: "public suffixes NSEC",
    apex: "psl.test.",
    text: () => publicSuffixZone("psl.test.", 40),
    signing: { denial: "nsec" },
  },
  {
    title: "public suffixes NSEC3 opt-out",
    apex: "psl.test.",
    text: () => publicSuffixZone("psl.test.", 40),
    signing: OPT_OUT,
  },
];

describe.skipIf(missing.length > 0)(`as it came${leftOut}`, () => {
  describe.each([...SUBJECTS, ...(hasPublicSuffixes() ? REGISTRY : [])])("$title", (subject) => {
    const apex = getName(subject.apex);
    const apexHex = toHex(fromLatin1(nameKey(apex)));
    let zone: SignedZone;
    let knot: Peer;
    let nsd: Peer;
    let ours: AnswerServer;
    let questions: Question[];
    beforeAll(async () => {
      const plain = { name: subject.apex, text: subject.text() };
      zone = subject.signing ? signZone(plain, subject.signing) : { ...plain, ds: "", ksk: "", zsk: "" };
      [knot, nsd] = await Promise.all([startKnot({ zones: [zone] }), startNsd({ zones: [zone] })]);
      ours = await serveZone(apex, zone.text);
      questions = makeQuestions(apex, namesOf(apex, zone.text), 2);
    });
    afterAll(async () => {
      await Promise.all([knot?.stop(), nsd?.stop(), ours?.stop()]);
    });

    test("the same answers as Knot and NSD", async () => {
      const comparison = await compareServers(apexHex, questions, { knot, nsd, ours });
      expect(String(comparison.unexplained)).toBe("none");
      expect(String(comparison.ours)).toBe("none");
    });

    test("over UDP the same, or truncated when it has to be", async () => {
      expect(
        String(
          await checkTruncation(
            apexHex,
            questions.filter((_, i) => i % 3 === 0),
            ours,
          ),
        ),
      ).toBe("none");
    });

    test.skipIf(!subject.signing)("nothing bogus for Unbound", async () => {
      const unbound = await startUnbound({ trustAnchors: [zone.ds], stubs: [{ zone: zone.name, servers: [ours] }] });
      try {
        const verdict = await validateThroughResolver(apex, questions, unbound, ours);
        expect(String(verdict.bogus)).toBe("none");
        // Opt-out leaves unsigned delegations and their neighbours insecure, by design (RFC 5155 section 6).
        if (!subject.signing?.optOut) expect(String(verdict.insecure)).toBe("none");
        expect(verdict.secure).toBeGreaterThan(verdict.asked / (subject.signing?.optOut ? 10 : 3));
      } finally {
        await unbound.stop();
      }
    });
  });
});

describe.skipIf(missing.length > 0)(`live-signed${leftOut}`, () => {
  const apex = getName("odd.example.");
  describe.each<[LiveDenial, boolean]>([
    ["compact", false],
    ["nsec3", false],
    ["chain", false],
    ["compact", true],
    ["chain", true],
  ])("%s, extreme names %s", (denial, extreme) => {
    test("nothing bogus for Unbound, and everything secure", async () => {
      const paths = [zonePath("odd.zone"), ...(extreme ? [zonePath("odd-extreme-names.zone")] : [])];
      const text = flattenZone("odd.example.", ...paths);
      const ours = await serveZone(apex, text, denial);
      const unbound = await startUnbound({
        trustAnchors: [ours.ds],
        stubs: [{ zone: "odd.example.", servers: [ours] }],
      });
      try {
        const questions = makeQuestions(apex, namesOf(apex, text), 3);
        const verdict = await validateThroughResolver(apex, questions, unbound, ours);
        expect(String(verdict.bogus)).toBe("none");
        expect(String(verdict.insecure)).toBe("none");
        expect(verdict.secure).toBeGreaterThan(4_000);
      } finally {
        await Promise.all([unbound.stop(), ours.stop()]);
      }
    });
  });
});

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
}
