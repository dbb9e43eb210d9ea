/**
 * The product with hostile primaries, and every way that a zone comes from them: by TCP or TLS, the messages signed or not. One
 * primary speaks plainly, the other signs; both have a certificate.
 */
import { makeAuthority, makeCertificate, type TestAuthority } from "../peers/certificates.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { makeTsigKey, type PeerZone, type TsigKey, until } from "../peers/index.ts";
import { type HostilePrimary, startHostilePrimary } from "./primary.ts";
import { ALONE } from "./world.ts";

export const WAYS = ["tcp", "tcp and TSIG", "tls", "tls and TSIG"] as const;
export type Way = (typeof WAYS)[number];

export const isSigned = (way: Way): boolean => way.endsWith("TSIG");

/** Of which serial 1 came honestly and is served. */
export type Attacked = { readonly id: string; readonly name: string; readonly primary: HostilePrimary };

export type Ways = {
  readonly product: Countersign;
  readonly accountId: string;
  readonly tsig: TsigKey;
  /** Of the primaries' certificates, which are for `ns1.example`. */
  readonly authority: TestAuthority;
  readonly peerIds: Readonly<Record<Way, string>>;
  primaryOf(way: Way): HostilePrimary;
  /**
   * Takes the zone in from the primaries of these ways; `mode` is an edit of `dnssec`. Its serial has to be 1. `through`: a port
   * that leads to the primary, in the place of its own.
   */
  attacked(ways: readonly Way[], first: PeerZone, mode?: object, through?: number): Promise<Attacked>;
  stop(): Promise<void>;
};

/** `ixfr`: the primaries are asked for what has changed. */
export async function startWays(
  env: Readonly<Record<string, string>>,
  { ixfr = false }: { readonly ixfr?: boolean } = {},
): Promise<Ways> {
  const tsig = makeTsigKey("transfer.example.", "hmac-sha256");
  const authority = makeAuthority("Test authority");
  const certificate = makeCertificate({ name: "ns1.example", authority });
  const tls = { cert: certificate.certificate, key: certificate.key };
  const plain = await startHostilePrimary(undefined, tls);
  const signing = await startHostilePrimary(tsig, tls);
  const product = await startCountersign({ env: { ...ALONE, ...env } });
  const primaryOf = (way: Way) => (isSigned(way) ? signing : plain);
  const accountId = ((await product.call("GET", "/client/v4/accounts")) as { id: string }[])[0]!.id;
  const base = `/client/v4/accounts/${accountId}/secondary_dns`;
  const secret = { name: tsig.name, algo: tsig.algorithm, secret: tsig.secret };
  const key = (await product.call("POST", `${base}/tsigs`, secret)) as { id: string };
  const peerIds: Partial<Record<Way, string>> = {};
  const addPeer = async (way: Way, through?: number): Promise<string> => {
    const { address: ip, port, tlsPort } = primaryOf(way);
    const isTls = way.startsWith("tls");
    const signed = isSigned(way) ? { tsig_id: key.id } : {};
    const peer = {
      name: way,
      ip,
      port: isTls ? port : (through ?? port),
      ...(ixfr && { ixfr_enable: true }),
      ...signed,
    };
    const { id } = (await product.call("POST", `${base}/peers`, peer)) as { id: string };
    if (!isTls) return id;
    const strict = {
      mode: "strict",
      host_name: "ns1.example",
      ca_pem: authority.certificate,
      port: through ?? tlsPort,
    };
    await product.call("PUT", `/countersign/v1/peers/${id}/transport`, strict);
    return id;
  };
  for (const way of WAYS) peerIds[way] = await addPeer(way);
  return {
    product,
    accountId,
    tsig,
    authority,
    peerIds: peerIds as Record<Way, string>,
    primaryOf,
    async attacked(ways, first, mode, through) {
      const { name } = first;
      const primary = primaryOf(ways[0]!);
      primary.serve(first);
      const zone = { name: name.slice(0, -1), type: "secondary", account: { id: accountId } };
      const { id } = (await product.call("POST", "/client/v4/zones", zone)) as { id: string };
      if (mode) await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, mode);
      const peers = through === undefined ? ways.map((way) => peerIds[way]) : [await addPeer(ways[0]!, through)];
      const incoming = { name, peers, auto_refresh_seconds: 3600 };
      await product.call("POST", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
      await product.served(id, name, 1);
      await until("rest", async () => (await product.status(id)).phase === "idle");
      return { id, name, primary };
    },
    async stop() {
      await product.stop();
      await Promise.all([plain.stop(), signing.stop()]);
    },
  };
}
