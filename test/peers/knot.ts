/** Knot DNS in the foreground: authoritative for zones from text, as primary with NOTIFY and TSIG. */
import { execFileSync } from "node:child_process";
import { startFromText } from "./from-text.ts";
import { bareName, type Peer, type PeerOptions, type PeerZone } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { LOOPBACK, writeIn } from "./server-process.ts";

export type KnotOptions = PeerOptions & {
  /** Knot signs the zones itself; `onlinesign` signs while answering (mod-onlinesign). */
  readonly signing?: "automatic" | "onlinesign";
  readonly nsec3?: boolean;
  /** Knot puts the zone's digest at its apex (RFC 8976). */
  readonly zonemd?: "zonemd-sha384" | "zonemd-sha512";
};

export function startKnot(options: KnotOptions): Promise<Peer> {
  const command = (directory: string, port: number): string[] => {
    const configuration = writeIn(directory, "knot.conf", knotConfiguration(directory, port, options));
    return [getProgram("knotd"), "-c", configuration];
  };
  return startFromText({ kind: "knot", version: knotVersion, command }, options);
}

export function knotVersion(): string {
  return execFileSync(getProgram("knotd"), ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1)!;
}

function knotConfiguration(directory: string, port: number, options: KnotOptions): string {
  const key = options.tsig;
  const targets = options.notify ?? [];
  const lines = knotBase(directory, port, ["tcp-idle-timeout: 60"], ["journal-db-max-size: 100M"]);
  if (key)
    lines.push("key:", `  - id: ${bareName(key.name)}`, `    algorithm: ${key.algorithm}`, `    secret: ${key.secret}`);
  if (targets.length > 0) lines.push("remote:");
  targets.forEach((target, i) => {
    lines.push(`  - id: target${i}`, `    address: ${target.address}@${target.port}`);
    if (key) lines.push(`    key: ${bareName(key.name)}`);
  });
  lines.push(
    "acl:",
    "  - id: out",
    "    action: transfer",
    ...(key ? [`    key: ${bareName(key.name)}`] : [`    address: ${LOOPBACK}`]),
  );
  if (options.signing) {
    lines.push("policy:", "  - id: sign", "    algorithm: ecdsap256sha256");
    if (options.signing === "onlinesign") lines.push("mod-onlinesign:", "  - id: online", "    policy: sign");
    else if (options.nsec3) lines.push("    nsec3: on", "    nsec3-iterations: 0");
  }
  lines.push(
    "template:",
    "  - id: default",
    `    storage: "${directory}"`,
    '    file: "%s.zone"',
    "    semantic-checks: off",
  );
  const [load, journal] = options.ixfr ? ["difference", "changes"] : ["whole", "none"];
  lines.push("    zonefile-sync: -1", `    zonefile-load: ${load}`, `    journal-content: ${journal}`, "    acl: out");
  if (options.zonemd) lines.push(`    zonemd-generate: ${options.zonemd}`);
  if (options.signing === "automatic") lines.push("    dnssec-signing: on", "    dnssec-policy: sign");
  if (options.signing === "onlinesign") lines.push("    module: mod-onlinesign/online");
  if (targets.length > 0) lines.push(`    notify: [${targets.map((_, i) => `target${i}`).join(", ")}]`);
  lines.push("zone:", ...options.zones.map((zone: PeerZone) => `  - domain: "${zone.name}"`));
  return `${lines.join("\n")}\n`;
}

/** What every Knot DNS here is told, whoever it is for; `server` and `database` are further lines of those sections. */
export function knotBase(
  directory: string,
  port: number,
  server: readonly string[],
  database: readonly string[],
): string[] {
  return [
    "server:",
    `    rundir: "${directory}"`,
    `    listen: ${LOOPBACK}@${port}`,
    "    udp-workers: 1",
    "    tcp-workers: 1",
    "    background-workers: 1",
    ...server.map((line) => `    ${line}`),
    "log:",
    "  - target: stderr",
    "    any: info",
    "database:",
    `    storage: "${directory}"`,
    ...database.map((line) => `    ${line}`),
    "control:",
    `    listen: "${directory}/knot.sock"`,
  ];
}
