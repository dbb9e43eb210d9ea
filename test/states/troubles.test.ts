/** What a parent can do wrong: a DS of somebody else's, no answer at all. The state is kept, and what is the matter is said. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeReply } from "../differential/decode.ts";
import { type Countersign, type Peer, queryUdp, startCountersign, startKnot, until } from "../peers/index.ts";
import { belowTree } from "./product.ts";
import { CHILD, OUR_NAME, startTree, type Tree, treeMissing } from "./tree.ts";

const missing = await treeMissing();
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const A = 1;
const SERVFAIL = 2;
const RD = 0x0100;
/** TTLs in the tree are one second, and the parent is looked at every second. */
const FORGOTTEN_MILLISECONDS = 2500;

const childZone = {
  name: CHILD,
  text: `$TTL 1
${CHILD} IN SOA ${OUR_NAME} hostmaster.${CHILD} 1 3600 600 86400 1
${CHILD} IN NS ${OUR_NAME}
www.${CHILD} IN A 192.0.2.1
`,
};

describe.skipIf(missing.length > 0)(`troubles with the parent${leftOut}`, () => {
  let tree: Tree;
  let primary: Peer;
  let product: Countersign;
  let id = "";
  let ds = "";

  beforeAll(async () => {
    tree = await startTree();
    primary = await startKnot({ zones: [childZone] });
    product = await startCountersign(belowTree(tree));
    id = await product.addZone({ name: CHILD, primary, mode: "live" });
    await product.served(id, CHILD);
    ds = (await product.status(id)).dnssec.ds[0]!;
  });
  afterAll(async () => {
    await product?.stop();
    await tree?.stop();
    await primary?.stop();
  });

  const get = async () =>
    (await product.call("GET", `/client/v4/zones/${id}/dnssec`)) as { status: string; modified_on: string };
  const becomes = (status: string) =>
    until(`DNSSEC ${status}`, async () => ((await get()).status === status ? true : undefined));
  const events = async (code: string) =>
    ((await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string; message: string }[]).filter(
      (event) => event.code === code,
    );
  const resolve = async () => {
    const resolver = await tree.startResolver();
    try {
      const question = { name: `www.${CHILD}`, type: A, flags: RD, edns: { do: true } };
      return decodeReply(await queryUdp(resolver, question));
    } finally {
      await resolver.stop();
    }
  };
  const settle = () => sleep(FORGOTTEN_MILLISECONDS);

  test("a DS of another key alone: error, the resolver finds the zone bogus, and the next step names our DS", async () => {
    await tree.publishDs(foreign(ds));
    await becomes("error");
    expect((await resolve()).rcode).toBe(SERVFAIL);
    expect((await product.status(id)).dnssec.next_step).toContain(ds);
    await expect(product.call("DELETE", `/client/v4/zones/${id}/dnssec`)).rejects.toThrow(": 400 ");
  });

  test("both: active, and secure again, whoever the other one is", async () => {
    await tree.publishDs(foreign(ds), ds);
    await becomes("active");
    expect((await resolve()).flags.ad).toBe(true);
  });

  test("ours is taken away and the foreign one stays: error again, not as if nothing were there", async () => {
    await tree.publishDs(foreign(ds));
    await becomes("error");
    expect((await resolve()).rcode).toBe(SERVFAIL);
    await tree.publishDs(ds);
    await becomes("active");
    expect((await resolve()).flags.ad).toBe(true);
  });

  test("a parent that does not answer: the state stays, one event says so, and it goes on when the parent is back", async () => {
    const before = await get();
    await tree.stopParent();
    const [event] = await until("the event", async () => {
      const found = await events("parent.failed");
      return found.length > 0 ? found : undefined;
    });
    expect(event!.message).toContain("could not be asked");
    await settle();
    expect(await get()).toEqual(before);
    await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "disabled" });
    // Nobody saw the DS go: it may well be there.
    expect((await get()).status).toBe("pending-disabled");
    await settle();
    expect((await get()).status).toBe("pending-disabled");
    await expect(product.call("DELETE", `/client/v4/zones/${id}/dnssec`)).rejects.toThrow(": 400 ");
    expect((await events("parent.failed")).length).toBeLessThan(5);
    await tree.startParent();
    await tree.publishDs();
    await becomes("disabled");
  });

  test("a restart while the parent is away: the state is what it was", async () => {
    await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "active" });
    await tree.publishDs(ds);
    await becomes("active");
    const before = await get();
    await tree.stopParent();
    const { directory, port, httpPort } = product;
    await product.process.stop();
    product = await startCountersign({ ...belowTree(tree), directory, port, httpPort });
    await settle();
    expect(await get()).toEqual(before);
    await tree.startParent();
    await settle();
    expect(await get()).toEqual(before);
    expect((await resolve()).flags.ad).toBe(true);
  });
});

/** The same DS with another digest. */
function foreign(ds: string): string {
  return ds.replace(/[0-9A-F]$/, (digit) => (digit === "0" ? "1" : "0"));
}
