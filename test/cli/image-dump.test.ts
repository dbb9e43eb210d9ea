/** An image back to zone text: BIND reads the dump and the original and finds the same zone. Damaged files are told. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileImage, Header, overlayChanges, overlayRoom, ZoneImage } from "#image";
import { readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { RecordBatch, ZoneChange, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { nameOf } from "../overlay/history.ts";
import { flattenZone, makeDirectory, missingPrograms, removeDirectory, signZone, writeIn } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { zonePath } from "../zones/index.ts";
import { countersign } from "./command-line.ts";

const APEX = "odd.example.";
const missing = missingPrograms("named-checkzone", "dnssec-signzone", "dnssec-keygen");

let directory: string;
beforeAll(() => {
  directory = makeDirectory("dump");
});
afterAll(() => removeDirectory(directory));

/** Writes the zone's image to a file. */
function imageOf(text: string, file: string): string {
  const apex = readName(APEX);
  if (!apex.ok) throw new Error(apex.error);
  const records = readZoneFile(text, apex.value);
  if (!records.ok) throw new Error(JSON.stringify(records.error));
  const sets = [...records.value].map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const version = zoneFromRRsets(apex.value, sets);
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  const path = join(directory, file);
  writeFileSync(path, new Uint8Array(image.value));
  return path;
}

const dump = (path: string, ...words: readonly string[]) => countersign(["image", "dump", path, ...words]);

describe.skipIf(missing.length > 0)("BIND reads out of the dump what it reads out of the zone", () => {
  const plain = () => flattenZone(APEX, zonePath("odd.zone"));

  test.each(["unsigned", "nsec", "nsec3"] as const)("%s", async (kind) => {
    const zone = { name: APEX, text: plain() };
    const text = kind === "unsigned" ? zone.text : signZone(zone, { denial: kind }).text;
    const { code, out, err } = await dump(imageOf(text, `${kind}.image`));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const original = flattenZone(APEX, writeIn(directory, `${kind}.original`, text));
    const dumped = flattenZone(APEX, writeIn(directory, `${kind}.dumped`, out));
    expect(dumped.split("\n").sort()).toEqual(original.split("\n").sort());
    // BIND takes duplicates without a word; there are none.
    const lines = out.trim().split("\n");
    expect(new Set(lines).size).toBe(lines.length);
    // The SOA comes first, behind the comment: master files begin so.
    expect(out.split("\n")[1]).toMatch(/^odd\.example\.\t\d+\tIN\tSOA\t/i);
  });
});

test("as JSON it is the same records", async () => {
  const path = imageOf(readFileSync(zonePath("odd.zone"), "utf8"), "json.image");
  const lines = (await dump(path)).out.trim().split("\n").slice(1);
  const records = JSON.parse((await dump(path, "--json")).out) as Record<string, string | number>[];
  const printed = records.map(({ name, ttl, type, content }) => `${name}\t${ttl}\tIN\t${type}\t${content}`);
  expect(printed).toEqual(lines);
});

test("the changes beside it are shown, what is cut off is not", async () => {
  const hosts = Array.from({ length: 2500 }, (_, i) => `h${i}.${APEX} 300 IN A 10.0.${i >> 8}.${i & 255}`);
  const head = [`${APEX} 300 IN SOA ns.${APEX} h.${APEX} 1 2 3 4 5`, `${APEX} 300 IN NS ns.${APEX}`];
  const path = imageOf(`${[...head, ...hosts].join("\n")}\n`, "changed.image");
  const written = Uint8Array.from(readFileSync(path));
  // Without the room for overlays, as the store writes it.
  const base = written.subarray(0, 4 * new Uint32Array(written.buffer)[Header.Words]!);
  writeFileSync(path, base);
  const buffer = new SharedArrayBuffer(base.length + overlayRoom(base.length));
  new Uint8Array(buffer).set(base);
  let image = new ZoneImage(buffer);
  for (const serial of [1, 2]) {
    const made = overlayChanges(image, [step(serial)], "as-is");
    if (!made.ok) throw new Error(made.error);
    image = made.value.image;
  }
  const overlay = new Uint8Array(buffer.slice(base.length, 4 * image.end));
  const beside = join(directory, "changed.overlay");
  writeFileSync(beside, overlay);
  const whole = await dump(path);
  expect(whole.out).toContain("serial 3\n");
  expect(whole.out).toContain("new2.odd.example.");
  expect(whole.err).toContain("changed.overlay");
  writeFileSync(beside, overlay.subarray(0, -9));
  const cut = await dump(path);
  expect(cut.out).toContain("serial 2\n");
  expect(cut.out).not.toContain("new2.odd.example.");
});

/** To the next serial, with a name more. */
function step(serial: number): ZoneChange {
  const apex = nameOf(APEX);
  const soa = (at: number) => {
    const read = readRdata(RRType.SOA, [`ns.${APEX}`, `h.${APEX}`, String(at), "2", "3", "4", "5"], apex);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };
  const [deletions, additions] = [new RecordBatch(), new RecordBatch()];
  deletions.append(apex, apex.length, RRType.SOA, 300, soa(serial), soa(serial).length);
  additions.append(apex, apex.length, RRType.SOA, 300, soa(serial + 1), soa(serial + 1).length);
  const owner = nameOf(`new${serial}.${APEX}`);
  additions.append(owner, owner.length, RRType.A, 300, Uint8Array.of(192, 0, 2, serial), 4);
  return new ZoneChange(deletions, additions);
}

test("whoever has read enough may go: no stack trace, exit code 0", async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `n${i}.${APEX} 300 IN TXT "${"x".repeat(100)}"`);
  const head = [`${APEX} 300 IN SOA ns.${APEX} h.${APEX} 1 2 3 4 5`, `${APEX} 300 IN NS ns.${APEX}`];
  const path = imageOf(`${[...head, ...lines].join("\n")}\n`, "large.image");
  const child = spawn(join(ROOT, "bin", "countersign"), ["image", "dump", path], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = (await once(child, "close")) as [number];
  expect({ code, said }).toEqual({ code: 0, said: "" });
});

describe("what is no whole image", () => {
  let octets: Uint8Array;
  beforeAll(() => {
    octets = readFileSync(imageOf(readFileSync(zonePath("odd.zone"), "utf8"), "whole.image"));
  });
  const damaged = (file: string, change: (copy: Uint8Array) => Uint8Array) => {
    const path = join(directory, file);
    writeFileSync(path, change(Uint8Array.from(octets)));
    return dump(path);
  };

  test.each([
    ["cut off", (copy: Uint8Array) => copy.subarray(0, copy.length - 4), /is damaged: .*\(cut-off/],
    [
      "one bit turned",
      (copy: Uint8Array) => {
        copy[copy.length >> 1]! ^= 1;
        return copy;
      },
      /is damaged: .*\(checksum/,
    ],
    ["empty", () => new Uint8Array(0), /is no zone image/],
    ["text", () => new TextEncoder().encode("example. 3600 IN SOA ".repeat(40)), /is no zone image/],
  ] as const)("%s: a sentence and exit code 1, nothing printed", async (name, change, sentence) => {
    const { code, out, err } = await damaged(`${name}.image`, change);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(sentence);
  });

  test("no file: 4, a directory: 2", async () => {
    expect(await dump(join(directory, "none"))).toMatchObject({ code: 4, out: "" });
    expect(await dump(directory)).toMatchObject({ code: 2, out: "" });
  });
});
