/**
 * All modes one after the other with the DS in place, as an operator does it: a resolver that validates from the root down
 * asks all the time, and every answer is there and secure. The primary signs its zone itself and publishes our ZSK, we
 * publish its keys in multi-signer mode, and the parent has both DS: so each step leads between two states that share keys.
 *
 *   unsigned ▶ live ▶ (both DS) ▶ multi-signer ▶ pre-signed ▶ multi-signer ▶ live NSEC3 ▶ live chain ▶ live
 *                                                        └──▶ live (the primary's set has our ZSK)
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeReply } from "../differential/decode.ts";
import {
  type Countersign,
  LOOPBACK,
  makeDirectory,
  type Peer,
  queryUdp,
  removeDirectory,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";
import { type QueryLoop, startQueryLoop } from "./loop.ts";
import { belowTree } from "./product.ts";
import { CHILD, OUR_NAME, startTree, type Tree, treeMissing } from "./tree.ts";
import { makeZoneSigner, type ZoneSigner } from "./zone-signer.ts";

const missing = await treeMissing();
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const TYPE = { A: 1, MX: 15, TXT: 16, RRSIG: 46, DNSKEY: 48 } as const;
const NOERROR = 0;
const RD = 0x0100;
/** The resolver keeps nothing longer than a second. */
const FORGOTTEN_MILLISECONDS = 2200;

/** In each mode: positive, alias, wildcard, no such type, no such name, empty non-terminal, keys. */
const QUESTIONS = [
  { name: `www.${CHILD}`, type: TYPE.A },
  { name: `alias.${CHILD}`, type: TYPE.A },
  { name: `any.wild.${CHILD}`, type: TYPE.TXT },
  { name: `www.${CHILD}`, type: TYPE.MX },
  { name: `missing.${CHILD}`, type: TYPE.A },
  { name: `ent.${CHILD}`, type: TYPE.A },
  { name: CHILD, type: TYPE.DNSKEY },
].map((question) => ({ ...question, flags: RD, edns: { do: true } }));

/** Edits of `dnssec`, the wanted mode and its denial setting. */
const STEPS = [
  { to: "multi-signer", mode: "multisigner", edit: { dnssec_multi_signer: true } },
  { to: "pre-signed", mode: "presigned", edit: { dnssec_multi_signer: false, dnssec_presigned: true } },
  { to: "multi-signer again", mode: "multisigner", edit: { dnssec_presigned: false, dnssec_multi_signer: true } },
  { to: "live with NSEC3", mode: "live", edit: { dnssec_multi_signer: false, dnssec_use_nsec3: true } },
  { to: "live with a chain", mode: "live", edit: { dnssec_use_nsec3: false }, denial: "chain" },
  { to: "multi-signer with a chain", mode: "multisigner", edit: { dnssec_multi_signer: true } },
  { to: "pre-signed again", mode: "presigned", edit: { dnssec_multi_signer: false, dnssec_presigned: true } },
  { to: "live, straight from pre-signed", mode: "live", edit: { dnssec_presigned: false }, denial: "compact" },
] as const;

describe.skipIf(missing.length > 0)(`modes switched with the DS in place${leftOut}`, () => {
  const directory = makeDirectory("switches");
  let signer: ZoneSigner;
  let tree: Tree;
  let primary: Peer;
  let product: Countersign;
  let loop: QueryLoop;
  let id = "";
  let doing = "unsigned";
  let mustBeSecure = false;
  let serial = 1;

  beforeAll(async () => {
    signer = makeZoneSigner(join(directory, "keys"), CHILD);
    tree = await startTree();
    product = await startCountersign(belowTree(tree));
    primary = await startKnot({
      zones: [{ name: CHILD, text: signer.sign(childText(serial, [])) }],
      notify: [{ address: LOOPBACK, port: product.port }],
    });
    id = await product.addZone({ name: CHILD, primary, mode: "unsigned" });
    await product.served(id, CHILD);
    loop = listen();
  });
  afterAll(async () => {
    await loop?.stop();
    await product?.stop();
    await tree?.stop();
    await primary?.stop();
    removeDirectory(directory);
  });

  const listen = (): QueryLoop =>
    startQueryLoop(
      tree.resolver,
      QUESTIONS,
      () => doing,
      ({ reply }) => {
        if (reply.rcode !== NOERROR && reply.rcode !== 3) return `rcode ${reply.rcode}`;
        return mustBeSecure && !reply.flags.ad ? "not secure" : undefined;
      },
    );
  const path = (): string => `/client/v4/zones/${id}/dnssec`;
  const status = async () => (await product.call("GET", path())) as { status: string; ds: string };
  const becomes = (wanted: string) =>
    until(`DNSSEC ${wanted}`, async () => ((await status()).status === wanted ? true : undefined));
  const settle = async (): Promise<void> => {
    await sleep(FORGOTTEN_MILLISECONDS);
    await loop.round();
  };
  /** What the answers themselves say: whose keys. */
  const keyFlags = async (): Promise<number> =>
    decodeReply(await queryUdp(product, { name: CHILD, type: TYPE.DNSKEY, edns: { do: true } })).answer.filter(
      (rr) => rr.type === TYPE.DNSKEY,
    ).length;

  test("unsigned (what the primary signed is left out), live, and our ZSK at the primary", async () => {
    expect(await keyFlags()).toBe(0);
    doing = "live";
    await product.call("PATCH", path(), { status: "active" });
    expect(await keyFlags()).toBe(2);
    const [zsk] = (await product.call("GET", `${path()}/zsk`)) as {
      DNSKEY: { Flags: number; Protocol: number; Algorithm: number; PublicKey: string };
    }[];
    const { Flags, Protocol, Algorithm, PublicKey } = zsk!.DNSKEY;
    serial = 2;
    const text = childText(serial, [`${CHILD} 1 IN DNSKEY ${Flags} ${Protocol} ${Algorithm} ${PublicKey}`]);
    await primary.replaceZone({ name: CHILD, text: signer.sign(text) });
    await product.served(id, CHILD, serial);
    // Still live: nothing of the primary's keys.
    expect(await keyFlags()).toBe(2);
    await settle();
    doing = "live, both DS";
    await tree.publishDs((await status()).ds, signer.ds);
    await becomes("active");
    await settle();
    mustBeSecure = true;
    await loop.round();
    expect(loop.wrong).toEqual([]);
  });

  test.each(STEPS)("to $to", async (step) => {
    doing = step.to;
    if ("denial" in step) {
      await product.call("PATCH", `/countersign/v1/zones/${id}/settings`, { denial: step.denial });
    }
    await product.call("PATCH", path(), step.edit);
    await until(`mode ${step.mode}`, async () => {
      const { mode, phase, held } = await product.status(id);
      expect(held).toBeNull();
      return mode === step.mode && phase === "idle" ? true : undefined;
    });
    expect(await keyFlags()).toBe({ multisigner: 4, presigned: 3, live: 2 }[step.mode]);
    await settle();
    await becomes("active");
    expect(loop.wrong).toEqual([]);
  });

  test("a restart in multi-signer mode: the same answers from disk, without the primary", async () => {
    doing = "multi-signer, restart";
    await product.call("PATCH", path(), { dnssec_multi_signer: true });
    await settle();
    await loop.stop();
    expect(loop.wrong).toEqual([]);
    await primary.stop();
    const { directory: data, port, httpPort } = product;
    await product.process.stop();
    product = await startCountersign({ ...belowTree(tree), directory: data, port, httpPort });
    expect(await keyFlags()).toBe(4);
    loop = listen();
    await settle();
    expect(loop.wrong).toEqual([]);
  });
});

function childText(serial: number, more: readonly string[]): string {
  return `$TTL 1
${CHILD} IN SOA ${OUR_NAME} hostmaster.${CHILD} ${serial} 3600 600 86400 1
${CHILD} IN NS ${OUR_NAME}
www.${CHILD} IN A 192.0.2.1
alias.${CHILD} IN CNAME www.${CHILD}
*.wild.${CHILD} IN TXT "wild"
below.ent.${CHILD} IN A 192.0.2.2
${more.join("\n")}
`;
}
