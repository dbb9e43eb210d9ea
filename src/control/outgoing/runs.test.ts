/** What a transfer copies from an image by runs is, octet for octet, what it writes record by record. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "#bytes";
import { compileImage, RecordWalk, ZoneImage } from "#image";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import { BatchSource, buildAxfrQuery, readTransferRequest, TransferMessages } from "#transfer";
import { RecordBatch, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";

const HEAD = `$TTL 300
$ORIGIN Runs.test.
@ IN SOA ns1 hostmaster 7 3600 600 86400 300
@ IN NS ns1
@ IN RRSIG SOA 13 2 300 20300101000000 20200101000000 1 runs.test. AAAA
ns1 IN A 192.0.2.1
0p9mhaveqvm6t7vbl5lop2u3t2rp3tom IN NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG
`;
/** Names of every depth and spelling, types that are compressed and types that are not, several to a name. */
const label = fc.constantFrom("a", "A", "b", "www", "*", "host-with-a-longer-name", "ns1", "Runs", "test");
const owner = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const record = fc.oneof(
  fc.nat(255).map((octet) => `A 192.0.2.${octet}`),
  fc.nat(255).map((octet) => `AAAA 2001:db8::${octet.toString(16)}`),
  fc.tuple(fc.nat(9), owner).map(([preference, target]) => `MX ${preference} ${target}`),
  owner.map((target) => `NS ${target}`),
  owner.map((target) => `PTR ${target}.Runs.TEST.`),
  fc.nat(250).map((length) => `TXT "${"x".repeat(length)}"`),
  fc
    .constantFrom("A", "MX", "TXT")
    .map((type) => `RRSIG ${type} 13 3 300 20300101000000 20200101000000 1 runs.test. AAAA`),
);

function apex(): Name {
  const read = readName("runs.test.");
  if (!read.ok) throw new Error("apex");
  return read.value;
}

function imageOf(lines: readonly string[]): ZoneImage {
  const records = readZoneFile(`${HEAD}${lines.join("\n")}\n`, apex());
  if (!records.ok) throw new Error(JSON.stringify(records.error));
  const sets = records.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const zone = zoneFromRRsets(apex(), sets);
  if (!zone.ok) throw new Error(zone.error.text);
  const compiled = compileImage(zone.value, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  return new ZoneImage(compiled.value);
}

/** The same records without any run. */
function singly(image: ZoneImage): BatchSource {
  const batch = new RecordBatch();
  const walk = new RecordWalk(image);
  while (walk.next()) {
    const { octets, ownerAt, ownerLength, rdataAt, rdataLength } = walk;
    const name = octets.subarray(ownerAt, ownerAt + ownerLength);
    batch.append(name, ownerLength, walk.type, walk.ttl, octets.subarray(rdataAt, rdataAt + rdataLength), rdataLength);
  }
  return new BatchSource([batch.octets]);
}

function request() {
  const read = readTransferRequest(buildAxfrQuery(apex(), 7));
  if (!read.ok || read.value.type !== RRType.AXFR) throw new Error("no request");
  return read.value;
}

test("by runs and record by record: the same messages, framed or not", () => {
  const zone = fc.array(fc.tuple(owner, record), { maxLength: 600, size: "max" });
  fc.assert(
    fc.property(zone, (lines) => {
      const image = imageOf(lines.map(([name, rest]) => `${name} IN ${rest}`));
      const byRuns = new TransferMessages(request(), new RecordWalk(image));
      const framed = new TransferMessages(request(), new RecordWalk(image));
      const one = new TransferMessages(request(), singly(image));
      const slice = new Uint8Array(70_000);
      while (!one.done) {
        const message = one.next()!;
        expect(toHex(byRuns.next()!)).toBe(toHex(message));
        const end = framed.nextInto(slice, 5);
        expect([end, slice[5]! * 256 + slice[6]!]).toEqual([7 + message.length, message.length]);
        expect(toHex(slice.subarray(7, end))).toBe(toHex(message));
      }
      expect([byRuns.done, byRuns.records, byRuns.octets]).toEqual([true, one.records, one.octets]);
    }),
    { numRuns: 25 },
  );
});
