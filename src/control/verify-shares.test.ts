import { afterAll, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { compileImage, Header, ZoneImage } from "#image";
import { readName } from "#name";
import { RRType } from "#rdata";
import { LARGE_OCTETS } from "#telemetry";
import { ZoneBuilder } from "#zone";
import { JobRunner } from "./job-runner.ts";
import { verify } from "./verify-image.ts";
import { verifyWhole } from "./verify-shares.ts";

const runner = new JobRunner(2, "auto", openCrypto());
afterAll(() => runner.stop());

function name(text: string): Uint8Array {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

/** More than 16 MiB. */
function largeImage(): SharedArrayBuffer {
  const apex = name("large.test.");
  const builder = new ZoneBuilder(apex);
  const soa = Uint8Array.from([...apex, ...apex, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 44]);
  builder.add(apex, RRType.SOA, 300, soa);
  for (let i = 0; i < 60_000; i++)
    builder.add(name(`n${i}.large.test.`), RRType.TXT, 300, new Uint8Array(201).fill(200, 0, 1));
  const version = builder.finish();
  if (!version.ok) throw new Error(version.error.text);
  const compiled = compileImage(version.value, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  return compiled.value;
}

test("a large image in shares: sound as it is, and what is wrong anywhere is found as one walk finds it", async () => {
  const buffer = largeImage();
  expect(buffer.byteLength).toBeGreaterThan(LARGE_OCTETS);
  expect(await verifyWhole(buffer, runner)).toEqual({ ok: true, value: true });
  const image = new ZoneImage(buffer);
  const words = new Uint32Array(buffer);
  const places = [0, 1, 14_999, 15_000, 15_001, 30_000, 59_999].map((index) => image.nodeAt(index) + 1);
  for (const at of [Header.Checksum, Header.RRsetCount, Header.RecordCount, ...places]) {
    const before = words[at]!;
    words[at] = before ^ 0x0100_0000;
    const shared = await verifyWhole(buffer, runner);
    expect(shared.ok, `word ${at}`).toBe(false);
    expect(verify(buffer).ok).toBe(false);
    words[at] = before;
  }
  // The checksum's share is told first, where it is wrong; what only the join can see is seen by it.
  const order = words[Header.Order]!;
  [words[order + 15_000], words[order + 15_001]] = [words[order + 15_001]!, words[order + 15_000]!];
  expect((await verifyWhole(buffer, runner)).ok).toBe(false);
});
