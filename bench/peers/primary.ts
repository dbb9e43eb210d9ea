/**
 * The primary of the transfer rows: Knot, which signs the bench zone itself (a signed zone of a million names is more text
 * than a string can hold), keeps a journal for IXFR, and changes one record when it is asked to, through its own control.
 */
import { execFileSync } from "node:child_process";
import {
  bareName,
  freePort,
  getProgram,
  LOOPBACK,
  makeDirectory,
  type NotifyTarget,
  servedSerial,
  startProcess,
  writeIn,
} from "../../test/peers/index.ts";
import type { BenchZone } from "./zone.ts";

/** Signing 2.75 million RRsets takes Knot some minutes on a busy machine. */
const SIGNED_MILLISECONDS = 900_000;

export type TransferPrimary = NotifyTarget & {
  readonly kind: "knot";
  readonly zone: string;
  /** Replaces the TXT record at `change.` the apex; the serial that it has then. NOTIFY goes to `notify`. */
  change(text: string): Promise<number>;
  stop(): Promise<void>;
};

export async function startSigningPrimary(zone: BenchZone, notify: readonly NotifyTarget[]): Promise<TransferPrimary> {
  const directory = makeDirectory("bench-primary");
  const port = await freePort();
  const name = bareName(zone.name);
  writeIn(directory, `${name}.zone`, zone.text);
  const configuration = writeIn(directory, "knot.conf", primaryConfiguration(directory, port, name, notify));
  const child = await startProcess(getProgram("knotd"), ["-c", configuration], {
    directory,
    readyMilliseconds: SIGNED_MILLISECONDS,
    ready: async () => (await servedSerial(port, zone.name)) !== undefined,
  });
  const control = (...args: string[]): void => {
    execFileSync(getProgram("knotc"), ["-s", `${directory}/knot.sock`, ...args], { stdio: "pipe" });
  };
  return {
    kind: "knot",
    zone: zone.name,
    address: LOOPBACK,
    port,
    change: async (text) => {
      control("zone-begin", name);
      control("zone-unset", name, `change.${name}.`, "TXT");
      control("zone-set", name, `change.${name}.`, "300", "TXT", text);
      control("zone-commit", name);
      const serial = await servedSerial(port, zone.name);
      if (serial === undefined) throw new Error("the primary lost its zone");
      return serial;
    },
    stop: child.stop,
  };
}

function primaryConfiguration(directory: string, port: number, name: string, notify: readonly NotifyTarget[]): string {
  const lines = [
    "server:",
    `    rundir: "${directory}"`,
    `    listen: ${LOOPBACK}@${port}`,
    "    udp-workers: 1",
    "    tcp-workers: 2",
    "    tcp-idle-timeout: 60",
    "log:",
    "  - target: stderr",
    "    any: warning",
    "database:",
    `    storage: "${directory}"`,
    "    journal-db-max-size: 4G",
    "control:",
    `    listen: "${directory}/knot.sock"`,
    "    timeout: 120",
  ];
  if (notify.length > 0) lines.push("remote:");
  notify.forEach((target, i) => {
    lines.push(`  - id: target${i}`, `    address: ${target.address}@${target.port}`);
  });
  lines.push(
    "acl:",
    "  - id: out",
    "    action: transfer",
    `    address: ${LOOPBACK}`,
    "policy:",
    "  - id: sign",
    "    algorithm: ecdsap256sha256",
    "    signing-threads: 2",
    "zone:",
    `  - domain: "${name}."`,
    `    storage: "${directory}"`,
    `    file: "${name}.zone"`,
    "    semantic-checks: off",
    "    zonefile-sync: -1",
    "    zonefile-load: whole",
    "    journal-content: changes",
    // The first signing is one change: 600 MB with a million names, and Knot takes no zone whose change does not fit.
    "    journal-max-usage: 3G",
    "    dnssec-signing: on",
    "    dnssec-policy: sign",
    "    acl: out",
  );
  if (notify.length > 0) lines.push(`    notify: [${notify.map((_, i) => `target${i}`).join(", ")}]`);
  return `${lines.join("\n")}\n`;
}
