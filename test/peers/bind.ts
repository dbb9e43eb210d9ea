/** BIND's named in the foreground: authoritative for zones from text, as primary with NOTIFY, TSIG and both transfer formats. */
import { execFileSync } from "node:child_process";
import { startFromText, zoneFile } from "./from-text.ts";
import { bareName, type Peer, type PeerOptions } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { LOOPBACK, writeIn } from "./server-process.ts";

export function startBind(options: PeerOptions): Promise<Peer> {
  const command = (directory: string, port: number): string[] => {
    const configuration = writeIn(directory, "named.conf", bindConfiguration(directory, port, options));
    return [getProgram("named"), "-g", "-n", "1", "-c", configuration];
  };
  return startFromText({ kind: "bind", version: bindVersion, command }, options);
}

export function bindVersion(): string {
  return /BIND (\S+?)(-|$|\s)/.exec(execFileSync(getProgram("named"), ["-v"], { encoding: "utf8" }))?.[1] ?? "unknown";
}

function bindConfiguration(directory: string, port: number, options: PeerOptions): string {
  const key = options.tsig;
  const keyName = key ? `"${bareName(key.name)}"` : undefined;
  const targets = (options.notify ?? []).map(
    (target) => `${target.address} port ${target.port}${keyName ? ` key ${keyName}` : ""};`,
  );
  const lines = [
    "options {",
    `  directory "${directory}";`,
    `  listen-on port ${port} { ${LOOPBACK}; };`,
    "  listen-on-v6 { none; };",
    "  pid-file none; session-keyfile none; lock-file none;",
    "  recursion no; dnssec-validation no; empty-zones-enable no; minimal-responses no;",
    `  allow-transfer { ${keyName ? `key ${keyName};` : `${LOOPBACK};`} };`,
    `  transfer-format ${options.transferFormat ?? "many-answers"};`,
    "  notify-delay 0; notify-rate 1000; startup-notify-rate 1000; serial-query-rate 1000;",
    targets.length > 0 ? `  notify explicit; also-notify { ${targets.join(" ")} };` : "  notify no;",
    // Zones of odd cases are what the tests are about: warn, and load them.
    "  check-names primary ignore; check-integrity no; max-records-per-type 0; max-types-per-name 0;",
    options.ixfr ? "  ixfr-from-differences yes;" : "",
    "};",
    "controls { };",
  ];
  if (key) lines.push(`key ${keyName} { algorithm ${key.algorithm}; secret "${key.secret}"; };`);
  for (const zone of options.zones) {
    lines.push(`zone "${zone.name}" { type primary; file "${zoneFile(zone)}"; };`);
  }
  return `${lines.join("\n")}\n`;
}
