/**
 * DNSSEC states as the provider has them, moved by a real parent below a real root, while a resolver that validates from the
 * root down asks all the time and must never find anything bogus.
 *
 *   deleted ▶ pending ▶ active ▶ pending-disabled ▶ disabled ▶ deleted
 *             (DS added)         (PATCH)            (DS removed)(DELETE)
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeReply, type Reply } from "../differential/decode.ts";
import { type Countersign, type Peer, queryUdp, startCountersign, startKnot, until } from "../peers/index.ts";
import { type QueryLoop, startQueryLoop } from "./loop.ts";
import { belowTree } from "./product.ts";
import { CHILD, OUR_NAME, startTree, TREE_TTL, type Tree, treeMissing } from "./tree.ts";

const missing = await treeMissing();
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const TYPE = { A: 1, TXT: 16, DS: 43, RRSIG: 46, NSEC: 47, DNSKEY: 48, CDS: 59, CDNSKEY: 60 } as const;
const SERVFAIL = 2;
const RD = 0x0100;

/** Of all in the child zone, seconds. */
const CHILD_TTL = 1;
/** Whatever a resolver may remember of parent and child is forgotten after it. */
const FORGOTTEN_MILLISECONDS = 1000 * (Math.max(TREE_TTL, CHILD_TTL) + 1.2);

const childZone = {
  name: CHILD,
  text: `$TTL ${CHILD_TTL}
${CHILD} IN SOA ${OUR_NAME} hostmaster.${CHILD} 1 3600 600 86400 ${CHILD_TTL}
${CHILD} IN NS ${OUR_NAME}
www.${CHILD} IN A 192.0.2.1
alias.${CHILD} IN CNAME www.${CHILD}
*.wild.${CHILD} IN TXT "wild"
`,
};

const QUESTIONS = [
  { name: `www.${CHILD}`, type: TYPE.A },
  { name: `alias.${CHILD}`, type: TYPE.A },
  { name: `any.wild.${CHILD}`, type: TYPE.TXT },
  { name: `www.${CHILD}`, type: TYPE.TXT },
  { name: `missing.${CHILD}`, type: TYPE.A },
].map((question) => ({ ...question, flags: RD, edns: { do: true } }));

describe.skipIf(missing.length > 0)(`states${leftOut}`, () => {
  let tree: Tree;
  let primary: Peer;
  let product: Countersign;
  let id = "";
  let loop: QueryLoop;
  let doing = "deleted";

  beforeAll(async () => {
    tree = await startTree();
    primary = await startKnot({ zones: [childZone] });
    product = await startCountersign(belowTree(tree));
    id = await product.addZone({ name: CHILD, primary, mode: "unsigned" });
    await product.served(id, CHILD);
    loop = listen();
  });
  afterAll(async () => {
    await loop?.stop();
    await product?.stop();
    await tree?.stop();
    await primary?.stop();
  });

  /** Starts asking: from the resolver nothing bogus may ever come. */
  const listen = (): QueryLoop =>
    startQueryLoop(
      tree.resolver,
      QUESTIONS,
      () => doing,
      ({ reply }) => (reply.rcode === SERVFAIL ? "SERVFAIL" : undefined),
    );
  const dnssec = `/client/v4/zones/`;
  const get = async () =>
    (await product.call("GET", `${dnssec}${id}/dnssec`)) as { status: string; modified_on: string | null; ds: string };
  const patch = (edit: object) => product.call("PATCH", `${dnssec}${id}/dnssec`, edit);
  const remove = () => product.call("DELETE", `${dnssec}${id}/dnssec`);
  const becomes = (status: string) =>
    until(`DNSSEC ${status}`, async () => ((await get()).status === status ? true : undefined));
  const resolve = async (label: string, type: number): Promise<Reply> =>
    decodeReply(await queryUdp(tree.resolver, { name: label + CHILD, type, flags: RD, edns: { do: true } }));
  const direct = async (label: string, type: number): Promise<Reply> =>
    decodeReply(await queryUdp(product, { name: label + CHILD, type, edns: { do: true } }));
  const rdatas = async (type: number): Promise<string[]> =>
    (await direct("", type)).answer.filter((rr) => rr.type === type).map((rr) => rr.rdata);
  const isSigned = async (): Promise<boolean> =>
    (await direct("www.", TYPE.A)).answer.some((rr) => rr.type === TYPE.RRSIG);
  /** What the resolver remembers is forgotten, and then each question has been asked anew. */
  const settle = async (): Promise<void> => {
    await sleep(FORGOTTEN_MILLISECONDS);
    await loop.round();
  };
  const secure = async (): Promise<boolean[]> => {
    const replies = await Promise.all(QUESTIONS.map(({ name, type }) => resolve(name.slice(0, -CHILD.length), type)));
    return replies.map((reply) => reply.flags.ad);
  };
  const all = (value: boolean): boolean[] => QUESTIONS.map(() => value);

  test("deleted: unsigned, insecure, no modified_on; the parent delegates to us", async () => {
    expect(await get()).toMatchObject({ status: "disabled", modified_on: null, ds: null });
    expect(await isSigned()).toBe(false);
    expect(await secure()).toEqual(all(false));
    await until("zone status active", async () => {
      const zone = (await product.call("GET", `${dnssec}${id}`)) as { status: string };
      return zone.status === "active" ? true : undefined;
    });
  });

  test("pending: signed with real CDS and CDNSKEY, insecure still; no DELETE", async () => {
    doing = "pending";
    expect(await patch({ status: "active" })).toMatchObject({ status: "pending", modified_on: expect.any(String) });
    expect(await isSigned()).toBe(true);
    const { ds } = await get();
    expect(dsLine(await rdatas(TYPE.CDS))).toEqual([ds.split(" ").slice(4).join(" ")]);
    const keys = await rdatas(TYPE.DNSKEY);
    expect(await rdatas(TYPE.CDNSKEY)).toEqual(keys.filter((key) => key.startsWith("0101")));
    await expect(remove()).rejects.toThrow(": 400 ");
    await settle();
    expect(await secure()).toEqual(all(false));
  });

  test("active: the DS came up, everything is secure from the root down; no DELETE", async () => {
    doing = "active";
    await tree.publishDs((await get()).ds);
    await becomes("active");
    await settle();
    expect(await secure()).toEqual(all(true));
    await expect(remove()).rejects.toThrow(": 400 ");
    expect((await get()).status).toBe("active");
  });

  test("pending-disabled: CDS and CDNSKEY ask for removal, signing goes on; no DELETE; back and again", async () => {
    doing = "pending-disabled";
    expect(await patch({ status: "disabled" })).toMatchObject({ status: "pending-disabled" });
    expect(await rdatas(TYPE.CDS)).toEqual(["0000000000"]);
    expect(await rdatas(TYPE.CDNSKEY)).toEqual(["0000030000"]);
    await expect(remove()).rejects.toThrow(": 400 ");
    await settle();
    expect(await secure()).toEqual(all(true));
    expect(await patch({ status: "active" })).toMatchObject({ status: "active" });
    expect(await rdatas(TYPE.CDS)).toHaveLength(1);
    expect(await rdatas(TYPE.CDS)).not.toEqual(["0000000000"]);
    expect(await patch({ status: "disabled" })).toMatchObject({ status: "pending-disabled" });
  });

  test("disabled: the DS is gone, signing goes on, insecure", async () => {
    doing = "disabled";
    await tree.publishDs();
    await becomes("disabled");
    expect((await get()).modified_on).not.toBeNull();
    expect(await rdatas(TYPE.CDS)).toEqual(["0000000000"]);
    expect(await isSigned()).toBe(true);
    await settle();
    expect(await isSigned()).toBe(true);
    expect(await secure()).toEqual(all(false));
  });

  test("deleted again: unsigned at once, nothing bogus; no CDS, no keys", async () => {
    doing = "deleted again";
    expect(await remove()).toBe("");
    expect(await get()).toMatchObject({ status: "disabled", modified_on: null, ds: null });
    expect(await isSigned()).toBe(false);
    expect([await rdatas(TYPE.CDS), await rdatas(TYPE.CDNSKEY), await rdatas(TYPE.DNSKEY)]).toEqual([[], [], []]);
    await settle();
    expect(await secure()).toEqual(all(false));
  });

  test("enabled, disabled and deleted at once, as Terraform does it: new keys each time", async () => {
    doing = "in haste";
    const first = (await patch({ status: "active" })) as { ds: string };
    await patch({ status: "disabled" });
    expect(await remove()).toBe("");
    expect(await isSigned()).toBe(false);
    const second = (await patch({ status: "active" })) as { ds: string };
    expect(second.ds).not.toBe(first.ds);
    await settle();
    doing = "active again";
    await tree.publishDs(second.ds);
    await becomes("active");
    await settle();
    expect(await secure()).toEqual(all(true));
  });

  test("a restart changes no state: active with the same keys, secure", async () => {
    doing = "restart";
    const before = await get();
    await loop.stop();
    expect(loop.wrong).toEqual([]);
    const { directory, port, httpPort } = product;
    await product.process.stop();
    product = await startCountersign({ ...belowTree(tree), directory, port, httpPort });
    loop = listen();
    expect(await get()).toEqual(before);
    await settle();
    expect(await secure()).toEqual(all(true));
  });

  test("nobody ever heard anything bogus", () => {
    expect(loop.wrong).toEqual([]);
    expect(loop.count()).toBeGreaterThan(50);
  });
});

/** `tag algorithm type DIGEST` of CDS RDATA in hex. */
function dsLine(rdatas: readonly string[]): string[] {
  return rdatas.map((rdata) => {
    const octets = Buffer.from(rdata, "hex");
    return `${octets.readUInt16BE(0)} ${octets[2]} ${octets[3]} ${octets.subarray(4).toString("hex").toUpperCase()}`;
  });
}
