import { expect, test } from "vitest";
import { Flag, type ResourceRecord, writeMessage } from "#message";
import { type Name, readName } from "#name";
import { RRType, readRdata, typeCode } from "#rdata";
import { AxfrInterpreter, type IxfrOutcome, openInterpreter } from "#transfer";
import { TransferReader } from "./transfer-reader.ts";

const APEX = name("example.");
const ID = 77;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function record(owner: string, mnemonic: string, ...tokens: string[]): ResourceRecord {
  const type = typeCode(mnemonic)!;
  const rdata = readRdata(type, tokens);
  if (!rdata.ok) throw new Error(rdata.error);
  return { owner: name(owner), type, ttl: 300, rdata: rdata.value };
}

function message(answer: readonly ResourceRecord[]): Uint8Array {
  const question = [{ name: APEX, type: RRType.AXFR, class: 1 }];
  return writeMessage({ id: ID, flags: Flag.QR | Flag.AA, question, answer }).octets.slice();
}

const SOA = record("example.", "SOA", "ns.example.", "h.example.", "7", "3600", "600", "86400", "300");

/** A transfer of some megabytes: far more than is read on the main thread. */
function stream(messages: number): Uint8Array[] {
  const text = `"${"x".repeat(200)}"`;
  const body = Array.from({ length: messages }, (_, m) =>
    message(Array.from({ length: 200 }, (_, i) => record(`n${m}-${i}.example.`, "TXT", text))),
  );
  return [message([SOA, record("example.", "NS", "ns.example.")]), ...body, message([SOA])];
}

async function read(
  messages: readonly Uint8Array[],
  end = false,
  serial?: number,
): Promise<{ outcome: IxfrOutcome; records: number }> {
  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const reader = new TransferReader({ apex: APEX, id: ID, serial }, () => wake());
  for (const octets of messages) {
    // A view that is overwritten once the reader has it, as a socket's buffer would be.
    const view = octets.slice();
    const outcome = await reader.accept(view);
    view.fill(0xff);
    if (outcome.kind !== "more") break;
  }
  if (end) return { outcome: await reader.end(), records: reader.records };
  if (!reader.outcome) await woken;
  const { outcome, records } = reader;
  reader.close();
  return { outcome: outcome!, records };
}

test("a large transfer read in a worker gives what a small one read here gives", async () => {
  const messages = stream(60);
  const here = new AxfrInterpreter({ apex: APEX, id: ID });
  const expected = messages.map((octets) => here.accept(octets)).at(-1)!;
  const { outcome, records } = await read(messages);
  if (expected.kind !== "done" || outcome.kind !== "done") throw new Error(`${expected.kind} ${outcome.kind}`);
  expect(records).toBe(here.records);
  expect(outcome.zone.recordCount).toBe(12_002);
  expect([...outcome.zone.rrsets()]).toEqual([...expected.zone.rrsets()]);
});

test("a small transfer is done at once", async () => {
  expect((await read([message([SOA, record("example.", "NS", "ns.example."), SOA])])).outcome.kind).toBe("done");
});

test("what is wrong deep in a large transfer is told as it is", async () => {
  const messages = stream(60);
  messages.splice(50, 0, message([record("elsewhere.", "A", "192.0.2.1")]));
  expect((await read(messages)).outcome).toMatchObject({ kind: "refused", code: "out-of-zone" });
});

test("a large transfer that ends early is refused, wherever it ends", async () => {
  for (const cut of [1, 7, 40]) {
    const { outcome } = await read(stream(60).slice(0, cut), true);
    expect(outcome).toMatchObject({ kind: "refused", code: "stream-ended" });
  }
});

test("a large IXFR read in a worker gives what a small one read here gives", async () => {
  const ixfr = (answer: readonly ResourceRecord[]): Uint8Array => {
    const question = [{ name: APEX, type: RRType.IXFR, class: 1 }];
    return writeMessage({ id: ID, flags: Flag.QR | Flag.AA, question, answer }).octets.slice();
  };
  const newest = { ...SOA, rdata: SOA.rdata.map((octet, i) => (i === SOA.rdata.length - 17 ? 9 : octet)) };
  const body = Array.from({ length: 60 }, (_, m) =>
    ixfr(Array.from({ length: 200 }, (_, i) => record(`n${m}-${i}.example.`, "TXT", `"${"x".repeat(200)}"`))),
  );
  const messages = [ixfr([newest, SOA]), ...body, ixfr([newest]), ...body.slice(0, 10), ixfr([newest])];
  const here = openInterpreter({ apex: APEX, id: ID, serial: 7 });
  const expected = messages.map((octets) => here.accept(octets)).at(-1)!;
  const { outcome, records } = await read(messages, false, 7);
  if (expected.kind !== "changes" || outcome.kind !== "changes") throw new Error(`${expected.kind} ${outcome.kind}`);
  expect(records).toBe(here.records);
  expect(outcome.changes.map(({ deletions, additions }) => [deletions.count, additions.count])).toEqual([
    [12_001, 2001],
  ]);
  expect(outcome.changes.map(({ toSerial }) => toSerial)).toEqual([9]);
  const octets = (of: typeof outcome) =>
    of.changes.map(({ deletions }) => Buffer.from(deletions.octets).toString("hex"));
  expect(octets(outcome)).toEqual(octets(expected));
});
