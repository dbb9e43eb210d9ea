/** Countersign as a child process, driven through its HTTP API, as an operator would. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long the service may take to start and to stop, in milliseconds. */
const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 6_000;
const PAUSE_MILLISECONDS = 50;

export type Product = {
  readonly token: string;
  readonly url: string;
  /** The `result` of the API's envelope. Throws with its errors. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
};

export type ProductOptions = {
  readonly root: string;
  readonly data: string;
  readonly dns: string;
  readonly http: string;
  readonly nameServers: readonly string[];
};

export async function startProduct(options: ProductOptions): Promise<Product> {
  const token = randomBytes(24).toString("base64url");
  const log: string[] = [];
  const args = ["serve", "--data", options.data, "--dns", options.dns, "--http", options.http];
  const child = spawn(process.execPath, [join(options.root, "src", "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, COUNTERSIGN_TOKEN: token, COUNTERSIGN_NAMESERVERS: options.nameServers.join(",") },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  const onExit = (): boolean => child.kill("SIGKILL");
  process.once("exit", onExit);
  const url = `http://${options.http}`;
  await waitReady(child, url, token, log);
  return {
    token,
    url,
    call: (method, path, body) => callApi(url, token, method, path, body),
    stop: async () => {
      process.removeListener("exit", onExit);
      await stopChild(child);
    },
  };
}

/** Ready, and ours: another server may have taken the port in the meantime, and it would not know the token. */
async function waitReady(child: ChildProcess, url: string, token: string, log: readonly string[]): Promise<void> {
  const deadline = Date.now() + START_MILLISECONDS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    if ((await succeeds(`${url}/readyz`)) && (await succeeds(`${url}/client/v4/user/tokens/verify`, token))) return;
    await sleep(PAUSE_MILLISECONDS);
  }
  child.kill("SIGKILL");
  throw new Error(`Countersign did not start. It said:\n${log.join("").slice(-2_000)}`);
}

function succeeds(url: string, token?: string): Promise<boolean> {
  return fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
  await ended;
  clearTimeout(killer);
}

async function callApi(url: string, token: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const envelope = (await response.json()) as { success: boolean; errors: unknown; result: unknown };
  if (!envelope.success) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(envelope.errors)}`);
  return envelope.result;
}
