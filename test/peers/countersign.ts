/** The product itself as a child process, with a data directory of its own, driven through its HTTP API alone. */
import { join } from "node:path";
import type { Transfer } from "#contract";
import { ROOT } from "../root.ts";
import { bareName, type Peer, servedSerial, type TsigKey } from "./peer.ts";
import {
  freePort,
  LOOPBACK,
  makeDirectory,
  removeDirectory,
  type ServerProcess,
  startProcess,
} from "./server-process.ts";
import { until } from "./until.ts";

export const TEST_TOKEN = "countersign-test-token-0123456789abcdef";

export type CountersignOptions = {
  /** Handed in: kept when it stops, for a restart on the same data. */
  readonly directory?: string;
  readonly port?: number;
  readonly httpPort?: number;
  /** More addresses to answer DNS on, `ADDRESS:PORT`. */
  readonly moreDns?: readonly string[];
  /** More environment, such as `COUNTERSIGN_RESOLVER`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly launcher?: readonly string[];
  /** The API speaks TLS: `url` is https://localhost:PORT, and whoever asks has to know its CA. */
  readonly https?: boolean;
};

export type SigningMode =
  | "unsigned"
  | "live"
  | "live-nsec3"
  | "live-chain"
  | "presigned"
  | "presigned-nsec3"
  | "multisigner";

export type Countersign = {
  readonly address: string;
  readonly port: number;
  readonly httpPort: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly directory: string;
  readonly process: ServerProcess;
  /** The `result` of the envelope; throws with the errors when `success` is false. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Zone id of a zone that comes from `primary`, created and configured, not waited for. */
  addZone(zone: {
    readonly name: string;
    readonly primary: Pick<Peer, "kind" | "address" | "port">;
    readonly tsig?: TsigKey;
    readonly mode: SigningMode;
    /** The peer's `ixfr_enable`. */
    readonly ixfr?: boolean;
    /** Countersign's own settings of the zone, before its first transfer. */
    readonly settings?: object;
  }): Promise<string>;
  setMode(zoneId: string, mode: SigningMode): Promise<void>;
  status(zoneId: string): Promise<ZoneStatus>;
  /** What was transferred, or tried, in and out, newest first; without the checks of the serial. */
  attempts(zoneId: string): Promise<readonly Transfer[]>;
  /** Until this serial (any, when left out) is answered; throws with the zone's status when it never is. */
  served(zoneId: string, name: string, serial?: number): Promise<number>;
  /** In the middle of whatever it does (SIGKILL); resolves when the process has ended. Its directory stays. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** Nobody listens there: the parent watcher of a test asks no resolver of the machine. */
const NO_RESOLVER = `${LOOPBACK}:9`;

/** As much of Countersign's own zone status as the tests look at. */
export type ZoneStatus = {
  readonly mode: string;
  readonly serving: string;
  readonly phase: string;
  readonly held: { readonly code: string; readonly reason: string } | null;
  readonly serials: Readonly<Record<"notified" | "primary" | "stored" | "served", number | null>>;
  readonly dnssec: {
    readonly status: string;
    readonly ds: readonly string[];
    readonly own_ds: readonly string[];
    readonly dnskeys: readonly string[];
    readonly next_step: string;
  };
};

/** The edit of `dnssec` and of Countersign's own settings that makes each mode. */
const MODES: Readonly<Record<SigningMode, { readonly dnssec: object; readonly settings?: object }>> = {
  unsigned: { dnssec: {} },
  live: { dnssec: { status: "active" } },
  "live-nsec3": { dnssec: { status: "active", dnssec_use_nsec3: true } },
  "live-chain": { dnssec: { status: "active" }, settings: { denial: "chain" } },
  presigned: { dnssec: { dnssec_presigned: true } },
  "presigned-nsec3": { dnssec: { dnssec_presigned: true, dnssec_use_nsec3: true } },
  multisigner: { dnssec: { status: "active", dnssec_multi_signer: true } },
};

/** Every one, unsigned first. */
export const SIGNING_MODES = Object.keys(MODES) as readonly SigningMode[];

/** How often a start is tried with other ports: another suite may take one between the look and the use of it. */
const START_ATTEMPTS = 3;

export async function startCountersign(options: CountersignOptions = {}): Promise<Countersign> {
  for (let attempt = 1; ; attempt++) {
    const directory = options.directory ?? makeDirectory("product");
    try {
      return await startOnce(options, directory);
    } catch (error) {
      if (options.directory === undefined) removeDirectory(directory);
      if (attempt === START_ATTEMPTS || !lostPort(options, String(error))) throw error;
    }
  }
}

/** Whether it ended for a port that was picked here. */
function lostPort(options: CountersignOptions, said: string): boolean {
  return (
    (options.httpPort === undefined && said.includes("The API can't listen on")) ||
    (options.port === undefined && said.includes("another program has this address and port"))
  );
}

async function startOnce(options: CountersignOptions, directory: string): Promise<Countersign> {
  const port = options.port ?? (await freePort());
  const httpPort = options.httpPort ?? (await freePort());
  const shown = `${options.https ? "https" : "http"}://${LOOPBACK}:${httpPort}`;
  const url = options.https ? `https://localhost:${httpPort}` : shown;
  const where = [
    "--data",
    join(directory, "data"),
    "--dns",
    [`${LOOPBACK}:${port}`, ...(options.moreDns ?? [])].join(","),
    "--http",
    `${LOOPBACK}:${httpPort}`,
  ];
  const [program, ...args] = [
    ...(options.launcher ?? []),
    process.execPath,
    join(ROOT, "src", "main.ts"),
    "serve",
    ...where,
  ];
  const child = await startProcess(program!, args, {
    directory,
    keepDirectory: true,
    env: {
      ...process.env,
      COUNTERSIGN_TOKEN: TEST_TOKEN,
      COUNTERSIGN_WORKERS: "1",
      COUNTERSIGN_RESOLVER: NO_RESOLVER,
      ...options.env,
    },
    // Its own word first: on a port that another suite took, that suite's product would answer, and to the same token.
    ready: async (said) => said.includes(`  API      ${shown}\n`) && (await isReady(url)),
  });
  const call = (method: string, path: string, body?: unknown): Promise<unknown> => callApi(url, method, path, body);
  const status = async (zoneId: string): Promise<ZoneStatus> =>
    (await call("GET", `/countersign/v1/zones/${zoneId}`)) as ZoneStatus;
  return {
    address: LOOPBACK,
    port,
    httpPort,
    url,
    directory,
    process: child,
    call,
    status,
    attempts: async (zoneId) =>
      ((await call("GET", `/countersign/v1/zones/${zoneId}/transfers`)) as Transfer[]).filter(
        ({ kind }) => kind !== "soa",
      ),
    addZone: (zone) => addZone(call, zone),
    setMode: (zoneId, mode) => setMode(call, zoneId, mode),
    served: (zoneId, name, serial) => waitServed(port, () => status(zoneId), name, serial),
    kill: async () => {
      child.signal("SIGKILL");
      await child.ended;
    },
    stop: async () => {
      await child.stop();
      if (options.directory === undefined) removeDirectory(directory);
    },
  };
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

async function addZone(
  call: Call,
  zone: {
    readonly name: string;
    readonly primary: Pick<Peer, "kind" | "address" | "port">;
    readonly tsig?: TsigKey;
    readonly mode: SigningMode;
    readonly ixfr?: boolean;
    readonly settings?: object;
  },
): Promise<string> {
  const [account] = (await call("GET", "/client/v4/accounts")) as { id: string }[];
  const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
  const key = zone.tsig;
  const tsig =
    key &&
    ((await call("POST", `${base}/tsigs`, { name: key.name, algo: key.algorithm, secret: key.secret })) as {
      id: string;
    });
  const peer = (await call("POST", `${base}/peers`, {
    name: zone.primary.kind,
    ip: zone.primary.address,
    port: zone.primary.port,
    ixfr_enable: zone.ixfr ?? false,
    ...(tsig ? { tsig_id: tsig.id } : {}),
  })) as { id: string };
  const created = (await call("POST", "/client/v4/zones", {
    name: bareName(zone.name),
    type: "secondary",
    account: { id: account!.id },
  })) as { id: string };
  await setMode(call, created.id, zone.mode);
  if (zone.settings) await call("PATCH", `/countersign/v1/zones/${created.id}/settings`, zone.settings);
  await call("POST", `/client/v4/zones/${created.id}/secondary_dns/incoming`, {
    name: zone.name,
    peers: [peer.id],
    auto_refresh_seconds: 300,
  });
  return created.id;
}

async function setMode(call: Call, zoneId: string, mode: SigningMode): Promise<void> {
  const { dnssec, settings } = MODES[mode];
  if (settings) await call("PATCH", `/countersign/v1/zones/${zoneId}/settings`, settings);
  if (Object.keys(dnssec).length > 0) await call("PATCH", `/client/v4/zones/${zoneId}/dnssec`, dnssec);
}

async function waitServed(
  port: number,
  status: () => Promise<ZoneStatus>,
  name: string,
  serial?: number,
): Promise<number> {
  const asked = until(`${name} served`, async () => {
    const served = await servedSerial(port, name);
    if (served === undefined || (serial !== undefined && served !== serial)) return undefined;
    // Workers change over one by one, and one of them answered: at rest is the zone when all of them did.
    return (await status()).phase === "idle" ? served : undefined;
  });
  return asked.catch(async (error: Error) => {
    throw new Error(`${error.message}; status ${JSON.stringify(await status())}`);
  });
}

async function callApi(url: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${TEST_TOKEN}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const envelope = (await response.json()) as { success: boolean; errors: unknown; result: unknown };
  if (!envelope.success) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(envelope.errors)}`);
  return envelope.result;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}
