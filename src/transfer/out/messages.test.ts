/** Outgoing messages: what the AXFR interpreter and the message parser read back, sizes, compression, TSIG, IXFR's order. */
import { describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { startHmac } from "#crypto";
import { buildQuery, parseMessage, queryEdns, Rcode } from "#message";
import { readName } from "#name";
import { RRClass, RRType, readRdata } from "#rdata";
import { signMessage, type TsigKey, TsigVerifier } from "#tsig";
import { RecordBatch, ZoneChange } from "#zone";
import {
  AxfrInterpreter,
  BatchSource,
  changeSource,
  readTransferRequest,
  singleSource,
  TRANSFER_MESSAGE_OCTETS,
  TransferMessages,
  type TransferRequest,
} from "../index.ts";

type Line = { owner: string; type: number; ttl: number; rdata: Uint8Array };

function name(text: string) {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function line(owner: string, type: number, text: string): Line {
  const read = readRdata(type, text.split(" "));
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return { owner, type, ttl: 300, rdata: read.value };
}

const APEX = name("move.test.");
const soa = (serial: number) => line("move.test.", RRType.SOA, `ns1.move.test. host.move.test. ${serial} 1 2 3 4`);

function batch(lines: readonly Line[]): RecordBatch {
  const records = new RecordBatch();
  for (const { owner, type, ttl, rdata } of lines) {
    const wire = name(owner);
    records.append(wire, wire.length, type, ttl, rdata, rdata.length);
  }
  return records;
}

const whole = (lines: readonly Line[]) => new BatchSource([batch([soa(7), ...lines, soa(7)]).octets]);

function request(type: number, question = APEX): TransferRequest {
  const query = buildQuery({ id: 77, name: question, type, edns: queryEdns() });
  const read = readTransferRequest(query);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function all(messages: TransferMessages): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let message = messages.next(); message; message = messages.next()) list.push(message);
  return list;
}

function records(messages: readonly Uint8Array[]): string[] {
  return messages.flatMap((octets) => {
    const parsed = parseMessage(octets);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value.answer.map((r) => `${toHex(r.owner)} ${r.type} ${r.class} ${r.ttl} ${toHex(r.rdata!)}`);
  });
}

function expected(lines: readonly Line[]): string[] {
  return lines.map((l) => `${toHex(name(l.owner))} ${l.type} ${RRClass.IN} ${l.ttl} ${toHex(l.rdata)}`);
}

const hosts = (count: number): Line[] =>
  Array.from({ length: count }, (_, i) => line(`h${i}.Case.move.test.`, RRType.A, `10.0.${(i >> 8) & 255}.${i & 255}`));

const ODD: readonly Line[] = [
  line("move.test.", RRType.NS, "NS1.move.test."),
  line("move.test.", RRType.NS, "ns1.move.test."),
  line("move.test.", RRType.MX, "10 mail.elsewhere.test."),
  line("move.test.", RRType.MX, "20 move.test."),
  line("MOVE.test.", RRType.TXT, '"case-kept"'),
  line("a.move.test.", RRType.CNAME, "a.b.move.test."),
  line("b.move.test.", RRType.SRV, "1 2 3 b.move.test."),
  line("c.move.test.", RRType.MINFO, "a.move.test. b.move.test."),
  line("d.move.test.", 65280, "\\# 3 010203"),
];

describe("a whole zone", () => {
  test("every record as it is, spelling too, in messages of 16 KiB at most", () => {
    const lines = [...ODD, ...hosts(5000)];
    const messages = new TransferMessages(request(RRType.AXFR), whole(lines));
    const sent = all(messages);
    expect(records(sent)).toEqual(expected([soa(7), ...lines, soa(7)]));
    expect(sent.length).toBeGreaterThan(5);
    for (const message of sent) expect(message.length).toBeLessThanOrEqual(TRANSFER_MESSAGE_OCTETS);
    // A new name costs its own label and a pointer.
    expect(messages.octets).toBeLessThan(5000 * 24 + 2000);
    expect(messages.records).toBe(lines.length + 2);
    expect([messages.done, messages.failed]).toEqual([true, false]);
  });

  test("our own interpreter takes it", () => {
    const lines = [line("move.test.", RRType.NS, "ns1.move.test."), ...hosts(3000)];
    const interpreter = new AxfrInterpreter({ apex: APEX, id: 77 });
    const outcomes = all(new TransferMessages(request(RRType.AXFR), whole(lines))).map((m) => interpreter.accept(m));
    const last = outcomes.at(-1);
    expect(last?.kind === "done" && last.zone.recordCount).toBe(3002);
  });

  test("the question is repeated as it was spelled, and names are not pointed to in another case", () => {
    const sent = all(new TransferMessages(request(RRType.AXFR, name("MoVe.TeSt.")), whole(ODD)));
    const parsed = parseMessage(sent[0]!);
    expect(parsed.ok && toHex(parsed.value.question[0]!.name)).toBe(toHex(name("MoVe.TeSt.")));
    expect(records(sent)).toEqual(expected([soa(7), ...ODD, soa(7)]));
  });

  test("a record larger than a message gets one of its own; what fits into none ends the transfer", () => {
    const large = { ...line("move.test.", 65280, "\\# 1 00"), rdata: new Uint8Array(60_000).fill(7) };
    const sent = all(new TransferMessages(request(RRType.AXFR), whole([...ODD, large, ...ODD])));
    expect(records(sent)).toEqual(expected([soa(7), ...ODD, large, ...ODD, soa(7)]));
    const huge = { ...large, rdata: new Uint8Array(65_535) };
    const messages = new TransferMessages(request(RRType.AXFR), whole([huge]));
    expect(all(messages)).toHaveLength(1);
    expect(messages.failed).toBe(true);
  });

  test("names longer than any pointer's reach, and the root's own", () => {
    const label = "x".repeat(60);
    const long = Array.from({ length: 300 }, (_, i) =>
      line(`${label}.${label}.y${i}.move.test.`, RRType.CNAME, `${label}.${label}.z${i}.move.test.`),
    );
    expect(records(all(new TransferMessages(request(RRType.AXFR), whole(long))))).toEqual(
      expected([soa(7), ...long, soa(7)]),
    );
    const root = [
      line(".", RRType.NS, "a.root."),
      line("a.root.", RRType.A, "192.0.2.1"),
      line(".", RRType.TXT, '"x"'),
    ];
    const sent = all(new TransferMessages(request(RRType.AXFR, name(".")), new BatchSource([batch(root).octets])));
    expect(records(sent)).toEqual(expected(root));
  });
});

const ixfr = { ...request(RRType.AXFR), type: RRType.IXFR, serial: 1 };

const KEY: TsigKey = { name: name("move.key."), algorithm: "hmac-sha256", secret: new Uint8Array(32).fill(9) };

test("every message is signed, the chain of MACs holds, and all stay within 16 KiB", () => {
  const { mac } = signMessage(buildQuery({ id: 77, name: APEX, type: RRType.AXFR }), KEY, 1000, startHmac);
  const signing = { key: KEY, requestMac: mac, startHmac, now: () => 1000 };
  const sent = all(new TransferMessages(request(RRType.AXFR), whole(hosts(5000)), signing));
  const verifier = new TsigVerifier(KEY, mac, startHmac);
  for (const message of sent) {
    expect(message.length).toBeLessThanOrEqual(TRANSFER_MESSAGE_OCTETS);
    expect(verifier.accept(message, 1000)).toMatchObject({ ok: true, value: { signed: true } });
  }
  expect(verifier.complete).toBe(true);
});

test("an IXFR: new SOA, what goes and what comes of each step, new SOA", () => {
  const [a, b, c] = hosts(3);
  const steps = [
    new ZoneChange(batch([soa(1), a!]), batch([soa(2), b!])),
    new ZoneChange(batch([soa(2)]), batch([soa(3), c!])),
  ];
  const sent = all(new TransferMessages(ixfr, changeSource(steps)));
  expect(records(sent)).toEqual(expected([soa(3), soa(1), a!, soa(2), b!, soa(2), soa(3), c!, soa(3)]));
  const one = all(new TransferMessages(ixfr, singleSource({ ...soa(3), owner: APEX })));
  expect(records(one)).toEqual(expected([soa(3)]));
});

describe("requests", () => {
  const query = (type: number, authority: readonly Line[], more = {}) =>
    buildQuery({
      id: 1,
      name: APEX,
      type,
      authority: authority.map((l) => ({ ...l, owner: name(l.owner) })),
      ...more,
    });

  test("IXFR has the serial of its one SOA", () => {
    expect(readTransferRequest(query(RRType.IXFR, [soa(5)]))).toMatchObject({ ok: true, value: { serial: 5 } });
    for (const wrong of [[], [soa(5), soa(6)], hosts(1), [{ ...soa(5), owner: "other.test." }]]) {
      const value = { serial: undefined, fault: Rcode.FormErr };
      expect(readTransferRequest(query(RRType.IXFR, wrong))).toMatchObject({ ok: true, value });
    }
  });

  test("another version of EDNS comes before what else is wrong with it", () => {
    const edns = { ...queryEdns(), version: 1 };
    for (const type of [RRType.IXFR, RRType.AXFR, RRType.SOA]) {
      expect(readTransferRequest(query(type, [], { edns }))).toMatchObject({
        ok: true,
        value: { fault: Rcode.BadVers },
      });
      expect(readTransferRequest(query(type, [soa(5)], { edns: queryEdns() }))).toMatchObject({
        ok: true,
        value: { fault: undefined },
      });
    }
  });

  test("answers, other opcodes, two questions and octets that are no message are no requests", () => {
    expect(readTransferRequest(query(RRType.AXFR, [], { flags: 0x8000 }))).toMatchObject({ ok: false });
    expect(readTransferRequest(query(RRType.AXFR, [], { opcode: 4 }))).toMatchObject({ ok: false });
    expect(readTransferRequest(query(RRType.AXFR, []).subarray(0, 20))).toMatchObject({ ok: false });
    expect(readTransferRequest(new Uint8Array(12))).toEqual({ ok: false, error: "no-question" });
  });
});
