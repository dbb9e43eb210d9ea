/**
 * A zone on its way: pre-signed by Knot ▶ multi-signed ▶ signed here alone, while resolvers ask all the time; its DS at a
 * parent moves the status. Nobody gets a bogus answer at any moment (RFC 8901 section 9.1).
 *
 *   Countersign ── resolver ──▶ Unbound ── stub ──▶ Knot: parent.example.   (DS of both come and go)
 *        └────────── transfer ──▶ Knot: child.parent.example., signs by itself
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  type Server,
  startCountersign,
  startUnbound,
  type Unbound,
  until,
} from "../peers/index.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import { type Router, startRouter } from "./router.ts";
import { type Signer, startKnotSigner } from "./signers.ts";
import { exchangeKeys, judge, ourDs, RRTYPE, rdatasOf, resolve, zoneText } from "./world.ts";

const CHILD = `child.${PARENT}`;
const NOERROR = 0;
const SERVFAIL = 2;
const NXDOMAIN = 3;
/** Rounds of questions that have to be secure before a change, and again after it. */
const ROUNDS = 6;

let signer: Signer;
let parent: Parent;
let product: Countersign;
let router: Router;
let id = "";

beforeAll(async () => {
  const port = await freePort();
  const spec = { name: CHILD, text: zoneText(CHILD), denial: "nsec", keys: "split" } as const;
  signer = await startKnotSigner([spec], { address: LOOPBACK, port });
  parent = await startParent();
  await publishAtParent();
  product = await startCountersign({ port, env: parent.env });
  router = await startRouter(() => product);
  id = await product.addZone({ name: CHILD, primary: signer, mode: "presigned" });
  await product.served(id, CHILD);
});
afterAll(async () => {
  await router?.stop();
  await product?.stop();
  await parent?.stop();
  await signer?.stop();
});

const patch = (edit: object) => product.call("PATCH", `/client/v4/zones/${id}/dnssec`, edit);
const publishAtParent = (...ds: string[]) => parent.publish({ child: { nameServers: OUR_NAMES, ds } });
const becomes = (status: string) =>
  until(`DNSSEC ${status}`, async () => (await product.status(id)).dnssec.status === status);
const bothDs = async (): Promise<string[]> => [await ourDs(product, id), ...signer.ds(CHILD)];

/** Asks round after round, each name new or no longer cached, until `change` is done and as many rounds have passed again. */
async function secureThroughout(unbounds: readonly Unbound[], change: () => Promise<void>): Promise<void> {
  let done = false;
  let after = 0;
  let changing: Promise<void> | undefined;
  for (let round = 0; after < ROUNDS; round++) {
    if (round === ROUNDS) {
      changing = change().finally(() => {
        done = true;
      });
      // Awaited below; until then its failure is not nobody's.
      changing.catch(() => undefined);
    }
    if (done) after++;
    for (const [i, unbound] of unbounds.entries()) {
      for (const [label, type, rcodes] of [
        [`w${round}.wild.`, RRTYPE.A, [NOERROR]],
        [`m${round}.`, RRTYPE.A, [NOERROR, NXDOMAIN]],
        ["www.", RRTYPE.A, [NOERROR]],
        ["", RRTYPE.SOA, [NOERROR]],
        ["", RRTYPE.DNSKEY, [NOERROR]],
        ["ent.", RRTYPE.TXT, [NOERROR]],
      ] as const) {
        const got = await resolve(unbound.port, `${label}${CHILD}`, type);
        const what = `round ${round}, resolver ${i}: ${label} ${type} ${JSON.stringify(got)}`;
        expect(got.ad, what).toBe(true);
        expect(rcodes, what).toContain(got.rcode);
      }
    }
  }
  await changing;
}

/** One that keeps what it has cached, DNSKEYs above all, and one that asks for everything anew. */
async function withResolvers(
  anchors: readonly string[],
  servers: readonly Server[],
  run: (unbounds: readonly Unbound[]) => Promise<void>,
): Promise<void> {
  const base = { trustAnchors: anchors, stubs: [{ zone: CHILD, servers }] };
  const keeping = await startUnbound(base);
  const forgetting = await startUnbound({
    ...base,
    aggressive: false,
    more: ["cache-max-ttl: 0", "cache-max-negative-ttl: 0"],
  });
  try {
    await run([keeping, forgetting]);
  } finally {
    await keeping.stop();
    await forgetting.stop();
  }
}

test("pre-signed: active by the primary's DS; our keys are made, and our ZSK comes with the transfer", async () => {
  const [theirs] = signer.ds(CHILD);
  await publishAtParent(theirs!);
  await becomes("active");
  await patch({ status: "active" });
  const before = await rdatasOf(product, CHILD, RRTYPE.DNSKEY);
  await exchangeKeys(product, signer, CHILD, id, []);
  const after = await rdatasOf(product, CHILD, RRTYPE.DNSKEY);
  expect(after).toHaveLength(before.length + 1);
  expect(await product.status(id)).toMatchObject({ mode: "presigned", held: null });
});

test("our DS is shown beforehand: to those who have the primary's alone our DNSKEY set would be bogus", async () => {
  const { own_ds, ds } = (await product.status(id)).dnssec;
  expect(own_ds).toHaveLength(1);
  expect(ds).toEqual([expect.stringContaining(signer.ds(CHILD)[0]!.split(" ").at(-1)!.toUpperCase())]);
  expect(ds).not.toEqual(own_ds);
  await publishAtParent(...signer.ds(CHILD), ...own_ds);
  // The status is about the primary's keys as long as they sign.
  await becomes("active");
});

test("pre-signed ▶ multi-signer, asked all the time: not one bogus answer", async () => {
  const anchors = [...signer.ds(CHILD), ...(await product.status(id)).dnssec.own_ds];
  await withResolvers(anchors, [product], (unbounds) =>
    secureThroughout(unbounds, async () => {
      await patch({ dnssec_presigned: false, dnssec_multi_signer: true });
      await until("multi-signer at rest", async () => {
        const status = await product.status(id);
        return status.mode === "multisigner" && status.phase === "idle";
      });
    }),
  );
  expect(await product.status(id)).toMatchObject({ mode: "multisigner", held: null });
  expect(await ourDs(product, id)).toBe(anchors.at(-1));
  await becomes("active");
  // Without our DS it would not have gone well.
  const unbound = await startUnbound({ trustAnchors: signer.ds(CHILD), stubs: [{ zone: CHILD, servers: [product] }] });
  try {
    expect((await resolve(unbound.port, `www.${CHILD}`, RRTYPE.A)).rcode).toBe(SERVFAIL);
  } finally {
    await unbound.stop();
  }
});

test("the status waits for our DS: with theirs alone pending, with both active", async () => {
  const both = await bothDs();
  await publishAtParent(...signer.ds(CHILD));
  await becomes("pending");
  await publishAtParent(...both);
  await becomes("active");
});

test("multi-signer ▶ pre-signed ▶ multi-signer with both DS, asked all the time: not one bogus answer", async () => {
  await withResolvers(await bothDs(), [product, signer], async (unbounds) => {
    const to = (edit: object, mode: string) => () =>
      patch(edit).then(async () => {
        await until(mode, async () => {
          const status = await product.status(id);
          return status.mode === mode && status.phase === "idle";
        });
      });
    await secureThroughout(unbounds, to({ dnssec_multi_signer: false, dnssec_presigned: true }, "presigned"));
    await secureThroughout(unbounds, to({ dnssec_presigned: false, dnssec_multi_signer: true }, "multisigner"));
  });
  await becomes("active");
});

test("a restart serves the multi-signed zone from disk, without the other signer", async () => {
  const anchors = await bothDs();
  const before = {
    dnskey: await rdatasOf(product, CHILD, RRTYPE.DNSKEY),
    cds: await rdatasOf(product, CHILD, RRTYPE.CDS),
  };
  const { directory, port } = product;
  await product.kill();
  product = await startCountersign({ directory, port, env: parent.env });
  expect(await rdatasOf(product, CHILD, RRTYPE.DNSKEY)).toEqual(before.dnskey);
  expect(await rdatasOf(product, CHILD, RRTYPE.CDS)).toEqual(before.cds);
  for (const [keys, data] of [
    [product, product],
    [signer, product],
  ] as const) {
    await judge(router, CHILD, anchors, { keys, data });
  }
});

test("leaving the other: a live-signed zone that validates with our DS, also for those who have the union cached", async () => {
  const anchors = await bothDs();
  await withResolvers(anchors, [product], (unbounds) =>
    secureThroughout(unbounds, async () => {
      await patch({ dnssec_multi_signer: false });
      await until("live at rest", async () => {
        const status = await product.status(id);
        return status.mode === "live" && status.phase === "idle";
      });
    }),
  );
  expect(await rdatasOf(product, CHILD, RRTYPE.DNSKEY)).toHaveLength(2);
  expect(await rdatasOf(product, CHILD, RRTYPE.CDS)).toHaveLength(1);
  expect(await rdatasOf(product, CHILD, RRTYPE.CDNSKEY)).toHaveLength(1);
  const ours = await ourDs(product, id);
  await judge(router, CHILD, [ours], { keys: product, data: product });
  await publishAtParent(ours);
  await until("the parent's one DS", async () => (await product.status(id)).dnssec.ds.length === 1);
  await becomes("active");
});
