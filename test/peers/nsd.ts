/** NSD in the foreground: authoritative for zones from text, as primary with NOTIFY and TSIG. */
import { spawnSync } from "node:child_process";
import { startFromText, zoneFile } from "./from-text.ts";
import { bareName, type Peer, type PeerOptions } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { LOOPBACK, writeIn } from "./server-process.ts";

export function startNsd(options: PeerOptions): Promise<Peer> {
  const command = (directory: string, port: number): string[] => {
    const configuration = writeIn(directory, "nsd.conf", nsdConfiguration(directory, port, options));
    return [getProgram("nsd"), "-d", "-c", configuration];
  };
  return startFromText({ kind: "nsd", version: nsdVersion, command }, options);
}

export function nsdVersion(): string {
  const shown = spawnSync(getProgram("nsd"), ["-v"], { encoding: "utf8" });
  return /version (\S+)/.exec(shown.stderr + shown.stdout)?.[1] ?? "unknown";
}

function nsdConfiguration(directory: string, port: number, options: PeerOptions): string {
  const key = options.tsig;
  const keyName = key ? bareName(key.name) : "NOKEY";
  const lines = [...nsdBase(directory, [`${LOOPBACK}@${port}`], ["tcp-count: 50", "tcp-timeout: 60"])];
  if (key) {
    lines.push("key:", `    name: "${keyName}"`, `    algorithm: ${key.algorithm}`, `    secret: "${key.secret}"`);
  }
  for (const zone of options.zones) {
    lines.push("zone:", `    name: "${zone.name}"`, `    zonefile: "${zoneFile(zone)}"`);
    lines.push(`    provide-xfr: ${LOOPBACK} ${keyName}`);
    if (options.ixfr) lines.push("    store-ixfr: yes", "    create-ixfr: yes");
    for (const target of options.notify ?? []) {
      lines.push(`    notify: ${target.address}@${target.port} ${keyName}`);
      if (key || target.address !== LOOPBACK) lines.push(`    provide-xfr: ${target.address} ${keyName}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What every NSD here is told, whoever it is for; `more` are lines of its section `server`. */
export function nsdBase(directory: string, addresses: readonly string[], more: readonly string[] = []): string[] {
  return [
    "server:",
    ...addresses.map((address) => `    ip-address: ${address}`),
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
    ...more.map((line) => `    ${line}`),
    "remote-control:",
    "    control-enable: no",
  ];
}
