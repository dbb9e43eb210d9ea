/** Zones signed by other people's tools: BIND's dnssec-signzone or ldns-signzone, NSEC or NSEC3, with keys of their own making. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bareName, type PeerZone } from "./peer.ts";
import { getProgram } from "./programs.ts";
import { makeDirectory, removeDirectory, writeIn } from "./server-process.ts";

export type SigningOptions = {
  readonly tool?: "bind" | "ldns";
  readonly denial: "nsec" | "nsec3";
  /** NSEC3 only. Hex, default none. */
  readonly salt?: string;
  /** NSEC3 only, default 0 (RFC 9276). */
  readonly iterations?: number;
  readonly optOut?: boolean;
  /** dnssec-signzone's words for the dates, e.g. `now-1h`, `now+30d`, `20260101000000`. BIND only. */
  readonly inception?: string;
  readonly expiration?: string;
  readonly algorithm?: "ECDSAP256SHA256" | "ECDSAP384SHA384" | "ED25519" | "RSASHA256";
};

export type SignedZone = PeerZone & {
  /** The KSK as DS and DNSKEY records in presentation format: a validator's trust anchors. */
  readonly ds: string;
  readonly ksk: string;
  readonly zsk: string;
};

/** The zone in these files, one behind the other, as BIND reads it: absolute names, one record a line. What every server then gets to see. */
export function flattenZone(name: string, ...paths: readonly string[]): string {
  const args = ["-D", "-q", "-i", "none", "-k", "ignore", "-m", "ignore", "-M", "ignore", "-S", "ignore"];
  const directory = makeDirectory("flatten");
  try {
    const whole = writeIn(directory, "zone", paths.map((path) => readFileSync(path, "utf8")).join("\n"));
    return execFileSync(getProgram("named-checkzone"), [...args, "-s", "full", "-o", "-", bareName(name), whole], {
      encoding: "utf8",
      maxBuffer: 1 << 30,
    });
  } finally {
    removeDirectory(directory);
  }
}

export function signZone(zone: PeerZone, options: SigningOptions): SignedZone {
  const directory = makeDirectory("sign");
  try {
    const file = writeIn(directory, "zone", zone.text);
    return options.tool === "ldns"
      ? signWithLdns(zone, file, directory, options)
      : signWithBind(zone, file, directory, options);
  } finally {
    removeDirectory(directory);
  }
}

function signWithBind(zone: PeerZone, file: string, directory: string, options: SigningOptions): SignedZone {
  const algorithm = options.algorithm ?? "ECDSAP256SHA256";
  const make = (...flags: string[]): string =>
    execFileSync(
      getProgram("dnssec-keygen"),
      [
        "-q",
        "-a",
        algorithm,
        ...(algorithm === "RSASHA256" ? ["-b", "2048"] : []),
        ...flags,
        "-K",
        directory,
        zone.name,
      ],
      { encoding: "utf8" },
    ).trim();
  const ksk = make("-f", "KSK");
  const zsk = make();
  const dates = ["-s", options.inception ?? "now-1h", "-e", options.expiration ?? "now+30d"];
  const nsec3 = ["-3", options.salt ?? "-", "-H", String(options.iterations ?? 0), ...(options.optOut ? ["-A"] : [])];
  // Smart signing (-S) takes the keys it finds in the directory and puts them into the zone.
  const args = ["-q", "-S", "-K", directory, "-o", zone.name, "-O", "full", "-f", join(directory, "signed"), ...dates];
  // A zone that is not valid now is wanted so: its signer must not check it afterwards.
  if (options.inception !== undefined || options.expiration !== undefined) args.push("-P");
  if (options.denial === "nsec3") args.push(...nsec3);
  execFileSync(getProgram("dnssec-signzone"), [...args, file], { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  const ds = execFileSync(getProgram("dnssec-dsfromkey"), ["-2", join(directory, `${ksk}.key`)], {
    encoding: "utf8",
  }).trim();
  return {
    name: zone.name,
    text: readFileSync(join(directory, "signed"), "utf8"),
    ds,
    ...readKeys(directory, ksk, zsk),
  };
}

function signWithLdns(zone: PeerZone, file: string, directory: string, options: SigningOptions): SignedZone {
  const algorithm = options.algorithm ?? "ECDSAP256SHA256";
  const make = (...flags: string[]): string =>
    execFileSync(getProgram("ldns-keygen"), ["-a", algorithm, ...flags, zone.name], {
      cwd: directory,
      encoding: "utf8",
    }).trim();
  const ksk = make("-k");
  const zsk = make();
  const args = [
    "-o",
    zone.name,
    "-f",
    join(directory, "signed"),
    "-i",
    dateFromNow(-3600),
    "-e",
    dateFromNow(30 * 86400),
  ];
  if (options.denial === "nsec3") {
    args.push("-n", "-t", String(options.iterations ?? 0), ...(options.salt ? ["-s", options.salt] : []));
    if (options.optOut) args.push("-p");
  }
  execFileSync(getProgram("ldns-signzone"), [...args, file, join(directory, ksk), join(directory, zsk)], {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ds = execFileSync(getProgram("ldns-key2ds"), ["-n", "-2", join(directory, `${ksk}.key`)], {
    encoding: "utf8",
  }).trim();
  return {
    name: zone.name,
    text: readFileSync(join(directory, "signed"), "utf8"),
    ds,
    ...readKeys(directory, ksk, zsk),
  };
}

function readKeys(directory: string, ksk: string, zsk: string): { ksk: string; zsk: string } {
  const read = (base: string): string =>
    readFileSync(join(directory, `${base}.key`), "utf8")
      .split("\n")
      .find((line) => line.includes("DNSKEY"))!
      .split(";")[0]!
      .trim();
  return { ksk: read(ksk), zsk: read(zsk) };
}

/** YYYYMMDDHHMMSS in UTC. */
function dateFromNow(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\D/g, "").slice(0, 14);
}
