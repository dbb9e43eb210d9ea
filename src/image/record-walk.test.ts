/** The walk gives what unpackImage gives, with the SOA at both ends. */
import { expect, test } from "vitest";
import { toHex } from "#bytes";
import { nameKey, readName } from "#name";
import { zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { compileImage, RecordWalk, unpackImage, ZoneImage } from "./index.ts";

const TEXT = `$TTL 300
$ORIGIN walk.test.
@ IN SOA ns1 hostmaster 7 3600 600 86400 300
@ IN NS ns1
@ IN RRSIG SOA 13 2 300 20300101000000 20200101000000 1 walk.test. AAAA
Ns1 IN A 192.0.2.1
a.b.c IN TXT "deep"
sub IN NS ns.sub
ns.sub IN AAAA 2001:db8::1
@ IN NSEC3PARAM 1 0 0 -
0p9mhaveqvm6t7vbl5lop2u3t2rp3tom IN NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG
2t7b4g4vsa5smi47k61mv5bv1a22bojr IN NSEC3 1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A RRSIG
1t7b4g4vsa5smi47k61mv5bv1a22bojr IN NSEC3 1 0 5 aa 1t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG
`;

function image(): ZoneImage {
  const apex = readName("walk.test.");
  if (!apex.ok) throw new Error("apex");
  const records = readZoneFile(TEXT, apex.value);
  if (!records.ok) throw new Error(JSON.stringify(records.error));
  const sets = records.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const zone = zoneFromRRsets(apex.value, sets);
  if (!zone.ok) throw new Error(zone.error.text);
  const compiled = compileImage(zone.value, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  return new ZoneImage(compiled.value);
}

test("every record once, the SOA first and last", () => {
  const zone = image();
  const walked: string[] = [];
  const walk = new RecordWalk(zone);
  while (walk.next()) {
    const owner = walk.octets.subarray(walk.ownerAt, walk.ownerAt + walk.ownerLength);
    const rdata = walk.octets.subarray(walk.rdataAt, walk.rdataAt + walk.rdataLength);
    walked.push(`${nameKey(owner)} ${walk.type} ${walk.ttl} ${toHex(rdata)}`);
  }
  expect(walked[0]).toMatch(/ 6 300 /);
  expect(walked.at(-1)).toBe(walked[0]);
  const unpacked = [...unpackImage(zone)].flatMap(({ owner, type, ttl, rdatas }) =>
    rdatas.map((rdata) => `${nameKey(owner)} ${type} ${ttl} ${toHex(rdata)}`),
  );
  expect(unpacked).toHaveLength(11);
  expect(walked.slice(0, -1).sort()).toEqual(unpacked.sort());
  expect(walk.next()).toBe(false);
});
