/**
 * What `doctor` says of a server on this machine that does not answer: whether something has the ports that it would listen on,
 * those of DNS, of DNS over TLS and of the API.
 */
import { readFileSync } from "node:fs";
import { loadConfig } from "#config";
import type { NetError, SocketAddress } from "#net";
import type { Finding } from "./doctor-setup.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Transport = "UDP" | "TCP";

/** Of the addresses that the environment names, or the default: flags of `serve` are not known here. */
export async function checkPorts(env: Environment): Promise<readonly Finding[]> {
  const loaded = loadConfig({ argv: [], env, readFile: (path) => readFileSync(path, "utf8") });
  if (!loaded.ok)
    return loaded.error.map(({ message }): Finding => {
      return { check: "options", state: "problem", sentence: message, todo: "serve would not start with it" };
    });
  const { dns, dnsTls, http } = loaded.value;
  const ports: readonly Port[] = [
    ...dns.flatMap((address) => [
      { transport: "UDP" as const, address, option: "dns" as const },
      { transport: "TCP" as const, address, option: "dns" as const },
    ]),
    ...dnsTls.map((address) => ({ transport: "TCP" as const, address, option: "dnsTls" as const })),
    { transport: "TCP", address: http, option: "http" },
  ];
  const findings: Finding[] = [];
  for (const port of ports) {
    const error = await tryPort(port.transport, port.address);
    const finding = error && (await findingOf(error, port));
    if (finding) findings.push(finding);
  }
  return findings;
}

type Port = {
  readonly transport: Transport;
  readonly address: SocketAddress;
  readonly option: "dns" | "dnsTls" | "http";
};

/** What would listen there, and by which flag of `serve` it is moved. */
const OPTIONS_OF: Readonly<Record<Port["option"], { readonly flag: string; readonly what: string }>> = {
  dns: { flag: "--dns", what: "" },
  dnsTls: { flag: "--dns-tls", what: ", for DNS over TLS," },
  http: { flag: "--http", what: ", for the API," },
};

/** As `serve` would open it, and closed at once. */
async function tryPort(transport: Transport, address: SocketAddress): Promise<NetError | undefined> {
  const { openTcpServer, openUdpDgram } = await import("#net");
  const addresses = [address];
  if (transport === "UDP") {
    const opened = await openUdpDgram({ addresses, handler: () => 0, reusePort: false });
    if (!opened.ok) return opened.error;
    opened.value.close();
    return undefined;
  }
  const opened = await openTcpServer({ addresses, onMessage: () => undefined });
  if (!opened.ok) return opened.error;
  await opened.value.close(0);
  return undefined;
}

async function findingOf({ code }: NetError, { transport, address, option }: Port): Promise<Finding | undefined> {
  const { printSocketAddress } = await import("#net");
  const { flag, what } = OPTIONS_OF[option];
  const where = `${transport} ${printSocketAddress(address)}`;
  if (code === "net.address_in_use") {
    const sentence = `something listens on ${where}${what} already: another program, or a Countersign whose API is at another address`;
    const todo = `see who (ss -lnp), and stop it, choose another address (${flag} of serve), or give that API's address (--url)`;
    return { check: "ports", state: "problem", sentence, todo };
  }
  if (code === "net.not_permitted") {
    const sentence = `this user may not listen on ${where}${what}`.replace(/,$/, "");
    const todo = `below port 1024 that needs root or CAP_NET_BIND_SERVICE; or choose a higher port (${flag} of serve)`;
    return { check: "ports", state: "warning", sentence, todo };
  }
  if (code === "net.address_not_available") {
    const sentence = `this machine has no address as in ${where}`;
    return { check: "ports", state: "problem", sentence, todo: `choose another (${flag} of serve)` };
  }
  return undefined;
}
