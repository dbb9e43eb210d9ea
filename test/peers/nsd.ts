/** NSD in the foreground: authoritative for zones from text, as primary with NOTIFY and TSIG. */
import { spawnSync } from "node:child_process";
import { bareName, type Peer, type PeerOptions, servedSerial, servesAll } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { freePort, LOOPBACK, makeDirectory, startProcess, writeIn } from "./server-process.ts";
import { untilServed } from "./until.ts";

export async function startNsd(options: PeerOptions): Promise<Peer> {
  const directory = makeDirectory("nsd");
  const port = options.port ?? (await freePort());
  for (const zone of options.zones) writeIn(directory, `${bareName(zone.name)}.zone`, zone.text);
  const configuration = writeIn(directory, "nsd.conf", nsdConfiguration(directory, port, options));
  const [program, ...args] = [...(options.launcher ?? []), getProgram("nsd"), "-d", "-c", configuration];
  const child = await startProcess(program!, args, { directory, ready: () => servesAll(port, options.zones) });
  return {
    kind: "nsd",
    version: nsdVersion(),
    address: LOOPBACK,
    port,
    process: child,
    replaceZone: async (zone) => {
      const before = await servedSerial(port, zone.name);
      writeIn(directory, `${bareName(zone.name)}.zone`, zone.text);
      child.signal("SIGHUP");
      await untilServed(port, zone.name, before);
    },
    stop: child.stop,
  };
}

export function nsdVersion(): string {
  const shown = spawnSync(getProgram("nsd"), ["-v"], { encoding: "utf8" });
  return /version (\S+)/.exec(shown.stderr + shown.stdout)?.[1] ?? "unknown";
}

function nsdConfiguration(directory: string, port: number, options: PeerOptions): string {
  const key = options.tsig;
  const keyName = key ? bareName(key.name) : "NOKEY";
  const lines = [
    "server:",
    `    ip-address: ${LOOPBACK}@${port}`,
    "    server-count: 1",
    '    username: ""',
    '    chroot: ""',
    `    zonesdir: "${directory}"`,
    '    database: ""',
    `    pidfile: "${directory}/nsd.pid"`,
    `    xfrdfile: "${directory}/xfrd.state"`,
    `    zonelistfile: "${directory}/zone.list"`,
    `    xfrdir: "${directory}"`,
    "    log-only-syslog: no",
    "    verbosity: 2",
    // Its default of 200 answers a second for a client is no help when a test asks thousands.
    "    rrl-ratelimit: 0",
    "    rrl-whitelist-ratelimit: 0",
    "    tcp-count: 50",
    "    tcp-timeout: 60",
    "remote-control:",
    "    control-enable: no",
  ];
  if (key) {
    lines.push("key:", `    name: "${keyName}"`, `    algorithm: ${key.algorithm}`, `    secret: "${key.secret}"`);
  }
  for (const zone of options.zones) {
    lines.push("zone:", `    name: "${zone.name}"`, `    zonefile: "${bareName(zone.name)}.zone"`);
    lines.push(`    provide-xfr: ${LOOPBACK} ${keyName}`);
    if (options.ixfr) lines.push("    store-ixfr: yes", "    create-ixfr: yes");
    for (const target of options.notify ?? []) {
      lines.push(`    notify: ${target.address}@${target.port} ${keyName}`);
      if (key || target.address !== LOOPBACK) lines.push(`    provide-xfr: ${target.address} ${keyName}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
