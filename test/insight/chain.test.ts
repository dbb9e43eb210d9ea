/**
 * The self-check beside delv: what it calls whole validates, what it calls broken does not. A parent zone in Knot, its resolver is Unbound.
 *
 *   parent.example. (Knot, 127.0.0.1:P) ─ delegates ─▶ ns1 at 127.0.0.2:P (Countersign), sometimes ns2 at 127.0.0.1:P (lame)
 */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SelfCheck } from "#contract";
import { openCrypto } from "#crypto";
import { type ChainObservation, judgeChain } from "#insight";
import { nameEquals } from "#name";
import { RRType, readRrsig } from "#rdata";
import { readZoneFile } from "#zonefile";
import { delv } from "../live/tools.ts";
import { getName } from "../live/world.ts";
import {
  type Countersign,
  LOOPBACK,
  missingPrograms,
  type Peer,
  signZone,
  startKnot,
  startNsd,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";
import { type Delegated, OURS, startDelegated } from "./delegated.ts";

const missing = missingPrograms("knotd", "unbound", "delv", "nsd", "dnssec-signzone");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const PARENT = "parent.example.";
const CHILD = "child.parent.example.";

const childText = `$ORIGIN ${CHILD}
@ 3600 IN SOA ns1.${PARENT} hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1.${PARENT}
www 300 IN A 192.0.2.1
`;

function parentZone(serial: number, ds: readonly string[], lame: boolean) {
  const text = `$ORIGIN ${PARENT}
@ 60 IN SOA ns hostmaster ${serial} 3600 600 86400 60
@ 60 IN NS ns
ns 60 IN A ${LOOPBACK}
ns1 60 IN A ${OURS}
ns2 60 IN A ${LOOPBACK}
child 60 IN NS ns1
${lame ? "child 60 IN NS ns2" : ""}
${ds.join("\n")}
`;
  return { name: PARENT, text };
}

describe.skipIf(missing.length > 0)(`the chain of trust, checked${leftOut}`, () => {
  let parent: Peer;
  let primary: Peer;
  let delegated: Delegated;
  let product: Countersign;
  let id = "";
  let serial = 1;

  beforeAll(async () => {
    [parent, primary] = await Promise.all([
      startKnot({ zones: [parentZone(serial, [], false)] }),
      startKnot({ zones: [{ name: CHILD, text: childText }] }),
    ]);
    delegated = await startDelegated(parent, PARENT, "ns1.parent.example");
    product = delegated.product;
    id = await product.addZone({ name: CHILD, primary, mode: "live" });
    await product.served(id, CHILD);
  });
  afterAll(async () => {
    await Promise.all([delegated?.stop(), primary?.stop(), parent?.stop()]);
  });

  const check = async () => (await product.call("POST", `/countersign/v1/zones/${id}/self-check`)) as SelfCheck;
  /** Until the check says so: the parent takes its change over in its own time. */
  const becomes = (state: SelfCheck["state"], code?: string): Promise<SelfCheck> =>
    until(`${state} ${code ?? ""}`, async () => {
      const now = await check();
      return now.state === state && (!code || now.findings.some((one) => one.code === code)) ? now : undefined;
    });
  const publish = async (ds: readonly string[], lame = false): Promise<void> => {
    serial++;
    await parent.replaceZone(parentZone(serial, ds, lame));
  };
  const codes = ({ findings }: SelfCheck, severity: string) =>
    findings.filter((one) => one.severity === severity).map(({ code }) => code);

  test("no DS at the parent: insecure, and the operator is told what to do", async () => {
    const seen = await becomes("insecure", "ds.none");
    expect(codes(seen, "error")).toEqual([]);
    expect(codes(seen, "warning")).toEqual(["ds.none"]);
    expect(codes(seen, "ok")).toContain("delegation.to-us");
  });

  test("our DS at the parent: secure, as delv says; drawn, kept, and told by the command line", async () => {
    const { dnssec } = await product.status(id);
    await publish(dnssec.ds);
    const seen = await becomes("secure", "ds.matches");
    expect(codes(seen, "error")).toEqual([]);
    expect(delv(product, CHILD, dnssec.ds, `www.${CHILD}`, "A")).toMatch(/^; fully validated/m);
    expect(seen.nodes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["ds", "ksk", "zsk", "rrset"]));
    expect(seen.links.every(({ state }) => state === "good")).toBe(true);
    // As DNSViz draws it: no key stands there that nothing leads to.
    for (const key of seen.nodes.filter(({ kind }) => kind === "ksk" || kind === "zsk"))
      expect(seen.links.some(({ to }) => to === key.id)).toBe(true);
    expect(await product.call("GET", `/countersign/v1/zones/${id}/self-check`)).toEqual(seen);
    const reply = await fetch(`${product.url}/countersign/v1/zones/${id}/chain.svg`, {
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    expect(reply.headers.get("content-type")).toMatch(/^image\/svg\+xml/);
    const svg = await reply.text();
    expect(svg).toMatch(/<title id="t">Chain of trust of child\.parent\.example: secure<\/title>/);
    expect(svg).not.toMatch(/<script|onload|href/i);
    const said = execFileSync(process.execPath, ["src/main.ts", "--url", product.url, "check", CHILD], {
      encoding: "utf8",
      env: { ...process.env, COUNTERSIGN_TOKEN: TEST_TOKEN },
    });
    expect(said).toMatch(/the chain of trust is whole/);
  });

  test("a DS of no key of ours: broken, as delv says", async () => {
    const { dnssec } = await product.status(id);
    const wrong = dnssec.ds.map((ds) => ds.replace(/[0-9A-F]{8}$/i, "00000000"));
    await publish(wrong);
    const seen = await becomes("broken", "ds.matches-no-key");
    expect(codes(seen, "error")).toContain("ds.matches-no-key");
    const [ds, ...more] = seen.nodes.filter(({ kind }) => kind === "ds");
    expect(more).toEqual([]);
    expect(ds).toMatchObject({ state: "bad", note: "alg 13, wrong digest" });
    const ksk = seen.nodes.find(({ kind }) => kind === "ksk")?.id;
    expect(seen.links).toContainEqual(expect.objectContaining({ from: ds?.id, to: ksk, kind: "digest", state: "bad" }));
    expect(delv(product, CHILD, wrong, `www.${CHILD}`, "A")).not.toMatch(/^; fully validated/m);
  });

  test("a nameserver of the delegation that does not answer for the zone is named", async () => {
    const { dnssec } = await product.status(id);
    await publish(dnssec.ds, true);
    const seen = await becomes("secure", "delegation.lame");
    expect(seen.findings.find(({ code }) => code === "delegation.lame")?.sentence).toMatch(/ns2\.parent\.example/);
  });

  test("expired signatures and missing keys: broken, as delv says", async () => {
    const zone = signZone(
      { name: CHILD, text: childText },
      { denial: "nsec", inception: "now-30d", expiration: "now-2d" },
    );
    const nsd = await startNsd({ zones: [zone] });
    try {
      expect(delv(nsd, CHILD, [zone.ds], `www.${CHILD}`, "A")).not.toMatch(/^; fully validated/m);
    } finally {
      await nsd.stop();
    }
    const seen = observe(zone.text, zone.ds);
    const expired = judgeChain(seen, openCrypto("auto"));
    expect(expired.state).toBe("broken");
    expect(expired.findings.map(({ code }) => code)).toContain("signature.expired");
    expect(expired.links.some(({ state }) => state === "bad")).toBe(true);
    const sets = expired.nodes.filter(({ kind }) => kind === "rrset");
    expect(sets.map(({ label, state, note }) => [label, state, note])).toEqual(
      ["DNSKEY", "SOA", "NSEC"].map((type) => [type, "bad", "signature expired"]),
    );
    const without = judgeChain({ ...seen, dnskey: undefined }, openCrypto("auto"));
    expect(without.state).toBe("broken");
    expect(without.findings.map(({ code }) => code)).toContain("dnskey.missing");
    // The same zone while it was good.
    const good = judgeChain({ ...seen, now: seen.now - 10 * 86_400 }, openCrypto("auto"));
    expect(good.state).toBe("secure");
  });
});

/** What servers would say that serve this text, with this DS at the parent. */
function observe(text: string, ds: string): ChainObservation {
  const apex = getName(CHILD);
  const read = readZoneFile(text, apex);
  if (!read.ok) throw new Error(read.error.reason);
  const records = [...read.value];
  const setOf = (type: number) => ({
    owner: apex,
    type,
    ttl: 300,
    rdatas: records.filter((one) => one.type === type && nameEquals(one.owner, apex)).map(({ rdata }) => rdata),
    signatures: records
      .filter((one) => one.type === RRType.RRSIG && nameEquals(one.owner, apex))
      .map(({ rdata }) => rdata)
      .filter((rdata) => readRrsig(rdata).typeCovered === type),
  });
  const [tag, algorithm, digestType, ...digest] = ds.trim().split(/\s+/).slice(-4);
  const rdata = Uint8Array.from([
    Number(tag) >> 8,
    Number(tag) & 255,
    Number(algorithm),
    Number(digestType),
    ...Buffer.from(digest.join(""), "hex"),
  ]);
  return {
    apex,
    now: Math.floor(Date.now() / 1000),
    signed: true,
    parent: [{ server: "parent", ds: [rdata] }],
    parentFault: undefined,
    dnskey: setOf(RRType.DNSKEY),
    sets: [setOf(RRType.SOA), setOf(RRType.NSEC)],
    lame: undefined,
    denials: [],
    ours: [],
    servers: [],
    delegatedTo: undefined,
    ourServers: [],
  };
}
