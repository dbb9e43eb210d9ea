/**
 * The other people's name servers and checkers that judge us in the tests: which Debian packages bring them, and how to
 * get them. Installed where that is allowed (root on a system with apt-get, and COUNTERSIGN_TEST_INSTALL is not 0);
 * otherwise the suites that need them are left out, and the run says so.
 */
import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** One row a package: the program that shows it is there, and what its absence leaves out. */
const PEERS = [
  ["knot", "knotd", "Knot DNS as primary and as server to compare with"],
  ["knot-dnsutils", "kdig", "TSIG checks with kdig"],
  ["nsd", "nsd", "NSD as primary and as server to compare with"],
  ["bind9", "named", "BIND as primary"],
  ["bind9-dnsutils", "delv", "validation with delv, the dig lines of the README"],
  ["bind9-utils", "dnssec-signzone", "zones signed and checked by BIND's tools"],
  ["pdns-server", "pdns_server", "PowerDNS as primary"],
  ["pdns-backend-bind", undefined, "PowerDNS as primary"],
  ["pdns-backend-sqlite3", undefined, "PowerDNS as producer of catalogs"],
  ["pdns-tools", "dnsreplay", undefined],
  ["unbound", "unbound", "validation through Unbound"],
  ["unbound-host", "unbound-host", undefined],
  ["ldnsutils", "ldns-verify-zone", "zones signed and checked by ldns"],
  ["dnsperf", "dnsperf", undefined],
  ["dnsviz", "dnsviz", "zones graded by DNSViz"],
  ["publicsuffix", undefined, "a registry's zone made from the list of public suffixes"],
  ["curl", "curl", "the seed page's curl lines"],
  ["chromium", "chromium", "the dashboard in a browser"],
  ["zsh", "zsh", "completion in zsh"],
  ["fish", "fish", "completion in fish"],
];

/** Debian puts name servers into /usr/sbin, which is not on everybody's path. */
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Installs what is missing and may be installed. Sentences on what is left out for want of a program. */
export function installPeers() {
  const wanted = PEERS.filter((peer) => !present(peer)).map(([name]) => name);
  if (wanted.length > 0 && mayInstall()) aptInstall(wanted);
  return PEERS.filter((peer) => peer[2] !== undefined && !present(peer)).map(
    ([name, , purpose]) => `left out: ${purpose} (Debian package ${name} is not installed)`,
  );
}

/** Whether a program of this name is on the path or where Debian puts it. */
export function findProgram(name) {
  for (const directory of [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM_PATH]) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR" && error.code !== "EACCES") throw error;
    }
  }
  return undefined;
}

function present([name, program]) {
  if (program) return findProgram(program) !== undefined;
  const query = spawnSync("dpkg-query", ["-W", "-f", `\${Status}`, name], { encoding: "utf8" });
  return query.status === 0 && query.stdout.includes("install ok installed");
}

function mayInstall() {
  if (process.env.COUNTERSIGN_TEST_INSTALL === "0") return false;
  return process.getuid?.() === 0 && findProgram("apt-get") !== undefined;
}

/** Never lets a package start its service: port 53 of this machine is nothing we need or may disturb. */
const POLICY = "/usr/sbin/policy-rc.d";

function aptInstall(packages) {
  console.log(`Installing Debian packages for the tests: ${packages.join(" ")} …`);
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n");
    chmodSync(POLICY, 0o755);
  }
  try {
    const options = {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    spawnSync("apt-get", ["update", "-qq"], options);
    const done = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
    if (done.status !== 0)
      console.log("apt-get could not install all of them; the suites that need them are left out.");
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}
