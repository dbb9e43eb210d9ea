/**
 * Pre-signed zones that are signed really, with one oddity each: a signature of strange fields beside the good one, a key that
 * collides or is none, a chain beside a chain. Each is held with a stable code, or served so that Unbound finds it secure: nothing
 * is served bogus.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ZoneDenial } from "#keys";
import { printZone } from "#zonefile";
import type { Countersign } from "../peers/countersign.ts";
import {
  LOOPBACK,
  missingPrograms,
  queryTcp,
  servedSerial,
  startUnbound,
  type Unbound,
  until,
} from "../peers/index.ts";
import { ODD_CASES, type OddCase } from "./odd-signatures.cases.ts";
import { makeOddSigner, named } from "./odd-signer.ts";
import { type Attacked, startWays, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";

/** Without a judge nothing can be said. */
const isMissing = missingPrograms("unbound").length > 0;

const by = makeOddSigner();
const NSEC: ZoneDenial = { kind: "nsec" };
const NSEC3: ZoneDenial = { kind: "nsec3" };
const isHashed = (one: OddCase) => one.denial !== undefined;
/** Those that stand beside each other in one zone, each with a TXT set of its own; and chains, of which a zone has one. */
const TAKEN = ODD_CASES.filter((one) => !one.held && !isHashed(one)).map((one, i) => ({ ...one, label: `o${i}` }));
const TAKEN_CHAINS = ODD_CASES.filter((one) => !one.held && isHashed(one));
const HELD = ODD_CASES.filter((one) => one.held && !isHashed(one));
const HELD_CHAINS = ODD_CASES.filter((one) => one.held && isHashed(one));

const SERVED = "served.odd.example.";
const SERVED_CHAIN = "served-chain.odd.example.";
const HOLDING = "holding.odd.example.";
const HOLDING_CHAIN = "holding-chain.odd.example.";
const ALL = [SERVED, SERVED_CHAIN, HOLDING, HOLDING_CHAIN];

type Edit = (records: ReturnType<typeof by.sign>) => ReturnType<typeof by.sign>;

function version(zone: string, serial: number, denial: ZoneDenial, edit: Edit = (records) => records) {
  const labels = TAKEN.map(({ label }) => `${label} 300 IN TXT "serial ${serial}"`).join("\n");
  const text = `$ORIGIN ${zone}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN A 192.0.2.10
www 300 IN TXT "serial ${serial}"
${zone === SERVED ? labels : ""}
`;
  return { name: zone, text: printZone(edit(by.sign(named(zone), text, denial))) };
}

/** The version made odd by this case. */
function oddly(zone: string, serial: number, one: OddCase, label = "www") {
  const apex = named(zone);
  const again = (denial: ZoneDenial) => {
    const { text } = version(zone, serial, denial);
    return by.read(apex, text);
  };
  return version(zone, serial, one.denial ?? NSEC, (records) => [...one.edit({ apex, records, by, label, again })]);
}

let ways: Ways;
let product: Countersign;
let unbound: Unbound;
const zones = new Map<string, Attacked>();
beforeAll(async () => {
  ways = await startWays({ COUNTERSIGN_CHECK_SECONDS: "5" });
  product = ways.product;
  const key = Buffer.from(by.ksk.dnskey.subarray(4)).toString("base64");
  unbound = await startUnbound({
    trustAnchors: ALL.map((zone) => `${zone} DNSKEY 257 3 13 ${key}`),
    stubs: ALL.map((zone) => ({ zone, servers: [{ address: LOOPBACK, port: product.port }] })),
    aggressive: false,
  });
  for (const zone of ALL) {
    const hashed = zone.includes("-chain.");
    const mode = { dnssec_presigned: true, ...(hashed && { dnssec_use_nsec3: true }) };
    zones.set(zone, await ways.attacked(["tcp"], version(zone, 1, hashed ? NSEC3 : NSEC), mode));
  }
});
afterAll(async () => {
  await unbound?.stop();
  await ways?.stop();
});

type Row = {
  readonly id: number;
  readonly kind: string;
  readonly outcome: string;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/** The record of the attempt that brings this version. */
async function brought(text: ReturnType<typeof version>): Promise<Row> {
  const { id, primary } = zones.get(text.name)!;
  const newest = async () =>
    ((await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as Row[]).find(({ kind }) => kind !== "soa");
  const known = (await newest())?.id;
  primary.serve(text);
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  const row = await until("the record of it", async () => {
    const now = await newest();
    return now && now.id !== known ? now : undefined;
  });
  await until("rest", async () => (await product.status(id)).phase === "idle");
  return row;
}

/** What Unbound does not find secure. */
async function unsound(questions: readonly (readonly [name: string, type: number])[]): Promise<string[]> {
  const bad: string[] = [];
  for (const [name, type] of questions) {
    const reply = await queryTcp(unbound, { name, type, flags: 0x0120, edns: { do: true } });
    const isSecure = (reply[3]! & 0x20) !== 0;
    if (!isSecure) bad.push(`${name} ${type}: rcode ${reply[3]! & 15}`);
  }
  return bad;
}

test.skipIf(isMissing)(
  "what does no harm beside good signatures, all of it in one zone: taken, and secure",
  async () => {
    const row = await brought(
      version(SERVED, 2, NSEC, (records) => {
        const apex = named(SERVED);
        return TAKEN.reduce(
          (all, one) => [...one.edit({ apex, records: all, by, label: one.label, again: () => [] })],
          records,
        );
      }),
    );
    expect(row).toMatchObject({ outcome: "taken", error: null });
    await product.served(zones.get(SERVED)!.id, SERVED, 2);
    const asked = TAKEN.map(({ name, label }) => [name, `${label}.${SERVED}`] as const);
    const bad = await Promise.all(asked.map(async ([name, owner]) => [name, await unsound([[owner, 16]])] as const));
    expect(bad.filter(([, answers]) => answers.length > 0)).toEqual([]);
    expect(
      await unsound([
        [SERVED, 48],
        [`nothing.${SERVED}`, 1],
        [`www.${SERVED}`, 28],
      ]),
    ).toEqual([]);
  },
);

test.skipIf(isMissing)("chains with something beside them: taken, and every denial is secure", async () => {
  for (const [i, one] of TAKEN_CHAINS.entries()) {
    const serial = 2 + i;
    const row = await brought(oddly(SERVED_CHAIN, serial, one));
    expect([one.name, row.outcome, row.error]).toEqual([one.name, "taken", null]);
    await product.served(zones.get(SERVED_CHAIN)!.id, SERVED_CHAIN, serial);
    const names = Array.from({ length: 8 }, (_, n) => [`n${n}-${i}.${SERVED_CHAIN}`, 1] as const);
    expect([one.name, ...(await unsound([...names, [`www.${SERVED_CHAIN}`, 100 + i]]))]).toEqual([one.name]);
  }
});

describe.skipIf(isMissing)("what would be bogus is held with its code, and the good version is served on", () => {
  let serial = 1;
  test.each([
    ...HELD.map((one) => [one.name, HOLDING, one] as const),
    ...HELD_CHAINS.map((one) => [one.name, HOLDING_CHAIN, one] as const),
  ])("%s", async (_, zone, one) => {
    const row = await brought(oddly(zone, ++serial, one));
    expect(row.outcome).toBe("held");
    expect(row.error?.code, row.error?.message).toMatch(one.held!);
    expect((await product.status(zones.get(zone)!.id)).held?.code).toBe(row.error?.code);
    expect(await servedSerial(product.port, zone)).toBe(1);
  });

  test("and what is served is secure", async () => {
    for (const zone of [HOLDING, HOLDING_CHAIN])
      expect(
        await unsound([
          [`www.${zone}`, 16],
          [`nothing.${zone}`, 1],
          [zone, 48],
        ]),
      ).toEqual([]);
    expect(breakages(product)).toEqual([]);
  });
});
