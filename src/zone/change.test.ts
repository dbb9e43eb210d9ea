import { describe, expect, test } from "vitest";
import { printName, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { RecordBatch, ZoneChange } from "./change.ts";

function name(text: string) {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function rdata(type: number, text: string) {
  const read = readRdata(type, text.split(" "), name("example."));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe("a batch of records", () => {
  test("gives back what was appended, in order, case kept, past its first octets", () => {
    const batch = new RecordBatch();
    const owners = Array.from({ length: 200 }, (_, i) => name(`Host${i}.example.`));
    const octets = rdata(RRType.A, "192.0.2.1");
    for (const [i, owner] of owners.entries())
      batch.append(owner, owner.length, RRType.A, 0xffff_0000 + i, octets, octets.length);
    const seen = [...batch].map((record) => ({ ...record, owner: printName(record.owner), rdata: [...record.rdata] }));
    expect(seen).toEqual(
      owners.map((owner, i) => ({ owner: printName(owner), type: 1, ttl: 0xffff_0000 + i, rdata: [192, 0, 2, 1] })),
    );
    expect(batch.count).toBe(200);
  });

  test("an empty RDATA and the root as owner", () => {
    const batch = new RecordBatch();
    batch.append(new Uint8Array(1), 1, 65_280, 0, new Uint8Array(0), 0);
    expect([...batch]).toMatchObject([{ type: 65_280, ttl: 0 }]);
    const again = new RecordBatch(batch.octets, batch.octets.length, batch.count);
    expect([...again]).toEqual([...batch]);
  });
});

test("a change knows its serials", () => {
  const [deletions, additions] = [new RecordBatch(), new RecordBatch()];
  const apex = name("example.");
  for (const [batch, serial] of [
    [deletions, 4294967295],
    [additions, 3],
  ] as const) {
    const soa = rdata(RRType.SOA, `ns.example. root.example. ${serial} 1 2 3 4`);
    batch.append(apex, apex.length, RRType.SOA, 300, soa, soa.length);
  }
  const change = new ZoneChange(deletions, additions);
  expect([change.fromSerial, change.toSerial]).toEqual([4294967295, 3]);
});
