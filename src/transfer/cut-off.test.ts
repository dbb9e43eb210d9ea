/**
 * An incremental transfer that is cut off at every octet, for every shape of a reply: nothing is ever taken for whole that is
 * not. By the machine alone, so that it is each octet and not each sixteenth (over sockets, TLS and TSIG: test/hostile).
 *
 *   frames, one behind the other ─ cut at octet n ─▶ whole messages before it ─▶ end: refused
 *                                               └─▶ the rest as if its frame had said so: refused
 */
import { describe, expect, test } from "vitest";
import { Flag, type ResourceRecord, writeMessage } from "#message";

import { RRType } from "#rdata";
import { IxfrInterpreter, type IxfrOutcome } from "./index.ts";
import { name, record, soa } from "./testing/records.ts";

const APEX = name("example.");
const ID = 0x1234;
const OURS = 7;

const a = (owner: string, last: number) => record(`${owner}.example. A 192.0.2.${last}`);

const CHAIN = [
  soa(9),
  ...[soa(7), a("www", 1), record("txt.example. TXT one"), soa(8), a("www", 2)],
  ...[soa(8), a("www", 2), soa(9), a("www", 3), record("mx.example. MX 10 www.example.")],
  soa(9),
];
const CONDENSED = [soa(9), soa(7), a("www", 1), soa(9), a("www", 3), soa(9)];
const EMPTY_CHANGES = [soa(9), soa(7), soa(8), soa(8), soa(9), soa(9)];
const WHOLE = [soa(9), record("example. NS ns.example."), a("ns", 1), a("www", 3), soa(9)];

function message(answer: readonly ResourceRecord[], asks = true): Uint8Array {
  const question = asks ? [{ name: APEX, type: RRType.IXFR, class: 1 }] : [];
  return writeMessage({ id: ID, flags: Flag.QR | Flag.AA, question, answer }).octets.slice();
}

/** Each record in a message of its own, the question in the first alone (RFC 5936 section 2.2.1). */
const singly = (records: readonly ResourceRecord[]) => records.map((one, i) => message([one], i === 0));
const inTwo = (records: readonly ResourceRecord[]) => [message(records.slice(0, 3)), message(records.slice(3))];

const SHAPES: readonly (readonly [string, readonly Uint8Array[], "changes" | "done"])[] = [
  ["a chain in one message", [message(CHAIN)], "changes"],
  ["a chain in two", inTwo(CHAIN), "changes"],
  ["a chain, a record a message", singly(CHAIN), "changes"],
  ["a condensed change", [message(CONDENSED)], "changes"],
  ["a condensed change, a record a message", singly(CONDENSED), "changes"],
  ["changes of nothing but the serial", singly(EMPTY_CHANGES), "changes"],
  ["a whole zone in one message", [message(WHOLE)], "done"],
  ["a whole zone, a record a message", singly(WHOLE), "done"],
];

/** What becomes of the first `octets` of the stream; `lying`: what is left behind the last whole message counts as one. */
function cutAt(messages: readonly Uint8Array[], octets: number, lying: boolean): IxfrOutcome {
  const interpreter = new IxfrInterpreter({ apex: APEX, id: ID, serial: OURS });
  let at = 0;
  for (const whole of messages) {
    const end = at + 2 + whole.length;
    if (end > octets) {
      const rest = octets - at - 2;
      const outcome = lying && rest > 0 ? interpreter.accept(whole.slice(0, rest)) : undefined;
      return outcome && outcome.kind !== "more" ? outcome : interpreter.end();
    }
    const outcome = interpreter.accept(whole);
    if (outcome.kind !== "more") return outcome;
    at = end;
  }
  return interpreter.end();
}

describe.each(SHAPES)("%s", (_, messages, kind) => {
  const length = messages.reduce((sum, one) => sum + 2 + one.length, 0);

  test("whole, it is taken", () => expect(cutAt(messages, length, false).kind).toBe(kind));

  test("cut off at every octet: it ended before its end", () => {
    const codes = new Set<string>();
    for (let octets = 0; octets < length; octets++) {
      const outcome = cutAt(messages, octets, false);
      codes.add(outcome.kind === "refused" ? outcome.code : `${outcome.kind} at ${octets}`);
    }
    expect([...codes]).toEqual(["stream-ended"]);
  });

  test("cut off at every octet, in a frame that says so: never taken", () => {
    for (let octets = 0; octets < length; octets++) {
      const outcome = cutAt(messages, octets, true);
      expect([octets, outcome.kind]).toEqual([octets, "refused"]);
    }
  });
});

test("over UDP, cut off at every octet: asked again by TCP or refused, and never taken", () => {
  for (const whole of [message(CHAIN), message(CONDENSED), message(WHOLE), message([soa(OURS)])]) {
    for (let octets = 0; octets < whole.length; octets++) {
      const interpreter = new IxfrInterpreter({ apex: APEX, id: ID, serial: OURS, transport: "udp" });
      expect([octets, interpreter.accept(whole.slice(0, octets)).kind]).toEqual([octets, "refused"]);
    }
  }
});
