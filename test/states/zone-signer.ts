/** BIND's tools signing one zone again and again with the same keys. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getProgram } from "../peers/index.ts";

export type ZoneSigner = {
  readonly directory: string;
  /** Of the KSK, in presentation format. */
  readonly ds: string;
  /** All keys as DNSKEY lines. */
  readonly dnskeys: readonly string[];
  /** The signed text, which is also `zone` in `directory`. */
  sign(text: string): string;
};

/** BIND's tools with one pair of keys for as long as the test runs. */
export function makeZoneSigner(directory: string, name: string): ZoneSigner {
  mkdirSync(directory, { recursive: true });
  const keygen = (...flags: string[]): string =>
    execFileSync(getProgram("dnssec-keygen"), ["-q", "-a", "ECDSAP256SHA256", ...flags, "-K", directory, name], {
      encoding: "utf8",
    }).trim();
  const ksk = keygen("-f", "KSK");
  const zsk = keygen();
  const readKey = (base: string): string =>
    readFileSync(join(directory, `${base}.key`), "utf8")
      .split("\n")
      .find((line) => / DNSKEY /.test(line))!;
  const ds = execFileSync(getProgram("dnssec-dsfromkey"), ["-2", join(directory, `${ksk}.key`)], { encoding: "utf8" });
  return {
    directory,
    ds: ds.trim(),
    dnskeys: [readKey(ksk), readKey(zsk)],
    sign: (text) => {
      writeFileSync(join(directory, "plain"), text);
      const files = ["-f", join(directory, "signed"), join(directory, "plain")];
      const how = ["-q", "-S", "-K", directory, "-o", name, "-O", "full", "-s", "now-1h", "-e", "now+1d"];
      execFileSync(getProgram("dnssec-signzone"), [...how, ...files], {
        cwd: directory,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const signed = readFileSync(join(directory, "signed"), "utf8");
      writeFileSync(join(directory, "zone"), signed);
      return signed;
    },
  };
}
