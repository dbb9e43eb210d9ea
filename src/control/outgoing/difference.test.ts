/** Any two versions of a zone: the difference, applied strictly to the one, is the other; and the record of it on disk. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { compileImage, unpackImage, ZoneImage } from "#image";
import { type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { openStore, type Store } from "#store";
import { applyChanges, RecordBatch, type RRset, ZoneChange, zoneFromRRsets } from "#zone";
import { differenceOf } from "./difference.ts";
import { JOURNAL_KIND, Journal, journalFiles } from "./journal.ts";
import { RecentChanges } from "./recent-changes.ts";

const APEX = name("diff.test.");
const PLENTY = 1 << 24;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function rdata(type: number, text: string): Uint8Array {
  const read = readRdata(type, text.split(" "));
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

type Line = readonly [owner: string, type: number, ttl: number, text: string];

function compiled(serial: number, lines: readonly Line[]): ZoneImage {
  const all: Line[] = [
    ["diff.test.", RRType.SOA, 300, `ns1.diff.test. host.diff.test. ${serial} 1 2 3 4`],
    ["diff.test.", RRType.NS, 300, "ns1.diff.test."],
    ...lines,
  ];
  const sets: RRset[] = all.map(([owner, type, ttl, text]) => ({
    owner: name(owner),
    type,
    ttl,
    rdatas: [rdata(type, text)],
  }));
  const zone = zoneFromRRsets(APEX, sets);
  if (!zone.ok) throw new Error(zone.error.text);
  const image = compileImage(zone.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return new ZoneImage(image.value);
}

function lines(image: ZoneImage): string[] {
  return [...unpackImage(image)]
    .flatMap(({ owner, type, ttl, rdatas }) => rdatas.map((r) => `${toHex(owner)} ${type} ${ttl} ${toHex(r)}`))
    .sort();
}

function applied(before: ZoneImage, changes: readonly ZoneChange[]): string[] {
  const result = applyChanges({ apex: APEX, rrsets: () => unpackImage(before) }, changes);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.text}`);
  const image = compileImage(result.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return lines(new ZoneImage(image.value));
}

const OWNERS = ["diff.test.", "a.diff.test.", "A.diff.test.", "x.a.diff.test.", "*.diff.test.", "b.c.d.diff.test."];
const A = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];
const NSEC3S = [
  "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
  "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
  "b4um86eghhds6nea196smvmlo4ors995",
];

const line = fc.oneof(
  fc.tuple(fc.constantFrom(...OWNERS), fc.constant(RRType.A), fc.constantFrom(60, 600), fc.constantFrom(...A)),
  fc.tuple(fc.constantFrom(...OWNERS), fc.constant(RRType.TXT), fc.constant(60), fc.constantFrom('"one"', '"two"')),
  fc.tuple(
    fc.constantFrom(...OWNERS),
    fc.constant(RRType.RRSIG),
    fc.constantFrom(60, 600),
    fc.constantFrom(
      "A 13 2 60 20300101000000 20200101000000 1 diff.test. AAAA",
      "A 13 2 60 20300101000000 20200101000000 2 diff.test. AAAA",
    ),
  ),
  fc.tuple(
    fc.constantFrom(...NSEC3S.map((hash) => `${hash}.diff.test.`)),
    fc.constant(RRType.NSEC3),
    fc.constant(300),
    fc.constantFrom(...NSEC3S.map((hash) => `1 0 0 - ${hash} A RRSIG`)),
  ),
);
const version = fc.array(line, { maxLength: 25 });
const params: Line = ["diff.test.", RRType.NSEC3PARAM, 0, "1 0 0 -"];

test("before and its difference give after, whatever the two are", () => {
  fc.assert(
    fc.property(version, version, fc.boolean(), (first, second, hashed) => {
      const more = hashed ? [params] : [];
      const [before, after] = [compiled(1, [...first, ...more]), compiled(2, [...second, ...more])];
      const change = differenceOf(before, after, PLENTY);
      // NSEC3s without NSEC3PARAM belong to no chain: such zones go out as a whole.
      if (!change) return;
      expect([change.fromSerial, change.toSerial]).toEqual([1, 2]);
      expect(applied(before, [change])).toEqual(lines(after));
    }),
    { numRuns: 300 },
  );
});

test("what did not change is not in it; more than the limit is none", () => {
  const first: Line[] = Array.from({ length: 500 }, (_, i) => [`h${i}.diff.test.`, RRType.A, 60, "192.0.2.1"]);
  const second: Line[] = first.map((each, i) => (i === 77 ? [each[0], RRType.A, 60, "192.0.2.2"] : each));
  const change = differenceOf(compiled(1, first), compiled(2, second), PLENTY);
  expect([change?.deletions.count, change?.additions.count]).toEqual([2, 2]);
  expect(differenceOf(compiled(1, first), compiled(2, []), 1000)).toBeUndefined();
});

describe("the journal", () => {
  let directory: string;
  let store: Store;
  const zoneId = "0".repeat(32);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "countersign-journal-"));
    store = openStore(directory, { seal: (plain) => plain, open: (sealed) => sealed });
    await store.accounts.add({ id: zoneId, name: "Demo", createdAt: 1 });
    await store.zones.add(zoneRow(zoneId));
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const step = (from: number, to: number) =>
    differenceOf(
      compiled(from, [["a.diff.test.", RRType.TXT, 60, `"${from}"`]]),
      compiled(to, [["a.diff.test.", RRType.TXT, 60, `"${to}"`]]),
      PLENTY,
    )!;
  /** Nothing changes but the serial. */
  const emptyStep = (from: number): ZoneChange => {
    const batch = (serial: number): RecordBatch => {
      const made = new RecordBatch();
      const rdata = Uint8Array.from([...APEX, ...APEX, ...new Uint8Array(20)]);
      new DataView(rdata.buffer).setUint32(rdata.length - 20, serial);
      made.append(APEX, APEX.length, RRType.SOA, 60, rdata, rdata.length);
      return made;
    };
    return new ZoneChange(batch(from), batch(from + 1));
  };
  const again = async () =>
    new Journal(store, zoneId, await store.documents.find(zoneId, JOURNAL_KIND), new RecentChanges());

  test("keeps steps over a restart, gives those from a serial on, and forgets", async () => {
    const journal = await again();
    for (const serial of [1, 2, 3]) await journal.append(step(serial, serial + 1));
    const restarted = await again();
    expect([restarted.serials, restarted.newest]).toEqual([[1, 2, 3], 4]);
    const changes = await restarted.since(2, PLENTY);
    expect(changes?.map(({ fromSerial, toSerial }) => [fromSerial, toSerial])).toEqual([
      [2, 3],
      [3, 4],
    ]);
    const start = compiled(2, [["a.diff.test.", RRType.TXT, 60, '"2"']]);
    expect(applied(start, changes!)).toEqual(lines(compiled(4, [["a.diff.test.", RRType.TXT, 60, '"4"']])));
    expect(await restarted.since(4, PLENTY)).toBeUndefined();
    expect(await restarted.since(9, PLENTY)).toBeUndefined();
    expect(await restarted.since(1, 100)).toBeUndefined();
    await restarted.clear();
    expect([(await again()).serials, restarted.newest]).toEqual([[], undefined]);
  });

  test("a step that does not follow begins a new chain; the newest 200 stay", async () => {
    const journal = await again();
    await journal.append(step(1, 2));
    await journal.append(step(7, 8));
    expect(journal.serials).toEqual([7]);
    for (let serial = 8; serial < 215; serial++) await journal.append(step(serial, serial + 1));
    expect([journal.serials.length, journal.serials[0], journal.newest]).toEqual([200, 15, 215]);
    expect(journalFiles(await store.documents.find(zoneId, JOURNAL_KIND))).toHaveLength(200);
  });

  test("of ten thousand at once only those that are kept are written", { timeout: 240_000 }, async () => {
    const journal = await again();
    await journal.append(step(1, 2));
    let written = 0;
    const { saveChange } = store.files;
    store.files.saveChange = (...args) => {
      written++;
      return saveChange(...args);
    };
    await journal.appendAll(Array.from({ length: 10_000 }, (_, i) => emptyStep(i + 2)));
    expect([written, journal.serials.length, journal.newest]).toEqual([200, 200, 10_002]);
    expect(journalFiles(await store.documents.find(zoneId, JOURNAL_KIND))).toHaveLength(200);
  });

  test("a file that is gone, cut off or of another form is no change; files that nothing names go at the start", async () => {
    const journal = await again();
    await journal.append(step(1, 2));
    const [file] = journalFiles(await store.documents.find(zoneId, JOURNAL_KIND));
    const whole = (await store.files.loadChange(zoneId, file!))!;
    for (const octets of [
      whole.slice(0, -1),
      whole.slice(0, 10),
      new Uint8Array(0),
      whole.map((o, i) => (i < 4 ? 0 : o)),
    ]) {
      await store.files.saveChange(zoneId, file!, octets);
      expect(await (await again()).since(1, PLENTY)).toBeUndefined();
    }
    await store.files.removeChange(zoneId, file!);
    expect(await (await again()).since(1, PLENTY)).toBeUndefined();
    // Who wrote it has it still, without reading; until it is no step any more.
    expect(await journal.since(1, PLENTY)).toHaveLength(1);
    await journal.clear();
    expect(await journal.since(1, PLENTY)).toBeUndefined();
    // A crash between the file and the document that names it.
    await store.files.saveChange(zoneId, "c-2-3-lost", whole);
    expect(await store.files.removeOrphans(new Map([[zoneId, new Set([file!])]]))).toEqual([
      `${zoneId}/c-2-3-lost.change`,
    ]);
  });
});

function zoneRow(id: string) {
  return {
    id,
    accountId: id,
    name: "diff.test",
    status: "pending",
    paused: false,
    denial: "compact",
    secondaryOverrides: false,
    originalNameServers: null,
    createdAt: 5,
    modifiedAt: 5,
    activatedAt: null,
  } as Parameters<Store["zones"]["add"]>[0];
}
