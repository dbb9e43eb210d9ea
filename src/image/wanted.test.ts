/** RDATA that the compiler said it wants no more is overwritten while it works, and the image is the same. */
import { expect, test } from "vitest";
import { type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { ZoneBuilder, type ZoneVersion } from "#zone";
import { type CompileOptions, compileImage } from "./index.ts";

type Record = { readonly owner: Name; readonly type: number; readonly rdata: Uint8Array };

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function record(owner: string, type: number, text: string): Record {
  const rdata = readRdata(type, text.split(" "));
  if (!rdata.ok) throw new Error(rdata.error);
  return { owner: name(owner), type, rdata: rdata.value };
}

const APEX = "wanted.test.";
const HEAD = [
  record(APEX, RRType.SOA, `ns1.${APEX} hostmaster.${APEX} 7 3600 600 86400 300`),
  record(APEX, RRType.NS, `ns1.${APEX}`),
];
const [ONE, OTHER] = ["0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"];
const CHAIN = [
  record(APEX, RRType.NSEC3PARAM, "1 0 0 -"),
  record(`${ONE}.${APEX}`, RRType.NSEC3, `1 0 0 - ${OTHER} A RRSIG`),
  record(`${OTHER}.${APEX}`, RRType.NSEC3, `1 0 0 - ${ONE} A RRSIG`),
];
/** Two blocks of nodes and a bit, five chunks of RDATA. */
const FILLING = new Uint8Array(600).fill(0x78);
for (let at = 0; at < FILLING.length; at += 200) FILLING[at] = 199;
const NAMES = Array.from({ length: 9_000 }, (_, i): Record => {
  return { owner: name(`host${String(i).padStart(5, "0")}.${APEX}`), type: RRType.TXT, rdata: FILLING };
});
const LATE = record(`zzz.${APEX}`, RRType.A, "192.0.2.1");
const AS_IS: CompileOptions = { treatment: "as-is" };

function zone(records: readonly Record[]): ZoneVersion {
  const builder = new ZoneBuilder(name(APEX));
  for (const { owner, type, rdata } of records) builder.add(owner, type, 300, rdata);
  const version = builder.finish();
  if (!version.ok) throw new Error(version.error.text);
  return version.value;
}

/** The part of RDATA that went while the image was written; the image must be as it is without. */
function goneOf(records: readonly Record[], options = AS_IS): number {
  const version = zone(records);
  const { rdata } = version.columns;
  let gone = 0;
  const image = compileImage(version, options, (from, to) => {
    gone += to - from;
    expect(rdata[from]).not.toBe(0xee);
    rdata.fill(0xee, from, to);
  });
  const expected = compileImage(zone(records), options);
  if (!image.ok || !expected.ok) throw new Error("no image");
  expect(Buffer.from(image.value).equals(Buffer.from(expected.value))).toBe(true);
  return gone / rdata.length;
}

test("names as they are sorted: chunk by chunk, whatever came before its turn", () => {
  expect(goneOf([...HEAD, ...NAMES])).toBeGreaterThan(0.6);
  expect(goneOf([...HEAD, LATE, ...NAMES])).toBeGreaterThan(0.3);
});

test("the other way round: all that was written; mixed: nothing", () => {
  expect(goneOf([...HEAD, ...[...NAMES].reverse()])).toBeGreaterThan(0.3);
  expect(goneOf([...HEAD, ...NAMES.map((_, i) => NAMES[(i * 11) % NAMES.length]!)])).toBe(0);
});

test("NSEC3 RRsets are written last: their chunks stay, wherever they came", () => {
  expect(goneOf([...HEAD, ...CHAIN, ...NAMES])).toBeGreaterThan(0.3);
  expect(goneOf([...HEAD, ...NAMES, ...CHAIN])).toBeGreaterThan(0.3);
});

test("an own chain is made of RDATA that is nobody's", () => {
  expect(goneOf([...HEAD, ...NAMES], { treatment: "strip", ownChain: { apexTypes: [] } })).toBeGreaterThan(0.6);
});
