/** A second opinion: dns-packet encodes and decodes the types that it knows as we do. */
import packet from "dns-packet";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "#bytes";
import { parseRdata } from "./parse.ts";
import { readRdata } from "./text.ts";
import { typeCode } from "./types.ts";

/** Structured data as dns-packet has it, and our text for the same. */
const PAIRS: readonly [type: string, data: unknown, text: string][] = [
  ["A", "192.0.2.1", "192.0.2.1"],
  ["AAAA", "2001:db8::1", "2001:db8::1"],
  ["NS", "ns1.example", "ns1.example."],
  ["CNAME", "a.example", "a.example."],
  ["PTR", "a.example", "a.example."],
  ["DNAME", "a.example", "a.example."],
  ["TXT", ["a b", "c"], '"a\\032b" "c"'],
  ["MX", { preference: 10, exchange: "mail.example" }, "10 mail.example."],
  ["SRV", { priority: 1, weight: 2, port: 3, target: "s.example" }, "1 2 3 s.example."],
  ["HINFO", { cpu: "x", os: "y" }, '"x" "y"'],
  ["RP", { mbox: "a.example", txt: "b.example" }, "a.example. b.example."],
  [
    "SOA",
    { mname: "a.example", rname: "b.example", serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    "a.example. b.example. 1 2 3 4 5",
  ],
  ["CAA", { flags: 128, tag: "issue", value: "ca.example", issuerCritical: true }, '128 issue "ca.example"'],
  [
    "NAPTR",
    { order: 1, preference: 2, flags: "S", services: "x", regexp: "", replacement: "r.example" },
    '1 2 "S" "x" "" r.example.',
  ],
  ["DS", { keyTag: 1, algorithm: 13, digestType: 2, digest: Buffer.from("0102", "hex") }, "1 13 2 0102"],
  ["DNSKEY", { flags: 257, algorithm: 13, key: Buffer.from("010203", "hex") }, "257 3 13 AQID"],
  [
    "RRSIG",
    {
      typeCovered: "A",
      algorithm: 13,
      labels: 2,
      originalTTL: 300,
      expiration: 1234,
      inception: 1233,
      keyTag: 2345,
      signersName: "example",
      signature: Buffer.from("010203", "hex"),
    },
    "A 13 2 300 1234 1233 2345 example. AQID",
  ],
  ["NSEC", { nextDomain: "b.example", rrtypes: ["A", "DNSKEY", "CAA"] }, "b.example. A DNSKEY CAA"],
  [
    "NSEC3",
    {
      algorithm: 1,
      flags: 0,
      iterations: 2,
      salt: Buffer.from("aa", "hex"),
      nextDomain: Buffer.from("foobar"),
      rrtypes: ["A", "DNSKEY"],
    },
    "1 0 2 AA CPNMUOJ1E8 A DNSKEY",
  ],
  ["SSHFP", { algorithm: 4, hash: 2, fingerprint: "01".repeat(32) }, `4 2 ${"01".repeat(32)}`],
  ["TLSA", { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from("0102", "hex") }, "3 1 1 0102"],
];

/** Header, `o.example` (dns-packet does not compress), type, class, TTL, length. */
const RDATA_AT = 12 + 11 + 10;

describe("dns-packet agrees", () => {
  it.each(PAIRS)("%s", (type, data, text) => {
    const ours = readRdata(typeCode(type)!, text.split(" "));
    const answer = { type, name: "o.example", ttl: 1, class: "IN", data } as packet.Answer;
    const encoded = packet.encode({ type: "response", answers: [answer] });
    const theirs = Uint8Array.from(encoded.subarray(RDATA_AT));
    expect(toHex(ours.ok ? ours.value : new Uint8Array(0))).toBe(toHex(theirs));
    const parsed = parseRdata(typeCode(type)!, Uint8Array.from(encoded), RDATA_AT, theirs.length);
    expect(toHex(parsed!)).toBe(toHex(theirs));
  });

  it("decompresses a reply that it wrote", () => {
    const octets = Uint8Array.from(fromHex("076578616d706c6500000a016dc000")!);
    expect(toHex(parseRdata(typeCode("MX")!, octets, 9, 6)!)).toBe("000a016d076578616d706c6500");
  });
});
