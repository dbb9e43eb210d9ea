/**
 * One multi-signed zone between two signers and what is asked about it.
 *
 *   other signer ── transfer ──▶ Countersign          questions of type DNSKEY ──▶ one of the two, as the test says
 *        ▲                           │                all others               ──▶ one of the two, as the test says
 *        └───────── our ZSK ─────────┘                                  (router.ts; a fresh Unbound with an empty cache)
 */
import { expect } from "vitest";
import { decodeReply, type Reply } from "../differential/decode.ts";
import { type Countersign, LOOPBACK, queryTcp, queryUdp, type Server, startUnbound, until } from "../peers/index.ts";
import type { Router } from "./router.ts";
import type { SignedZoneSpec, Signer } from "./signers.ts";

export const RRTYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  CDS: 59,
  CDNSKEY: 60,
  ANY: 255,
} as const;

const NOERROR = 0;
const NXDOMAIN = 3;

/** Over 1,232 octets with its signature: comes by TCP. */
const LARGE = Array.from({ length: 6 }, (_, i) => `"${String(i).repeat(250)}"`).join(" ");

export function zoneText(name: string, serial = 1): string {
  return `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
@ 3600 IN NS ns2
ns1 3600 IN A 192.0.2.1
ns2 3600 IN A 192.0.2.2
www 300 IN A 192.0.2.10
www 300 IN TXT "text"
large 300 IN TXT ${LARGE}
*.wild 300 IN A 192.0.2.20
deep.ent 300 IN A 192.0.2.30
alias 300 IN CNAME www
astray 300 IN CNAME nowhere
child 3600 IN NS ns.child
ns.child 3600 IN A 192.0.2.40
signed-child 3600 IN NS ns.child
signed-child 3600 IN DS 12345 13 2 ${"AB".repeat(32)}
tree 300 IN DNAME www
`;
}

type Expected = "data" | "nodata" | "nxdomain";

/** Question (name below the zone, type) → what both signers have to prove. */
export const QUESTIONS: readonly (readonly [label: string, type: number, expected: Expected])[] = [
  ["", RRTYPE.SOA, "data"],
  ["", RRTYPE.NS, "data"],
  ["", RRTYPE.CDS, "data"],
  ["", RRTYPE.CDNSKEY, "data"],
  ["", RRTYPE.MX, "nodata"],
  ["www.", RRTYPE.A, "data"],
  ["www.", RRTYPE.MX, "nodata"],
  ["large.", RRTYPE.TXT, "data"],
  ["alias.", RRTYPE.A, "data"],
  ["a.wild.", RRTYPE.A, "data"],
  ["b.c.wild.", RRTYPE.A, "data"],
  ["a.wild.", RRTYPE.TXT, "nodata"],
  ["wild.", RRTYPE.A, "nodata"],
  ["ent.", RRTYPE.A, "nodata"],
  ["missing.", RRTYPE.A, "nxdomain"],
  ["below.missing.", RRTYPE.TXT, "nxdomain"],
  ["below.www.", RRTYPE.A, "nxdomain"],
  ["astray.", RRTYPE.A, "nxdomain"],
  ["child.", RRTYPE.DS, "nodata"],
  ["signed-child.", RRTYPE.DS, "data"],
];

export type Judgement = { readonly rcode: number; readonly ad: boolean; readonly answers: number };

export async function resolve(port: number, name: string, type: number): Promise<Judgement> {
  const question = { name, type, flags: 0x0100, edns: { do: true } };
  let reply = decodeReply(await queryUdp({ address: LOOPBACK, port }, question));
  if (reply.flags.tc) reply = decodeReply(await queryTcp({ address: LOOPBACK, port }, question));
  const answers = reply.answer.filter((rr) => rr.type === type).length;
  return { rcode: reply.rcode, ad: reply.flags.ad, answers };
}

/** Fails with the question unless the answer is secure and what it should be. Compact denial says NOERROR for a missing name (RFC 9824). */
export function expectSecure(label: string, type: number, expected: Expected, got: Judgement): void {
  const what = `${label || "@"} ${type}: ${JSON.stringify(got)}`;
  expect(got.ad, what).toBe(true);
  expect(got.answers > 0, what).toBe(expected === "data");
  expect(expected === "nxdomain" ? [NOERROR, NXDOMAIN] : [NOERROR], what).toContain(got.rcode);
}

/** Every question of the table to a new Unbound that gets DNSKEYs from `keys` alone and all other data from `data` alone. */
export async function judge(
  router: Router,
  zone: string,
  anchors: readonly string[],
  servers: { readonly keys: Server; readonly data: Server },
): Promise<void> {
  const { keys, data } = servers;
  router.route((type) => (type === RRTYPE.DNSKEY ? keys : data));
  // No synthesis from denial: each question of the table is to reach its server.
  const unbound = await startUnbound({
    trustAnchors: anchors,
    stubs: [{ zone, servers: [router] }],
    aggressive: false,
  });
  try {
    for (const [label, type, expected] of QUESTIONS) {
      expectSecure(label, type, expected, await resolve(unbound.port, `${label}${zone}`, type));
    }
  } finally {
    await unbound.stop();
  }
  const asked = [...router.asked.keys()];
  expect(asked).toContain(`${keys.port} ${RRTYPE.DNSKEY}`);
  expect(asked).toContain(`${data.port} ${RRTYPE.A}`);
  expect(asked.filter((key) => key.endsWith(` ${RRTYPE.DNSKEY}`))).toHaveLength(1);
}

/** An authoritative answer, over TCP: all of it. */
export async function askServer(server: Server, name: string, type: number): Promise<Reply> {
  return decodeReply(await queryTcp(server, { name, type, edns: { do: true } }));
}

/** RDATAs as hex, sorted. */
export async function rdatasOf(server: Server, name: string, type: number): Promise<string[]> {
  const reply = await askServer(server, name, type);
  return reply.answer
    .filter((rr) => rr.type === type)
    .map((rr) => rr.rdata)
    .sort();
}

type Zsk = {
  readonly Tag: string;
  readonly DNSKEY: {
    readonly Hdr: { readonly Name: string; readonly Ttl: number };
    readonly Flags: number;
    readonly Protocol: number;
    readonly Algorithm: number;
    readonly PublicKey: string;
  };
};

/** Our ZSK by `GET dnssec/zsk`, as a record to be put in at the other signer, and its RDATA as hex. */
export async function ourZsk(product: Countersign, zoneId: string): Promise<{ record: string; rdata: string }> {
  const zsks = (await product.call("GET", `/client/v4/zones/${zoneId}/dnssec/zsk`)) as Zsk[];
  const own = zsks.filter((zsk) => zsk.Tag === "active");
  expect(own).toHaveLength(1);
  const { Hdr, Flags, Protocol, Algorithm, PublicKey } = own[0]!.DNSKEY;
  expect(Flags).toBe(256);
  const head = Buffer.from([Flags >> 8, Flags & 255, Protocol, Algorithm]);
  return {
    record: `${Hdr.Name} ${Hdr.Ttl} IN DNSKEY ${Flags} ${Protocol} ${Algorithm} ${PublicKey}`,
    rdata: Buffer.concat([head, Buffer.from(PublicKey, "base64")]).toString("hex"),
  };
}

export async function ourDs(product: Countersign, zoneId: string): Promise<string> {
  return ((await product.call("GET", `/client/v4/zones/${zoneId}/dnssec`)) as { ds: string }).ds;
}

/** Until both DNSKEY sets hold both ZSKs: the other signer publishes ours, and that version of the zone is served here. `ds` of both. */
export async function exchangeKeys(
  product: Countersign,
  signer: Signer,
  zone: string,
  zoneId: string,
  ds: readonly string[],
): Promise<void> {
  const { record, rdata } = await ourZsk(product, zoneId);
  const { dnskeys } = (await product.status(zoneId)).dnssec;
  const cdnskey = dnskeys
    .filter((line) => line.includes(" DNSKEY 257 "))
    .map((line) => line.replace(" DNSKEY ", " CDNSKEY "));
  const cds = ds.map((line) => line.replace(/^.* DS /, `${zone} 3600 IN CDS `));
  await signer.publishKey(zone, record, [...cds, ...cdnskey]);
  await until(`our ZSK in ${signer.kind}'s DNSKEY set`, async () =>
    (await rdatasOf(signer, zone, RRTYPE.DNSKEY)).includes(rdata),
  );
  await until("the same serial at both", async () => {
    const [theirs, ours] = await Promise.all([rdatasOf(signer, zone, RRTYPE.SOA), rdatasOf(product, zone, RRTYPE.SOA)]);
    return theirs[0] === ours[0] && (await product.status(zoneId)).phase === "idle";
  });
}

export type Denial = "compact" | "nsec3" | "chain";

export async function setDenial(product: Countersign, zoneId: string, denial: Denial): Promise<void> {
  await product.call("PATCH", `/client/v4/zones/${zoneId}/dnssec`, { dnssec_use_nsec3: denial === "nsec3" });
  if (denial !== "nsec3") await product.call("PATCH", `/countersign/v1/zones/${zoneId}/settings`, { denial });
  await until(`denial ${denial}`, async () => {
    const status = (await product.status(zoneId)) as { denial?: string; phase: string };
    return status.denial === denial && status.phase === "idle";
  });
}

export type World = {
  readonly signer: Signer;
  readonly product: Countersign;
  readonly router: Router;
  readonly zones: readonly (SignedZoneSpec & { readonly id: string })[];
  stop(): Promise<void>;
};
