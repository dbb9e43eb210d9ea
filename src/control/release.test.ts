/** When the compiler may give RDATA back: after the check, and never of a version that is held as it came. */
import { afterAll, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { ZoneBuilder, type ZoneVersion } from "#zone";
import type { Deps } from "./deps.ts";
import { beginDraft, type RoundContext } from "./draft.ts";
import { JobRunner } from "./job-runner.ts";
import type { Job } from "./jobs.ts";
import { performStep } from "./pipeline.ts";
import type { Arrival } from "./versions.ts";

const jobs = new JobRunner(1, "auto", openCrypto());
afterAll(() => jobs.stop());

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const apex = name("example.com.");

function version(...records: readonly [string, number, string][]): ZoneVersion {
  const builder = new ZoneBuilder(apex);
  const all: readonly [string, number, string][] = [
    ["example.com.", RRType.SOA, "ns.example.com. host.example.com. 7 3600 600 86400 300"],
    ["example.com.", RRType.NS, "ns.example.com."],
    ["ns.example.com.", RRType.A, "192.0.2.1"],
    ...records,
  ];
  for (const [owner, type, text] of all) {
    const rdata = readRdata(type, text.split(" "));
    if (!rdata.ok) throw new Error(rdata.error);
    builder.add(name(owner), type, 300, rdata.value);
  }
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.text);
  return finished.value;
}

async function checked(transferred: ZoneVersion) {
  const words: Int32Array[] = [];
  const run = (job: Job) => {
    if (job.kind === "compile" && job.mayEmpty) words.push(new Int32Array(job.mayEmpty));
    return jobs.run(job);
  };
  const deps = { jobs: { run }, settings: () => ({ suspicious: "hold" }) } as unknown as Deps;
  const context = { apex, status: { phase: "off" }, flags: {} } as unknown as RoundContext;
  const arrival = { version: transferred } as unknown as Arrival;
  const result = await performStep("checking", beginDraft(context, arrival, false), deps);
  return { ok: result.ok, mayEmpty: words.map((word) => word[0]) };
}

test("a version that passes its check is the compiler's alone; one that breaks the rules is kept as it came", async () => {
  expect(await checked(version())).toEqual({ ok: true, mayEmpty: [1] });
  const broken = version(
    ["www.example.com.", RRType.CNAME, "ns.example.com."],
    ["www.example.com.", RRType.A, "192.0.2.2"],
  );
  expect(await checked(broken)).toEqual({ ok: false, mayEmpty: [0] });
});
