/**
 * What `npm test`, `npm run demo`, `npm run bench`, `npm start`, `npm run web`, `npm run bundle` and `npm run check` do, from a clean checkout on:
 *
 *   install (npm install when needed) ▶ find a Node new enough ▶ for test: Debian packages of the peers
 *   ▶ for test, demo, start: the dashboard, when its sources are newer ▶ for bench, start: the server as few files, likewise ▶ the command itself
 *
 * Plain JavaScript with nothing imported from npm: it runs under the Node that happens to be there (18 or later) before
 * anything is installed, and starts the Node that the project brings along for all the rest.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPeers } from "./peers.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 24;

/** What the dashboard is made from: its own sources, and what it takes over from the server's. */
const WEB_SOURCES = ["web", "src/contract", "src/guide", "package-lock.json"];

/** What bin/countersign compares the bundle with, too. */
const SERVER_SOURCES = ["src", "package.json", "node_modules/.package-lock.json"];
const BUNDLE = join("dist", "server", "main.mjs");

const COMMANDS = {
  test: runTests,
  check: runChecks,
  demo: (node, args) => buildWeb(node) || runForLong(node, ["demo/index.ts", ...args]),
  bench: (node, args) => buildServer(node) || runForLong(node, ["bench/index.ts", ...args]),
  start: (node, args) => buildWeb(node) || buildServer(node) || runForLong(node, [BUNDLE, ...args]),
  web: (node) => buildWeb(node),
  bundle: (node) => buildServer(node),
};

await main();

async function main() {
  const [command, ...args] = process.argv.slice(2);
  const action = command && Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!action) stop(`Say what to run: ${Object.keys(COMMANDS).join(", ")}. Example: node tools/run.mjs test`, 2);
  install();
  process.exitCode = await action(findNode(), args);
}

/**
 * `npm install` by package-lock.json when a package is missing or has another version than it says. Not `npm ci`: that one
 * refuses the whole installation when a registry lacks an optional package for some other platform (a mirror may).
 */
function install() {
  if (installed()) return;
  console.log("Installing npm packages (npm install --no-save) …");
  const args = [
    "install",
    "--no-save",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const npm = spawnSync("npm", args, { cwd: ROOT, stdio: "inherit" });
  if (npm.error) stop(`npm could not be started (${npm.error.message}). Install npm, which comes with Node.`, 1);
  if (npm.status !== 0) stop("npm install failed; its reason stands above. Is there a way to the package registry?", 1);
}

/** npm keeps in node_modules/.package-lock.json what it installed: compare that with what is asked for. */
function installed() {
  const wanted = readJson(join(ROOT, "package-lock.json"));
  const present = readJson(join(ROOT, "node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === "") continue;
    const there = present.packages[path];
    if (there ? there.version !== entry.version : !entry.optional) return false;
  }
  return true;
}

/** The Node in node_modules/.bin (a platform package of the project), else the running one when it is new enough. */
function findNode() {
  const own = join(ROOT, "node_modules", ".bin", "node");
  if (existsSync(own)) {
    const version = spawnSync(own, ["--version"], { encoding: "utf8" });
    if (version.status === 0 && major(version.stdout.trim().slice(1)) >= OLDEST_NODE) return own;
  }
  if (major(process.versions.node) >= OLDEST_NODE) return process.execPath;
  return stop(
    `Countersign needs Node ${OLDEST_NODE} or later; this is ${process.versions.node}, and no platform package of Node ` +
      `fits ${process.platform}-${process.arch}. Install Node ${OLDEST_NODE} or later and run the command again.`,
    1,
  );
}

/** Builds `web/dist` when a source is newer than it; 0, or the exit code of a build that failed. */
function buildWeb(node) {
  const built = newest(join(ROOT, "web", "dist", "index.html"));
  if (built > 0 && WEB_SOURCES.every((source) => newest(join(ROOT, source)) <= built)) return 0;
  console.log("Building the dashboard (vite build web) …");
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const status = run(node, [vite, "build", "web", "--logLevel", "warn"]);
  if (status !== 0) console.error("The dashboard could not be built; its reason stands above.");
  return status;
}

/** The server as few files (bundle.mjs) when a source is newer; 0, or the exit code of what failed. */
function buildServer(node) {
  const built = newest(join(ROOT, BUNDLE));
  if (built > 0 && SERVER_SOURCES.every((source) => newest(join(ROOT, source)) <= built)) return 0;
  console.log("Bundling the server (tools/bundle.mjs) …");
  return run(node, [join("tools", "bundle.mjs")]);
}

/** When the newest file at or below `path` was changed, milliseconds since 1970; 0 when there is none. */
function newest(path) {
  const about = statSync(path, { throwIfNoEntry: false });
  if (!about) return 0;
  if (!about.isDirectory()) return about.mtimeMs;
  const names = readdirSync(path).filter((name) => name !== "dist" && name !== "node_modules");
  return names.reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

/** Types (all of it, and floors 0 to 2 without Node's types), then format and lint. The number of steps that failed. */
function checkSteps(node) {
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const biome = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
  const steps = [
    ["types of floors 0 to 2, without Node's types", [tsc, "-p", "tsconfig.pure.json"]],
    ["types of everything", [tsc, "-p", "tsconfig.json"]],
    ["types of the browser's suites, with the DOM's", [tsc, "-p", "tsconfig.browser.json"]],
    ["types of the dashboard", [tsc, "-p", join("web", "tsconfig.json")]],
    ["format and lint", [biome, "check", "--max-diagnostics=50", "."]],
  ];
  let failed = 0;
  for (const [name, args] of steps) {
    console.log(`\n— ${name}`);
    if (run(node, args) !== 0) failed++;
  }
  return { passed: steps.length - failed, failed };
}

function runChecks(node) {
  return checkSteps(node).failed === 0 ? 0 : 1;
}

/**
 * Everything: peers installed where allowed, checks, all suites. `args` narrow the suites (`npm test -- src/image`).
 * The last line is plain, for machines: `N passed, N failed` (check steps count as one each).
 */
function runTests(node, args) {
  const missing = installPeers();
  const checks = args.length === 0 ? checkSteps(node) : { passed: 0, failed: 0 };
  if (buildWeb(node) !== 0) checks.failed++;
  const scratch = mkdtempSync(join(tmpdir(), "countersign-test-"));
  const report = join(scratch, "report.json");
  console.log("\n— suites");
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const status = run(node, [vitest, "run", ...reporters, ...args]);
  const counts = readCounts(report, status);
  rmSync(scratch, { recursive: true, force: true });
  for (const line of missing) console.log(line);
  if (counts.skipped > 0) console.log(`${counts.skipped} skipped (each says why in its title)`);
  const failed = checks.failed + counts.failed;
  console.log(`${checks.passed + counts.passed} passed, ${failed} failed`);
  return failed === 0 && status === 0 ? 0 : 1;
}

/** A suite that could not even be loaded holds no tests, yet counts as a failure; so does a runner that died. */
function readCounts(report, status) {
  const result = readJson(report);
  if (!result) return { passed: 0, failed: 1, skipped: 0 };
  const unloadable = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const failed = result.numFailedTests + unloadable.length;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** Runs `node args` in the project's directory, with its own binaries first on the path; the exit code. */
function run(node, args) {
  const child = spawnSync(node, args, { cwd: ROOT, stdio: "inherit", env: environment(node) });
  if (child.error) stop(`${node} could not be started: ${child.error.message}`, 1);
  return child.status ?? 1;
}

/** The same for what runs until a signal: the program decides how it ends, and its exit code is ours. */
function runForLong(node, args) {
  const child = spawn(node, args, { cwd: ROOT, stdio: "inherit", env: environment(node) });
  // A terminal sends SIGINT to the whole group, the program included; the others have to be passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", (error) => stop(`${node} could not be started: ${error.message}`, 1));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Own binaries first on the path; types are stripped and code is compiled once, as bin/countersign has it. */
function environment(node) {
  const modules = join(ROOT, "node_modules");
  const path = [dirname(node), join(modules, ".bin"), process.env.PATH ?? ""].join(delimiter);
  return { NODE_COMPILE_CACHE: join(modules, ".cache", "countersign"), ...process.env, PATH: path };
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function major(version) {
  return Number(version.split(".")[0]);
}

function stop(sentence, code) {
  console.error(sentence);
  process.exit(code);
}
