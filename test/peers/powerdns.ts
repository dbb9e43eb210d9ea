/** PowerDNS with its bind backend: authoritative for zones from text, as primary with NOTIFY and TSIG. */
import { execFileSync, spawnSync } from "node:child_process";
import { startFromText, type TextServer, zoneFile } from "./from-text.ts";
import { bareName, type Peer, type PeerOptions, type PeerZone } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { LOOPBACK, writeIn } from "./server-process.ts";

export type PowerDnsOptions = PeerOptions & {
  /** The zones' texts are signed already: serve their signatures (it makes the NSEC or NSEC3 records itself). */
  readonly presigned?: boolean;
};

export function startPowerDns(options: PowerDnsOptions): Promise<Peer> {
  const command = (directory: string, port: number): string[] => {
    const file = (zone: PeerZone): string => `${directory}/${zoneFile(zone)}`;
    const zones = options.zones.map((zone) => `zone "${bareName(zone.name)}" { type master; file "${file(zone)}"; };`);
    writeIn(directory, "named.conf", `options { directory "${directory}"; };\n${zones.join("\n")}\n`);
    writeIn(directory, "pdns.conf", powerDnsConfiguration(directory, port, options));
    preparePowerDns(directory, options);
    return [getProgram("pdns_server"), `--config-dir=${directory}`];
  };
  const reload: TextServer["reload"] = async (directory, zone, served) => {
    const tell = (what: string): void => {
      execFileSync(getProgram("pdns_control"), [`--socket-dir=${directory}`, what, bareName(zone.name)]);
    };
    tell("bind-reload-now");
    await served();
    tell("notify");
  };
  return startFromText({ kind: "powerdns", version: powerDnsVersion, command, reload }, options);
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
    ...powerDnsBase(directory, port, "primary"),
    "version-string=anonymous",
    `allow-axfr-ips=${options.tsig ? "" : LOOPBACK}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** What every PowerDNS here is told, whatever it has its zones from. */
export function powerDnsBase(directory: string, port: number, role: "primary" | "secondary"): readonly string[] {
  return [
    `local-address=${LOOPBACK}`,
    `local-port=${port}`,
    `socket-dir=${directory}`,
    "daemon=no",
    "guardian=no",
    "disable-syslog=yes",
    "receiver-threads=1",
    "distributor-threads=1",
    "xfr-cycle-interval=1",
    "zone-cache-refresh-interval=0",
    "resolver=no",
    "security-poll-suffix=",
    // Whom it tells is said zone by zone.
    ...(role === "primary" ? ["primary=yes", "only-notify="] : ["secondary=yes"]),
  ];
}
