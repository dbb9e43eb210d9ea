/**
 * DNSSEC states moved by really asking the parent: a parent zone in Knot, its resolver is Unbound, the child is served here.
 *
 *   Countersign ── resolver ──▶ Unbound ── stub ──▶ Knot: parent.example.   (DS of child.parent.example. comes and goes)
 *        └────────── DS, NS, straight ────────────▶
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ZoneStatus as FullStatus } from "#contract";
import { type Countersign, startCountersign, type ZoneStatus } from "../peers/countersign.ts";
import { freePort, type Peer, queryUdp, startKnot, until } from "../peers/index.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";

const CHILD = `child.${PARENT}`;

const childZone = {
  name: CHILD,
  text: `$ORIGIN ${CHILD}
@ 3600 IN SOA ns1.secondary.example. hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1.secondary.example.
www 300 IN A 192.0.2.1
`,
};

let parent: Parent;
let primary: Peer;
let product: Countersign;
let id = "";

const publish = (...ds: string[]) => parent.publish({ child: { nameServers: OUR_NAMES, ds } });

beforeAll(async () => {
  [parent, primary] = await Promise.all([startParent(), startKnot({ zones: [childZone] })]);
  await publish();
  product = await startCountersign({ port: await freePort(), env: parent.env });
  id = await product.addZone({ name: CHILD, primary, mode: "live" });
  await product.served(id, CHILD);
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
  await parent?.stop();
});

const patch = (edit: object) => product.call("PATCH", `/client/v4/zones/${id}/dnssec`, edit);
const becomes = (status: string): Promise<ZoneStatus> =>
  until(`DNSSEC ${status}`, async () => {
    const now = await product.status(id);
    return now.dnssec.status === status ? now : undefined;
  });

test("the parent delegates to our nameserver: the zone becomes active", async () => {
  await until("an active zone", async () => {
    const zone = (await product.call("GET", `/client/v4/zones/${id}`)) as { status: string };
    return zone.status === "active" ? zone : undefined;
  });
});

test("pending ▶ active ▶ error ▶ active ▶ pending-disabled ▶ disabled ▶ deleted, as the DS comes and goes", async () => {
  const pending = await becomes("pending");
  const ds = pending.dnssec.ds[0]!;
  expect(pending.dnssec.next_step).toContain(ds);

  await publish(ds);
  await becomes("active");
  await expect(product.call("DELETE", `/client/v4/zones/${id}/dnssec`)).rejects.toThrow("disabled");

  // A DS whose digest is another one: resolvers refuse the zone, and the status says so.
  await publish(ds.replace(/[0-9A-F]$/, (digit) => (digit === "0" ? "1" : "0")));
  await becomes("error");
  await publish(ds);
  await becomes("active");

  await patch({ status: "disabled" });
  await becomes("pending-disabled");
  await publish();
  const disabled = await becomes("disabled");
  // Signing goes on until DNSSEC is deleted.
  expect(disabled.mode).toBe("live");
  await product.call("DELETE", `/client/v4/zones/${id}/dnssec`);
  const deleted = (await product.call("GET", `/client/v4/zones/${id}/dnssec`)) as { modified_on: unknown };
  expect(deleted.modified_on).toBeNull();
  expect((await product.status(id)).mode).toBe("unsigned");
});

test("no nameserver of the parent reachable: the resolver's answer is taken, and an event says so", async () => {
  await patch({ status: "active" });
  const { dnssec } = await becomes("pending");
  await publish(dnssec.ds[0]!);
  await becomes("active");
  const byResolver = async () => {
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string }[];
    return events.filter((event) => event.code === "parent.by-resolver").length;
  };
  expect(await byResolver()).toBe(0);
  // The resolver has to know the DS before its own source is gone.
  await queryUdp(parent.resolver, { name: CHILD, type: 43, flags: 0x0100 });
  await parent.stopAuthority();
  await until("the event", async () => ((await byResolver()) > 0 ? true : undefined));
  const { dnssec: now } = (await product.call("GET", `/countersign/v1/zones/${id}`)) as FullStatus;
  expect(now.status).toBe("active");
  // The overview, the keys and the multi-signer guide say the same of it.
  expect(now.parent).toMatchObject({ answered_by: "resolver", ds: [expect.stringContaining(" IN DS ")] });
  const keys = (await product.call("GET", `/countersign/v1/zones/${id}/keys`)) as { ds_at_parent: boolean | null }[];
  expect(keys.map((key) => key.ds_at_parent)).toContain(true);
  const guide = (await product.call("GET", `/countersign/v1/zones/${id}/multi-signer`)) as {
    ds: { at_parent: boolean | null }[];
  };
  expect(guide.ds.map((each) => each.at_parent)).toEqual([true]);
});
