/** `outgoing`: a zone given to secondaries by the command line, against the real server. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outgoing, OutgoingDetails, Peer } from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { commandLineOf } from "./command-line.ts";

let product: Countersign;
let cli: ReturnType<typeof commandLineOf>;

beforeAll(async () => {
  product = await startCountersign();
  cli = commandLineOf(product);
  await cli.ok("zone", "add", "given.example");
});
afterAll(() => product?.stop());

test("set with secondaries by address, shown, disabled, enabled, notified, removed", async () => {
  expect(await cli.run("outgoing", "show", "given.example")).toMatchObject({ code: 4 });
  expect(await cli.run("outgoing", "set", "given.example", "--peer", "192.0.2.300")).toMatchObject({ code: 2 });
  await cli.ok("tsig", "add", "fleet.example", "--secret", "c2VjcmV0LW9mLWEtdGVzdA==");
  const peers = ["--peer", "192.0.2.54", "--peer", "[2001:db8::54]:5300", "--tsig", "fleet.example", "--tls-only"];
  expect(await cli.ok("outgoing", "set", "given.example", ...peers)).toBe(
    "given.example is given to 2 secondaries and to the ACLs.\n",
  );
  const shown = await cli.ok("outgoing", "show", "given.example");
  expect(shown).toMatch(/outgoing +enabled/);
  expect(shown).toMatch(/TLS only +yes/);
  expect(shown).toMatch(/serials +primary none, given out none/);
  expect(shown).toContain("192.0.2.54:53");
  const details = await cli.json<OutgoingDetails>("outgoing", "show", "given.example");
  expect(details.peers.map(({ address }) => address)).toEqual(["192.0.2.54:53", "[2001:db8::54]:5300"]);
  const made = await cli.json<Peer[]>("peer", "list");
  expect(made.every(({ tsig_id }) => tsig_id !== undefined)).toBe(true);

  const again = await cli.json<Outgoing>("outgoing", "set", "given.example", "--no-tls-only");
  expect(again.peers).toHaveLength(2);
  expect((await cli.json<OutgoingDetails>("outgoing", "show", "given.example")).tls_only).toBe(false);
  expect(await cli.ok("outgoing", "disable", "given.example")).toBe("Transfers of given.example are disabled.\n");
  const { code, err } = await cli.run("outgoing", "notify", "given.example");
  expect([code, err]).toEqual([1, expect.stringContaining("disabled")]);
  expect(await cli.ok("outgoing", "enable", "given.example")).toBe("Transfers of given.example are enabled.\n");
  expect(await cli.ok("outgoing", "notify", "given.example")).toContain("are notified");
  expect(await cli.run("peer", "remove", "192.0.2.54:53")).toMatchObject({ code: 1 });
  expect(await cli.ok("outgoing", "remove", "given.example")).toBe("given.example is given to nobody any more.\n");
  await cli.ok("peer", "remove", "192.0.2.54:53");
});
