import { describe, expect, test } from "vitest";
import { Flag, parseMessage, writeMessage } from "#message";
import { type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { buildSoaQuery, readSoaAnswer } from "./index.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const APEX = name("example.");

function rdata(type: number, text: string): Uint8Array {
  const read = readRdata(type, text.split(" "));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const soa = {
  owner: APEX,
  type: RRType.SOA,
  ttl: 60,
  rdata: rdata(RRType.SOA, "ns.example. h.example. 4000000000 1 2 3 4"),
};
const signature = (covered: string) => ({
  ...soa,
  type: RRType.RRSIG,
  rdata: rdata(RRType.RRSIG, `${covered} 13 1 60 20300101000000 20200101000000 1 example. AAAA`),
});

function answer(parts: object): Uint8Array {
  const question = [{ name: APEX, type: RRType.SOA, class: 1 }];
  return writeMessage({ id: 5, flags: Flag.QR | Flag.AA, question, answer: [soa], ...parts }).octets.slice();
}

describe("readSoaAnswer", () => {
  test("serial, SOA and its signatures alone", () => {
    const octets = answer({ answer: [signature("NS"), soa, signature("SOA")] });
    expect(readSoaAnswer(octets, APEX, 5)).toMatchObject({
      kind: "serial",
      serial: 4000000000,
      soa: { expire: 3 },
      signatures: [signature("SOA").rdata],
    });
  });

  const cases: [string, Uint8Array, object][] = [
    ["truncated", answer({ flags: Flag.QR | Flag.AA | Flag.TC, answer: [] }), { kind: "truncated" }],
    ["REFUSED", answer({ rcode: 5, answer: [] }), { code: "rcode", rcode: 5, text: "the primary answered REFUSED" }],
    ["not authoritative", answer({ flags: Flag.QR }), { code: "not-authoritative" }],
    ["no SOA", answer({ answer: [] }), { code: "no-soa" }],
    ["another zone's SOA", answer({ answer: [{ ...soa, owner: name("org.") }] }), { code: "no-soa" }],
    ["a malformed SOA", answer({ answer: [{ ...soa, rdata: new Uint8Array(3) }] }), { code: "no-soa" }],
    ["SOA in the authority section only", answer({ answer: [], authority: [soa] }), { code: "no-soa" }],
    ["another ID", answer({ id: 6 }), { code: "wrong-id" }],
    ["a query", answer({ flags: 0 }), { code: "not-a-response" }],
    ["NOTIFY", answer({ opcode: 4 }), { code: "wrong-opcode" }],
    [
      "another question",
      answer({ question: [{ name: name("org."), type: RRType.SOA, class: 1 }] }),
      { code: "wrong-question" },
    ],
    [
      "two questions",
      answer({ question: [0, 1].map(() => ({ name: APEX, type: RRType.SOA, class: 1 })) }),
      { code: "wrong-question" },
    ],
    ["no question", answer({ question: [] }), { code: "question-missing" }],
    ["octets behind", Uint8Array.from([...answer({}), 1]), { code: "malformed" }],
    ["no header", new Uint8Array(3), { code: "malformed" }],
  ];
  test.each(cases)("%s", (_, octets, expected) => {
    expect(readSoaAnswer(octets, APEX, 5)).toMatchObject({ kind: "refused", ...expected });
  });
});

describe("EDNS in the answer", () => {
  const OPT_HEAD = [0, 0, RRType.OPT, 4, 208, 0, 0, 0, 0];
  const opt = (...options: number[]) => [...OPT_HEAD, 0, options.length, ...options];
  const expire = (...octets: number[]) => [0, 9, 0, octets.length, ...octets];
  /** Offsets of the header's counts. */
  const SECTIONS = { answer: 7, authority: 9, additional: 11 } as const;
  const withRecords = (section: keyof typeof SECTIONS, ...records: readonly number[][]) => {
    const octets = Uint8Array.from([...answer({}), ...records.flat()]);
    octets[SECTIONS[section]]! += records.length;
    return readSoaAnswer(octets, APEX, 5);
  };

  test.each([
    ["of four octets", expire(0, 0, 1, 0), 256],
    ["of three", expire(0, 1, 0), undefined],
    ["of none", expire(), undefined],
    ["as large as can be (SOA EXPIRE bounds it)", expire(255, 255, 255, 255), 2 ** 32 - 1],
    ["twice: the first", [...expire(0, 0, 0, 9), ...expire(0, 0, 0, 1)], 9],
  ])("EXPIRE %s", (_, options, expireLeftSeconds) => {
    expect(withRecords("additional", opt(...options))).toMatchObject({ kind: "serial", serial: 4000000000 });
    expect(withRecords("additional", opt(...options))).toHaveProperty("expireLeftSeconds", expireLeftSeconds);
  });

  test("an option that ends beyond its OPT, OPT twice, OPT in another section", () => {
    const malformed = { kind: "refused", code: "malformed" };
    expect(withRecords("additional", opt(0, 9, 0, 4, 1))).toMatchObject(malformed);
    expect(withRecords("additional", opt(), opt())).toMatchObject(malformed);
    expect(withRecords("answer", opt())).toMatchObject(malformed);
    expect(withRecords("authority", opt())).toMatchObject(malformed);
  });
});

test("the query: SOA, EDNS, DO", () => {
  expect(parseMessage(buildSoaQuery(APEX, 77))).toMatchObject({
    ok: true,
    value: {
      id: 77,
      flags: 0,
      question: [{ name: APEX, type: RRType.SOA, class: 1 }],
      edns: { udpSize: 1232, flags: 0x8000 },
    },
  });
});
