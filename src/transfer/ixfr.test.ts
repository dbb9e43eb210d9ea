import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { Flag, parseMessage, type ResourceRecord, writeMessage } from "#message";
import { printName } from "#name";
import { RRType, readSoa, typeName } from "#rdata";
import { DEFAULT_ZONE_LIMITS, type RecordBatch } from "#zone";
import { buildIxfrQuery, IxfrInterpreter, type IxfrOutcome, type IxfrSettings, MAX_CHANGES } from "./index.ts";
import { name, record, soa } from "./testing/records.ts";

const APEX = name("example.");
const ID = 0x1234;
const OURS = 7;

const a = (owner: string, last: number) => record(`${owner}.example. A 192.0.2.${last}`);

/** From 7 to 9 by way of 8. */
const CHAIN = [
  soa(9),
  ...[soa(7), a("www", 1), a("old", 1), soa(8), a("www", 2)],
  ...[soa(8), a("www", 2), soa(9), a("www", 3), a("NEW", 1)],
  soa(9),
];
const WHOLE = [soa(9), record("example. NS ns.example."), a("ns", 1), a("www", 3), soa(9)];

function message(answer: readonly ResourceRecord[], more: { type?: number; rcode?: number; flags?: number } = {}) {
  const question = [{ name: APEX, type: more.type ?? RRType.IXFR, class: 1 }];
  const flags = more.flags ?? Flag.QR | Flag.AA;
  return writeMessage({ id: ID, flags, rcode: more.rcode, question, answer }).octets.slice();
}

function feed(messages: readonly Uint8Array[], settings: Partial<IxfrSettings> = {}): IxfrOutcome {
  const interpreter = new IxfrInterpreter({ apex: APEX, id: ID, serial: OURS, ...settings });
  for (const octets of messages) {
    const outcome = interpreter.accept(octets);
    if (outcome.kind !== "more") return outcome;
  }
  return interpreter.end();
}

function lines(batch: RecordBatch): string[] {
  return [...batch].map(({ owner, type, rdata }) =>
    type === RRType.SOA ? `SOA ${readSoa(rdata).serial}` : `${printName(owner)} ${typeName(type)} ${toHex(rdata)}`,
  );
}

function changes(outcome: IxfrOutcome): string[][][] {
  if (outcome.kind !== "changes") throw new Error(JSON.stringify(outcome));
  return outcome.changes.map(({ deletions, additions }) => [lines(deletions), lines(additions)]);
}

const EXPECTED = [
  [
    ["SOA 7", "www.example. A c0000201", "old.example. A c0000201"],
    ["SOA 8", "www.example. A c0000202"],
  ],
  [
    ["SOA 8", "www.example. A c0000202"],
    ["SOA 9", "www.example. A c0000203", "NEW.example. A c0000201"],
  ],
];

/** One record a message, the question in each. */
const singly = (records: readonly ResourceRecord[]) => records.map((one) => message([one]));

describe("the query", () => {
  test("asks IXFR with our SOA, whole, in the authority section", () => {
    const parsed = parseMessage(buildIxfrQuery(APEX, ID, soa(7).rdata));
    if (!parsed.ok) throw new Error(parsed.error);
    const { id, question, authority, answer } = parsed.value;
    expect({ id, type: question[0]!.type, answers: answer.length }).toEqual({ id: ID, type: RRType.IXFR, answers: 0 });
    expect(authority).toHaveLength(1);
    expect(authority[0]).toMatchObject({ type: RRType.SOA, class: 1 });
    expect(toHex(authority[0]!.rdata!)).toBe(toHex(soa(7).rdata));
  });
});

describe("the shapes of a reply", () => {
  test("a chain of changes in one message", () => expect(changes(feed([message(CHAIN)]))).toEqual(EXPECTED));

  test("split anywhere", () => {
    expect(changes(feed(singly(CHAIN)))).toEqual(EXPECTED);
    fc.assert(
      fc.property(fc.subarray(CHAIN.map((_, i) => i).slice(1)), (cuts) => {
        const edges = [0, ...cuts, CHAIN.length];
        const parts = edges.slice(1).map((end, i) => message(CHAIN.slice(edges[i]!, end)));
        expect(changes(feed(parts))).toEqual(EXPECTED);
      }),
    );
  });

  test("condensed: two serials in one change; a change without additions, and one without deletions", () => {
    const condensed = [soa(9), soa(7), a("www", 1), soa(9), a("www", 3), soa(9)];
    expect(changes(feed([message(condensed)]))).toHaveLength(1);
    expect(changes(feed([message([soa(9), soa(7), a("www", 1), soa(9), soa(9)])]))).toHaveLength(1);
    expect(changes(feed([message([soa(9), soa(7), soa(9), a("www", 1), soa(9)])]))).toHaveLength(1);
    expect(changes(feed([message([soa(9), soa(7), soa(9), soa(9)])]))).toEqual([[["SOA 7"], ["SOA 9"]]]);
  });

  test("serials over the wrap", () => {
    const wrapped = [soa(1), soa(0xffffffff), soa(0), soa(0), soa(1), soa(1)];
    expect(changes(feed([message(wrapped)], { serial: 0xffffffff }))).toHaveLength(2);
  });

  test("a whole zone, also when only its second message shows it", () => {
    for (const messages of [[message(WHOLE)], singly(WHOLE), [message(WHOLE.slice(0, 3)), message(WHOLE.slice(3))]]) {
      const outcome = feed(messages);
      if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
      expect([outcome.zone.serial, outcome.zone.recordCount]).toEqual([9, 4]);
    }
    // Nothing but its SOA: two of them, not a change.
    expect(feed([message([soa(9), soa(9)])]).kind).toBe("done");
    expect(feed(singly([soa(9), soa(9)])).kind).toBe("done");
  });

  test("one SOA: ours is current; a newer one is the beginning over TCP, and over UDP means TCP", () => {
    expect(feed([message([soa(OURS)])])).toEqual({ kind: "current", serial: OURS });
    expect(feed([message([soa(OURS)])], { transport: "udp" })).toEqual({ kind: "current", serial: OURS });
    expect(feed([message([soa(9)])], { transport: "udp" })).toEqual({ kind: "use-tcp", serial: 9 });
    expect(feed([message([soa(9)])])).toMatchObject({ kind: "refused", code: "stream-ended" });
    const truncated = message([], { flags: Flag.QR | Flag.AA | Flag.TC });
    expect(feed([truncated], { transport: "udp" })).toEqual({ kind: "use-tcp", serial: undefined });
    expect(feed([truncated])).toMatchObject({ code: "truncated" });
  });

  test("over UDP a datagram is all there is", () => {
    expect(changes(feed([message(CHAIN)], { transport: "udp" }))).toEqual(EXPECTED);
    const half = message(CHAIN.slice(0, 4));
    expect(new IxfrInterpreter({ apex: APEX, id: ID, serial: OURS, transport: "udp" }).accept(half)).toMatchObject({
      code: "stream-ended",
    });
    const whole = message(WHOLE.slice(0, 3));
    expect(new IxfrInterpreter({ apex: APEX, id: ID, serial: OURS, transport: "udp" }).accept(whole)).toMatchObject({
      code: "stream-ended",
    });
  });

  test("a TTL with the top bit is zero", () => {
    const outcome = feed([message([soa(9), soa(7), soa(9), { ...a("www", 1), ttl: 0xffffffff }, soa(9)])]);
    if (outcome.kind !== "changes") throw new Error(outcome.kind);
    expect([...outcome.changes[0]!.additions].map(({ ttl }) => ttl)).toEqual([300, 0]);
  });
});

const foreign = { ...a("www", 1), owner: name("www.elsewhere.") };

describe("refused", () => {
  const cases: readonly [string, readonly ResourceRecord[], string][] = [
    ["an older serial", [soa(6)], "older-serial"],
    ["a serial 2^31 away", [soa(OURS + 2 ** 31)], "older-serial"],
    ["changes from a version that is not ours", [soa(9), soa(6), soa(9), soa(9)], "wrong-base"],
    ["changes from a later version than ours", [soa(9), soa(8), soa(9), soa(9)], "wrong-base"],
    ["a gap in the chain", [soa(9), soa(7), soa(8), soa(10)], "broken-chain"],
    ["a change that goes back", [soa(9), soa(7), soa(6)], "broken-chain"],
    ["a change to the same serial", [soa(9), soa(7), soa(7), soa(9)], "broken-chain"],
    ["a change past the newest serial", [soa(9), soa(7), soa(10)], "broken-chain"],
    ["the chain again from the start", [soa(9), soa(7), soa(8), soa(7)], "broken-chain"],
    ["the newest SOA before the chain gets there", [soa(9), soa(7), soa(8), soa(9)], "broken-chain"],
    ["two SOAs of one serial in the chain", [soa(9), soa(7), soa(8), soa(8, "x.example."), soa(9)], "soa-differs"],
    ["another SOA at the end than at the start", [soa(9), soa(7), soa(9), soa(9, "x.example.")], "soa-differs"],
    ["another newest SOA in the chain", [soa(9), soa(7), soa(9, "x.example.")], "soa-differs"],
    ["a SOA below the apex", [soa(9), soa(7), { ...soa(8), owner: name("x.example.") }], "soa-below-apex"],
    ["no SOA at all", [a("www", 1)], "first-not-soa"],
    ["another zone's SOA", [{ ...soa(9), owner: name("x.example.") }], "first-not-soa"],
    ["an addition from elsewhere", [soa(9), soa(7), soa(9), foreign, soa(9)], "out-of-zone"],
    ["a deletion from elsewhere", [soa(9), soa(7), foreign, soa(9), soa(9)], "out-of-zone"],
    ["another class", [soa(9), soa(7), { ...a("www", 1), class: 3 }], "wrong-class"],
    ["a pseudo-type", [soa(9), soa(7), { ...a("www", 1), type: RRType.ANY, rdata: new Uint8Array(0) }], "meta-type"],
    ["bad RDATA", [soa(9), soa(7), { ...a("www", 1), rdata: Uint8Array.of(1) }], "bad-rdata"],
    ["a record behind the end", [...CHAIN, a("www", 9)], "records-after-end"],
    ["a SOA in the middle of a whole zone", [soa(9), a("www", 1), soa(8), soa(9)], "soa-in-the-middle"],
    ["a whole zone and more", [...WHOLE, a("www", 9)], "records-after-end"],
  ];
  test.each(cases)("%s", (_, records, code) => {
    expect(feed([message(records)])).toMatchObject({ kind: "refused", code });
    // One record a message: what stands behind the end is not read any more.
    if (code !== "records-after-end") expect(feed(singly(records))).toMatchObject({ kind: "refused", code });
  });

  test.each([1, 2, 5, 4])("RCODE %i", (rcode) => {
    expect(feed([message([], { rcode })])).toMatchObject({ kind: "refused", code: "rcode", rcode });
  });

  test("the answer to another question", () => {
    expect(feed([message(CHAIN, { type: RRType.AXFR })])).toMatchObject({ code: "wrong-question" });
  });

  test("ended at any record, at any octet", () => {
    for (let end = 0; end < CHAIN.length; end++)
      expect(feed(singly(CHAIN.slice(0, end)))).toMatchObject({ kind: "refused", code: "stream-ended" });
    const octets = message(CHAIN);
    for (let end = 0; end < octets.length; end++) expect(feed([octets.subarray(0, end)]).kind).toBe("refused");
  });

  test("a message behind the end, and nothing after a refusal counts", () => {
    const interpreter = new IxfrInterpreter({ apex: APEX, id: ID, serial: OURS });
    expect(interpreter.accept(message(CHAIN)).kind).toBe("changes");
    expect(interpreter.end().kind).toBe("changes");
    expect(interpreter.accept(message([a("www", 1)]))).toMatchObject({ code: "message-after-end" });
    expect(interpreter.end()).toMatchObject({ code: "message-after-end" });
  });

  test("limits: records, octets, changes", () => {
    const limits = (more: object) => ({ limits: { ...DEFAULT_ZONE_LIMITS, ...more } });
    expect(feed([message(CHAIN)], limits({ records: 5 }))).toMatchObject({ code: "too-many-records" });
    expect(changes(feed([message(CHAIN)], limits({ records: 6 })))).toEqual(EXPECTED);
    expect(feed([message(CHAIN)], limits({ octets: 300 }))).toMatchObject({ code: "too-many-octets" });
    const steps = Array.from({ length: MAX_CHANGES + 1 }, (_, i) => [soa(OURS + i), soa(OURS + i + 1)]).flat();
    const messages = [[soa(OURS + MAX_CHANGES + 1)]];
    for (let at = 0; at < steps.length; at += 500) messages.push(steps.slice(at, at + 500));
    expect(feed(messages.map((records) => message(records)))).toMatchObject({ code: "too-many-changes" });
  });

  test("octets changed at random never throw", () => {
    const octets = message(CHAIN);
    const edit = fc.tuple(fc.nat(octets.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const changed = octets.slice();
        for (const [at, octet] of edits) changed[at] = octet;
        expect(["changes", "refused", "done", "current"]).toContain(feed([changed]).kind);
      }),
      { numRuns: 500 },
    );
  });
});
