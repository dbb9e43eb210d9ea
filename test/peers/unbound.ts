/** Unbound as a validating resolver that asks one server of ours, with our key as its only trust anchor. */
import { execFileSync } from "node:child_process";
import { queryTcp, type Server } from "./client.ts";
import { getProgram } from "./programs.ts";
import { freePort, LOOPBACK, makeDirectory, type ServerProcess, startProcess, writeIn } from "./server-process.ts";

export type UnboundOptions = {
  /** DS or DNSKEY records in presentation format; none = nothing is validated. */
  readonly trustAnchors: readonly string[];
  /** Zone → the authoritative servers to ask for it. */
  readonly stubs: readonly { readonly zone: string; readonly servers: readonly Server[] }[];
  /** RFC 8198: synthesise from what denial was seen; finds NSEC records that claim too much. Default true. */
  readonly aggressive?: boolean;
  /** More lines for the `server:` clause. */
  readonly more?: readonly string[];
};

export type Unbound = {
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly process: ServerProcess;
  stop(): Promise<void>;
};

export async function startUnbound(options: UnboundOptions): Promise<Unbound> {
  const directory = makeDirectory("unbound");
  const port = await freePort();
  const configuration = writeIn(directory, "unbound.conf", unboundConfiguration(directory, port, options));
  const child = await startProcess(getProgram("unbound"), ["-d", "-p", "-c", configuration], {
    directory,
    // By TCP: a refused connection is known at once, a datagram to nobody only when it was waited for in vain.
    ready: () =>
      queryTcp({ address: LOOPBACK, port }, { name: "ready.invalid.", type: 1, flags: 0x0100 }).then(
        () => true,
        () => false,
      ),
  });
  return { version: unboundVersion(), address: LOOPBACK, port, process: child, stop: child.stop };
}

export function unboundVersion(): string {
  return /Version (\S+)/.exec(execFileSync(getProgram("unbound"), ["-V"], { encoding: "utf8" }))?.[1] ?? "unknown";
}

function unboundConfiguration(directory: string, port: number, options: UnboundOptions): string {
  const lines = [
    "server:",
    `  interface: ${LOOPBACK}`,
    `  port: ${port}`,
    "  do-ip6: no",
    "  do-daemonize: no",
    '  chroot: ""',
    '  username: ""',
    '  pidfile: ""',
    `  directory: "${directory}"`,
    "  use-syslog: no",
    '  logfile: ""',
    "  verbosity: 1",
    "  num-threads: 1",
    "  do-not-query-localhost: no",
    "  access-control: 127.0.0.0/8 allow",
    // Test zones live below names that Unbound would answer by itself.
    "  local-zone: invalid. static",
    '  local-zone: "test." nodefault',
    "  qname-minimisation: no",
    "  ede: yes",
    "  val-log-level: 2",
    "  val-bogus-ttl: 0",
    "  edns-buffer-size: 1232",
    "  outgoing-num-tcp: 50",
    "  incoming-num-tcp: 50",
    `  aggressive-nsec: ${options.aggressive === false ? "no" : "yes"}`,
    `  module-config: "${options.trustAnchors.length > 0 ? "validator iterator" : "iterator"}"`,
    // Nothing but the stubs is to be asked: the root leads nowhere and says so at once.
    '  root-hints: ""',
    ...options.trustAnchors.map((anchor) => `  trust-anchor: "${anchor}"`),
    ...(options.more ?? []).map((line) => `  ${line}`),
    "remote-control:",
    "  control-enable: no",
  ];
  for (const stub of options.stubs) {
    lines.push("stub-zone:", `  name: "${stub.zone}"`);
    for (const server of stub.servers) lines.push(`  stub-addr: ${server.address}@${server.port}`);
  }
  return `${lines.join("\n")}\n`;
}
