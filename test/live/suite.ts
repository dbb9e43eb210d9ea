/**
 * Live signing as the world sees it, whatever the form of denial: thousands of questions to the running product, whose answers
 * hold what the unsigned zone holds (Knot says what that is), and all of which Unbound finds secure.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyTag } from "#dnssec";
import { decodeReply, type Rr } from "../differential/decode.ts";
import { askAllTcp, missingPrograms, queryUdp } from "../peers/index.ts";
import { compareWithUnsigned, type Denial } from "./expect.ts";
import { delv } from "./tools.ts";
import {
  APEX,
  APEX_HEX,
  judgeByUnbound,
  type LiveOptions,
  type LiveWorld,
  type ResolverKind,
  startLiveWorld,
} from "./world.ts";

const missing = missingPrograms("knotd", "nsd", "named", "dnssec-signzone", "unbound", "delv");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const RRSIG = 46;
const DNSKEY = 48;
const CDS = 59;
const CDNSKEY = 60;
const OF_KEYS = [DNSKEY, CDS, CDNSKEY];

/** Question, and whether it is there or denied. */
const DELV_SAMPLE = [
  ["www.", "A", true],
  ["", "DNSKEY", true],
  ["", "CDS", true],
  ["UPPER.", "A", true],
  ["any.wild.", "MX", true],
  ["*.wild.", "TXT", true],
  ["c1.", "A", true],
  ["x.cname.", "AAAA", true],
  ["x.dname.", "A", true],
  ["secure.", "DS", true],
  ["insecure.", "DS", false],
  ["nothing.here.", "A", false],
  ["four.", "A", false],
  ["www.", "MX", false],
  ["any.wild.", "AAAA", false],
  ["www.", "ANY", true],
  ["any.wild.", "ANY", true],
  ["x.half.", "A", false],
] as const;

/** The tests of one file: a zone and a form of denial. */
export function describeDenial(options: LiveOptions & { readonly denial: Denial; readonly from: string }): void {
  describe.skipIf(missing.length > 0)(`${options.denial}, zone from ${options.from}${leftOut}`, () => {
    let world: LiveWorld;
    beforeAll(async () => {
      world = await startLiveWorld(options);
    });
    afterAll(async () => world?.stop());

    test("the data and RCODEs of the unsigned zone", async () => {
      const { product, unsigned, questions } = world;
      const result = await compareWithUnsigned(APEX_HEX, questions, product, unsigned, options.denial);
      expect(String(result.wrong)).toBe("none");
      expect(result.compared).toBeGreaterThan(20_000);
      expect(result.missing).toBeGreaterThan(3_000);
    });

    test.each<ResolverKind>(["aggressive", "hardened"])(
      "Unbound, %s: nothing bogus, everything secure",
      async (kind) => {
        const verdict = await judgeByUnbound(world, kind);
        expect(String(verdict.bogus)).toBe("none");
        expect(String(verdict.insecure)).toBe("none");
        expect(verdict.secure).toBeGreaterThan(5_000);
      },
    );

    test("delv, which has BIND's validator, agrees on one question of each sort", () => {
      for (const [label, type, there] of DELV_SAMPLE) {
        const said = delv(world.product, APEX, world.ds, label + APEX, type);
        expect(said, `${label} ${type}`).toMatch(
          there ? /^; fully validated/m : /^; negative response, fully validated/m,
        );
      }
    });

    test("every signature is by our keys: the KSK's over keys, the ZSK's over all else", async () => {
      const keys = decodeReply(
        (await askAllTcp(world.product, [{ name: APEX, type: DNSKEY, edns: { do: true } }]))[0]!,
      );
      const published = keys.answer.filter((rr) => rr.type === DNSKEY).map((rr) => Buffer.from(rr.rdata, "hex"));
      expect(published).toHaveLength(2);
      const tagWith = (flags: number): number => keyTag(published.find((key) => key.readUInt16BE(0) === flags)!);
      const [ksk, zsk] = [tagWith(257), tagWith(256)];
      const some = world.questions.filter((_, i) => i % 4 === 0);
      const signers = new Set<string>();
      for (const octets of await askAllTcp(world.product, some)) {
        const reply = decodeReply(octets);
        for (const signer of signersIn([...reply.answer, ...reply.authority, ...reply.additional])) signers.add(signer);
      }
      expect([...signers].sort()).toEqual([`keys ${ksk}`, `zone ${zsk}`].sort());
    });

    test("DNSKEY, CDS and CDNSKEY fit a datagram, and are signed", async () => {
      for (const type of OF_KEYS) {
        const reply = decodeReply(await queryUdp(world.product, { name: APEX, type, edns: { do: true } }));
        expect(reply.flags.tc).toBe(false);
        expect(reply.answer.map((rr) => rr.type)).toEqual([type, ...(type === DNSKEY ? [type] : []), RRSIG]);
      }
    });
  });
}

function signersIn(records: readonly Rr[]): string[] {
  return records
    .filter((rr) => rr.type === RRSIG)
    .map(({ rdata }) => {
      const covered = Number.parseInt(rdata.slice(0, 4), 16);
      const tag = Number.parseInt(rdata.slice(32, 36), 16);
      return `${OF_KEYS.includes(covered) ? "keys" : "zone"} ${tag}`;
    });
}
