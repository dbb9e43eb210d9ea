/** What no comparison with an unsigned zone can show: RFC 9824's own rules, type NSEC asked for, NSEC3PARAM; over UDP, on one zone in turn. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { decodeReply, type Reply, showName } from "../differential/decode.ts";
import { missingPrograms, queryUdp, startKnot } from "../peers/index.ts";
import { optFlag } from "./expect.ts";
import { APEX, getName, judgeByUnbound, type LiveWorld, startLiveWorld } from "./world.ts";

const missing = missingPrograms("knotd", "nsd", "unbound");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const TYPE = { A: 1, SOA: 6, TXT: 16, RRSIG: 46, NSEC: 47, NSEC3: 50, NSEC3PARAM: 51, NXNAME: 128 } as const;
const NOERROR = 0;
const FORMERR = 1;
const NXDOMAIN = 3;
const EDE = 15;
const INVALID_QUERY_TYPE = 30;
const DO = 0x8000;
const CO = 0x4000;

describe.skipIf(missing.length > 0)(`details of live denial${leftOut}`, () => {
  let world: LiveWorld;
  beforeAll(async () => {
    world = await startLiveWorld({ mode: "live", primary: startKnot, extreme: true });
  });
  afterAll(async () => world?.stop());

  const askRaw = (label: string, type: number, flags: number) =>
    queryUdp(world.product, { name: label + APEX, type, edns: { flags } });
  const ask = async (label: string, type: number, flags = DO): Promise<Reply> =>
    decodeReply(await askRaw(label, type, flags));

  describe("compact", () => {
    test.each([
      ["missing name", "nothing.here.", [TYPE.RRSIG, TYPE.NSEC, TYPE.NXNAME]],
      ["empty non-terminal", "four.", [TYPE.RRSIG, TYPE.NSEC]],
      ["no such type", "alone.wild.", [TYPE.A, 15, TYPE.TXT, TYPE.RRSIG, TYPE.NSEC]],
      ["no such type at a name", "a.", [TYPE.A, TYPE.RRSIG, TYPE.NSEC]],
      ["wildcard that is an empty non-terminal", "x.half.", [TYPE.RRSIG, TYPE.NSEC]],
    ] as const)("%s: one NSEC at the name asked for, with just these types", async (_, label, types) => {
      const reply = await ask(label, 28);
      expect(reply.rcode).toBe(NOERROR);
      const nsec = reply.authority.filter((rr) => rr.type === TYPE.NSEC);
      expect(nsec.map((rr) => showName(rr.owner))).toEqual([label + APEX]);
      expect(typesOf(nsec[0]!.rdata)).toEqual([...types].sort((a, b) => a - b));
      expect(nsec[0]!.rdata.startsWith(`0100${nsec[0]!.owner}`)).toBe(true);
    });

    test("an insecure referral: the next name is the last label with an octet more", async () => {
      const reply = await ask("host.insecure.", TYPE.A);
      const nsec = reply.authority.filter((rr) => rr.type === TYPE.NSEC);
      expect(nsec.map((rr) => showName(rr.owner))).toEqual([`insecure.${APEX}`]);
      expect(nsec[0]!.rdata.startsWith(`09${Buffer.from("insecure\0").toString("hex")}`)).toBe(true);
      expect(typesOf(nsec[0]!.rdata)).toEqual([2, TYPE.RRSIG, TYPE.NSEC]);
    });

    test("NXDOMAIN without DO, NOERROR with DO, NXDOMAIN and CO with both", async () => {
      expect(await ask("nothing.here.", TYPE.A, 0)).toMatchObject({ rcode: NXDOMAIN });
      expect(await ask("nothing.here.", TYPE.A, CO)).toMatchObject({ rcode: NXDOMAIN });
      expect(await ask("nothing.here.", TYPE.A, DO)).toMatchObject({ rcode: NOERROR });
      const compactOk = await askRaw("nothing.here.", TYPE.A, DO | CO);
      expect(decodeReply(compactOk).rcode).toBe(NXDOMAIN);
      expect(optFlag(compactOk, CO)).toBe(true);
      expect(decodeReply(compactOk).authority.some((rr) => rr.type === TYPE.NSEC)).toBe(true);
      // An alias to a missing name: the RCODE is about the last name (RFC 6604).
      expect(await ask("cmissing.", TYPE.A, DO)).toMatchObject({ rcode: NOERROR });
      expect(await ask("cmissing.", TYPE.A, DO | CO)).toMatchObject({ rcode: NXDOMAIN });
    });

    test("type NXNAME is no question: FORMERR with extended error 30", async () => {
      for (const label of ["", "nothing.here.", "www."]) {
        const octets = await askRaw(label, TYPE.NXNAME, DO);
        expect(decodeReply(octets)).toMatchObject({ rcode: FORMERR, answer: [], authority: [] });
        expect(extendedError(octets)).toBe(INVALID_QUERY_TYPE);
      }
    });

    test("type NSEC is answered at every name that exists, aliases and empty non-terminals too", async () => {
      for (const label of ["", "www.", "four.", "c1.", "any.wild.", "x.cname."]) {
        const reply = await ask(label, TYPE.NSEC);
        expect(
          reply.answer.map((rr) => [showName(rr.owner), rr.type]),
          label,
        ).toEqual([
          [label + APEX, TYPE.NSEC],
          [label + APEX, TYPE.RRSIG],
        ]);
      }
    });
  });

  describe("NSEC3 made when asked", () => {
    beforeAll(() => world.product.setMode(world.zoneId, "live-nsec3"));

    test("type NSEC at an alias follows the alias: its NSEC3 shows a CNAME and would prove nothing", async () => {
      const reply = await ask("c1.", TYPE.NSEC);
      expect(reply.answer.filter((rr) => rr.type !== TYPE.RRSIG).map((rr) => rr.type)).toEqual([5, 5, 5]);
    });

    test("no iterations, no salt, real NXDOMAIN, and NSEC3PARAM says the same", async () => {
      const reply = await ask("nothing.here.", TYPE.A);
      expect(reply.rcode).toBe(NXDOMAIN);
      const records = reply.authority.filter((rr) => rr.type === TYPE.NSEC3);
      expect(records).toHaveLength(3);
      for (const rr of records) expect(rr.rdata.slice(0, 10)).toBe("0100000000");
      const param = await ask("", TYPE.NSEC3PARAM);
      expect(param.answer.map((rr) => rr.type)).toEqual([TYPE.NSEC3PARAM, TYPE.RRSIG]);
      expect(param.answer[0]!.rdata).toBe("0100000000");
    });

    test("names at every limit are secure in this mode, too", async () => {
      const verdict = await judgeByUnbound(
        { ...world, questions: world.questions.filter((each) => each.name.length > 200) },
        "aggressive",
      );
      expect([String(verdict.bogus), String(verdict.insecure)]).toEqual(["none", "none"]);
      expect(verdict.secure).toBeGreaterThan(400);
    });
  });

  describe("a chain of our own", () => {
    beforeAll(async () => {
      const settings = `/countersign/v1/zones/${world.zoneId}/settings`;
      await world.product.call("PATCH", settings, { denial: "chain" });
      await world.product.call("PATCH", `/client/v4/zones/${world.zoneId}/dnssec`, { dnssec_use_nsec3: false });
    });

    test("from the apex along the NSEC records round to the apex, over every name that is signed", async () => {
      const seen: string[] = [];
      for (let name = APEX; seen.length < 1000; ) {
        const reply = decodeReply(await queryUdp(world.product, { name, type: TYPE.NSEC, edns: { do: true } }));
        // At a cut there is a referral: its NSEC is in the denial of what comes right behind the name.
        const nsec = [...reply.answer, ...reply.authority].find(
          (rr) => rr.type === TYPE.NSEC && showName(rr.owner) === name,
        );
        const next = nsec ? showName(firstName(nsec.rdata)) : await nextOfCut(name);
        seen.push(name);
        if (next === APEX) break;
        name = next;
      }
      expect(new Set(seen).size).toBe(seen.length);
      // Neither empty non-terminals nor what lies below a cut have an NSEC.
      expect(seen.toSorted()).toEqual(signedNames(world.text).toSorted());
    });

    async function nextOfCut(name: string): Promise<string> {
      const behind = name.replace(".", "\\000.");
      const reply = decodeReply(await queryUdp(world.product, { name: behind, type: TYPE.A, edns: { do: true } }));
      const nsec = reply.authority.find((rr) => rr.type === TYPE.NSEC && showName(rr.owner) === name);
      return showName(firstName(nsec!.rdata));
    }

    test("names at every limit are secure in this mode, too", async () => {
      const verdict = await judgeByUnbound(
        { ...world, questions: world.questions.filter((each) => each.name.length > 200) },
        "aggressive",
      );
      expect([String(verdict.bogus), String(verdict.insecure)]).toEqual(["none", "none"]);
      expect(verdict.secure).toBeGreaterThan(400);
    });
  });
});

/** Owner names of flattened text that are not below a cut, as showName writes them. */
function signedNames(text: string): string[] {
  const records = [...text.matchAll(/^(\S+)\s+\d+\s+IN\s+(\S+)/gm)].map(([, owner, type]) => {
    return { name: showName(toHex(getName(owner!.toLowerCase()))), type };
  });
  const cuts = new Set(records.filter((rr) => rr.type === "NS" && rr.name !== APEX).map((rr) => rr.name));
  const isBelow = (name: string): boolean => [...cuts].some((cut) => name.endsWith(`.${cut}`));
  return [...new Set(records.map((rr) => rr.name).filter((name) => !isBelow(name)))];
}

function firstName(rdata: string): string {
  const octets = Buffer.from(rdata, "hex");
  let at = 0;
  while (octets[at] !== 0) at += octets[at]! + 1;
  return rdata.slice(0, 2 * (at + 1));
}

/** RFC 4034 section 4.1.2. */
function typesOf(rdata: string): number[] {
  const octets = Buffer.from(rdata, "hex");
  const types: number[] = [];
  for (let at = firstName(rdata).length / 2; at < octets.length; at += 2 + octets[at + 1]!) {
    for (let i = 0; i < 8 * octets[at + 1]!; i++) {
      if (octets[at + 2 + (i >> 3)]! & (0x80 >> (i & 7))) types.push(256 * octets[at]! + i);
    }
  }
  return types;
}

function extendedError(octets: Uint8Array): number | undefined {
  const at = octets.findIndex((_, i) => octets[i] === 0 && octets[i + 1] === EDE && octets[i + 2] === 0 && i > 20);
  return at < 0 ? undefined : (octets[at + 4]! << 8) | octets[at + 5]!;
}
