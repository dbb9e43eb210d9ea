/** What is attacked: the product with one zone in every mode, fed by Knot; and the look at its health from outside. */

import { makeCertificate } from "../peers/certificates.ts";
import { type Countersign, SIGNING_MODES, type SigningMode, startCountersign } from "../peers/countersign.ts";
import { freePort, type Peer, type PeerZone, signZone, startKnot, until, writeIn } from "../peers/index.ts";
import { LOOPBACK } from "../peers/server-process.ts";

export type AttackedZone = { readonly name: string; readonly mode: SigningMode; readonly id: string };

export type World = {
  readonly product: Countersign;
  readonly zones: readonly AttackedZone[];
  readonly primary: Peer;
  stop(): Promise<void>;
};

/** Nobody is asked about the parent: these zones exist nowhere. */
export const ALONE = { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_MIN_REFRESH_SECONDS: "1" };

/** What has the product answer by TLS, too, with a certificate of its own that is written into `directory`. */
export async function tlsEnv(
  directory: string,
): Promise<{ readonly tlsPort: number; readonly env: Record<string, string> }> {
  const tlsPort = await freePort();
  const { certificate, key } = makeCertificate({ name: "ns1.example" });
  const env = {
    COUNTERSIGN_DNS_TLS: `${LOOPBACK}:${tlsPort}`,
    COUNTERSIGN_DNS_TLS_CERTIFICATE: writeIn(directory, "own.pem", certificate),
    COUNTERSIGN_DNS_TLS_KEY: writeIn(directory, "own.key", key),
  };
  return { tlsPort, env };
}

/** A little of everything an answer can be: wildcard, empty non-terminal, aliases, DNAME, cuts with and without DS, an answer too big for UDP. */
export function smallZone(name: string, serial: number): PeerZone {
  const many = Array.from({ length: 60 }, (_, i) => `big 300 IN TXT "${i} ${"x".repeat(60)}"`).join("\n");
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
@ 3600 IN MX 10 mail
ns1 3600 IN A 192.0.2.1
mail 300 IN A 192.0.2.2
www 300 IN A 192.0.2.10
www 300 IN AAAA 2001:db8::10
www 300 IN TXT "serial ${serial}"
*.wild 300 IN A 192.0.2.20
deep.ent 300 IN A 192.0.2.30
alias 300 IN CNAME www
loop1 300 IN CNAME loop2
loop2 300 IN CNAME loop1
under 300 IN DNAME wild
_sip._udp 300 IN SRV 1 2 5060 mail
child 3600 IN NS ns.child
ns.child 3600 IN A 192.0.2.40
secure 3600 IN NS ns.outside.test.
secure 3600 IN DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
${many}
`;
  return { name, text };
}

export async function startWorld(env: Readonly<Record<string, string>> = {}): Promise<World> {
  const named = SIGNING_MODES.map((mode) => ({ mode, zone: zoneFor(mode, 1) }));
  const primary = await startKnot({ zones: named.map(({ zone }) => zone) });
  const product = await startCountersign({ env: { ...ALONE, ...env } });
  const zones: AttackedZone[] = [];
  for (const { mode, zone } of named) {
    const id = await product.addZone({ name: zone.name, primary, mode });
    await product.served(id, zone.name, 1);
    await until(`${zone.name} at rest`, async () => (await product.status(id)).phase === "idle");
    zones.push({ name: zone.name, mode, id });
  }
  return {
    product,
    zones,
    primary,
    stop: async () => {
      await product.stop();
      await primary.stop();
    },
  };
}

export function zoneFor(mode: SigningMode, serial: number): PeerZone {
  const zone = smallZone(`${mode}.attacked.example.`, serial);
  if (mode === "presigned") return signZone(zone, { denial: "nsec" });
  return mode === "presigned-nsec3" ? signZone(zone, { denial: "nsec3" }) : zone;
}

/** Resident memory of the whole process in MiB, by its own metrics. */
export async function residentMebibytes(product: Countersign): Promise<number> {
  return (await metric(product, "process_resident_memory_bytes")) / 2 ** 20;
}

/** One unlabelled value of the metrics page; NaN when it is not there. */
export async function metric(product: Countersign, name: string): Promise<number> {
  const page = await (await fetch(`${product.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(page)?.[1] ?? Number.NaN);
}

/** Lines of the log that say that a worker, a job or an invariant broke. */
export function breakages(product: Countersign): string[] {
  const bad = /edge\.(worker|zone)_|WorkerEnded|uncaught|unhandled|failed unexpectedly|request failed/i;
  return product.process
    .log()
    .split("\n")
    .filter((line) => bad.test(line));
}
