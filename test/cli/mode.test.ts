/**
 * Changes of mode with a DS at the parent: what would make resolvers refuse the zone is refused here. The parent is Knot, and
 * so is the primary: it signs the zone itself, so that pre-signed and multi-signer are what they are in real life.
 *
 *   Countersign ── resolver ──▶ Unbound ── stub ──▶ Knot: parent.example.   (DS of child.parent.example. comes and goes)
 *        └────── DS, straight ────────────────────▶
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dnssec } from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { freePort, LOOPBACK, type Peer, startKnot, until } from "../peers/index.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import { commandLineOf } from "./command-line.ts";

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
let cli: ReturnType<typeof commandLineOf>;

const publishAtParent = (...ds: string[]) => parent.publish({ child: { nameServers: OUR_NAMES, ds } });

beforeAll(async () => {
  [parent, primary] = await Promise.all([startParent(), startKnot({ zones: [childZone], signing: "automatic" })]);
  await publishAtParent();
  product = await startCountersign({ port: await freePort(), env: parent.env });
  cli = commandLineOf(product);
  await cli.ok("zone", "add", CHILD, "--peer", `${LOOPBACK}:${primary.port}`, "--wait");
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
  await parent?.stop();
});

type Shown = Dnssec & { readonly countersign: { readonly ds: string[]; readonly parent: { readonly ds: string[] } } };
const show = () => cli.json<Shown>("dnssec", "show", CHILD);
const mode = (...words: readonly string[]) => cli.run("dnssec", "mode", CHILD, ...words);

const becomes = (status: Dnssec["status"]) =>
  until(`status ${status}`, async () => ((await show()).status === status ? true : undefined));

/** Gives the parent this DS RRset, and waits until Countersign has seen as many records and shows the status. */
async function publish(status: Dnssec["status"], ...ds: readonly string[]): Promise<void> {
  await publishAtParent(...ds);
  await cli.ok("zone", "check", CHILD);
  await until(`${ds.length} DS seen, ${status}`, async () => {
    const now = await show();
    return now.countersign.parent.ds.length === ds.length && now.status === status ? true : undefined;
  });
}

let primarysDs = "";
let ours = "";

test("the primary's own DS is found in pre-signed mode", async () => {
  expect(await mode("presigned")).toMatchObject({ code: 0 });
  primarysDs = (await show()).countersign.ds[0]!;
  expect(primarysDs).toMatch(/ IN DS \d+ 13 2 /);
  await publish("active", primarysDs);
});

test("pre-signed with a DS: neither unsigned nor live nor, without our ZSK there, multi-signer", async () => {
  for (const [to, way] of [
    ["unsigned", /countersign dnssec disable/],
    ["live", /Go by multi-signer/],
    ["multisigner", /put that key into the DNSKEY set at the primary/],
  ] as const) {
    const { code, out, err } = await mode(to);
    expect({ to, code, out }).toEqual({ to, code: 1, out: "" });
    expect(err).toMatch(way);
  }
  expect(await show()).toMatchObject({ dnssec_presigned: true, status: "active" });
});

test("force does it all the same", async () => {
  expect(await mode("multisigner", "--force")).toMatchObject({ code: 0 });
  const now = await show();
  expect(now).toMatchObject({ dnssec_multi_signer: true, dnssec_presigned: false });
  ours = now.countersign.ds[0]!;
  expect(ours).not.toBe(primarysDs);
});

test("out of multi-signer only to where the DS at the parent fits", async () => {
  await publish("pending", primarysDs);
  expect(await mode("live")).toMatchObject({ code: 1, err: expect.stringMatching(/fits our key/) as string });
  await publish("active", ours);
  expect(await mode("presigned")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/a key of the primary/) as string,
  });
  await publish("active", ours, primarysDs);
  expect(await mode("live")).toMatchObject({ code: 0 });
  expect(await mode("multisigner")).toMatchObject({ code: 0 });
  expect(await mode("presigned")).toMatchObject({ code: 0 });
  expect(await mode("live")).toMatchObject({ code: 1 });
});

test("a zone with a DS is not removed without force", async () => {
  const { code, err } = await cli.run("zone", "remove", CHILD);
  expect(code).toBe(1);
  expect(err).toMatch(/Take the DS away at the registrar first/);
});

test("the way out: disable, DS gone, delete", async () => {
  await becomes("active");
  expect(await cli.ok("dnssec", "disable", CHILD)).toMatch(/status +pending-disabled/);
  expect(await cli.run("dnssec", "delete", CHILD)).toMatchObject({ code: 1 });
  await publish("disabled");
  expect(await mode("unsigned")).toMatchObject({ code: 0 });
  expect(await show()).toMatchObject({ modified_on: null, ds: null });
  expect(await cli.ok("zone", "remove", CHILD)).toMatch(/is removed/);
});
