/**
 * DNSSEC states moved by really asking the parent: a parent zone in Knot, its resolver is Unbound, the child is served here.
 *
 *   Countersign ── resolver ──▶ Unbound ── stub ──▶ Knot: parent.example.   (DS of child.parent.example. comes and goes)
 *        └────────── DS, NS, straight ────────────▶
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Countersign, startCountersign, type ZoneStatus } from "../peers/countersign.ts";
import {
  freePort,
  LOOPBACK,
  type Peer,
  queryUdp,
  startKnot,
  startUnbound,
  type Unbound,
  until,
} from "../peers/index.ts";

const PARENT = "parent.example.";
const CHILD = "child.parent.example.";

function parentZone(serial: number, ds: readonly string[]) {
  const text = `$ORIGIN ${PARENT}
@ 60 IN SOA ns hostmaster ${serial} 3600 600 86400 60
@ 60 IN NS ns
ns 60 IN A ${LOOPBACK}
child 60 IN NS ns1.secondary.example.
${ds.join("\n")}
`;
  return { name: PARENT, text };
}

const childZone = {
  name: CHILD,
  text: `$ORIGIN ${CHILD}
@ 3600 IN SOA ns1.secondary.example. hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1.secondary.example.
www 300 IN A 192.0.2.1
`,
};

let parent: Peer;
let primary: Peer;
let resolver: Unbound;
let product: Countersign;
let id = "";
let serial = 1;

beforeAll(async () => {
  parent = await startKnot({ zones: [parentZone(serial, [])] });
  primary = await startKnot({ zones: [childZone] });
  resolver = await startUnbound({
    trustAnchors: [],
    stubs: [{ zone: PARENT, servers: [{ address: LOOPBACK, port: parent.port }] }],
  });
  product = await startCountersign({
    port: await freePort(),
    env: {
      COUNTERSIGN_RESOLVER: `${LOOPBACK}:${resolver.port}`,
      COUNTERSIGN_PARENT_PORT: String(parent.port),
      COUNTERSIGN_PARENT_POLL_YOUNG_SECONDS: "1",
      COUNTERSIGN_PARENT_POLL_SETTLED_SECONDS: "1",
      COUNTERSIGN_NAMESERVERS: "ns1.secondary.example",
    },
  });
  id = await product.addZone({ name: CHILD, primary, mode: "live" });
  await product.served(id, CHILD);
});
afterAll(async () => {
  await product?.stop();
  await resolver?.stop();
  await primary?.stop();
  await parent?.stop();
});

const publish = async (...ds: string[]): Promise<void> => {
  serial++;
  await parent.replaceZone(parentZone(serial, ds));
};
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
  await queryUdp({ address: LOOPBACK, port: resolver.port }, { name: CHILD, type: 43, flags: 0x0100 });
  await parent.stop();
  await until("the event", async () => ((await byResolver()) > 0 ? true : undefined));
  expect((await product.status(id)).dnssec.status).toBe("active");
});
