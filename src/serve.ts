/**
 * `countersign serve`: puts the server together and keeps it until SIGTERM or SIGINT. Part of the composition root.
 *
 *   options ▶ master key ▶ store (lock) ▶ account, token ▶ control: everything stored is published (workers start meanwhile)
 *           ▶ edge: workers bind and answer ▶ control begins to ask primaries ▶ API listens ▶ ready
 *   SIGTERM ▶ API closes ▶ control writes what it knows ▶ edge drains ▶ store closes ▶ exit 0, below 5 seconds
 *   SIGHUP  ▶ options are read again; those that can change without a restart do
 *
 * Exit codes: 0 stopped by a signal · 1 can't go on (the sentence says why and what to do) · 2 wrong options.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { type Config, loadConfig, OPTION_NAMES, OPTIONS, printOptionsPage } from "#config";
import {
  type Control,
  type ControlSettings,
  ensureAccount,
  ensureAdminToken,
  hookTrouble,
  startControl,
  systemResolver,
} from "#control";
import { type Crypto, openCrypto } from "#crypto";
import { type Edge, startEdge } from "#edge";
import { type MasterKey, openMasterKey } from "#keys";
import { rcodeName } from "#message";
import { printSocketAddress, type TlsServerSettings } from "#net";
import { type EdgeSettings, PublicationSender } from "#publish";
import { typeName } from "#rdata";
import { DATABASE_FILE, makeDirectory, openStore, type Store, StoreError } from "#store";
import { createLogger, type Logger, limitYoungSpaceOfThreads, Metrics } from "#telemetry";
import { watchFiles } from "./file-watch.ts";
import { readProviderSettings } from "./provider-settings.ts";
import { type HttpTlsFiles, readHttpTlsFiles, readTlsFiles, tlsPaths } from "./tls-files.ts";

/** A stop that takes longer than this is ended by force: the supervisor of the process must not have to. */
const STOP_WITHIN_MS = 4800;

/** What can't go on: one sentence for the operator. */
class CannotServe extends Error {}

/** In place of 16, as V8 has it: 24 MB less with three threads that answer, which make hardly any garbage. */
const THREADS_YOUNG_MEBIBYTES = 1;

export async function serve(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(`countersign serve: answers DNS and the API.\n\n${printOptionsPage()}`);
    return 0;
  }
  const config = readConfig(argv);
  if (!config) return 2;
  const log = createLogger(config.logLevel);
  limitYoungSpaceOfThreads(THREADS_YOUNG_MEBIBYTES);
  try {
    await run(config, argv, log);
    // Ends here and not by itself: that would take the handlers down first, and a second SIGTERM would still count.
    process.exit(0);
  } catch (error) {
    const sentence = sentenceOf(error, config);
    if (sentence === undefined) throw error;
    process.stderr.write(`countersign: ${sentence}\n`);
    // Workers and timers that were started already must not keep a server alive that can't serve.
    process.exit(1);
  }
}

/** What the operator can do something about; undefined for a fault of ours, which shows with its stack. */
function sentenceOf(error: unknown, config: Config): string | undefined {
  if (error instanceof CannotServe || error instanceof StoreError) return error.message;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined && code !== "ERR_SQLITE_ERROR") return undefined;
  return `The data directory ${config.data} can't be used: ${message}. This user has to be able to write it, and its disk needs room.`;
}

function readConfig(argv: readonly string[]): Config | undefined {
  const loaded = loadConfig({ argv, env: process.env, readFile: (path) => readFileSync(path, "utf8") });
  if (loaded.ok) return loaded.value;
  for (const { message } of loaded.error) process.stderr.write(`countersign: ${message}\n`);
  return undefined;
}

async function run(config: Config, argv: readonly string[], log: Logger): Promise<void> {
  const signals = takeSignals();
  const tls = readTlsFiles(config);
  if (!tls.ok) throw new CannotServe(tls.error);
  const https = readHttpTlsFiles(config);
  if (!https.ok) throw new CannotServe(https.error);
  const trouble = checkHook(config);
  if (trouble !== undefined) throw new CannotServe(trouble);
  const provider = readProviderSettings(config);
  if (!provider.ok) throw new CannotServe(provider.error);
  const master = openMaster(config, log);
  const store = openStore(config.data, master);
  await checkMaster(store, master);
  const crypto = openCrypto(config.crypto);
  log.info({ path: crypto.cryptoPath.path, reason: crypto.cryptoPath.reason }, "signatures");
  await ensureAccount(store, config.accountName, Date.now());
  const token = await prepareToken(config, store);
  const sender = new PublicationSender({ settings: await edgeSettings(config, store, master), incomplete: true });
  // Its threads load their code while zones are read, and wait for these before they open a socket.
  const opening = openEdge(config, tls.value?.settings, sender, log);
  // Whatever it is, it is told when its turn comes.
  opening.catch(() => undefined);
  const control = await startControl({
    store,
    sender,
    crypto,
    cryptoChoice: config.crypto,
    master,
    log,
    settings: controlSettings(config, provider.value),
    jobs: config.jobs || availableParallelism(),
    hookDirectory: resolve(config.data, "hook"),
  });
  sender.complete();
  const edge = await opening;
  await control.begin(edge);
  control.setListenerCertificate("dns", tls.value?.certificate);
  control.setListenerCertificate("http", https.value?.certificate);
  const api = await openApi(config, control, edge, log, https.value);
  announce(config, control, edge, api.address, crypto, token);
  const reload = reloader(config, argv, { control, edge, log, renewApi: api.renew });
  const watch = watchFiles(reload.paths, reload.files);
  await signals.wait(reload.options);
  watch.stop();
  log.info("stopping");
  const force = setTimeout(() => {
    log.error("stopping took too long; ended by force");
    process.exit(1);
  }, STOP_WITHIN_MS);
  await api.close();
  await control.stop();
  await edge.stop();
  sender.close();
  await store.close();
  clearTimeout(force);
}

/**
 * Signals are ours from the first moment to the last: one that comes too early or twice must not end the process as it would
 * without a handler. SIGTERM during the start ends it at once, which loses nothing: a start is as safe to cut off as any
 * other moment, and a large directory takes longer to load than a supervisor waits.
 */
function takeSignals(): { readonly wait: (hangUp: () => void) => Promise<void> } {
  let onEnd = (): void => process.exit(0);
  let onHangUp: (() => void) | undefined;
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => onEnd());
  process.on("SIGHUP", () => onHangUp?.());
  return {
    wait: (hangUp) =>
      new Promise((resolve) => {
        onHangUp = hangUp;
        onEnd = () => {
          onHangUp = undefined;
          resolve();
        };
      }),
  };
}

function openMaster(config: Config, log: Logger): MasterKey {
  makeDirectory(config.data);
  const own = join(config.data, "master-key");
  // A new key where another one sealed what is there already would only hide that that one was lost.
  const used = existsSync(join(config.data, DATABASE_FILE));
  const opened = openMasterKey({
    text: config.masterKey,
    file: config.masterKeyFile ?? own,
    create: config.masterKeyFile === undefined && !used,
  });
  if (!opened.ok) {
    const hint = used && opened.error.code === "not-found" ? ` ${THE_SAME_KEY}` : "";
    throw new CannotServe(`${opened.error.text}${hint}`);
  }
  const { key, made, warning } = opened.value;
  if (made) {
    log.warn(
      { file: own },
      "a master key was made: without it the keys of zones can't be opened, so keep a copy elsewhere",
    );
  }
  if (warning) log.warn(warning);
  return key;
}

const THE_SAME_KEY =
  "The keys and secrets in the data directory were sealed with a master key: put its file back, or give it by COUNTERSIGN_MASTER_KEY or COUNTERSIGN_MASTER_KEY_FILE.";

const MASTER_CHECK = "master key check";

/** The first start seals a word; a key that can't open it is another one, and would leave every signed zone unserved. */
async function checkMaster(store: Store, master: MasterKey): Promise<void> {
  const kept = await store.settings.find("master-key-check");
  if (typeof kept !== "string") {
    const sealed = master.seal(new TextEncoder().encode(MASTER_CHECK), MASTER_CHECK);
    await store.settings.put("master-key-check", Buffer.from(sealed).toString("base64"));
    return;
  }
  if (!master.open(Buffer.from(kept, "base64"), MASTER_CHECK)) {
    throw new CannotServe(`This is not the right master key. ${THE_SAME_KEY}`);
  }
}

/** Where the operator finds the token; `shown` when it was made just now. */
type Token = { readonly file: string | undefined; readonly shown: string | undefined };

async function prepareToken(config: Config, store: Store): Promise<Token> {
  if (config.token !== undefined) {
    await ensureAdminToken(store, config.token, Date.now());
    return { file: undefined, shown: undefined };
  }
  const file = join(config.data, "admin-token");
  const known = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  const secret = known === "" ? randomBytes(24).toString("base64url") : known;
  if (known === "") {
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  await ensureAdminToken(store, secret, Date.now());
  return { file, shown: known === "" ? secret : undefined };
}

const COOKIE_CONTEXT = "dns cookie secret";

async function edgeSettings(config: Config, store: Store, master: MasterKey): Promise<EdgeSettings> {
  const secret =
    config.cookieSecret === undefined ? await cookieSecret(store, master) : Buffer.from(config.cookieSecret, "hex");
  return {
    maxUdpPayload: config.maxUdpPayload,
    signatureCacheOctets: config.signatureCacheOctets,
    ...(config.nsid === undefined ? {} : { nsid: new TextEncoder().encode(config.nsid) }),
    ...(config.cookies === "off"
      ? {}
      : { cookies: { secrets: [Uint8Array.from(secret)], require: config.cookies === "required" } }),
  };
}

/** Kept over restarts, so that clients' cookies stay good; sealed like every other secret. */
async function cookieSecret(store: Store, master: MasterKey): Promise<Uint8Array> {
  const kept = await store.settings.find("cookie-secret");
  const opened = typeof kept === "string" ? master.open(Buffer.from(kept, "base64"), COOKIE_CONTEXT) : undefined;
  if (opened) return opened;
  const secret = randomBytes(16);
  const sealed = Buffer.from(master.seal(secret, COOKIE_CONTEXT)).toString("base64");
  await store.settings.put("cookie-secret", sealed);
  return secret;
}

function controlSettings(config: Config, provider: ControlSettings["provider"]): ControlSettings {
  return {
    nameServers: config.nameServers,
    email: config.email,
    sessionIdleSeconds: config.sessionIdleSeconds,
    sessionSeconds: config.sessionSeconds,
    provider,
    resolver: config.resolver ?? systemResolver(),
    parentPort: config.parentPort,
    partnerPort: config.partnerPort,
    parentPollYoungSeconds: config.parentPollYoungSeconds,
    parentPollSettledSeconds: config.parentPollSettledSeconds,
    maxZones: config.maxZones,
    zoneLimits: { records: config.maxZoneRecords, names: config.maxZoneNames, octets: config.maxZoneOctets },
    minRefreshSeconds: config.minRefreshSeconds,
    transferSeconds: config.transferSeconds,
    transferIdleSeconds: config.transferIdleSeconds,
    transferSlowSeconds: config.transferSlowSeconds,
    checkSeconds: config.checkSeconds,
    maxTransfers: config.maxTransfers,
    ixfrCheckPercent: config.ixfrCheckPercent,
    maxTransfersOut: config.maxTransfersOut,
    certificateWarnDays: config.certificateWarnDays,
    zskLifetimeDays: config.zskLifetimeDays,
    kskLifetimeDays: config.kskLifetimeDays,
    analyticsDays: config.analyticsDays,
    timers: config.timers,
    expired: config.expired,
    suspicious: config.suspicious,
    alertRanges: config.alertRanges,
    holdLossPercent: config.holdRecordLossPercent,
    hook: hookSettings(config),
  };
}

function hookSettings(config: Config): ControlSettings["hook"] {
  const { prePublishHook: program, prePublishHookSeconds: seconds, prePublishHooks: atOnce } = config;
  return program === undefined ? undefined : { program: resolve(program), seconds, atOnce };
}

/** A hook that can't be run would hold every new version of every zone: said at once, not at the first transfer. */
function checkHook(config: Config): string | undefined {
  const hook = hookSettings(config);
  const trouble = hook && hookTrouble(hook.program);
  return (
    trouble &&
    `The hook of --pre-publish-hook can't be used: ${trouble}. Give the path of a program that this user may run.`
  );
}

async function openEdge(
  config: Config,
  tls: TlsServerSettings | undefined,
  sender: PublicationSender,
  log: Logger,
): Promise<Edge> {
  const edge = await startEdge({
    dns: config.dns,
    tls: tls && { addresses: config.dnsTls, settings: tls },
    workers: config.workers || availableParallelism(),
    udp: config.udp,
    tally: true,
    sender,
    log,
    tcp: { maxConnections: config.maxTcpConnections, idleMs: config.tcpIdleSeconds * 1000 },
  });
  if (edge.ok) return edge.value;
  const { code, detail } = edge.error;
  const what: Readonly<Record<string, string>> = {
    "net.address_in_use":
      "another program has this address and port; choose another with --dns or --dns-tls, or stop that one",
    "net.not_permitted":
      "ports below 1024 need the right to them (CAP_NET_BIND_SERVICE); choose a higher port with --dns",
    "net.address_not_available": "this machine has no such address; choose another with --dns",
  };
  throw new CannotServe(`DNS can't be answered: ${what[code] ?? code} (${detail}).`);
}

async function openApi(config: Config, control: Control, edge: Edge, log: Logger, https: HttpTlsFiles | undefined) {
  const metrics = new Metrics({ totals: () => edge.totals(), typeName, rcodeName });
  metrics.register({
    name: "countersign_zones",
    help: "Zones that are configured.",
    kind: "gauge",
    read: () => [{ value: control.zoneCount }],
  });
  for (const source of control.metrics()) metrics.register(source);
  // DNS is answered by now, and need not wait for the libraries of HTTP.
  const { buildApi, renewTls } = await import("#api");
  const app = buildApi({
    service: control.service,
    logger: log,
    metrics: () => metrics.page(),
    version: packageVersion(),
    maxBodyOctets: config.maxBodyOctets,
    cors: config.cors,
    trustedProxies: config.trustedProxies,
    rate: { requests: config.apiRequests, seconds: config.apiRequestsSeconds },
    tls: https?.settings,
    webDirectory: new URL("../web/dist", import.meta.url).pathname,
  });
  const { address: host, port } = config.http;
  try {
    const listening = await app.listen({ host, port });
    const url = https ? listening.replace(/^http:/, "https:") : listening;
    // Keep-alive connections of API clients must not hold up the end.
    const close = async () => {
      app.server.closeAllConnections();
      await app.close();
    };
    return { address: url, close, renew: (files: HttpTlsFiles) => renewTls(app.server, files.settings) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const what = HTTP_TEXTS[code] ?? "choose another address with --http";
    throw new CannotServe(`The API can't listen on ${printSocketAddress(config.http)} (${code}): ${what}.`);
  }
}

const HTTP_TEXTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has this address and port; choose another with --http, or stop that one",
  EADDRNOTAVAIL: "this machine has no such address; choose another with --http",
  EACCES: "ports below 1024 need the right to them (CAP_NET_BIND_SERVICE); choose a higher one with --http",
};

function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

type Running = {
  readonly control: Control;
  readonly edge: Edge;
  readonly log: Logger;
  readonly renewApi: (files: HttpTlsFiles) => void;
};

type Reloader = {
  /** On SIGHUP: the options, and the files of certificates. */
  readonly options: () => void;
  /** When they have changed: the files of certificates alone. */
  readonly files: () => void;
  readonly paths: () => readonly string[];
};

function reloader(config: Config, argv: readonly string[], running: Running): Reloader {
  const { control, log } = running;
  let inForce = config;
  // Whether there is TLS at all is settled at the start.
  const files = (): void => {
    const { dnsTls } = config;
    renewCertificates({ ...inForce, dnsTls }, running, config.httpTlsCertificate !== undefined);
  };
  const options = (): void => {
    const next = readConfig(argv);
    if (!next) {
      log.error("the options can't be read again; the old ones stay in force");
      return;
    }
    const trouble = checkHook(next);
    if (trouble !== undefined) {
      log.error(`${trouble} The old options stay in force.`);
      return;
    }
    const provider = readProviderSettings(next);
    if (!provider.ok) {
      log.error(`${provider.error} The old options stay in force.`);
      return;
    }
    const fixed = OPTION_NAMES.filter(
      (name) => !("reloads" in OPTIONS[name]) && JSON.stringify(next[name]) !== JSON.stringify(inForce[name]),
    );
    if (fixed.length > 0) log.warn({ options: fixed }, "these options change with the next restart");
    inForce = next;
    log.level = next.logLevel;
    control.reload(controlSettings(next, provider.value));
    files();
    log.info("options read again");
  };
  return { options, files, paths: () => tlsPaths({ ...inForce, dnsTls: config.dnsTls }) };
}

/** A pair that does not fit, because one file is written and the other not yet, leaves the old one in force until the next look. */
function renewCertificates(config: Config, { control, edge, log, renewApi }: Running, isHttps: boolean): void {
  const kept = "the certificate can't be read again; the old one stays in force";
  const tls = readTlsFiles(config);
  if (!tls.ok) {
    log.error({ reason: tls.error }, kept);
    control.refuseListenerCertificate("dns");
  } else if (tls.value) {
    edge.renewTls(tls.value.settings);
    control.setListenerCertificate("dns", tls.value.certificate);
  }
  const https = readHttpTlsFiles(config);
  if (!https.ok) {
    log.error({ reason: https.error }, kept);
    control.refuseListenerCertificate("http");
  } else if ((https.value !== undefined) !== isHttps) log.warn("HTTP or HTTPS: this changes with the next restart");
  else if (https.value) {
    renewApi(https.value);
    control.setListenerCertificate("http", https.value.certificate);
    log.info({ until: new Date(https.value.certificate.notAfter).toISOString() }, "certificate of the API read again");
  }
}

function announce(config: Config, control: Control, edge: Edge, http: string, crypto: Crypto, token: Token): void {
  const dns = edge.addresses.map(printSocketAddress).join(", ");
  const lines = [
    `countersign ${packageVersion()}`,
    `  DNS      ${dns} (UDP ${edge.udpPath}, TCP)`,
    ...(edge.tlsAddresses.length > 0 ? [`  DoT      ${edge.tlsAddresses.map(printSocketAddress).join(", ")}`] : []),
    `  API      ${http}`,
    `  data     ${config.data}, ${control.zoneCount} zones`,
    `  signing  ${crypto.cryptoPath.path}`,
  ];
  if (token.shown !== undefined) {
    lines.push(`  token    ${token.shown}`, `           shown this once; kept in ${token.file}`);
  } else if (token.file !== undefined) lines.push(`  token    in ${token.file}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
