/** PowerDNS with its bind backend: authoritative for zones from text, as primary with NOTIFY and TSIG. */
import { execFileSync, spawnSync } from "node:child_process";
import { bareName, type Peer, type PeerOptions, type PeerZone, servedSerial, servesAll } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { freePort, LOOPBACK, makeDirectory, startProcess, writeIn } from "./server-process.ts";
import { untilServed } from "./until.ts";

export type PowerDnsOptions = PeerOptions & {
  /** The zones' texts are signed already: serve their signatures (it makes the NSEC or NSEC3 records itself). */
  readonly presigned?: boolean;
};

export async function startPowerDns(options: PowerDnsOptions): Promise<Peer> {
  const directory = makeDirectory("powerdns");
  const port = options.port ?? (await freePort());
  const file = (zone: PeerZone): string => `${directory}/${bareName(zone.name)}.zone`;
  for (const zone of options.zones) writeIn(directory, `${bareName(zone.name)}.zone`, zone.text);
  const zones = options.zones.map((zone) => `zone "${bareName(zone.name)}" { type master; file "${file(zone)}"; };`);
  writeIn(directory, "named.conf", `options { directory "${directory}"; };\n${zones.join("\n")}\n`);
  writeIn(directory, "pdns.conf", powerDnsConfiguration(directory, port, options));
  preparePowerDns(directory, options);
  const [program, ...args] = [...(options.launcher ?? []), getProgram("pdns_server"), `--config-dir=${directory}`];
  const child = await startProcess(program!, args, { directory, ready: () => servesAll(port, options.zones) });
  return {
    kind: "powerdns",
    version: powerDnsVersion(),
    address: LOOPBACK,
    port,
    process: child,
    replaceZone: async (zone) => {
      const before = await servedSerial(port, zone.name);
      writeIn(directory, `${bareName(zone.name)}.zone`, zone.text);
      execFileSync(getProgram("pdns_control"), [`--socket-dir=${directory}`, "bind-reload-now", bareName(zone.name)]);
      await untilServed(port, zone.name, before);
      execFileSync(getProgram("pdns_control"), [`--socket-dir=${directory}`, "notify", bareName(zone.name)]);
    },
    stop: child.stop,
  };
}

export function powerDnsVersion(): string {
  const shown = spawnSync(getProgram("pdns_server"), ["--version"], { encoding: "utf8" });
  return /Authoritative Server (\S+)/.exec(shown.stderr + shown.stdout)?.[1] ?? "unknown";
}

/** Keys, modes and NOTIFY targets live in its DNSSEC database, written by its own tool. */
function preparePowerDns(directory: string, options: PowerDnsOptions): void {
  const util = (...args: string[]): void => {
    execFileSync(getProgram("pdnsutil"), [`--config-dir=${directory}`, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  };
  util("create-bind-db", `${directory}/dnssec.db`);
  const key = options.tsig;
  if (key) util("import-tsig-key", bareName(key.name), key.algorithm, key.secret);
  for (const zone of options.zones) {
    if (key) util("set-meta", bareName(zone.name), "TSIG-ALLOW-AXFR", bareName(key.name));
    const targets = (options.notify ?? []).map((target) => `${target.address}:${target.port}`);
    if (targets.length > 0) util("set-meta", bareName(zone.name), "ALSO-NOTIFY", ...targets);
    if (options.presigned) util("set-presigned", bareName(zone.name));
  }
}

function powerDnsConfiguration(directory: string, port: number, options: PowerDnsOptions): string {
  const lines = [
    "launch=bind",
    `bind-config=${directory}/named.conf`,
    `bind-dnssec-db=${directory}/dnssec.db`,
    ...powerDnsBase(directory, port),
    "version-string=anonymous",
    `allow-axfr-ips=${options.tsig ? "" : LOOPBACK}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** What every PowerDNS here is told, whatever it has its zones from. */
export function powerDnsBase(directory: string, port: number): readonly string[] {
  return [
    `local-address=${LOOPBACK}`,
    `local-port=${port}`,
    `socket-dir=${directory}`,
    "daemon=no",
    "guardian=no",
    "disable-syslog=yes",
    "primary=yes",
    "only-notify=",
    "receiver-threads=1",
    "distributor-threads=1",
    "xfr-cycle-interval=1",
    "zone-cache-refresh-interval=0",
    "resolver=no",
    "security-poll-suffix=",
  ];
}
