/** PowerDNS as producer of a catalog: its SQLite backend, whose zones of kind "producer" are made of the zones that name them. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { freePort, getProgram, LOOPBACK, powerDnsBase, servedSerial, until } from "../peers/index.ts";
import { makeDirectory, startProcess, writeIn } from "../peers/server-process.ts";
import { type Member, memberText, type Producer } from "./world.ts";

/** Comes with the Debian package of the backend. */
const SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";

export const hasPowerDnsProducer = (): boolean => existsSync(SCHEMA);

/** `catalog` absolute. Members can come and go; a group is an option of the member. */
export async function startPowerDnsProducer(
  catalog: string,
  members: readonly Member[],
  notify: { readonly address: string; readonly port: number },
): Promise<Producer> {
  const directory = makeDirectory("pdns-producer");
  const port = await freePort();
  const database = `${directory}/zones.db`;
  const made = new DatabaseSync(database);
  made.exec(readFileSync(SCHEMA, "utf8"));
  made.close();
  writeIn(directory, "pdns.conf", configuration(directory, port, database));
  const util = (...args: readonly string[]): void => {
    execFileSync(getProgram("pdnsutil"), [`--config-dir=${directory}`, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  };
  const bare = (name: string): string => name.slice(0, -1);
  const known = new Set<string>();
  const set = (all: readonly Member[]): void => {
    for (const { name, group } of all) {
      if (!known.has(name)) util("load-zone", bare(name), writeIn(directory, `${name}zone`, memberText(name)));
      known.add(name);
      util("set-kind", bare(name), "primary");
      util("set-options-json", bare(name), group ? JSON.stringify({ producer: { group: [group] } }) : "");
      util("set-catalog", bare(name), bare(catalog));
    }
    for (const name of known) if (!all.some((member) => member.name === name)) util("set-catalog", bare(name), "");
  };
  util("load-zone", bare(catalog), writeIn(directory, `${catalog}zone`, headOf(catalog)));
  util("set-kind", bare(catalog), "producer");
  util("set-meta", bare(catalog), "ALSO-NOTIFY", `${notify.address}:${notify.port}`);
  set(members);
  const child = await startProcess(getProgram("pdns_server"), [`--config-dir=${directory}`], {
    directory,
    ready: async () => (await servedSerial(port, members[0]!.name)) !== undefined,
  });
  return {
    address: LOOPBACK,
    port,
    process: child,
    async setMembers(all) {
      set(all);
      // It raises the serial by itself when members are others than at its last look. Before the first one it knows of none.
      util("increase-serial", bare(catalog));
      for (const { name } of all) await until(name, async () => (await servedSerial(port, name)) !== undefined);
      execFileSync(getProgram("pdns_control"), [`--socket-dir=${directory}`, "notify", bare(catalog)], {
        stdio: "pipe",
      });
    },
    stop: child.stop,
  };
}

const headOf = (catalog: string): string =>
  `$ORIGIN ${catalog}\n@ 0 SOA invalid. invalid. 0 3600 600 86400 0\n@ 0 NS invalid.\n`;

function configuration(directory: string, port: number, database: string): string {
  return `${[
    "launch=gsqlite3",
    `gsqlite3-database=${database}`,
    ...powerDnsBase(directory, port, "primary"),
    "query-cache-ttl=0",
    "cache-ttl=0",
    `allow-axfr-ips=${LOOPBACK}`,
  ].join("\n")}\n`;
}
