/** Master files: what the format allows, what is refused and in which line, and the way back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromLatin1 } from "#bytes";
import { type Name, readName } from "#name";
import { printRecord, printZone, readZoneFile, splitTokens, type ZoneFileOptions } from "#zonefile";
import { MAX_INCLUDE_DEPTH, MAX_INCLUDES } from "./read.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const ORIGIN = name("example.");

/** Records as lines with single blanks, or the error as `line reason`. */
function read(text: string | Uint8Array, options: ZoneFileOptions = {}): string[] | string {
  const records = readZoneFile(text, ORIGIN, options);
  if (!records.ok) return [records.error.file, records.error.line, records.error.reason].filter(Boolean).join(" ");
  return records.value.map((record) => printRecord(record).replaceAll("\t", " "));
}

describe("what the format allows", () => {
  it("the example of RFC 1035 section 5.3", () => {
    const text = `
@   IN  SOA     VENERA      Action\\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        MX      10      VENERA

A       A       26.3.0.103

VENERA  A       10.1.0.52
        A       128.9.0.32
`;
    expect(read(text)).toEqual([
      "example. 60 IN SOA VENERA.example. Action\\.domains.example. 20 7200 600 3600000 60",
      "example. 60 IN NS A.ISI.EDU.",
      "example. 60 IN NS VENERA.example.",
      "example. 60 IN MX 10 VENERA.example.",
      "A.example. 60 IN A 26.3.0.103",
      "VENERA.example. 60 IN A 10.1.0.52",
      "VENERA.example. 60 IN A 128.9.0.32",
    ]);
  });

  it("TTL and class in either order or missing, and where a TTL comes from", () => {
    const text = `a 60 IN A 192.0.2.1
b IN 1h30m A 192.0.2.2
c A 192.0.2.3
$TTL 2h
d A 192.0.2.4
e 5 A 192.0.2.5
f in a 192.0.2.6
`;
    expect(read(text)).toEqual([
      "a.example. 60 IN A 192.0.2.1",
      "b.example. 5400 IN A 192.0.2.2",
      "c.example. 5400 IN A 192.0.2.3",
      "d.example. 7200 IN A 192.0.2.4",
      "e.example. 5 IN A 192.0.2.5",
      "f.example. 7200 IN A 192.0.2.6",
    ]);
    expect(read("a A 192.0.2.1\n", { defaultTtl: 9 })).toEqual(["a.example. 9 IN A 192.0.2.1"]);
  });

  it("owners that look like something else", () => {
    expect(read("$TTL 1\n1 PTR a.\nIN A 192.0.2.1\nA A 192.0.2.1\n* TXT x\n\\$TTL TXT x\n")).toEqual([
      "1.example. 1 IN PTR a.",
      "IN.example. 1 IN A 192.0.2.1",
      "A.example. 1 IN A 192.0.2.1",
      '*.example. 1 IN TXT "x"',
      '\\$TTL.example. 1 IN TXT "x"',
    ]);
  });

  it("$ORIGIN, relative to the one before", () => {
    expect(read("$TTL 1\n$ORIGIN sub\na A 192.0.2.1\n$ORIGIN other.\nb CNAME @\n$origin .\nc NS d\n")).toEqual([
      "a.sub.example. 1 IN A 192.0.2.1",
      "b.other. 1 IN CNAME other.",
      "c. 1 IN NS d.",
    ]);
  });

  it("parentheses, comments, quotes, escapes, line ends of all kinds", () => {
    const text = '$TTL 1\r\na TXT ( "a;b" ; comment (\r\n "c\\"d" ( e\\;f ) "" \n)\n\t\n ; nothing\na\\.b TXT "(" )\n';
    expect(read(text)).toBe("7 stray-parenthesis");
    expect(read(text.replace('"(" )', '"("'))).toEqual([
      'a.example. 1 IN TXT "a;b" "c\\"d" "e;f" ""',
      'a\\.b.example. 1 IN TXT "("',
    ]);
    expect(read("a 1 A 192.0.2.1")).toEqual(["a.example. 1 IN A 192.0.2.1"]);
    expect(read('a 1 TXT "a""b"')).toEqual(['a.example. 1 IN TXT "a" "b"']);
    expect(read('a 1 SVCB 1 . alpn="h2,h3" key9="a b;(c"')).toEqual([
      'a.example. 1 IN SVCB 1 . alpn="h2,h3" key9="a b;(c"',
    ]);
  });

  it("octets as they are", () => {
    const octets = Uint8Array.from([...fromLatin1("a 1 TXT "), 0xc3, 0xa4, 0xff, 0x0a]);
    expect(read(octets)).toEqual(['a.example. 1 IN TXT "\\195\\164\\255"']);
  });

  it("$INCLUDE, with an origin, after which origin and owner are the old ones", () => {
    const files: Record<string, string> = { one: "a A 192.0.2.1\n$ORIGIN x.\nb A 192.0.2.2\n", two: " A 192.0.2.3\n" };
    const include = (file: string) => files[file];
    expect(read('$TTL 1\no TXT x\n$INCLUDE one sub ; c\n TXT y\n$INCLUDE "two"\n', { include })).toEqual([
      'o.example. 1 IN TXT "x"',
      "a.sub.example. 1 IN A 192.0.2.1",
      "b.x. 1 IN A 192.0.2.2",
      'o.example. 1 IN TXT "y"',
      "o.example. 1 IN A 192.0.2.3",
    ]);
    expect(read("$INCLUDE bad\n", { include: () => "\n\nx 1 A y\n" })).toBe("bad 3 bad-address");
  });

  it("$GENERATE", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of $GENERATE
    expect(read("$TTL 1\n$GENERATE 1-5/2 h$ A 192.0.2.$\n$GENERATE 9-10 ${-8,3,d} 60 CNAME x-${0,2,x}.$$\n")).toEqual([
      "h1.example. 1 IN A 192.0.2.1",
      "h3.example. 1 IN A 192.0.2.3",
      "h5.example. 1 IN A 192.0.2.5",
      "001.example. 60 IN CNAME x-09.\\$.example.",
      "002.example. 60 IN CNAME x-0a.\\$.example.",
    ]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of $GENERATE
    expect(read("$GENERATE 26-26 ${0,5,n} 1 PTR x${0,0,o}${0,0,X}.\n")).toEqual(["a.1.0.example. 1 IN PTR x321A."]);
  });
});

describe("what is refused, and in which line", () => {
  it.each([
    ["\n\na 1 A 192.0.2\n", "3 bad-address"],
    ["a 1 A 192.0.2.1\n\n(\n\nb 1 A )\n", "3 missing-field"],
    [" 1 A 192.0.2.1\n", "1 no-owner"],
    ["a..b 1 A 192.0.2.1\n", "1 bad-owner"],
    ['"a" 1 A 192.0.2.1\n', "1 bad-owner"],
    ["a A 192.0.2.1\n", "1 no-ttl"],
    ["a 2147483648 A 192.0.2.1\n", "1 bad-ttl"],
    ["a 1x A 192.0.2.1\n", "1 bad-ttl"],
    ["a 1 1 A 192.0.2.1\n", "1 unknown-type"],
    ["a 1 IN IN A 192.0.2.1\n", "1 unknown-type"],
    ["a 1 IN\n", "1 no-type"],
    ["a\n", "1 no-type"],
    ["a 1 CH TXT x\n", "1 other-class"],
    ["a 1 CLASS255 A 192.0.2.1\n", "1 other-class"],
    ["a 1 NOSUCH x\n", "1 unknown-type"],
    ["a 1 ANY x\n", "1 meta-type"],
    ["a 1 TYPE41 \\# 0\n", "1 meta-type"],
    ["a 1 NXNAME \\# 0\n", "1 meta-type"],
    ["a 1 TYPE65280 x\n", "1 no-text-form"],
    ['a 1 TXT "x\n', "1 unclosed-quote"],
    ['\na 1 TXT "x\\\n"\n', "2 unclosed-quote"],
    ["a 1 TXT ( x\n\n", "3 unclosed-parenthesis"],
    ["a 1 TXT x )\n", "1 stray-parenthesis"],
    ["$NOSUCH\n", "1 unknown-directive"],
    ["$ORIGIN\n", "1 bad-directive"],
    ["$ORIGIN a b\n", "1 bad-directive"],
    ["$TTL\n", "1 bad-ttl"],
    ["$TTL 1x\n", "1 bad-ttl"],
    ["$INCLUDE x\n", "1 include-refused"],
    ["$INCLUDE\n", "1 bad-directive"],
    ["$GENERATE 1-2 a A\n", "1 bad-generate"],
    ["$GENERATE 2-1 a A 192.0.2.1\n", "1 bad-generate"],
    ["$GENERATE 1-2/0 a A 192.0.2.1\n", "1 bad-generate"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of $GENERATE
    ["$GENERATE 1-2 ${-2} 1 A 192.0.2.1\n", "1 bad-generate"],
    ["$GENERATE 0-65536 a$ 1 A 192.0.2.1\n", "1 too-many-records"],
  ])("%j", (text, error) => {
    expect(read(text)).toBe(error);
  });

  it("files that include each other without end", () => {
    expect(read("$INCLUDE x\n", { include: () => "$INCLUDE x\n" })).toBe("x 1 include-too-deep");
    let calls = 0;
    const include = () => {
      calls++;
      return "$INCLUDE x\n$INCLUDE x\n".repeat(2);
    };
    expect(read("$INCLUDE x\n", { include })).toBe("x 1 include-too-deep");
    expect(calls).toBe(MAX_INCLUDE_DEPTH);
    // Wide instead of deep.
    calls = 0;
    const countedEmpty = () => {
      calls++;
      return "";
    };
    const wide = "$INCLUDE y\n".repeat(MAX_INCLUDES + 1);
    expect(read(wide, { include: countedEmpty })).toBe(`${MAX_INCLUDES + 1} include-too-deep`);
    expect(calls).toBe(MAX_INCLUDES);
  });

  it("more records than allowed", () => {
    expect(read("$TTL 1\n$GENERATE 1-5 a$ A 192.0.2.$\n", { maxRecords: 4 })).toBe("2 too-many-records");
    expect(read("$TTL 1\n$GENERATE 1-4 a$ A 192.0.2.$\n", { maxRecords: 4 })).toHaveLength(4);
  });

  it("noise never throws", () => {
    const piece = fc.constantFrom(
      "a",
      " ",
      "\n",
      '"',
      "(",
      ")",
      ";",
      "\\",
      "$TTL",
      "$GENERATE 1-2",
      "1",
      "IN",
      "A",
      "TXT",
      "=",
      "\\#",
      "\u00e4",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 30 }).map((p) => p.join("")),
          fc.string(),
        ),
        (text) => {
          read(text);
          splitTokens(text);
        },
      ),
      { numRuns: 4000 },
    );
  });
});

describe("printZone", () => {
  it("is one record a line, absolute, with tabs", () => {
    const records = readZoneFile("a 1h MX 10 b\n@ 0 TYPE65280 \\# 1 ff\n", ORIGIN);
    const printed = "a.example.\t3600\tIN\tMX\t10 b.example.\nexample.\t0\tIN\tTYPE65280\t\\# 1 FF\n";
    expect(records.ok && printZone(records.value)).toBe(printed);
    expect(readZoneFile(printed, name("elsewhere."))).toEqual(records);
  });
});
