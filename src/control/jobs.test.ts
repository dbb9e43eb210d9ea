import { afterAll, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { SignatureTable, unpackImage, verifyImage, ZoneImage } from "#image";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import { canEmpty } from "#telemetry";
import { RecordBatch, ZoneBuilder, ZoneChange } from "#zone";
import { readZoneFile } from "#zonefile";
import { JobRunner } from "./job-runner.ts";
import { postChanges } from "./posted-changes.ts";
import { validationItems } from "./validate-image.ts";

const apex = name("example.com");
const runner = new JobRunner(2, "auto", openCrypto());
afterAll(() => runner.stop());

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function version(text: string) {
  const read = readZoneFile(text, apex);
  if (!read.ok) throw new Error(read.error.reason);
  const builder = new ZoneBuilder(apex);
  for (const { owner, type, ttl, rdata } of read.value) builder.add(owner, type, ttl, rdata);
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.text);
  return finished.value;
}

const HEAD = `@ 3600 SOA ns hostmaster 7 3600 600 86400 300
@ 3600 NS ns
ns 3600 A 192.0.2.1
`;

/** Large enough to go to a worker. */
const MANY = HEAD + Array.from({ length: 6000 }, (_, i) => `host${i} 300 A 192.0.2.${i % 250}`).join("\n");

test("a small zone here and a large one in a worker: compiled, verified, counted alike", async () => {
  for (const text of [HEAD, MANY]) {
    const zone = version(text);
    const image = await runner.run({ kind: "compile", columns: zone.columns, options: { treatment: "as-is" } });
    if (!image.ok) throw new Error(image.error.text);
    expect(new ZoneImage(image.value).recordCount).toBe(zone.recordCount);
    expect(await runner.run({ kind: "verify", image: image.value })).toEqual({ ok: true, value: true });
  }
});

/** 20 MB of RDATA: enough to be worth giving back. */
function largeVersion() {
  const builder = new ZoneBuilder(apex);
  for (const { owner, type, ttl, rdatas } of version(HEAD).rrsets())
    for (const rdata of rdatas) builder.add(owner, type, ttl, rdata);
  const text = new Uint8Array(2200).fill(0x78);
  for (let at = 0; at < text.length; at += 200) text[at] = 199;
  for (let i = 0; i < 9000; i++)
    builder.add(name(`host${String(i).padStart(5, "0")}.example.com.`), RRType.TXT, 300, text);
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.text);
  return finished.value;
}

test.runIf(canEmpty())("RDATA goes while its image is written, as soon as it may and not before", async () => {
  const images: Uint8Array[] = [];
  for (const may of [0, 1]) {
    const zone = largeVersion();
    const { rdata } = zone.columns;
    const mayEmpty = new SharedArrayBuffer(4);
    new Int32Array(mayEmpty)[0] = may;
    const job = { kind: "compile", columns: zone.columns, options: { treatment: "as-is" }, mayEmpty } as const;
    const image = await runner.run<"compile">(job);
    if (!image.ok) throw new Error(image.error.text);
    images.push(new Uint8Array(image.value));
    // Of each KiB the first octet.
    let zeros = 0;
    for (let at = 0; at < rdata.length; at += 1024) if (rdata[at] === 0) zeros++;
    if (may === 0) expect(zeros).toBeLessThan(100);
    else expect(zeros).toBeGreaterThan(5_000);
  }
  expect(Buffer.from(images[0]!).equals(Buffer.from(images[1]!))).toBe(true);
});

test("an image that was damaged is refused with the place", async () => {
  const image = await runner.run({ kind: "compile", columns: version(HEAD).columns, options: { treatment: "as-is" } });
  if (!image.ok) throw new Error(image.error.text);
  new Uint8Array(image.value)[image.value.byteLength - 40]! ^= 1;
  const verified = await runner.run({ kind: "verify", image: image.value });
  expect(!verified.ok && verified.error.code).toBe("image.checksum");
});

test("two overlays over one image are made one after the other: the second is whole", async () => {
  const before = version(MANY);
  const compiled = await runner.run({ kind: "compile", columns: before.columns, options: { treatment: "as-is" } });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const base = new ZoneImage(compiled.value);
  const change = (label: string, serial: number, count: number) => {
    const [deletions, additions] = [new RecordBatch(), new RecordBatch()];
    const soa = before.soaRdata;
    const after = Uint8Array.from(soa);
    new DataView(after.buffer).setUint32(after.length - 20, serial);
    deletions.append(apex, apex.length, RRType.SOA, 3600, soa, soa.length);
    additions.append(apex, apex.length, RRType.SOA, 3600, after, after.length);
    const address = Uint8Array.of(192, 0, 2, 7);
    for (let i = 0; i < count; i++) {
      const owner = name(`${label}${i}.example.com.`);
      additions.append(owner, owner.length, RRType.A, 300, address, 4);
    }
    return postChanges([new ZoneChange(deletions, additions)]);
  };
  const order = { image: base.buffer, root: base.root, treatment: "as-is" } as const;
  // The first is large enough to go to a worker; the second would be done at once, and written over.
  const [first, second] = await Promise.all([
    runner.run({ kind: "overlay", ...order, changes: change("given-up-", 8, 1500) }),
    runner.run({ kind: "overlay", ...order, changes: change("kept-", 9, 10) }),
  ]);
  if (!first.ok || !second.ok) throw new Error("an overlay was refused");
  const image = new ZoneImage(base.buffer, second.value.root);
  expect(verifyImage(base.buffer, second.value.root)).toMatchObject({ ok: true });
  expect([image.serial, image.recordCount]).toEqual([9, before.recordCount + 10]);
});

test("a zone with errors is named, one with warnings is not refused", async () => {
  const bad = version(`${HEAD}www CNAME ns\nwww A 192.0.2.9\n`);
  const checked = await runner.run({ kind: "check", columns: bad.columns });
  expect(checked.errors).toHaveLength(1);
  expect(checked.errors[0]).toContain("www.example.com.");
  expect((await runner.run({ kind: "check", columns: version(HEAD).columns })).errors).toEqual([]);
});

test("recompiled from its image, a zone loses the primary's DNSSEC records and gets a chain of its own", async () => {
  const signed = `${HEAD}@ 3600 DNSKEY 256 3 13 oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA==
@ 300 NSEC ns.example.com. NS SOA RRSIG NSEC DNSKEY
child 300 NS ns.child
child 300 DS 2371 13 2 32996839A6D808AFE3EB4A795A0E6A7A39A76FC52FF228B22B76F6D63826F2B9
ns.child 300 A 192.0.2.2
`;
  const stored = await runner.run({
    kind: "compile",
    columns: version(signed).columns,
    options: { treatment: "as-is" },
  });
  if (!stored.ok) throw new Error(stored.error.text);
  const served = await runner.run({
    kind: "recompile",
    image: stored.value,
    options: { treatment: "strip", ownChain: { apexTypes: [RRType.DNSKEY] } },
  });
  if (!served.ok) throw new Error(served.error.text);
  const types = [...unpackImage(new ZoneImage(served.value))].map((set) => set.type);
  expect(types).not.toContain(RRType.DNSKEY);
  expect(types).toContain(RRType.DS);
  expect(types.filter((type) => type === RRType.NSEC)).toHaveLength(3);
});

test("an unsigned zone does not validate, whoever looks at it", async () => {
  for (const text of [HEAD, MANY]) {
    const image = await runner.run({
      kind: "compile",
      columns: version(text).columns,
      options: { treatment: "as-is" },
    });
    if (!image.ok) throw new Error(image.error.text);
    const to = validationItems(new ZoneImage(image.value));
    const now = 1_790_000_000;
    const report = await runner.run({ kind: "validate", image: image.value, now, from: 0, to });
    const finished = await runner.run({ kind: "finish", image: image.value, now, reports: [report] });
    expect(finished.counts).toEqual({ "zone-unsigned": 1 });
  }
});

test("signatures of what did not change are carried to the next image, unless another key made them", async () => {
  const compile = async (text: string) => {
    const image = await runner.run({
      kind: "compile",
      columns: version(text).columns,
      options: { treatment: "strip" },
    });
    if (!image.ok) throw new Error(image.error.text);
    return new ZoneImage(image.value);
  };
  const [before, after] = [await compile(`${HEAD}www A 192.0.2.8\n`), await compile(`${HEAD}www A 192.0.2.9\n`)];
  const oldTable = SignatureTable.create(before.rrsetCount, 1, 0);
  for (let slot = 0; slot < before.rrsetCount; slot++) oldTable.write(slot, 5, new Uint8Array(64).fill(slot + 1), 0);
  for (const [tag, carried] of [
    [1, 3],
    [2, 0],
  ] as const) {
    const newTable = SignatureTable.create(after.rrsetCount, tag, 0);
    const job = {
      oldImage: before.buffer,
      oldTable: oldTable.buffer,
      newImage: after.buffer,
      newTable: newTable.buffer,
    };
    expect(await runner.run({ kind: "carry", ...job })).toBe(carried);
  }
});
