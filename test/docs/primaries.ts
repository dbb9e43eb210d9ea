/** The four primaries with the manual's own lines as their configuration: around them only what a packager's default has. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  getProgram,
  LOOPBACK,
  makeDirectory,
  removeDirectory,
  type ServerProcess,
  servedSerial,
  startProcess,
  writeIn,
} from "../peers/index.ts";
import { runShell } from "./blocks.ts";

export type PrimaryKind = "knot" | "bind" | "nsd" | "powerdns";

export const PROGRAMS: Readonly<Record<PrimaryKind, readonly string[]>> = {
  knot: ["knotd", "knotc", "keymgr"],
  bind: ["named", "nsupdate"],
  nsd: ["nsd", "dnssec-keygen", "dnssec-signzone"],
  powerdns: ["pdns_server", "pdns_control", "pdnsutil"],
};

/** A primary under construction: files and commands first, then `start`. */
export class ManualPrimary {
  readonly kind: PrimaryKind;
  readonly directory: string;
  readonly port: number;
  #process: ServerProcess | undefined;

  constructor(kind: PrimaryKind, port: number) {
    this.kind = kind;
    this.port = port;
    this.directory = makeDirectory(`manual-${kind}`);
  }

  write(name: string, text: string): void {
    writeIn(this.directory, name, text);
  }

  /** PowerDNS keeps keys and modes in a database, which its tool wants to have first. `more` are lines of pdns.conf. */
  preparePowerDns(more: readonly string[]): void {
    const { directory } = this;
    const zone = `zone "example.com" { type master; file "${directory}/example.com.zone"; };`;
    this.write("named.conf", `options { directory "${directory}"; };\n${zone}\n`);
    this.write("pdns.conf", [...powerDnsDefaults(directory, this.port), ...more, ""].join("\n"));
    this.run(`pdnsutil create-bind-db ${directory}/dnssec.db`);
  }

  /** Commands as the manual prints them: the tools are told where this one's configuration is. */
  run(commands: string): string {
    const told = commands
      .replace(/^pdnsutil /gm, `pdnsutil --config-dir=${this.directory} `)
      .replace(/^pdns_control /gm, `pdns_control --socket-dir=${this.directory} `)
      .replace(/^(keymgr|knotc) /gm, `$1 -c ${this.directory}/knot.conf `)
      .replace(/^nsupdate -l /gm, `nsupdate -l -p ${this.port} -k ${this.directory}/session.key `);
    return runShell(told, this.directory, process.env);
  }

  async start(configuration: string): Promise<void> {
    const { directory, kind, port } = this;
    const files = {
      knot: ["knot.conf", `${knotDefaults(directory, port)}${configuration}`],
      bind: ["named.conf", `${bindDefaults(directory, port)}${configuration}`],
      nsd: ["nsd.conf", `${nsdDefaults(directory, port)}${configuration}`],
    } as const;
    if (kind !== "powerdns") writeFileSync(join(directory, files[kind][0]), files[kind][1]);
    const commands = {
      knot: ["knotd", "-c", "knot.conf"],
      bind: ["named", "-g", "-n", "1", "-c", "named.conf"],
      nsd: ["nsd", "-d", "-c", join(directory, "nsd.conf")],
      powerdns: ["pdns_server", `--config-dir=${directory}`],
    } as const;
    const [program, ...args] = commands[kind];
    const ready = async (): Promise<boolean> =>
      (await servedSerial(port, "example.com.")) !== undefined &&
      (kind !== "bind" || existsSync(`${directory}/session.key`));
    this.#process = await startProcess(getProgram(program), args, { directory, ready, keepDirectory: true });
  }

  /** The zone file is read again. */
  reload(): void {
    if (this.kind === "powerdns") this.run("pdns_control bind-reload-now example.com\npdns_control notify example.com");
    else this.#process!.signal("SIGHUP");
  }

  log(): string {
    return this.#process?.log() ?? "";
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    removeDirectory(this.directory);
  }
}

function knotDefaults(directory: string, port: number): string {
  return `server:
    rundir: "${directory}"
    listen: ${LOOPBACK}@${port}
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "${directory}"
    journal-db-max-size: 100M
template:
  - id: default
    storage: "${directory}"
    file: "%s.zone"
`;
}

function bindDefaults(directory: string, port: number): string {
  return `options {
  directory "${directory}";
  listen-on port ${port} { ${LOOPBACK}; };
  listen-on-v6 { none; };
  pid-file none; lock-file none; session-keyfile "${directory}/session.key";
  recursion no; dnssec-validation no; empty-zones-enable no;
  notify-delay 0; notify-rate 1000; startup-notify-rate 1000;
};
controls { };
`;
}

function nsdDefaults(directory: string, port: number): string {
  return `server:
    ip-address: ${LOOPBACK}@${port}
    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "${directory}"
    database: ""
    pidfile: "${directory}/nsd.pid"
    xfrdfile: "${directory}/xfrd.state"
    zonelistfile: "${directory}/zone.list"
    xfrdir: "${directory}"
remote-control:
    control-enable: no
`;
}

function powerDnsDefaults(directory: string, port: number): string[] {
  return [
    "launch=bind",
    `bind-config=${directory}/named.conf`,
    `bind-dnssec-db=${directory}/dnssec.db`,
    `local-address=${LOOPBACK}`,
    `local-port=${port}`,
    `socket-dir=${directory}`,
    "primary=yes",
    "only-notify=",
    "xfr-cycle-interval=1",
    "zone-cache-refresh-interval=0",
    "resolver=no",
    "security-poll-suffix=",
    "allow-axfr-ips=",
  ];
}
