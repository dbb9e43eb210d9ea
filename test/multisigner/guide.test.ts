/**
 * The guide of a multi-signer set-up says what is really seen: Knot as the partner, a parent zone that we write, and each
 * step done in its order; a wait that has begun goes on over a restart.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MultiSigner, ZoneKey } from "#contract";
import { commandLineOf } from "../cli/command-line.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  removeDirectory,
  startCountersign,
  until,
} from "../peers/index.ts";
import { OUR_NAMES, PARENT, PARENT_TTL, type Parent, startParent } from "../states/parent.ts";
import { type Signer, startKnotSigner } from "./signers.ts";
import { exchangeKeys, ourDs, ourZsk } from "./world.ts";

const ZONE = `guide.${PARENT}`;
const PARTNER_NAMES = ["ns1.partner.example"];

const TEXT = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1.partner.example. hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1.partner.example.
${OUR_NAMES.map((name) => `@ 3600 IN NS ${name}.`).join("\n")}
www 300 IN A 192.0.2.10
`;

describe.skipIf(missingPrograms("knotd", "unbound").length > 0)("the guide of a multi-signer set-up", () => {
  const directory = makeDirectory("guide");
  let signer: Signer;
  let parent: Parent;
  let product: Countersign;
  let id = "";
  let port = 0;

  const start = () => startCountersign({ directory, port, env: parent.env });
  const guide = () => product.call("GET", `/countersign/v1/zones/${id}/multi-signer`) as Promise<MultiSigner>;
  const states = (steps: readonly { code: string; state: string }[]) =>
    Object.fromEntries(steps.map(({ code, state }) => [code, state]));
  const becomes = (code: MultiSigner["joining"][number]["code"], state: string) =>
    until(`${code} ${state}`, async () => {
      const seen = await guide();
      return seen.joining.find((step) => step.code === code)!.state === state ? seen : undefined;
    });

  beforeAll(async () => {
    port = await freePort();
    signer = await startKnotSigner([{ name: ZONE, text: TEXT, denial: "nsec", keys: "split" }], {
      address: LOOPBACK,
      port,
    });
    parent = await startParent();
    await parent.publish({ guide: { nameServers: PARTNER_NAMES, ds: signer.ds(ZONE) } });
    product = await start();
    id = await product.addZone({ name: ZONE, primary: signer, mode: "unsigned" });
    await product.served(id, ZONE);
  });

  afterAll(async () => {
    await product?.stop();
    await parent?.stop();
    await signer?.stop();
    removeDirectory(directory);
  });

  test("before the mode is chosen the zone is there, and the mode is the next step", async () => {
    const seen = await becomes("transfer", "done");
    expect(states(seen.joining)).toMatchObject({ mode: "todo", "keys-wait": "later", "name-servers": "later" });
    expect(states(seen.leaving.we)["name-servers"]).toBe("later");
  });

  test("with the mode the partner's key is here, and ours is to be handed over", async () => {
    await product.setMode(id, "multisigner");
    await product.served(id, ZONE);
    const seen = await becomes("partner-keys", "done");
    expect(states(seen.joining)).toMatchObject({ mode: "done", "our-key": "todo", ds: "later" });
    expect(seen.complete).toBe(false);
    const { record } = await ourZsk(product, id);
    expect(seen.keys).toContainEqual(
      expect.objectContaining({ whose: "ours", role: "zsk", line: record, served: true }),
    );
    expect(seen.keys.filter(({ whose, served }) => whose === "partner" && served)).toHaveLength(2);
    const keys = (await product.call("GET", `/countersign/v1/zones/${id}/keys`)) as ZoneKey[];
    expect(keys.map(({ whose, role, published, signs }) => [whose, role, published, ...signs])).toEqual([
      ["ours", "ksk", true, "keys"],
      ["ours", "zsk", true, "data"],
      ...keys.slice(2).map(({ role }) => ["primary", role, true]),
    ]);
    expect(keys).toHaveLength(4);
    expect(keys[0]!.signature).not.toBeNull();
    expect(seen.joining.find(({ code }) => code === "our-key")!.detail).toContain(
      String(seen.keys.find(({ whose, role }) => whose === "ours" && role === "zsk")!.key_tag),
    );
  });

  test("our key at the partner begins the wait for old DNSKEY answers, which a restart does not begin anew", async () => {
    const ds = [await ourDs(product, id), ...signer.ds(ZONE)];
    await exchangeKeys(product, signer, ZONE, id, ds);
    const before = (await becomes("keys-wait", "waiting")).joining.find(({ code }) => code === "keys-wait")!.wait!;
    expect(before.seconds).toBe(3600);
    expect(Date.parse(before.until!) - Date.parse(before.since!)).toBe(3_600_000);
    await product.stop();
    product = await start();
    expect((await guide()).joining.find(({ code }) => code === "keys-wait")!.wait).toEqual(before);
  });

  test("DS and name servers have their check mark when the parent has them, ours beside the partner's", async () => {
    const waiting = await until("the parent was asked", async () => {
      const seen = await guide();
      return seen.ds.every(({ at_parent }) => at_parent !== null) ? seen : undefined;
    });
    const atParent = (seen: MultiSigner) =>
      Object.fromEntries(seen.ds.map(({ whose, at_parent }) => [whose, at_parent]));
    expect(atParent(waiting)).toEqual({ ours: false, partner: true });
    await parent.publish({
      guide: { nameServers: [...PARTNER_NAMES, ...OUR_NAMES], ds: [await ourDs(product, id), ...signer.ds(ZONE)] },
    });
    const seen = await becomes("name-servers", "done");
    expect(states(seen.joining)).toMatchObject({ ds: "done", "ds-wait": "waiting", "name-servers-wait": "waiting" });
    expect(atParent(seen)).toEqual({ ours: true, partner: true });
    expect(seen.joining.find(({ code }) => code === "ds-wait")!.wait!.seconds).toBe(PARENT_TTL);
    expect(seen.name_servers.every(({ in_zone, at_parent }) => in_zone && at_parent)).toBe(true);
    expect(seen.strange_ds).toEqual([]);
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string }[];
    expect(events.filter(({ code }) => code === "multi-signer.changed").length).toBeGreaterThanOrEqual(3);
  });

  test("who leaves sees his names go first; a DS that nobody knows is named", async () => {
    await parent.publish({
      guide: { nameServers: PARTNER_NAMES, ds: [`x DS 1 13 2 ${"AB".repeat(32)}`, ...signer.ds(ZONE)] },
    });
    const seen = await until("our DS gone", async () => {
      const now = await guide();
      return now.ds.find(({ whose }) => whose === "ours")!.at_parent === false ? now : undefined;
    });
    expect(seen.strange_ds).toEqual([expect.stringContaining("DS 1 13 2 ABAB")]);
    // Still in the zone's own NS set, at the primary.
    expect(states(seen.leaving.we)).toMatchObject({ "name-servers": "todo", ds: "done", "ds-wait": "waiting" });
    const shell = commandLineOf(product);
    expect(await shell.ok("multi-signer", ZONE)).toMatch(/\[x\] Our zone signing key is at the partner/);
    expect(await shell.ok("multi-signer", ZONE, "--leave", "we")).toMatch(/\[ \] Take our name servers out/);
    expect(await shell.ok("dnssec", "registrars", "Porkbun")).toMatch(/leave the fields of keyData empty/);
  });
});
