/**
 * An answer explained is the answer: octet by octet what a UDP client gets, in every mode, for hundreds of questions; and what is said of it is
 * true of it.
 *
 *   Knot, one odd zone under seven names ── transfer ──▶ Countersign ◀── UDP questions, and /explain of the same
 */

import * as dnsPacket from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import type { Explanation } from "#contract";
import { isSubdomain } from "#name";
import { typeName } from "#rdata";
import { makeQuestions, namesOf } from "../differential/questions.ts";
import { getName } from "../live/world.ts";
import {
  askAllUdp,
  type Countersign,
  flattenZone,
  missingPrograms,
  type Peer,
  type PeerZone,
  type Question,
  SIGNING_MODES,
  type SigningMode,
  signZone,
  startCountersign,
  startKnot,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";

const QUESTIONS_A_MODE = 150;

type Line = Pick<Explanation["records"][number], "section" | "name" | "type" | "ttl">;

/** A name with other octets than letters, digits and hyphens is written in another way by each: its place is compared, not its letters. */
const lineOf = ({ section, name, type, ttl }: Line): string => {
  // A dot inside a label is written without its backslash by dns-packet.
  const plain = name.replaceAll("\\.", ".").replace(/\.$/, "").toLowerCase();
  return `${section} ${/^[a-z0-9_.-]+$/.test(plain) ? plain : "(octets)"} ${ttl} ${type}`;
};

/** The sections of a reply as another decoder reads them, its RCODE first; without OPT, which is no record of the answer. */
function linesOf(reply: string): readonly string[] {
  const packet = dnsPacket.decode(Buffer.from(reply, "hex"));
  const sections = [
    ["answer", packet.answers],
    ["authority", packet.authorities],
    ["additional", packet.additionals],
  ] as const;
  const lines = sections.flatMap(([section, records]) =>
    (records ?? [])
      .filter(({ type }) => type !== "OPT")
      .map((record) => {
        const { name, type, ttl = 0 } = record as { name: string; type: string; ttl?: number };
        return lineOf({
          section,
          name,
          type: type.replace(/^UNKNOWN_(\d+)$/, (_, number: string) => typeName(Number(number))),
          ttl,
        });
      }),
  );
  return [(packet as unknown as { rcode: string }).rcode, ...lines];
}

/** As long as odd.example.: the zone has names of 255 octets. */
const apexOf = (mode: SigningMode): string => `md${SIGNING_MODES.indexOf(mode)}.example.`;

const missing = missingPrograms("knotd", "named-checkzone", "dnssec-signzone");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

describe.skipIf(missing.length > 0)(`answers explained${leftOut}`, () => {
  const odd = missing.length > 0 ? "" : flattenZone("odd.example.", zonePath("odd.zone"));
  const zoneOf = (mode: SigningMode): PeerZone => {
    const zone = { name: apexOf(mode), text: odd.replaceAll("odd.example.", apexOf(mode)) };
    if (mode === "presigned") return signZone(zone, { denial: "nsec" });
    return mode === "presigned-nsec3" ? signZone(zone, { denial: "nsec3", salt: "ab", iterations: 1 }) : zone;
  };
  const zones = new Map<SigningMode, string>();
  let primary: Peer;
  let product: Countersign;

  beforeAll(async () => {
    [primary, product] = await Promise.all([startKnot({ zones: SIGNING_MODES.map(zoneOf) }), startCountersign()]);
    for (const mode of SIGNING_MODES) zones.set(mode, await product.addZone({ name: apexOf(mode), primary, mode }));
    await Promise.all(SIGNING_MODES.map((mode) => product.served(zones.get(mode)!, apexOf(mode))));
  });
  afterAll(async () => {
    await Promise.all([product?.stop(), primary?.stop()]);
  });

  const explain = async (mode: SigningMode, question: Question, more = ""): Promise<Explanation> => {
    const query = new URLSearchParams({
      name: question.name,
      type: typeName(question.type),
      do: String(question.edns?.do ?? false),
    });
    const path = `/countersign/v1/zones/${zones.get(mode)}/explain?${query}${more}`;
    return (await product.call("GET", path)) as Explanation;
  };

  const questionsOf = (mode: SigningMode): Question[] => {
    const apex = getName(apexOf(mode));
    const all = makeQuestions(apex, namesOf(apex, zoneOf(mode).text), 11).filter(
      ({ name, edns }) => edns !== undefined && isSubdomain(getName(name), apex),
    );
    const step = Math.max(1, Math.floor(all.length / QUESTIONS_A_MODE));
    return all.filter((_, i) => i % step === 0);
  };

  test.each(SIGNING_MODES)("%s: octet by octet what a UDP client gets", async (mode) => {
    const questions = questionsOf(mode);
    expect(questions.length).toBeGreaterThanOrEqual(QUESTIONS_A_MODE);
    const replies = await askAllUdp(product, questions);
    const explained: Explanation[] = [];
    // Some at a time: a worker that nobody asks anything looks at its orders only so often.
    for (let at = 0; at < questions.length; at += 32) {
      explained.push(...(await Promise.all(questions.slice(at, at + 32).map((one) => explain(mode, one)))));
    }
    for (const [i, question] of questions.entries()) {
      let said = explained[i]!;
      let reply = toHex(replies[i]!);
      if (said.message.slice(4) !== reply.slice(4)) {
        // A signature of a made-up record may have been forgotten and made again (ECDSA's have a random part): then at once.
        reply = toHex((await askAllUdp(product, [question]))[0]!);
        said = await explain(mode, question);
      }
      const about = `${question.name} ${typeName(question.type)}`;
      expect(said.message.slice(4), about).toBe(reply.slice(4));
      expect([said.rcode, ...said.records.map(lineOf)], about).toEqual(linesOf(reply));
      expect(said.zone?.name, about).toBe(apexOf(mode).slice(0, -1));
      for (const { proves } of said.proofs) expect(proves.length, about).toBeGreaterThan(0);
      const authority = said.records.filter(({ section, type }) => section === "authority" && /^NSEC3?$/.test(type));
      for (const { name, type } of authority) {
        const proof = said.proofs.find((one) => one.name === name && one.type === type);
        expect(proof?.proves.map((one) => one.proof) ?? [], `${about}: ${name} ${type}`).not.toContain("other");
      }
      for (const { signature } of said.records) {
        if (signature) expect([signature.role, signature.in_window], about).not.toContain("unknown");
        if (signature) expect(signature.in_window, about).toBe(true);
      }
    }
  });

  test("each step of the look-up by its name", async () => {
    const stepsOf = async (name: string, type: number) =>
      (await explain("live-chain", { name: `${name}${apexOf("live-chain")}`, type, edns: { do: true } })).steps.map(
        ({ step }) => step,
      );
    expect(await stepsOf("www.", 1)).toEqual(["exact"]);
    expect(await stepsOf("any.wild.", 15)).toEqual(["wildcard"]);
    expect(await stepsOf("www.", 15)).toEqual(["no-such-type"]);
    expect(await stepsOf("nothing.here.", 1)).toEqual(["no-such-name"]);
    expect(await stepsOf("case.", 1)).toEqual(["empty-non-terminal"]);
    expect((await stepsOf("x.dname.", 1))[0]).toBe("dname");
    expect((await stepsOf("c1.", 1))[0]).toBe("cname");
    expect(await stepsOf("x.insecure.", 1)).toEqual(["delegation"]);
  });

  test("where a signature comes from: made, then kept; the table; the KSK; the primary", async () => {
    const from = async (mode: SigningMode, name: string, type: number) => {
      const said = await explain(mode, { name: `${name}${apexOf(mode)}`, type, edns: { do: true } });
      return said.records.flatMap(({ signature }) => signature?.from ?? []);
    };
    expect(await from("live", "never-asked-before.", 1)).toEqual(["table", "made"]);
    expect(await from("live", "never-asked-before.", 1)).toEqual(["table", "cache"]);
    expect(await from("live", "", 48)).toEqual(["apex"]);
    expect(await from("presigned", "www.", 1)).toEqual(["transferred"]);
    expect(await from("unsigned", "www.", 1)).toEqual([]);
  });

  test("what each record of a proof proves", async () => {
    const proofs = async (mode: SigningMode, name: string, type: number) => {
      const said = await explain(mode, { name: `${name}${apexOf(mode)}`, type, edns: { do: true } });
      return said.proofs.flatMap(({ proves }) => proves.map(({ proof }) => proof)).sort();
    };
    expect(await proofs("presigned-nsec3", "nothing.here.", 1)).toEqual([
      "encloser-matched",
      "next-closer-covered",
      "wildcard-covered",
    ]);
    expect(await proofs("live-nsec3", "nothing.here.", 1)).toEqual([
      "encloser-matched",
      "next-closer-covered",
      "wildcard-covered",
    ]);
    expect(await proofs("presigned", "www.", 15)).toEqual(["type-missing"]);
    expect(await proofs("live", "nothing.here.", 1)).toEqual(["name-missing"]);
    expect(await proofs("presigned", "insecure.", 43)).toEqual(["type-missing"]);
    expect(await proofs("presigned", "x.insecure.", 1)).toEqual(["insecure-cut"]);
    expect(await proofs("presigned", "any.wild.", 15)).toEqual(["name-covered"]);
  });

  test("over TCP nothing is cut off; questions that can't be asked are refused with the field", async () => {
    const zoneId = zones.get("live")!;
    const ask = (query: string) => product.call("GET", `/countersign/v1/zones/${zoneId}/explain?${query}`);
    const whole = (await ask("name=@&type=DNSKEY&transport=tcp")) as Explanation;
    expect(whole.flags).not.toContain("tc");
    await expect(ask("name=elsewhere.test.&type=A")).rejects.toThrow(/20652/);
    expect(((await ask("name=www&type=A")) as Explanation).name).toBe(`www.${apexOf("live")}`);
    await expect(ask("name=a..b&type=A")).rejects.toThrow(/20651/);
    await expect(ask("name=@&type=NOTHING")).rejects.toThrow(/20653/);
    await expect(ask("name=@&type=AXFR")).rejects.toThrow(/20654/);
    await expect(ask("name=@&type=A&do=perhaps")).rejects.toThrow(/1004/);
  });
});
