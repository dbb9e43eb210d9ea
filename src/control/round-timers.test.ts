/** When the signatures of an apex come of age: it is signed anew, and nothing else is done to the zone. */
import { expect, test } from "vitest";
import { compileImage, ZoneImage } from "#image";
import { readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { ZoneBuilder } from "#zone";
import type { Deps } from "./deps.ts";
import { setRoundTimers } from "./round-timers.ts";
import { Scheduler } from "./scheduler.ts";
import type { Zone } from "./zone.ts";

const read = readName("horizon.test.");
if (!read.ok) throw new Error("name");
const APEX = read.value;

test("what is served is signed anew, also where another mode is waiting", async () => {
  const scheduler = new Scheduler({ now: () => 2_000_000_000 });
  const begun: string[] = [];
  const signing = { apex: { resignAt: 1_999_990_000 } };
  const zone = { id: "z", served: { signing }, begin: (name: string) => begun.push(name) };
  setRoundTimers(zone as unknown as Zone, { scheduler, random: () => 0.5 } as unknown as Deps);
  await expect.poll(() => begun).toEqual(["resign"]);
  scheduler.stop();
});

test("the horizon: the earliest end less its own TTL, not less the SOA's, and EXPIRE before that", () => {
  const due = new Map<string, number>();
  const scheduler = { set: (key: string, at: number) => due.set(key, at), cancel: (key: string) => due.delete(key) };
  const builder = new ZoneBuilder(APEX);
  const soa = readRdata(RRType.SOA, ["ns1", "hostmaster", "1", "3600", "600", "86400", "300"], APEX);
  const ns = readRdata(RRType.NS, ["ns1"], APEX);
  if (!soa.ok || !ns.ok) throw new Error("rdata");
  builder.add(APEX, RRType.SOA, 300, soa.value);
  builder.add(APEX, RRType.NS, 7200, ns.value);
  const version = builder.finish();
  if (!version.ok) throw new Error(version.error.text);
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  const end = 2_000_000_000;
  // A set of TTL 7200 ends a minute after one of TTL 300.
  const served = { image: new ZoneImage(image.value), expiration: end, cacheHorizon: end + 60 - 7200 };
  setRoundTimers(
    { id: "z", served } as unknown as Zone,
    { scheduler, random: () => 0, now: () => 0 } as unknown as Deps,
  );
  expect(due.get("z/horizon")).toBe(end + 60 - 7200 - 86_400);
});
