import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { Flag, MessageWriter, type ResourceRecord, writeMessage } from "#message";
import { type Name, printName } from "#name";
import { RRType } from "#rdata";
import { DEFAULT_ZONE_LIMITS, type ZoneLimits } from "#zone";
import { AxfrInterpreter, type AxfrOutcome, buildAxfrQuery } from "./index.ts";
import { name, record, soa } from "./testing/records.ts";

const APEX = name("example.");
const ID = 0x1234;

const SOA = soa(7);
const BODY = [
  "example. NS ns.example.",
  "ns.example. A 192.0.2.1",
  "ns.example. AAAA 2001:db8::1",
  "www.example. CNAME ns.example.",
  "WWW2.example. TXT hello",
  "sub.example. NS ns.sub.example.",
  "ns.sub.example. A 192.0.2.9",
].map(record);
const ZONE = [SOA, ...BODY, SOA];

type Shape = {
  id?: number;
  flags?: number;
  opcode?: number;
  rcode?: number;
  question?: Name | "none";
  qtype?: number;
  qclass?: number;
};

function message(answer: readonly ResourceRecord[], shape: Shape = {}): Uint8Array {
  const question = shape.question ?? APEX;
  return writeMessage({
    id: shape.id ?? ID,
    flags: shape.flags ?? Flag.QR | Flag.AA,
    opcode: shape.opcode,
    rcode: shape.rcode,
    question:
      question === "none" ? [] : [{ name: question, type: shape.qtype ?? RRType.AXFR, class: shape.qclass ?? 1 }],
    answer,
  }).octets.slice();
}

function feed(messages: readonly Uint8Array[], limits?: Partial<ZoneLimits>): AxfrOutcome {
  const interpreter = new AxfrInterpreter({ apex: APEX, id: ID, limits: { ...DEFAULT_ZONE_LIMITS, ...limits } });
  for (const octets of messages) {
    const outcome = interpreter.accept(octets);
    if (outcome.kind !== "more") return outcome;
  }
  return interpreter.end();
}

function lines(outcome: AxfrOutcome): string[] {
  if (outcome.kind !== "done") throw new Error(`${JSON.stringify(outcome)}`);
  return [...outcome.zone.rrsets()].flatMap((set) =>
    set.rdatas.map((rdata) => `${printName(set.owner)} ${set.type} ${set.ttl} ${toHex(rdata)}`),
  );
}

const EXPECTED = lines(feed([message(ZONE)]));

describe("good transfers", () => {
  test("one message", () => {
    expect(EXPECTED).toHaveLength(8);
    expect(EXPECTED[0]).toMatch(/^example\. 2 /);
    expect(EXPECTED.at(-1)).toMatch(/^WWW2\.example\. 16 300 0568656c6c6f/);
    expect(feed([message(ZONE)])).toMatchObject({ kind: "done", warnings: [], zone: { serial: 7 } });
  });

  test("one record a message, the question in the first alone", () => {
    expect(lines(feed(ZONE.map((r, i) => message([r], i === 0 ? {} : { question: "none" }))))).toEqual(EXPECTED);
  });

  test("any split into messages, question repeated or not, compressed or not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        (cuts, repeat, compress) => {
          const groups: ResourceRecord[][] = [[]];
          ZONE.forEach((r, i) => {
            if (i > 0 && cuts[i - 1]) groups.push([]);
            groups.at(-1)!.push(r);
          });
          const messages = groups.map((group, i) => {
            const question = i === 0 || repeat ? [{ name: APEX, type: RRType.AXFR, class: 1 }] : [];
            return writeMessage(
              { id: ID, flags: Flag.QR | Flag.AA, question, answer: group },
              { compress },
            ).octets.slice();
          });
          expect(lines(feed(messages))).toEqual(EXPECTED);
        },
      ),
    );
  });

  test("a zone that is nothing but its SOA", () => {
    for (const messages of [[message([SOA, SOA])], [message([SOA]), message([SOA])]])
      expect(lines(feed(messages))).toHaveLength(1);
  });

  test("the question in another case, the closing SOA in another case and TTL", () => {
    const closing = { ...record("EXAMPLE. SOA NS.example. h.EXAMPLE. 7 3600 600 86400 300"), ttl: 1 };
    expect(lines(feed([message([SOA, ...BODY, closing], { question: name("EXAMPLE.") })]))).toEqual(EXPECTED);
  });

  test("AA missing is a warning", () => {
    expect(feed([message(ZONE, { flags: Flag.QR })])).toMatchObject({ kind: "done", warnings: ["aa-missing"] });
  });

  test("records behind the answer section are walked over, OPT and others", () => {
    const octets = writeMessage({
      id: ID,
      flags: Flag.QR | Flag.AA,
      question: [{ name: APEX, type: RRType.AXFR, class: 1 }],
      answer: ZONE,
      additional: [record("elsewhere. A 192.0.2.1")],
      edns: { udpSize: 1232, version: 0, flags: 0, options: [] },
    }).octets.slice();
    expect(lines(feed([octets]))).toEqual(EXPECTED);
  });

  test("the query asks for it, and with EDNS for what is left of it", () => {
    expect(toHex(buildAxfrQuery(APEX, ID))).toBe("123400000001000000000000076578616d706c650000fc0001");
    const withEdns = "123400000001000000000001076578616d706c650000fc0001" + "00002904d000000000" + "0004" + "00090000";
    expect(toHex(buildAxfrQuery(APEX, ID, true))).toBe(withEdns);
  });

  test("EDNS EXPIRE counts in the first message alone, and with four octets", () => {
    const saying = (answer: readonly ResourceRecord[], data: readonly number[]) =>
      writeMessage({
        id: ID,
        flags: Flag.QR | Flag.AA,
        question: [{ name: APEX, type: RRType.AXFR, class: 1 }],
        answer,
        edns: { udpSize: 1232, version: 0, flags: 0, options: [{ code: 9, data: Uint8Array.from(data) }] },
      }).octets.slice();
    const left = (messages: readonly Uint8Array[]) => {
      const outcome = feed(messages);
      return outcome.kind === "done" ? outcome.expireLeftSeconds : outcome;
    };
    expect(left([message(ZONE)])).toBeUndefined();
    expect(left([saying(ZONE, [0, 1, 0, 2])])).toBe(65_538);
    expect(left([saying([SOA, ...BODY], [0, 0, 0, 9]), saying([SOA], [0, 0, 0, 1])])).toBe(9);
    expect(left([message([SOA, ...BODY]), saying([SOA], [0, 0, 0, 1])])).toBeUndefined();
    for (const wrong of [[], [1, 2, 3], [1, 2, 3, 4, 5]]) expect(left([saying(ZONE, wrong)])).toBeUndefined();
    // An option that runs over the end of the OPT.
    const cut = saying(ZONE, [0, 0, 0, 7]);
    cut[cut.length - 5] = 99;
    expect(left([cut])).toBeUndefined();
  });
});

describe("refused", () => {
  const start = message([SOA, ...BODY]);
  const cases: [string, readonly Uint8Array[], string, RegExp?][] = [
    ["another ID at once", [message(ZONE, { id: 1 })], "wrong-id"],
    ["another ID later", [start, message([SOA], { id: 1 })], "wrong-id"],
    ["a query", [message(ZONE, { flags: 0 })], "not-a-response"],
    ["another opcode", [message(ZONE, { opcode: 4 })], "wrong-opcode"],
    ["REFUSED", [message([], { rcode: 5 })], "rcode", /REFUSED/],
    ["NOTAUTH without a question", [message([], { rcode: 9, question: "none" })], "rcode", /NOTAUTH/],
    ["SERVFAIL in the middle", [start, message([], { rcode: 2 })], "rcode", /SERVFAIL/],
    ["TC", [message(ZONE, { flags: Flag.QR | Flag.AA | Flag.TC })], "truncated"],
    ["no question in the first message", [message(ZONE, { question: "none" })], "question-missing"],
    ["another name in the question", [message(ZONE, { question: name("example.org.") })], "wrong-question"],
    ["another type in the question", [message(ZONE, { qtype: RRType.IXFR })], "wrong-question"],
    ["another class in the question", [message(ZONE, { qclass: 3 })], "wrong-question"],
    ["another question later", [start, message([SOA], { question: name("a.") })], "wrong-question"],
    ["no records at all", [message([])], "empty-message"],
    ["an empty message in the middle", [start, message([])], "empty-message"],
    ["a first record that is no SOA", [message(ZONE.slice(1))], "first-not-soa", /example\. NS.*message 1, offset 25/],
    ["another zone's SOA first", [message([record("a.example. SOA . . 7 1 1 1 1")])], "first-not-soa"],
    [
      "a SOA of another serial in the middle",
      [message([SOA, BODY[0]!, soa(8), ...ZONE.slice(2)])],
      "soa-in-the-middle",
    ],
    ["a SOA of another serial at the end", [start, message([soa(8)])], "soa-in-the-middle", /message 2/],
    ["a SOA below the apex", [message([SOA, record("sub.example. SOA . . 7 1 1 1 1"), SOA])], "soa-below-apex"],
    ["records behind the closing SOA", [message([...ZONE, BODY[0]!])], "records-after-end"],
    ["a third SOA", [message([...ZONE, SOA])], "records-after-end"],
    [
      "a record outside",
      [message([SOA, record("example.org. A 192.0.2.1"), SOA])],
      "out-of-zone",
      /example\.org\. A.*offset/,
    ],
    ["a record of class CH", [message([SOA, { ...BODY[0]!, class: 3 }, SOA])], "wrong-class", /class 3/],
    ["a SOA of class CH", [message([{ ...SOA, class: 3 }])], "wrong-class"],
    ["a type that is a question", [message([SOA, { ...BODY[1]!, type: RRType.ANY }, SOA])], "meta-type"],
    ["NXNAME as a record", [message([SOA, { ...BODY[1]!, type: RRType.NXNAME }, SOA])], "meta-type"],
    [
      "an A of three octets",
      [message([SOA, { ...BODY[1]!, rdata: Uint8Array.of(1, 2, 3) }, SOA])],
      "bad-rdata",
      /ns\.example\. A: malformed RDATA of 3/,
    ],
    ["a SOA cut short", [message([{ ...SOA, rdata: SOA.rdata.subarray(0, -1) }])], "bad-rdata"],
    ["nothing", [], "stream-ended"],
    ["no closing SOA", [start], "stream-ended", /after 8 records/],
    ["octets behind the last record", [Uint8Array.from([...message(ZONE), 0])], "malformed"],
  ];
  test.each(cases)("%s", (_, messages, code, text) => {
    const outcome = feed(messages);
    expect(outcome).toMatchObject({ kind: "refused", code });
    if (text && outcome.kind === "refused") expect(outcome.text).toMatch(text);
  });

  test("names the RCODE as a number too", () => {
    expect(feed([message([], { rcode: 5 })])).toMatchObject({ rcode: 5 });
  });

  test("a stream that never closes ends at a limit", () => {
    const interpreter = new AxfrInterpreter({ apex: APEX, id: ID, limits: { ...DEFAULT_ZONE_LIMITS, records: 1000 } });
    let outcome: AxfrOutcome = interpreter.accept(start);
    let turns = 0;
    for (; outcome.kind === "more" && turns < 5000; turns++) outcome = interpreter.accept(message([BODY[0]!]));
    expect(outcome).toMatchObject({ kind: "refused", code: "too-many-records" });
    expect(turns).toBe(993);
  });

  test("each limit", () => {
    expect(feed([message(ZONE)], { records: 7 })).toMatchObject({ code: "too-many-records" });
    expect(feed([message(ZONE)], { octets: 100 })).toMatchObject({ code: "too-many-octets" });
    expect(feed([message(ZONE)], { names: 5 })).toMatchObject({ code: "too-many-names" });
    expect(feed([message(ZONE)], { records: 8, names: 6 }).kind).toBe("done");
  });

  test("the first refusal is final, and so is the end", () => {
    const refused = new AxfrInterpreter({ apex: APEX, id: ID });
    refused.accept(message(ZONE, { id: 1 }));
    expect(refused.accept(message(ZONE))).toMatchObject({ kind: "refused", code: "wrong-id" });
    const done = new AxfrInterpreter({ apex: APEX, id: ID });
    expect(done.accept(message(ZONE)).kind).toBe("done");
    expect(done.end().kind).toBe("done");
    expect(done.accept(message(ZONE))).toMatchObject({ kind: "refused", code: "message-after-end" });
  });

  test("cut at every octet: refused, never taken, never thrown", () => {
    const parts = [message([SOA, ...BODY.slice(0, 3)]), message(BODY.slice(3)), message([SOA])];
    for (let part = 0; part < parts.length; part++)
      for (let length = 0; length < parts[part]!.length; length++)
        expect(feed([...parts.slice(0, part), parts[part]!.subarray(0, length)]).kind).toBe("refused");
  });

  test("octets changed at random never throw, and what is taken is a zone", () => {
    const whole = message(ZONE);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const octets = whole.slice();
          for (const [at, octet] of changes) octets[at] = octet;
          const outcome = feed([octets]);
          if (outcome.kind === "done") expect(outcome.zone.recordCount).toBeGreaterThan(0);
          else expect(outcome.kind).toBe("refused");
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("records that lie", () => {
  /** A message with one raw record behind the SOA: owner octets, type A, the RDLENGTH that it claims, RDATA octets. */
  function raw(owner: readonly number[], rdlength: number, rdata: readonly number[]): Uint8Array {
    const head = message([SOA]);
    head[7] = 2;
    return Uint8Array.from([...head, ...owner, 0, 1, 0, 1, 0, 0, 0, 60, rdlength >> 8, rdlength & 255, ...rdata]);
  }
  const here = message([SOA]).length;
  const cases: [string, Uint8Array, string][] = [
    ["a good one, for comparison", raw([0xc0, 12], 4, [1, 2, 3, 4]), "stream-ended"],
    ["RDLENGTH past the end", raw([0xc0, 12], 5, [1, 2, 3, 4]), "malformed"],
    ["RDLENGTH too short, octets left", raw([0xc0, 12], 3, [1, 2, 3, 4]), "bad-rdata"],
    ["RDLENGTH 65535", raw([0xc0, 12], 65535, [1, 2, 3, 4]), "malformed"],
    ["an owner that points at itself", raw([0xc0, here], 4, [1, 2, 3, 4]), "malformed"],
    ["an owner that points forwards", raw([0xc0, here + 2], 4, [1, 2, 3, 4]), "malformed"],
    ["a label, then a pointer to that label", raw([1, 0x61, 0xc0, here], 4, [1, 2, 3, 4]), "malformed"],
    ["an owner past the end", raw([63, 0x61], 4, []), "malformed"],
    ["a label of a reserved type", raw([0x41, 0x61, 0], 4, [1, 2, 3, 4]), "malformed"],
    ["a pointer into the header", raw([0xc0, 0], 4, [1, 2, 3, 4]), "malformed"],
  ];
  test.each(cases)("%s", (_, octets, code) => {
    expect(feed([octets])).toMatchObject({ kind: "refused", code });
  });

  test("counts that promise more than there is", () => {
    const octets = message(ZONE);
    octets[6] = 255;
    expect(feed([octets])).toMatchObject({ kind: "refused", code: "malformed" });
  });

  test("a message of 65,535 octets, full of records", () => {
    const writer = new MessageWriter(new Uint8Array(65_535));
    writer.header(ID, Flag.QR | Flag.AA);
    writer.question({ name: APEX, type: RRType.AXFR, class: 1 });
    let count = 1;
    writer.record(1, SOA);
    // Bounded by the message: each record takes at least 16 octets.
    for (let i = 0; i < 65_536; i++) {
      writer.record(1, {
        owner: name(`h${i}.example.`),
        type: RRType.A,
        ttl: 1,
        rdata: Uint8Array.of(10, i >> 16, i >> 8, i),
      });
      if (writer.full) break;
      count++;
    }
    const outcome = feed([writer.finish().slice(), message([SOA])]);
    expect(outcome).toMatchObject({ kind: "done", zone: { recordCount: count } });
  });
});
