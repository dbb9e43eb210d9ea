/**
 * A primary whose TLS goes bad when its zone is served already: another certificate, chains without end, handshakes without end. The last
 * good zone is served on, the record says why, and when the TLS is good again the zone comes as before.
 */
import type { Socket } from "node:net";
import { createSecureContext, type SecureContextOptions, TLSSocket, type TLSSocketOptions } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeAuthority, makeCertificate, type TestAuthority } from "../peers/certificates.ts";
import { servedSerial, until } from "../peers/index.ts";
import { type Meddling, type Middleman, startMiddleman } from "./middleman.ts";
import { honestZone } from "./primary.ts";
import { type Attacked, startWays, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";

const MOST_MILLISECONDS = 60_000;
vi.setConfig({ testTimeout: 2 * MOST_MILLISECONDS });

const NAME = "zone.tls-primaries.example.";
/** As many as OpenSSL follows. */
const CHAIN = 100;
/** Of some 400 octets each: more than a megabyte. */
const MANY = 3000;

let ways: Ways;
let zone: Attacked;
let middleman: Middleman;
let serial = 1;

/** TLS as these say, in front of the primary's plain TCP. */
const speaking =
  (options: SecureContextOptions, more: TLSSocketOptions = {}): Meddling =>
  (client, through) => {
    const secureContext = createSecureContext(options);
    const tls = new TLSSocket(client, { isServer: true, ALPNProtocols: ["dot"], secureContext, ...more });
    tls.on("error", () => client.destroy());
    tls.pipe(through).pipe(tls);
  };

type Certificate = Parameters<typeof makeCertificate>[0];
const showing = (options: Partial<Certificate>, more: TLSSocketOptions = {}): Meddling => {
  const { certificate, key } = makeCertificate({ name: "ns1.example", authority: ways.authority, ...options });
  return speaking({ cert: certificate, key }, more);
};

/** A record of 16 KiB that is begun and comes octet by octet. */
const neverEnding: Meddling = (client: Socket) => {
  client.resume();
  client.write(Uint8Array.of(22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc));
  const timer = setInterval(() => client.write(Uint8Array.of(3)), 100);
  client.once("close", () => clearInterval(timer));
};

/** So many authorities between the one that is known and the certificate. */
function deep(count: number): Meddling {
  const chain: TestAuthority[] = [ways.authority];
  while (chain.length <= count) chain.push(makeAuthority(`Authority ${chain.length}`, chain.at(-1)));
  const own = makeCertificate({ name: "ns1.example", authority: chain.at(-1)! });
  const between = chain.slice(1).reverse();
  return speaking({ cert: [own, ...between].map(({ certificate }) => certificate).join(""), key: own.key });
}

function large(): Meddling {
  const own = makeCertificate({ name: "ns1.example", authority: ways.authority });
  const stranger = makeAuthority("Nobody");
  return speaking({ cert: own.certificate + stranger.certificate.repeat(MANY), key: own.key });
}

beforeAll(async () => {
  ways = await startWays({ COUNTERSIGN_CHECK_SECONDS: "2", COUNTERSIGN_TRANSFER_IDLE_SECONDS: "8" });
  middleman = await startMiddleman(ways.primaryOf("tls").port);
  middleman.meddle(showing({}));
  zone = await ways.attacked(["tls"], honestZone(NAME, 1), undefined, middleman.port);
});
afterAll(async () => {
  await middleman?.stop();
  await ways?.stop();
});

const force = () => ways.product.call("POST", `/client/v4/zones/${zone.id}/secondary_dns/force_axfr`);

const CASES: readonly { readonly name: string; readonly how: () => Meddling; readonly code: string }[] = [
  { name: "expired", how: () => showing({ fromDays: -9, toDays: -1 }), code: "tls.expired" },
  { name: "not yet valid", how: () => showing({ fromDays: 1, toDays: 9 }), code: "tls.not-yet-valid" },
  { name: "for another name", how: () => showing({ name: "ns2.example" }), code: "tls.wrong-name" },
  {
    name: "for its address alone",
    how: () => showing({ dnsNames: [], addresses: [Uint8Array.of(127, 0, 0, 1)] }),
    code: "tls.wrong-name",
  },
  {
    name: "for every name of a top-level domain",
    how: () => showing({ dnsNames: ["*.example"] }),
    code: "tls.wrong-name",
  },
  { name: "for every name", how: () => showing({ dnsNames: ["*"] }), code: "tls.wrong-name" },
  { name: `by the last of ${CHAIN} authorities, one below the other`, how: () => deep(CHAIN), code: "taken" },
  { name: "by the last of more than that", how: () => deep(CHAIN + 1), code: "tls.untrusted" },
  { name: `with ${MANY} more, a megabyte`, how: large, code: "tls.failed" },
  { name: "ALPN h2", how: () => showing({}, { ALPNProtocols: ["h2"] }), code: "tls.no-alpn" },
  { name: "a handshake that never ends", how: () => neverEnding, code: "net.timeout" },
];

test.each(CASES)("a certificate or a handshake: $name", async ({ how, code }) => {
  const { product } = ways;
  await until("rest", async () => (await product.status(zone.id)).phase === "idle");
  const known = (await product.attempts(zone.id))[0]!.id;
  zone.primary.serve(honestZone(NAME, ++serial));
  middleman.meddle(how());
  await force();
  const next = async () => (await product.attempts(zone.id)).find(({ id }, i) => i === 0 && id !== known);
  const row = await until("an attempt", next, MOST_MILLISECONDS);
  expect(row.error?.code ?? row.outcome, row.error?.message).toBe(code);
  expect(row.transport).toBe("tls");
  expect(await servedSerial(product.port, NAME)).toBe(code === "taken" ? serial : serial - 1);

  middleman.meddle(showing({}));
  zone.primary.serve(honestZone(NAME, ++serial));
  await force();
  await product.served(zone.id, NAME, serial);
  expect(breakages(product)).toEqual([]);
});
