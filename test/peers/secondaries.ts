/**
 * Other people's servers as secondaries: they fetch the named zones from a primary at once, take its NOTIFY, and serve them, by transfer too.
 * For judging transfers out, and as rivals in the bench of transfers in.
 */
import { execFileSync } from "node:child_process";
import { connect } from "node:net";
import { bindVersion } from "./bind.ts";
import { knotBase, knotVersion } from "./knot.ts";
import { nsdBase, nsdVersion } from "./nsd.ts";
import { bareName, type NotifyTarget, servedSerial, type TsigKey } from "./peer.ts";
import { powerDnsBase, powerDnsVersion } from "./powerdns.ts";
import { getProgram } from "./programs.ts";
import { freePort, LOOPBACK, makeDirectory, type ServerProcess, startProcess, writeIn } from "./server-process.ts";

export type SecondaryKind = "knot" | "nsd" | "bind" | "powerdns";

export type SecondaryOptions = {
  /** Names of zones, absolute, with the final dot. */
  readonly zones: readonly string[];
  readonly primary: NotifyTarget;
  readonly tsig?: TsigKey;
  readonly port?: number;
  readonly launcher?: readonly string[];
  /** Whole transfers only. */
  readonly axfrOnly?: boolean;
};

/** `served` gives the serial that it serves, undefined before the first transfer. */
export type Secondary = {
  readonly kind: SecondaryKind;
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly process: ServerProcess;
  served(zone: string): Promise<number | undefined>;
  stop(): Promise<void>;
};

type Recipe = {
  readonly version: () => string;
  /** Writes the configuration; the program and its arguments. */
  readonly command: (directory: string, port: number, options: SecondaryOptions) => readonly string[];
};

const RECIPES: Readonly<Record<SecondaryKind, Recipe>> = {
  knot: { version: knotVersion, command: knotCommand },
  nsd: { version: nsdVersion, command: nsdCommand },
  bind: { version: bindVersion, command: bindCommand },
  powerdns: { version: powerDnsVersion, command: powerDnsCommand },
};

/** Ready when it answers at all: its zones may still be on their way. */
export async function startSecondary(kind: SecondaryKind, options: SecondaryOptions): Promise<Secondary> {
  const { version, command } = RECIPES[kind];
  const directory = makeDirectory(`${kind}-secondary`);
  const port = options.port ?? (await freePort());
  const [program, ...args] = [...(options.launcher ?? []), ...command(directory, port, options)];
  const child = await startProcess(program!, args, { directory, ready: () => answers(port) });
  return {
    kind,
    version: version(),
    address: LOOPBACK,
    port,
    process: child,
    served: (zone) => servedSerial(port, zone),
    stop: child.stop,
  };
}

/** Somebody listens by TCP: servers open their sockets when they have read their configuration. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function knotCommand(directory: string, port: number, { zones, primary, tsig }: SecondaryOptions): readonly string[] {
  const key = tsig ? [`    key: ${bareName(tsig.name)}`] : [];
  const lines = [
    // A million signed names are half a gigabyte, and it keeps the zone there.
    ...knotBase(directory, port, [], ["journal-db-max-size: 4G"]),
    ...(tsig
      ? ["key:", `  - id: ${bareName(tsig.name)}`, `    algorithm: ${tsig.algorithm}`, `    secret: ${tsig.secret}`]
      : []),
    "remote:",
    "  - id: primary",
    `    address: ${primary.address}@${primary.port}`,
    ...key,
    "acl:",
    "  - id: notified",
    "    action: notify",
    ...(tsig ? key : [`    address: ${LOOPBACK}`]),
    "  - id: anybody",
    "    action: transfer",
    `    address: ${LOOPBACK}`,
    "template:",
    "  - id: default",
    `    storage: "${directory}"`,
    "    semantic-checks: off",
    "    zonefile-sync: -1",
    "    zonefile-load: none",
    "    journal-content: all",
    // Each zone's share of it, 100 MiB when nothing is said: a zone that does not fit is transferred in vain.
    "    journal-max-usage: 3G",
    "    master: primary",
    "    acl: [ notified, anybody ]",
    "zone:",
    ...zones.map((zone) => `  - domain: "${zone}"`),
  ];
  return [getProgram("knotd"), "-c", writeIn(directory, "knot.conf", `${lines.join("\n")}\n`)];
}

function nsdCommand(directory: string, port: number, options: SecondaryOptions): readonly string[] {
  const { zones, primary, tsig, axfrOnly } = options;
  const keyName = tsig ? bareName(tsig.name) : "NOKEY";
  const lines = [
    ...nsdBase(directory, [`${LOOPBACK}@${port}`], ["xfrd-reload-timeout: 0"]),
    ...(tsig
      ? ["key:", `    name: "${keyName}"`, `    algorithm: ${tsig.algorithm}`, `    secret: "${tsig.secret}"`]
      : []),
  ];
  for (const zone of zones) {
    lines.push("zone:", `    name: "${zone}"`, `    zonefile: "${bareName(zone)}.zone"`);
    lines.push(`    allow-notify: ${LOOPBACK} ${keyName}`);
    lines.push(`    provide-xfr: ${LOOPBACK} NOKEY`);
    lines.push(`    request-xfr: ${axfrOnly ? "AXFR " : ""}${primary.address}@${primary.port} ${keyName}`);
  }
  return [getProgram("nsd"), "-d", "-c", writeIn(directory, "nsd.conf", `${lines.join("\n")}\n`)];
}

function bindCommand(directory: string, port: number, options: SecondaryOptions): readonly string[] {
  const { zones, primary, tsig, axfrOnly } = options;
  const keyName = tsig ? `"${bareName(tsig.name)}"` : undefined;
  const from = `primaries { ${primary.address} port ${primary.port}${keyName ? ` key ${keyName}` : ""}; };`;
  const lines = [
    "options {",
    `  directory "${directory}";`,
    `  listen-on port ${port} { ${LOOPBACK}; };`,
    "  listen-on-v6 { none; };",
    "  pid-file none; session-keyfile none; lock-file none;",
    "  recursion no; dnssec-validation no; empty-zones-enable no; minimal-responses no; notify no;",
    `  request-ixfr ${axfrOnly ? "no" : "yes"}; serial-query-rate 1000;`,
    "  check-names secondary ignore; max-records-per-type 0; max-types-per-name 0;",
    "};",
    "controls { };",
    ...(tsig && keyName ? [`key ${keyName} { algorithm ${tsig.algorithm}; secret "${tsig.secret}"; };`] : []),
    ...zones.map(
      (zone) =>
        `zone "${zone}" { type secondary; file "${bareName(zone)}.db"; masterfile-format raw; ${from} allow-notify { ${keyName ? `key ${keyName}` : LOOPBACK}; }; };`,
    ),
  ];
  const configuration = writeIn(directory, "named.conf", `${lines.join("\n")}\n`);
  return [getProgram("named"), "-g", "-n", "1", "-c", configuration];
}

/** Its bind backend: zones of type slave, checked every second; whole transfers alone, as this backend can't apply changes. */
function powerDnsCommand(directory: string, port: number, options: SecondaryOptions): readonly string[] {
  const { zones, primary, tsig } = options;
  const config = [`--config-dir=${directory}`];
  writeIn(
    directory,
    "named.conf",
    `options { directory "${directory}"; };\n${zones
      .map(
        (zone) =>
          `zone "${bareName(zone)}" { type slave; file "${directory}/${bareName(zone)}.zone"; masters { ${primary.address}:${primary.port}; }; };`,
      )
      .join("\n")}\n`,
  );
  const lines = [
    "launch=bind",
    `bind-config=${directory}/named.conf`,
    `bind-dnssec-db=${directory}/dnssec.db`,
    ...powerDnsBase(directory, port, "secondary"),
    `allow-notify-from=${LOOPBACK}`,
  ];
  writeIn(directory, "pdns.conf", `${lines.join("\n")}\n`);
  const util = (...args: readonly string[]): void => {
    execFileSync(getProgram("pdnsutil"), [...config, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  };
  util("create-bind-db", `${directory}/dnssec.db`);
  if (tsig) {
    util("import-tsig-key", bareName(tsig.name), tsig.algorithm, tsig.secret);
    for (const zone of zones) util("set-meta", bareName(zone), "AXFR-MASTER-TSIG", bareName(tsig.name));
  }
  return [getProgram("pdns_server"), ...config];
}
