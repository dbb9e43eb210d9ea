import { describe, expect, test } from "vitest";
import { fromLatin1 } from "#bytes";
import { type Name, readName } from "#name";
import { readRdata, typeCode } from "#rdata";
import { MAX_PROBLEMS, semanticCheck, zoneFromRRsets } from "./index.ts";

const APEX = Uint8Array.from([7, ...fromLatin1("example"), 0]);

function name(text: string): Name {
  const read = readName(text, APEX);
  if (!read.ok) throw new Error(text);
  return read.value;
}

/** Lines of "owner type rdata", names relative to `example.`; TTL 60, or `owner/ttl`. */
function problems(lines: readonly string[], soa = "ns h 1 3600 600 86400 300"): string[] {
  const rrsets = [`@ SOA ${soa}`, ...lines].map((line) => {
    const [owner, mnemonic, ...tokens] = line.split(" ");
    const [text, ttl] = owner!.split("/");
    const type = typeCode(mnemonic!)!;
    const rdata = readRdata(type, tokens, name("@"));
    if (!rdata.ok) throw new Error(`${line}: ${rdata.error}`);
    return { owner: name(text!), type, ttl: Number(ttl ?? 60), rdatas: [rdata.value] };
  });
  const zone = zoneFromRRsets(name("@"), rrsets);
  if (!zone.ok) throw new Error(zone.error.text);
  return semanticCheck(zone.value).map((p) => `${p.severity} ${p.code} ${p.owner}`);
}

const NS = ["@ NS ns", "ns A 192.0.2.1"];
const RRSIG = "8 2 60 20300101000000 20200101000000 1 example. AAAA";

describe("semanticCheck", () => {
  const cases: [string, readonly string[], readonly string[]][] = [
    [
      "a good zone",
      [
        ...NS,
        "www CNAME ns",
        "www RRSIG CNAME 13 2 60 20300101000000 20200101000000 1 example. AAAA",
        "www NSEC @ CNAME RRSIG NSEC",
      ],
      [],
    ],
    ["no NS at the apex", ["a A 192.0.2.1"], ["warning apex-ns-missing example."]],
    [
      "CNAME beside another type",
      [...NS, "www CNAME ns", "www A 192.0.2.2"],
      ["error cname-and-other-data www.example."],
    ],
    ["CNAME at the apex", [...NS, "@ CNAME ns"], ["error cname-and-other-data example."]],
    ["two CNAMEs", [...NS, "www CNAME ns", "www CNAME a"], ["error several-cnames www.example."]],
    ["the same CNAME twice, in another case", [...NS, "www CNAME ns", "www CNAME NS"], []],
    ["two DNAMEs", [...NS, "d DNAME a", "d DNAME b"], ["error several-dnames d.example."]],
    ["DNAME and CNAME", [...NS, "d DNAME a", "d CNAME b"], ["error cname-and-other-data d.example."]],
    [
      "names below a DNAME, said once",
      [...NS, "d DNAME a", "x.d A 192.0.2.1", "y.d A 192.0.2.1"],
      ["warning below-dname x.d.example."],
    ],
    [
      "NS and DNAME at wildcards",
      [...NS, "*.w NS ns.other.", "*.d DNAME a"],
      ["warning wildcard-dname *.d.example.", "warning wildcard-ns *.w.example."],
    ],
    [
      "DS without NS",
      [...NS, "c DS 1 13 2 00000000000000000000000000000000000000000000000000000000000000ff"],
      ["warning ds-without-ns c.example."],
    ],
    [
      "DS at the apex",
      [...NS, "@ DS 1 13 2 00000000000000000000000000000000000000000000000000000000000000ff"],
      ["warning ds-at-apex example."],
    ],
    ["DNSKEY below the apex", [...NS, "k DNSKEY 256 3 13 AAAA"], ["warning not-at-apex k.example."]],
    ["in-domain glue missing", [...NS, "c NS ns.c"], ["warning glue-missing c.example."]],
    ["in-domain glue there", [...NS, "c NS ns.c", "ns.c AAAA ::1"], []],
    ["glue of a sibling is not asked for", [...NS, "c NS ns.d"], []],
    ["apex name server without address", ["@ NS ns"], ["warning glue-missing example."]],
    ["apex name server below a cut", ["@ NS ns.c", "c NS ns.other."], []],
    ["apex name server at a wildcard", ["@ NS a.b", "*.b A 192.0.2.1"], []],
    ["name server that is an alias", ["@ NS ns", "ns CNAME a.other."], ["warning ns-target-is-cname example."]],
    ["occluded data is not judged", [...NS, "c NS ns.other.", "x.c CNAME a", "x.c A 192.0.2.1"], []],
    ["unequal TTLs", [...NS, "a/60 A 192.0.2.1", "a/30 A 192.0.2.2"], ["warning ttls-differed a.example."]],
    ["SOA below the apex", [...NS, "s SOA ns h 1 1 1 1 1"], ["error soa-below-apex s.example."]],
    [
      "RRSIG that covers nothing",
      [...NS, `a RRSIG A 13 ${RRSIG.slice(2)}`],
      ["warning rrsig-covers-nothing a.example."],
    ],
  ];
  test.each(cases)("%s", (_, lines, expected) => {
    expect(problems(lines)).toEqual(expected);
  });

  // A record of TXT "aa…" costs 12 octets and its 201; header and question of t.example. are 27.
  const texts = (count: number) => Array.from({ length: count }, (_, i) => `t TXT ${String(i).padStart(200, "a")}`);
  test("sets up to what a message holds, and beyond", () => {
    expect(problems([...NS, ...texts(307)])).toEqual([]);
    expect(problems([...NS, ...texts(308)])).toEqual(["warning set-too-large t.example."]);
    // 65,511 octets alone; a signature takes it over the limit.
    const fitting = [...texts(307), `t TXT ${"b".repeat(80)}`];
    expect(problems([...NS, ...fitting])).toEqual([]);
    const signature = `t RRSIG TXT ${RRSIG}`;
    expect(problems([...NS, ...fitting, signature])).toEqual(["warning set-too-large t.example."]);
  });

  test("names may be compressed: a large set of them is not called too large", () => {
    const servers = (count: number) =>
      Array.from({ length: count }, (_, i) => `m NS n${i}.long-long-long-long-long-long-long.other.`);
    expect(problems([...NS, ...servers(2000)])).toEqual([]);
    expect(problems([...NS, ...servers(4200)])).toEqual(["warning set-too-large m.example."]);
  });

  test("EXPIRE of zero", () => {
    expect(problems(NS, "ns h 1 3600 600 0 300")).toEqual(["warning expire-zero example."]);
  });

  test("a bounded list, and warnings never crowd out an error", () => {
    const many = Array.from({ length: 2 * MAX_PROBLEMS }, (_, i) => `c${i} NS ns.c${i}`);
    const found = problems([...NS, ...many, "zz CNAME a", "zz CNAME b"]);
    expect(found).toHaveLength(MAX_PROBLEMS);
    expect(found[0]).toBe("error several-cnames zz.example.");
  });
});
