/** `audit`: who changed what, by the command line, against the real server, without secrets. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditEntry } from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { commandLineOf } from "./command-line.ts";

let product: Countersign;
let cli: ReturnType<typeof commandLineOf>;

beforeAll(async () => {
  product = await startCountersign();
  cli = commandLineOf(product);
});
afterAll(() => product?.stop());

test("listed, filtered, shown, exported", async () => {
  expect(await cli.ok("audit", "list")).toBe("Nothing was changed.\n");
  await cli.ok("zone", "add", "audited.example");
  await cli.ok("tsig", "add", "k.example", "--secret", "c2VjcmV0LW9mLWEtdGVzdA==");
  await cli.run("zone", "add", "audited.example");
  const entries = await cli.json<AuditEntry[]>("audit", "list");
  expect(entries.map(({ action, outcome }) => [action, outcome])).toContainEqual(["tsigs.create", "done"]);
  expect(JSON.stringify(entries)).not.toContain("c2VjcmV0LW9mLWEtdGVzdA==");
  const zones = await cli.json<AuditEntry[]>("audit", "list", "--action", "zones", "--zone", "audited.example");
  expect(zones).toMatchObject([{ action: "zones.create", zone: { name: "audited.example" } }]);
  expect(await cli.ok("audit", "show", String(zones[0]!.id))).toMatch(/action +zones\.create/);
  expect(await cli.run("audit", "show", "999999")).toMatchObject({ code: 4 });
  const lines = (await cli.ok("audit", "export", "--action", "tsigs.create")).trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as AuditEntry).action)).toEqual(["tsigs.create"]);
});
