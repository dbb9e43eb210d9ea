/**
 * The self-check beside DNSViz, over a signed parent zone of ours: where DNSViz finds an error so do we, with a sentence; where the
 * two differ, `broken.ts` says who is right and what proves it.
 *
 *   parent.example. (NSD, 127.0.0.1:P) ─▶ broken zones (NSD), some at a second server     our eyes and judgement, without the product
 *                                      └▶ good zones in each mode (Countersign, 127.0.0.2:P)    the product's own self-check
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SelfCheck } from "#contract";
import { lookAtServer, lookAtZone } from "#control";
import { openCrypto } from "#crypto";
import { type ChainVerdict, judgeChain } from "#insight";
import { RRType, readRdata } from "#rdata";
import { getName } from "../live/world.ts";
import {
  type Countersign,
  LOOPBACK,
  missingPrograms,
  type Peer,
  SIGNING_MODES,
  type SigningMode,
  signZone,
  startNsd,
  until,
} from "../peers/index.ts";
import { type BrokenZone, CASES, makeBroken, PARENT, parentText } from "./broken.ts";
import { type Delegated, OURS, startDelegated } from "./delegated.ts";
import { dnsvizGrok, type VizVerdict } from "./viz.ts";

const missing = missingPrograms("nsd", "unbound", "dnssec-signzone", "dnsviz");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const zoneOf = (mode: SigningMode): string => `mode-${mode}.${PARENT}`;

describe.skipIf(missing.length > 0)(`the chain of trust, checked by DNSViz and by us${leftOut}`, () => {
  const zones = new Map<string, BrokenZone>();
  const peers: Peer[] = [];
  const ids = new Map<SigningMode, string>();
  let product: Countersign;
  let delegated: Delegated;
  let seen: ReadonlyMap<string, VizVerdict>;
  let first: Peer;
  let second: Peer;

  const serversOf = (names: readonly string[]) =>
    names.map((name) => ({
      name: `${name}.${PARENT}`,
      address: LOOPBACK,
      port: (name === "ns2" ? second : first).port,
    }));

  beforeAll(async () => {
    for (const one of CASES) zones.set(one.label, makeBroken(one));
    const all = [...zones.values()];
    const others = all.flatMap(({ name, secondText }) =>
      secondText === undefined ? [] : [{ name, text: secondText }],
    );
    const primary = await startNsd({ zones: SIGNING_MODES.map(zoneFor) });
    [first, second] = await Promise.all([startNsd({ zones: all }), startNsd({ zones: others })]);
    const parent = await startNsd({ zones: [{ name: PARENT, text: parentText(1, [], []) }] });
    peers.push(primary, first, second, parent);
    delegated = await startDelegated(parent, PARENT, "ns4.parent.example");
    product = delegated.product;
    const delegations = [`ns4 60 IN A ${OURS}`];
    for (const mode of SIGNING_MODES) {
      const id = await product.addZone({ name: zoneOf(mode), primary, mode });
      ids.set(mode, id);
      await product.served(id, zoneOf(mode));
      const { dnssec } = await product.status(id);
      delegations.push(`${zoneOf(mode)} 60 IN NS ns4.${PARENT}`, ...dnssec.ds);
    }
    const signed = signZone({ name: PARENT, text: parentText(2, all, delegations) }, { denial: "nsec" });
    await parent.replaceZone(signed);
    const judged = [
      ...all.map(({ name, servers }) => ({ name, servers: serversOf(servers) })),
      ...SIGNING_MODES.filter((mode) => mode !== "unsigned").map((mode) => ({
        name: zoneOf(mode),
        servers: [{ name: `ns4.${PARENT}`, address: OURS, port: parent.port }],
      })),
    ];
    const above = { name: PARENT, servers: [{ name: `ns.${PARENT}`, address: LOOPBACK, port: parent.port }] };
    seen = dnsvizGrok(above, signed.ksk, judged);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([delegated?.stop(), ...peers.map((peer) => peer.stop())]);
  });

  /** What the product's check would find, if it served what the first server serves. */
  async function judge({ name, ds, servers }: BrokenZone): Promise<ChainVerdict> {
    const apex = getName(name);
    const named = serversOf(servers);
    return judgeChain(
      {
        apex,
        now: Math.floor(Date.now() / 1000),
        signed: true,
        parent: [{ server: "parent", ds: ds.map(readDs) }],
        parentFault: undefined,
        ours: [],
        servers: await Promise.all(named.map((server) => lookAtServer(apex, server.name, server))),
        delegatedTo: named.map((server) => server.name),
        ourServers: [`ns1.${PARENT}`],
        ...(await lookAtZone(apex, first)),
      },
      openCrypto("auto"),
    );
  }

  test.each(CASES.map((one) => [one.label, one] as const))("%s", async (label, one) => {
    const zone = zones.get(label)!;
    const viz = seen.get(zone.name)!;
    const verdict = await judge(zone);
    const told = verdict.findings.filter(({ severity }) => severity === "error" || severity === "warning");
    const codes = [...new Set(told.map(({ code }) => code))].sort();
    expect({ viz: [...viz.errors, ...viz.warnings].sort(), status: viz.status }).toEqual({
      viz: one.viz,
      status: one.status,
    });
    expect({ ours: codes, state: verdict.state }).toEqual({ ours: one.ours, state: one.state });
    // Where DNSViz finds something so do we; where it does not and we do, or the words differ, it is written down why.
    if (one.viz.length > 0) expect(codes).not.toEqual([]);
    const word = { SECURE: "secure", BOGUS: "broken", INSECURE: "insecure" }[one.status];
    const agreed = word === one.state && (one.viz.length > 0 || one.ours.length === 0 || one.state === "insecure");
    expect(agreed || one.differs !== undefined).toBe(true);
    for (const { sentence, advice } of told) {
      expect(sentence).toMatch(/^[^ ].{15,}/);
      expect(advice).not.toBe("");
    }
  });

  test.each(SIGNING_MODES)("the product in mode %s: neither finds a fault", async (mode) => {
    const check = await until(`the check of ${mode}`, async () => {
      const now = (await product.call("POST", `/countersign/v1/zones/${ids.get(mode)}/self-check`)) as SelfCheck;
      return now.state === (mode === "unsigned" ? "insecure" : "secure") ? now : undefined;
    });
    expect(check.findings.filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
    // DNSViz 0.9 ends with a KeyError of its own over a zone without any DNSSEC.
    if (mode !== "unsigned") expect(seen.get(zoneOf(mode))).toEqual({ errors: [], warnings: [], status: "SECURE" });
    const own = !mode.startsWith("presigned") && mode !== "unsigned";
    const codes = check.findings.map(({ code }) => code);
    expect(codes.includes("cds.agrees")).toBe(own);
    expect(codes.includes("cds.equals-ds")).toBe(own);
  });
});

function zoneFor(mode: SigningMode) {
  const name = zoneOf(mode);
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns4.${PARENT} hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns4.${PARENT}
www 300 IN A 192.0.2.1
`;
  if (!mode.startsWith("presigned")) return { name, text };
  return signZone({ name, text }, { denial: mode === "presigned" ? "nsec" : "nsec3" });
}

function readDs(line: string): Uint8Array {
  const read = readRdata(
    RRType.DS,
    line
      .slice(line.indexOf(" DS ") + 4)
      .trim()
      .split(/\s+/),
  );
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
