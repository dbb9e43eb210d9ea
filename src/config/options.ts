/**
 * The one table of options: name (also the key in the file), flag, environment variable, kind, default, and a sentence for
 * the reference page and `--help`. The flag of `maxUdpPayload` is `--max-udp-payload`, its variable
 * COUNTERSIGN_MAX_UDP_PAYLOAD; both follow from the name.
 */
import { address, addressRange, choice, flag, hex, hostName, integer, type Kind, list, path, text } from "./kinds.ts";
import { given, type Option, optional } from "./option.ts";
import { SIGN_IN_OPTIONS } from "./sign-in.ts";

export type { Option } from "./option.ts";

const MINUTE = 60;
const DAY = 86_400;

export const OPTIONS = {
  //--- Where
  data: given(path, "countersign-data", "Directory for the database, zone images and keys; made when missing."),
  dns: given(
    list(address),
    [{ address: "127.0.0.1", port: 5300 }],
    "Addresses on which DNS is answered, over UDP and TCP.",
  ),
  dnsTls: given(
    list(address),
    [],
    "Addresses on which DNS is answered over TLS (RFC 7858, RFC 9103), port 853 by custom; needs dnsTlsCertificate and dnsTlsKey.",
  ),
  dnsTlsCertificate: optional(path, "PEM file with the certificate of DNS over TLS, its chain behind it.", {
    reloads: true,
  }),
  dnsTlsKey: optional(path, "PEM file with the private key of that certificate, without a passphrase.", {
    reloads: true,
  }),
  dnsTlsClientCa: optional(
    path,
    "PEM file with the CAs that certificates of clients are verified by; without it clients are known by their key alone.",
    { reloads: true },
  ),
  http: given(address, { address: "127.0.0.1", port: 8053 }, "Address of the API and the dashboard."),
  httpTlsCertificate: optional(
    path,
    "PEM file with the certificate of the API and the dashboard, its chain behind it: with it and httpTlsKey the address of http speaks HTTPS (TLS 1.2 and later) and nothing else. Read again when the file changes.",
    { reloads: true },
  ),
  httpTlsKey: optional(path, "PEM file with the private key of that certificate, without a passphrase.", {
    reloads: true,
  }),
  workers: given(integer(0, 256), 0, "UDP workers for each address; 0 means one for each core."),
  config: optional(path, "JSON file with options; flags and environment go before it."),
  logLevel: given(
    choice("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    "info",
    "Least level that is logged.",
    { reloads: true },
  ),

  //--- Who
  token: optional(
    text,
    "First admin API token. Without it one is made, shown once, and kept in DIR/admin-token, readable by its owner alone.",
    { secret: true },
  ),
  email: given(text, "admin@localhost", "E-mail address that goes with the token in X-Auth-Email."),
  accountName: given(text, "Countersign", "Name of the account that is made at the first start."),
  sessionIdleSeconds: given(
    integer(60, 30 * DAY),
    2 * 60 * MINUTE,
    "After so long without use a session of the dashboard is over, in seconds.",
    { reloads: true },
  ),
  sessionSeconds: given(
    integer(60, 365 * DAY),
    DAY,
    "After so long a session of the dashboard is over however much it is used, in seconds.",
    { reloads: true },
  ),
  ...SIGN_IN_OPTIONS,
  masterKey: optional(text, "Key that seals private keys and TSIG secrets: 32 octets as 64 hex digits or base64.", {
    secret: true,
  }),
  masterKeyFile: optional(path, "File with the master key. Without either, DIR/master-key is made at the first start."),
  nameServers: given(
    list(hostName),
    [],
    "Names of this service's nameservers: zones get them as name_servers, and the registrar is told them.",
    { reloads: true },
  ),

  //--- The parent
  resolver: optional(address, "Resolver that the parent watcher asks; without it the system's first one.", {
    reloads: true,
  }),
  parentPort: given(integer(1, 65_535), 53, "Port of the parent's nameservers; another one than 53 is for tests.", {
    reloads: true,
  }),
  partnerPort: given(
    integer(1, 65_535),
    53,
    "Port of other signers' nameservers, asked while a key is rolled; another one than 53 is for tests.",
    { reloads: true },
  ),
  parentPollYoungSeconds: given(integer(1, DAY), 10, "Shortest interval between questions to the parent, in seconds.", {
    reloads: true,
  }),
  parentPollSettledSeconds: given(
    integer(1, DAY),
    600,
    "Longest interval between questions to the parent, in seconds.",
    {
      reloads: true,
    },
  ),

  //--- Answers
  nsid: optional(text, "Name of this server in the NSID option (RFC 5001), id.server and hostname.bind."),
  maxUdpPayload: given(integer(512, 4096), 1232, "Largest answer over UDP, in octets."),
  cookies: given(
    choice("off", "on", "required"),
    "on",
    'DNS cookies (RFC 9018); "required" answers BADCOOKIE over UDP until the client shows a good one.',
  ),
  cookieSecret: optional(hex(16), "Secret that several servers share to accept each other's cookies.", {
    secret: true,
  }),
  tcpIdleSeconds: given(integer(1, 600), 10, "How long an idle TCP connection is kept, in seconds."),
  maxTcpConnections: given(integer(1, 1_000_000), 10_000, "TCP connections at the same time, all addresses together."),
  signatureCacheOctets: given(
    integer(65_536, 2 ** 32),
    4 * 1024 * 1024,
    "Room in each worker for signatures of names that questioners make up, in octets.",
  ),
  udp: given(choice("auto", "ffi", "dgram"), "auto", "UDP through the FFI fast path, or node:dgram."),
  crypto: given(choice("auto", "ffi", "node"), "auto", "Signatures through the FFI fast path, or node:crypto."),

  //--- Zones and transfers
  maxZones: given(integer(1, 1_000_000), 100_000, "Zones of the whole installation.", { reloads: true }),
  maxZoneRecords: given(integer(1, 100_000_000), 20_000_000, "Records of one zone.", { reloads: true }),
  maxZoneNames: given(
    integer(1, 100_000_000),
    10_000_000,
    "Names of one zone: owner names and the empty non-terminals above them.",
    { reloads: true },
  ),
  maxZoneOctets: given(integer(1024, 2 ** 32 - 1), 2 ** 31, "Octets of one zone's names and RDATA.", { reloads: true }),
  minRefreshSeconds: given(integer(1, DAY), 300, "Least auto_refresh_seconds that the API accepts.", { reloads: true }),
  maxTransfers: given(integer(1, 1000), 10, "Zone transfers at the same time.", { reloads: true }),
  maxTransfersOut: given(
    integer(1, 1000),
    32,
    "Zone transfers to secondaries at the same time; more wait up to 20 seconds.",
    { reloads: true },
  ),
  transferSeconds: given(integer(1, DAY), 60 * MINUTE, "Longest time for one transfer, in seconds.", { reloads: true }),
  transferIdleSeconds: given(integer(1, 3600), 30, "Longest silence within a transfer, in seconds.", { reloads: true }),
  transferSlowSeconds: given(
    integer(1, 3600),
    30,
    "After so many seconds in which a transfer moved less than 64 KiB each, another that waits may begin beside it; 5 at most for transfers out.",
    { reloads: true },
  ),
  checkSeconds: given(integer(1, 60), 5, "How long a primary's SOA answer is waited for, in seconds.", {
    reloads: true,
  }),
  ixfrCheckPercent: given(
    integer(0, 100),
    0,
    "Share of the incremental transfers, in percent, after which the whole zone is fetched, too, and compared.",
    { reloads: true },
  ),
  certificateWarnDays: given(
    integer(1, 365),
    21,
    "How many days before its end a certificate, a peer's or ours, becomes a warning.",
    { reloads: true },
  ),
  zskLifetimeDays: given(
    integer(0, 3650),
    90,
    "After how many days a zone signing key that was made here is rolled by itself; 0: only by order. A zone may say otherwise.",
    { reloads: true },
  ),
  kskLifetimeDays: given(
    integer(0, 3650),
    0,
    "After how many days a key signing key is rolled by itself, where the parent's nameservers can be asked; 0: only by order. A zone may say otherwise.",
    { reloads: true },
  ),
  analyticsDays: given(
    integer(0, 3650),
    400,
    "For how many days it is kept what zones were asked (by minute for 6 hours, by hour for 32 days, then by day); 0: not at all.",
    { reloads: true },
  ),
  timers: given(
    choice("interval", "soa"),
    "interval",
    "How often primaries are asked: by auto_refresh_seconds, or by REFRESH and RETRY of each zone's SOA; a zone may say otherwise.",
    { reloads: true },
  ),
  expired: given(
    choice("servfail", "serve"),
    "servfail",
    "What a zone does when its SOA EXPIRE has passed without contact to a primary.",
    { reloads: true },
  ),
  suspicious: given(
    choice("take", "hold"),
    "take",
    "What becomes of a new version that breaks no rule but looks wrong: taken with a warning, or held for the operator.",
    { reloads: true },
  ),
  holdRecordLossPercent: given(
    integer(0, 100),
    0,
    "A new version that lacks more than so many percent of the records served is held; 0 means never.",
    { reloads: true },
  ),
  prePublishHook: optional(
    path,
    "Program that is asked before a new version is published, run without a shell or arguments; exit 0 takes it, all else holds it.",
    { reloads: true },
  ),
  prePublishHookSeconds: given(integer(1, 3600), 30, "Longest time for one run of the hook, in seconds.", {
    reloads: true,
  }),
  prePublishHooks: given(integer(1, 64), 2, "Runs of the hook at the same time.", { reloads: true }),
  jobs: given(integer(0, 256), 0, "Threads that compile and verify zones; 0 means one for each core."),

  alertRanges: given(
    list(addressRange),
    [],
    "Address ranges, beside public addresses, to which alerts may be sent; clear text is taken there alone.",
    { reloads: true },
  ),

  //--- HTTP
  maxBodyOctets: given(integer(1024, 64 * 1024 * 1024), 1024 * 1024, "Largest request body of the API, in octets."),
  trustedProxies: given(
    list(addressRange),
    [],
    "Addresses of proxies before the API, whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed.",
  ),
  apiRequests: given(
    integer(0, 1_000_000_000),
    1200,
    "Requests to the API that one token or user, or one address without either, may make in apiRequestsSeconds; 0 means no limit. The operator's own token on the machine itself is not counted.",
  ),
  apiRequestsSeconds: given(integer(1, DAY), 300, "The time of apiRequests, in seconds."),
  cors: given(flag, true, "Whether pages of other origins may call the API (they need a token all the same)."),
} as const satisfies Record<string, Option<never> | Option>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<O> = O extends { readonly kind: Kind<infer T>; readonly fallback: infer F }
  ? F extends undefined
    ? T | undefined
    : T
  : never;

/** All options with their values. */
export type Config = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** `--max-udp-payload` */
export function flagOf(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `COUNTERSIGN_MAX_UDP_PAYLOAD`; nameServers is the one word COUNTERSIGN_NAMESERVERS. */
export function variableOf(name: OptionName): string {
  if (name === "nameServers") return "COUNTERSIGN_NAMESERVERS";
  return `COUNTERSIGN_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
