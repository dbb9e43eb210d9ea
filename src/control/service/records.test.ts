import { expect, test } from "vitest";
import { compileImage, ZoneImage } from "#image";
import { readName } from "#name";
import { ZoneBuilder } from "#zone";
import { readZoneFile } from "#zonefile";
import { exportText } from "../zone-text.ts";
import { findRecord, type RecordContext, recordSource } from "./records.ts";

const ZONE = `@ 3600 SOA ns1 hostmaster 7 3600 600 86400 300
@ 3600 NS ns1
@ 3600 MX 10 mail
@ 3600 CAA 0 issue "ca.example.net"
NS1 3600 A 192.0.2.1
www 300 CNAME ns1
txt 300 TXT "two words" "and ; more"
_sip._tcp 300 SRV 5 6 5060 sip
sub 300 DS 2371 13 2 32996839A6D808AFE3EB4A795A0E6A7A39A76FC52FF228B22B76F6D63826F2B9
sub 300 NS ns1
odd 300 TYPE65280 \\# 2 abcd
big 300 HTTPS 1 . alpn=h2
`;

function context(text: string): RecordContext {
  const apex = readName("example.com");
  if (!apex.ok) throw new Error(apex.error);
  const read = readZoneFile(text, apex.value);
  if (!read.ok) throw new Error(`${read.error.line}: ${read.error.reason}`);
  const builder = new ZoneBuilder(apex.value);
  for (const { owner, type, ttl, rdata } of read.value) builder.add(owner, type, ttl, rdata);
  const version = builder.finish();
  if (!version.ok) throw new Error(version.error.text);
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return { image: new ZoneImage(image.value), createdAt: 0, transferredAt: 1000, presigned: false };
}

const zone = context(ZONE);
const all = () => [...recordSource(zone)].map((entry) => entry.print());

test("every record once, names without the final dot and in lower case", () => {
  expect(all()).toHaveLength(12);
  expect(recordSource(zone).count).toBe(12);
  expect(all()[0]).toMatchObject({ name: "example.com", type: "NS" });
  expect(all().map((record) => record.name)).toContain("ns1.example.com");
});

test.each([
  ["A", { content: "192.0.2.1", proxiable: true, proxied: false, ttl: 3600 }],
  ["CNAME", { content: "ns1.example.com", proxiable: true }],
  ["MX", { content: "mail.example.com", priority: 10, proxiable: false }],
  [
    "SRV",
    {
      content: "6 5060 sip.example.com",
      priority: 5,
      data: { priority: 5, weight: 6, port: 5060, target: "sip.example.com" },
    },
  ],
  ["TXT", { content: '"two words" "and ; more"' }],
  ["CAA", { content: '0 issue "ca.example.net"', data: { flags: 0, tag: "issue", value: "ca.example.net" } }],
  ["SOA", { content: "ns1.example.com hostmaster.example.com 7 3600 600 86400 300" }],
  [
    "DS",
    {
      data: {
        key_tag: 2371,
        algorithm: 13,
        digest_type: 2,
        digest: "32996839A6D808AFE3EB4A795A0E6A7A39A76FC52FF228B22B76F6D63826F2B9",
      },
    },
  ],
  ["TYPE65280", { content: "\\# 2 ABCD" }],
  ["HTTPS", { content: expect.stringMatching(/^1 \. alpn=/) }],
])("%s in the API's form", (type, expected) => {
  const [record, ...more] = all().filter((each) => each.type === type);
  expect(more).toEqual([]);
  expect(record).toMatchObject({ ...expected, meta: { source: "primary" }, comment: null, tags: [] });
});

test("ids are 32 hex, different, the same after the next transfer, and found again", () => {
  const ids = all().map((record) => record.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  const next = context(ZONE.replace("hostmaster 7", "hostmaster 8").replace("300 CNAME", "600 CNAME"));
  const same = [...recordSource(next)].map((entry) => entry.id()).filter((id) => ids.includes(id));
  expect(same).toHaveLength(ids.length - 1);
  for (const record of all()) expect(findRecord(zone, record.id)).toEqual(record);
  expect(findRecord(zone, "0".repeat(32))).toBeUndefined();
  expect(findRecord(zone, `${ids[0]!.slice(0, 31)}g`)).toBeUndefined();
  expect(findRecord(zone, "not an id")).toBeUndefined();
});

test("narrowed by name and type, the count goes with it", () => {
  const names = (narrow: { name?: string; type?: string }) => {
    const source = recordSource(zone, narrow);
    const found = [...source].map((entry) => `${entry.name} ${entry.type}`);
    expect(source.count).toBe(found.length);
    return found;
  };
  expect(names({ name: "sub.EXAMPLE.com" })).toEqual(["sub.example.com NS", "sub.example.com DS"]);
  expect(names({ name: "sub.example.com", type: "ds" })).toEqual(["sub.example.com DS"]);
  expect(names({ type: "MX" })).toEqual(["example.com MX"]);
  expect(names({ name: "missing.example.com" })).toEqual([]);
  expect(names({ name: "elsewhere.example.net" })).toEqual([]);
  expect(names({ type: "NOTYPE" })).toEqual([]);
});

test("pre-signed: nothing can be proxied", () => {
  const presigned = [...recordSource({ ...zone, presigned: true })].map((entry) => entry.print());
  expect(presigned.some((record) => record.proxiable)).toBe(false);
});

test("the export is a zone file that reads back as the same zone", () => {
  const text = [...exportText(zone.image)].join("");
  expect(text.split("\n").find((line) => !line.startsWith(";"))).toContain("SOA");
  const again = context(text);
  expect([...recordSource(again)].map((entry) => entry.id())).toEqual(all().map((record) => record.id));
});

test("without the records of DNSSEC, and with the DS of delegations, the count fits what comes", () => {
  const signed =
    context(`${ZONE}@ 3600 DNSKEY 256 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
www 300 NSEC example.com. CNAME RRSIG NSEC
www 300 RRSIG CNAME 13 3 300 20361005090000 20260905090000 2371 example.com. ${Buffer.alloc(64).toString("base64")}
`);
  const types = (source: Iterable<{ readonly type: string }>) => [...source].map(({ type }) => type);
  expect(recordSource(signed).count).toBe(15);
  const plain = recordSource(signed, { plain: true });
  expect(types(plain)).toHaveLength(12);
  expect(plain.count).toBe(12);
  expect(types(plain)).toContain("DS");
  expect(recordSource(signed, { plain: true, name: "www.example.com" }).count).toBe(1);
  expect(recordSource(zone, { plain: true }).count).toBe(12);
});
