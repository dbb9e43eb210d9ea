/**
 * The other signer of a multi-signed zone (RFC 8901 model 2): Knot or BIND as the primary that signs by itself, takes our
 * ZSK in and says what DS its own key wants. Configured as the manual's page on multi-signer has it.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bareName,
  freePort,
  getProgram,
  knotBase,
  LOOPBACK,
  makeDirectory,
  type NotifyTarget,
  type Server,
  type ServerProcess,
  servesAll,
  startProcess,
  until,
  writeIn,
} from "../peers/index.ts";

export type SignedZoneSpec = {
  readonly name: string;
  readonly text: string;
  readonly denial: "nsec" | "nsec3";
  /** BIND: one key for everything (its default policy), or KSK and ZSK. Knot always has two. */
  readonly keys: "csk" | "split";
};

export type Signer = Server & {
  readonly kind: "knot" | "bind";
  readonly process: ServerProcess;
  /**
   * Publishes a foreign DNSKEY, given as a record in presentation format, beside its own keys. BIND, which publishes CDS only
   * when its own timing allows, takes `requests`, CDS and CDNSKEY records, as well (RFC 8901 section 8: the same at both).
   */
  publishKey(zone: string, record: string, requests: readonly string[]): Promise<void>;
  /** Takes out again what was published by `publishKey`. Knot, which keeps a deleted key for as long as its policy says, has none. */
  takeOut?(records: readonly string[]): Promise<void>;
  /** DS records of its own entry points, in presentation format. */
  ds(zone: string): string[];
  stop(): Promise<void>;
};

export async function startKnotSigner(zones: readonly SignedZoneSpec[], notify: NotifyTarget): Promise<Signer> {
  const directory = makeDirectory("knot-signer");
  const port = await freePort();
  for (const zone of zones) writeIn(directory, `${bareName(zone.name)}.zone`, zone.text);
  const configuration = writeIn(directory, "knot.conf", knotConfiguration(directory, port, zones, notify));
  const child = await startProcess(getProgram("knotd"), ["-c", configuration], {
    directory,
    ready: () => servesAll(port, zones),
  });
  const run = (program: string, ...args: string[]): string =>
    execFileSync(getProgram(program), ["-c", configuration, ...args], { encoding: "utf8", stdio: "pipe" });
  return {
    kind: "knot",
    address: LOOPBACK,
    port,
    process: child,
    publishKey: async (zone, record) => {
      const file = writeIn(directory, "foreign.key", `${record}\n`);
      run("keymgr", bareName(zone), "import-pub", file);
      run("knotc", "zone-keys-load", bareName(zone));
    },
    // Digest type 2 alone is what a registrar is told here; keymgr prints type 4 as well.
    ds: (zone) =>
      run("keymgr", bareName(zone), "ds")
        .trim()
        .split("\n")
        .filter((line) => / DS \d+ \d+ 2 /.test(line)),
    stop: child.stop,
  };
}

/** RFC 4034 appendix B, of `flags protocol algorithm key`. */
export function tagOf(words: readonly string[]): number {
  const [flags, protocol, algorithm, key] = words;
  const head = Buffer.from([Number(flags) >> 8, Number(flags) & 255, Number(protocol), Number(algorithm)]);
  let sum = 0;
  Buffer.concat([head, Buffer.from(key!, "base64")]).forEach((octet, i) => {
    sum += i & 1 ? octet : octet << 8;
  });
  return (sum + (sum >>> 16)) & 0xffff;
}

function knotConfiguration(
  directory: string,
  port: number,
  zones: readonly SignedZoneSpec[],
  notify: NotifyTarget,
): string {
  const policy = (id: string, ...more: string[]): string[] => [
    `  - id: ${id}`,
    "    algorithm: ecdsap256sha256",
    "    dnskey-management: incremental",
    "    delete-delay: 1d",
    "    cds-cdnskey-publish: always",
    ...more,
  ];
  return `${[
    ...knotBase(directory, port, [], ["journal-db-max-size: 100M"]),
    "remote:",
    "  - id: countersign",
    `    address: ${notify.address}@${notify.port}`,
    "acl:",
    "  - id: out",
    "    action: transfer",
    `    address: ${LOOPBACK}`,
    "policy:",
    ...policy("nsec"),
    ...policy("nsec3", "    nsec3: on", "    nsec3-iterations: 0"),
    "template:",
    "  - id: default",
    `    storage: "${directory}"`,
    '    file: "%s.zone"',
    "    zonefile-sync: -1",
    "    zonefile-load: difference-no-serial",
    "    journal-content: all",
    "    dnssec-signing: on",
    "    acl: out",
    "    notify: countersign",
    "zone:",
    ...zones.flatMap((zone) => [`  - domain: "${zone.name}"`, `    dnssec-policy: ${zone.denial}`]),
  ].join("\n")}\n`;
}

export async function startBindSigner(zones: readonly SignedZoneSpec[], notify: NotifyTarget): Promise<Signer> {
  const directory = makeDirectory("bind-signer");
  const port = await freePort();
  for (const zone of zones) writeIn(directory, `${bareName(zone.name)}.zone`, zone.text);
  const configuration = writeIn(directory, "named.conf", bindConfiguration(directory, port, zones, notify));
  const child = await startProcess(getProgram("named"), ["-g", "-n", "1", "-c", configuration], {
    directory,
    ready: () => servesAll(port, zones),
  });
  const update = async (what: "add" | "delete", lines: readonly string[]): Promise<void> => {
    await until("named's session key", () => readdirSync(directory).includes("session.key"));
    const updates = lines.map((line) => `update ${what} ${line.replace(" IN ", " ")}\n`);
    execFileSync(getProgram("nsupdate"), ["-k", join(directory, "session.key")], {
      input: `server ${LOOPBACK} ${port}\n${updates.join("")}send\n`,
      stdio: ["pipe", "pipe", "pipe"],
    });
  };
  return {
    kind: "bind",
    address: LOOPBACK,
    port,
    process: child,
    publishKey: (_zone, record, requests) => update("add", [record, ...requests]),
    takeOut: (records) =>
      update(
        "delete",
        records.map((line) => line.replace(/ \d+ IN /, " ")),
      ),
    ds: (zone) =>
      keyFiles(directory, zone)
        .filter((path) => / DNSKEY 257 /.test(readFileSync(path, "utf8")))
        .map((path) => execFileSync(getProgram("dnssec-dsfromkey"), ["-2", path], { encoding: "utf8" }).trim()),
    stop: child.stop,
  };
}

function keyFiles(directory: string, zone: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(`K${zone}+`) && name.endsWith(".key"))
    .map((name) => join(directory, name));
}

function bindConfiguration(
  directory: string,
  port: number,
  zones: readonly SignedZoneSpec[],
  notify: NotifyTarget,
): string {
  const policies = zones.map((zone, i) => {
    const keys =
      zone.keys === "csk"
        ? "csk lifetime unlimited algorithm ecdsap256sha256;"
        : "ksk lifetime unlimited algorithm ecdsap256sha256; zsk lifetime unlimited algorithm ecdsap256sha256;";
    const nsec3 = zone.denial === "nsec3" ? " nsec3param iterations 0 optout no salt-length 0;" : "";
    return `dnssec-policy "policy${i}" { keys { ${keys} };${nsec3} };`;
  });
  return `${[
    "options {",
    `  directory "${directory}";`,
    `  listen-on port ${port} { ${LOOPBACK}; };`,
    "  listen-on-v6 { none; };",
    `  pid-file none; lock-file none; session-keyfile "${directory}/session.key";`,
    "  recursion no; dnssec-validation no; empty-zones-enable no;",
    `  allow-transfer { ${LOOPBACK}; };`,
    "  notify-delay 0; notify-rate 1000; startup-notify-rate 1000;",
    `  notify explicit; also-notify { ${notify.address} port ${notify.port}; };`,
    "};",
    "controls { };",
    ...policies,
    ...zones.map(
      (zone, i) =>
        `zone "${zone.name}" { type primary; file "${bareName(zone.name)}.zone"; dnssec-policy "policy${i}"; inline-signing no; update-policy local; };`,
    ),
  ].join("\n")}\n`;
}
