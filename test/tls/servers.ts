/** Other people's servers with TLS, as primaries and as secondaries: configurations of BIND and NSD for transfers over TLS. */

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import type { TestCertificate } from "../peers/certificates.ts";
import {
  bareName,
  freePort,
  getProgram,
  LOOPBACK,
  makeDirectory,
  nsdBase,
  type PeerZone,
  type ServerProcess,
  servedSerial,
  servesAll,
  startProcess,
  until,
  writeIn,
} from "../peers/index.ts";

export type TlsPrimaryOptions = {
  readonly zone: PeerZone;
  readonly certificate: TestCertificate;
  /** Wants certificates of clients that chain to it. */
  readonly clientCa?: string;
  /** TLS versions that BIND offers. */
  readonly protocols?: string;
  readonly notify?: number;
};

export type TlsPrimary = {
  readonly address: string;
  /** In the clear. */
  readonly port: number;
  readonly tlsPort: number;
  readonly process: ServerProcess;
  replaceZone(zone: PeerZone): Promise<void>;
  stop(): Promise<void>;
};

function writeCertificate(directory: string, { certificate, key }: TestCertificate): void {
  writeIn(directory, "own.pem", certificate);
  writeFileSync(join(directory, "own.key"), key, { mode: 0o600 });
}

async function startPrimary(
  program: readonly string[],
  directory: string,
  ports: { readonly port: number; readonly tlsPort: number },
  zone: PeerZone,
): Promise<TlsPrimary> {
  const [command, ...args] = program;
  const ready = () => servesAll(ports.port, [zone]);
  const child = await startProcess(command!, args, { directory, ready });
  return {
    address: LOOPBACK,
    ...ports,
    process: child,
    replaceZone: async (next) => {
      writeIn(directory, "zone.txt", next.text);
      const before = await servedSerial(ports.port, next.name);
      child.signal("SIGHUP");
      await until("the new zone", async () => (await servedSerial(ports.port, next.name)) !== before);
    },
    stop: child.stop,
  };
}

/** Transfers by TLS alone: what RFC 9103 calls a XoT-only primary. */
export async function startTlsBind(options: TlsPrimaryOptions): Promise<TlsPrimary> {
  const { zone, certificate, clientCa, protocols, notify } = options;
  const directory = makeDirectory("bind-tls");
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeCertificate(directory, certificate);
  writeIn(directory, "zone.txt", zone.text);
  if (clientCa) writeIn(directory, "clients.pem", clientCa);
  const configuration = `
tls here {
  cert-file "${directory}/own.pem"; key-file "${directory}/own.key";
  ${clientCa ? `ca-file "${directory}/clients.pem";` : ""}
  ${protocols ? `protocols { ${protocols}; };` : ""}
};
options {
  directory "${directory}";
  listen-on port ${port} { ${LOOPBACK}; };
  listen-on port ${tlsPort} tls here { ${LOOPBACK}; };
  listen-on-v6 { none; };
  pid-file none; session-keyfile none; lock-file none;
  recursion no; dnssec-validation no; empty-zones-enable no; notify-delay 0; notify-rate 1000;
  allow-transfer port ${tlsPort} transport tls { ${LOOPBACK}; };
  ${notify ? `notify explicit; also-notify { ${LOOPBACK} port ${notify}; };` : "notify no;"}
};
controls { };
zone "${zone.name}" { type primary; file "zone.txt"; };
`;
  const file = writeIn(directory, "named.conf", configuration);
  return startPrimary([getProgram("named"), "-g", "-n", "1", "-c", file], directory, { port, tlsPort }, zone);
}

function nsdServer(directory: string, addresses: readonly string[], more: readonly string[] = []): string {
  return `${nsdBase(directory, addresses, ["xfrd-reload-timeout: 0", ...more]).join("\n")}\n`;
}

export async function startTlsNsd({ zone, certificate }: TlsPrimaryOptions): Promise<TlsPrimary> {
  const directory = makeDirectory("nsd-tls");
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeCertificate(directory, certificate);
  writeIn(directory, "zone.txt", zone.text);
  const tls = [`tls-service-key: "${directory}/own.key"`, `tls-service-pem: "${directory}/own.pem"`];
  const addresses = [`${LOOPBACK}@${port}`, `${LOOPBACK}@${tlsPort}`];
  const server = nsdServer(directory, addresses, [...tls, `tls-port: ${tlsPort}`]);
  const zones = `zone:\n    name: "${zone.name}"\n    zonefile: "zone.txt"\n    provide-xfr: ${LOOPBACK} NOKEY\n`;
  const file = writeIn(directory, "nsd.conf", server + zones);
  return startPrimary([getProgram("nsd"), "-d", "-c", file], directory, { port, tlsPort }, zone);
}

export type TlsSecondaryOptions = {
  readonly zone: string;
  readonly primaryPort: number;
  /** Of the primary's certificate. */
  readonly hostName: string;
  readonly ca: string;
  readonly identity?: TestCertificate;
};

export type TlsSecondary = {
  readonly port: number;
  readonly process: ServerProcess;
  served(): Promise<number | undefined>;
  stop(): Promise<void>;
};

async function startSecondary(program: readonly string[], directory: string, port: number, zone: string) {
  const [command, ...args] = program;
  const child = await startProcess(command!, args, { directory, ready: () => listens(port) });
  return { port, process: child, served: () => servedSerial(port, zone), stop: child.stop };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

export async function startTlsBindSecondary(options: TlsSecondaryOptions): Promise<TlsSecondary> {
  const { zone, primaryPort, hostName, ca, identity } = options;
  const directory = makeDirectory("bind-tls-secondary");
  const port = await freePort();
  writeIn(directory, "ca.pem", ca);
  if (identity) writeCertificate(directory, identity);
  const own = identity ? `cert-file "${directory}/own.pem"; key-file "${directory}/own.key";` : "";
  const configuration = `
tls there { ca-file "${directory}/ca.pem"; remote-hostname "${hostName}"; ${own} };
options {
  directory "${directory}";
  listen-on port ${port} { ${LOOPBACK}; };
  listen-on-v6 { none; };
  pid-file none; session-keyfile none; lock-file none;
  recursion no; dnssec-validation no; empty-zones-enable no; notify no;
  min-retry-time 1; max-retry-time 2; serial-query-rate 1000;
};
controls { };
zone "${zone}" { type secondary; file "copy.zone"; primaries { ${LOOPBACK} port ${primaryPort} tls there; }; allow-notify { ${LOOPBACK}; }; };
`;
  const file = writeIn(directory, "named.conf", configuration);
  return startSecondary([getProgram("named"), "-g", "-n", "1", "-c", file], directory, port, zone);
}

export async function startTlsNsdSecondary(options: TlsSecondaryOptions): Promise<TlsSecondary> {
  const { zone, primaryPort, hostName, ca, identity } = options;
  const directory = makeDirectory("nsd-tls-secondary");
  const port = await freePort();
  writeIn(directory, "ca.pem", ca);
  if (identity) writeCertificate(directory, identity);
  const server = nsdServer(directory, [`${LOOPBACK}@${port}`], [`tls-cert-bundle: "${directory}/ca.pem"`]);
  const own = identity ? `    client-cert: "${directory}/own.pem"\n    client-key: "${directory}/own.key"\n` : "";
  const auth = `tls-auth:\n    name: there\n    auth-domain-name: "${hostName}"\n${own}`;
  const zones = `zone:
    name: "${bareName(zone)}"
    zonefile: "copy.zone"
    request-xfr: AXFR ${LOOPBACK}@${primaryPort} NOKEY there
    allow-notify: ${LOOPBACK} NOKEY
    min-retry-time: 1
    max-retry-time: 2
`;
  const file = writeIn(directory, "nsd.conf", `${server}${auth}${zones}`);
  return startSecondary([getProgram("nsd"), "-d", "-c", file], directory, port, zone);
}

/** TLS in front of a server that speaks none itself: octets of its TCP port as they are. */
export async function startTlsFront(
  port: number,
  { certificate, key }: TestCertificate,
): Promise<{ readonly tlsPort: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTlsServer({ cert: certificate, key, ALPNProtocols: ["dot"] }, (outer) => {
    const inner = connect(port, LOOPBACK);
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return {
    tlsPort: (server.address() as { port: number }).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
