/** What `doctor` says of a server on this machine that does not answer: whether something else has the ports of DNS. */
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
  const findings: Finding[] = [];
  for (const address of loaded.value.dns)
    for (const transport of ["UDP", "TCP"] as const) {
      const error = await tryPort(transport, address);
      const finding = error && (await findingOf(error, transport, address));
      if (finding) findings.push(finding);
    }
  return findings;
}

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

async function findingOf(
  { code }: NetError,
  transport: Transport,
  address: SocketAddress,
): Promise<Finding | undefined> {
  const { printSocketAddress } = await import("#net");
  const where = `${transport} ${printSocketAddress(address)}`;
  if (code === "net.address_in_use") {
    const sentence = `something listens on ${where} already: another program, or a Countersign whose API is at another address`;
    const todo =
      "see who (ss -lnp), and stop it, choose another address (--dns of serve), or give that API's address (--url)";
    return { check: "ports", state: "problem", sentence, todo };
  }
  if (code === "net.not_permitted") {
    const sentence = `this user may not listen on ${where}`;
    const todo = "below port 1024 that needs root or CAP_NET_BIND_SERVICE; or choose a higher port (--dns of serve)";
    return { check: "ports", state: "warning", sentence, todo };
  }
  if (code === "net.address_not_available") {
    const sentence = `this machine has no address as in ${where}`;
    return { check: "ports", state: "problem", sentence, todo: "choose another (--dns of serve)" };
  }
  return undefined;
}
