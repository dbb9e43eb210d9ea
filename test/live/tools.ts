/** Other people's validators that are run once for each verdict. */
import { spawnSync } from "node:child_process";
import { getProgram, makeDirectory, removeDirectory, type Server, writeIn } from "../peers/index.ts";

const MILLISECONDS = 30_000;

/** What delv says about one question to `server`, with these DS records as its only trust anchors. */
export function delv(server: Server, apex: string, anchors: readonly string[], name: string, type: string): string {
  return inDirectory((directory) => {
    const lines = anchors.map((ds) => {
      const [tag, algorithm, digestType, ...digest] = ds.split(/\s+/).slice(4);
      return `  ${apex} static-ds ${tag} ${algorithm} ${digestType} "${digest.join("")}";`;
    });
    const file = writeIn(directory, "anchors", ["trust-anchors {", ...lines, "};", ""].join("\n"));
    return run("delv", [`@${server.address}`, "-p", String(server.port), "-a", file, `+root=${apex}`, name, type]);
  });
}

/**
 * DNSViz: everything it finds worth asking at the apex, straight at `server`, printed with its verdict on each key, set and
 * proof: `[.]` is secure. (Its `grok` wants a drawing library; `print` does not.) The zone may name no other servers.
 */
export function dnsviz(server: Server, apex: string, dnskeys: readonly string[]): string {
  return inDirectory((directory) => {
    const anchors = writeIn(directory, "anchors", `${dnskeys.filter((key) => / 257 /.test(key)).join("\n")}\n`);
    const probed = `${directory}/probed.json`;
    const where = `${apex}+:ns1.${apex}=${server.address}:${server.port}`;
    const said = run("dnsviz", ["probe", "-4", "-A", "-a", ".", "-x", where, "-o", probed, apex]);
    return said + run("dnsviz", ["print", "-t", anchors, "-r", probed]);
  });
}

/** Verdicts of whole-zone checkers on a signed zone's text; each entry is what a tool said when it was not content. */
export function checkSignedZone(apex: string, text: string, dnskeys: readonly string[]): string[] {
  return inDirectory((directory) => {
    const zone = writeIn(directory, "zone", text);
    const keys = writeIn(directory, "keys", `${dnskeys.filter((key) => / 257 /.test(key)).join("\n")}\n`);
    return [failed("ldns-verify-zone", ["-k", keys, zone]), failed("dnssec-verify", ["-q", "-o", apex, zone])].filter(
      (said) => said !== "",
    );
  });
}

function failed(program: string, args: readonly string[]): string {
  const done = spawnSync(getProgram(program), args, { encoding: "utf8", timeout: MILLISECONDS });
  return done.status === 0 ? "" : `${program}: ${(done.stdout + done.stderr).slice(0, 2000)}`;
}

function run(program: string, args: readonly string[]): string {
  const done = spawnSync(getProgram(program), args, { encoding: "utf8", timeout: MILLISECONDS });
  return done.stdout + done.stderr;
}

function inDirectory<T>(work: (directory: string) => T): T {
  const directory = makeDirectory("tool");
  try {
    return work(directory);
  } finally {
    removeDirectory(directory);
  }
}
