/** Which primaries are asked for changes: one that refuses IXFR and gives the zone is asked for none, for an hour. */
import { expect, test } from "vitest";
import { ok } from "#bytes";
import type { Fetched } from "./fetch.ts";
import { IxfrBase } from "./ixfr-base.ts";
import type { Primary } from "./primary-client.ts";
import type { StoredVersion } from "./versions.ts";

const HOUR_MS = 3_600_000;
const NOW = 1_800_000_000_000;
const one = { id: "one", ixfr: true } as unknown as Primary;
const stored = { serial: 7, origin: { peer: "one", exact: true } } as unknown as StoredVersion;

const fetched = (fallback: string | undefined, got: Fetched["got"] = "axfr") =>
  ({
    asked: "ixfr",
    got,
    result: ok("unchanged"),
    fallback: fallback && { code: fallback, text: "" },
  }) as unknown as Fetched;

test("the primary that the version came from is asked for what is newer", () => {
  const base = new IxfrBase();
  expect(base.choose(one, 8, stored, NOW)).toBe(stored);
  expect(base.choose(one, 7, stored, NOW)).toBeUndefined();
});

test("an RCODE for an IXFR, and then the whole zone: AXFR for an hour", () => {
  const base = new IxfrBase();
  base.fetched("one", fetched("transfer.rcode"), NOW);
  expect(base.choose(one, 8, stored, NOW + HOUR_MS - 1)).toBeUndefined();
  expect(base.choose(one, 8, stored, NOW + HOUR_MS)).toBe(stored);
});

test.each([
  ["changes that did not fit", fetched("transfer.broken-chain")],
  ["an RCODE for both", fetched("transfer.rcode", null)],
  ["a whole zone in the place of changes", fetched(undefined)],
  ["another primary's RCODE", undefined],
])("%s: IXFR the next time", (_, what) => {
  const base = new IxfrBase();
  base.fetched(what ? "one" : "two", what ?? fetched("transfer.rcode"), NOW);
  expect(base.choose(one, 8, stored, NOW)).toBe(stored);
});
