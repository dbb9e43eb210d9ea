/** `watch`: the live view, over a server that goes away and comes back, ended by Ctrl-C; `doctor` against real states. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createRelay, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { EventRow } from "#contract";
import { makeBrowser } from "../identity/browser.ts";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/countersign.ts";
import { freePort, LOOPBACK, makeDirectory, removeDirectory, until } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { commandLineOf, countersign } from "./command-line.ts";

type Finding = {
  readonly check: string;
  readonly state: string;
  readonly sentence: string;
  readonly todo: string | null;
};

let product: Countersign;
let cli: ReturnType<typeof commandLineOf>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  product = await startCountersign();
  cli = commandLineOf(product);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => product?.stop());

/** In a process of its own, for the signal. */
function start(url: string, ...words: readonly string[]) {
  const child = spawn(join(ROOT, "bin", "countersign"), words, {
    env: { ...process.env, COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: TEST_TOKEN },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const ended = new Promise<number | string | null>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal)),
  );
  return { child, said, ended };
}

/** Between the command and the server: cuts what goes through it. */
async function startRelay(): Promise<{ url: string; cut(): void; stop(): void }> {
  const sockets = new Set<Socket>();
  const relay = createRelay((client) => {
    const server = connect(product.httpPort, LOOPBACK);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => relay.listen(0, LOOPBACK, resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const { port } = relay.address() as AddressInfo;
  const stop = () => {
    cut();
    relay.close();
  };
  return { url: `http://${LOOPBACK}:${port}`, cut, stop };
}

const followersOf = async ({ url }: Pick<Countersign, "url">) =>
  /^countersign_event_followers (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
const followers = () => followersOf(product);

async function newZone(server: Countersign, name: string) {
  const [account] = (await server.call("GET", "/client/v4/accounts")) as { id: string }[];
  return { name, type: "secondary", account: { id: account!.id } };
}

/** Whole lines alone: the last one may still be on its way. */
function eventsOf(out: string): readonly EventRow[] {
  const lines = out.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as EventRow);
}

test("begins with the zone's health, goes on behind a lost connection, and Ctrl-C ends it with 0", async () => {
  await cli.ok("zone", "add", "watched.example");
  const id = (await cli.json<{ zone?: { id: string }; id?: string }>("zone", "show", "watched.example")).id!;
  const relay = await startRelay();
  const { child, said, ended } = start(relay.url, "watch", "watched.example");
  await until("the stream", async () => (await followers()) === "1");
  expect(said.out).toBe("watched.example: no primary is linked to it\n");
  await product.call("POST", `/countersign/v1/zones/${id}/freeze`);
  await until("an event", async () => /^\d{4}-\S+ \S+Z {2}watched\.example {2}\S/m.test(said.out));
  relay.cut();
  await until("the loss to be told", async () => said.err.includes("trying again"));
  const before = said.out;
  await product.call("POST", `/countersign/v1/zones/${id}/thaw`);
  await until("what happened meanwhile", async () => said.out.length > before.length);
  const lines = said.out.trimEnd().split("\n");
  expect(new Set(lines).size).toBe(lines.length);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  relay.stop();
});

test("goes on after the server was stopped and started again", async () => {
  const directory = makeDirectory("watched");
  const options = { directory, port: await freePort(), httpPort: await freePort() };
  let server = await startCountersign(options);
  try {
    const { child, said, ended } = start(server.url, "watch", "--json");
    await until("the stream", async () => (await followersOf(server)) === "1");
    await server.call("POST", "/client/v4/zones", await newZone(server, "before.example"));
    await until("an event before", async () => said.out.includes("before.example"));
    await server.stop();
    await until("the loss to be told", async () => said.err.includes("trying again"));
    server = await startCountersign(options);
    await until("the stream again", async () => (await followersOf(server)) === "1");
    await server.call("POST", "/client/v4/zones", await newZone(server, "after.example"));
    await until("an event after", async () => said.out.includes("after.example"));
    expect(said.err).toMatch(/trying again\n(.*\n)*the server is there again\n/);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    const ids = eventsOf(said.out).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  } finally {
    await server.stop();
    removeDirectory(directory);
  }
}, 180_000);

test("--json: an event a line and nothing else; of one zone nothing of another", async () => {
  for (const name of ["one.example", "other.example"]) await cli.ok("zone", "add", name);
  const { child, said, ended } = start(product.url, "watch", "one.example", "--json");
  await until("the stream", async () => (await followers()) === "1");
  for (const name of ["other.example", "one.example"]) {
    await cli.ok("zone", "freeze", name);
    await cli.ok("zone", "thaw", name);
  }
  await until("the zone's events", async () => said.out.includes("zone.thawed"));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  expect(eventsOf(said.out).map(({ code, message }) => [code, message.split(":")[0]])).toEqual([
    ["zone.frozen", "one.example"],
    ["zone.thawed", "one.example"],
  ]);
  for (const name of ["one.example", "other.example"]) await cli.ok("zone", "remove", name);
});

test("a token that is revoked meanwhile ends it with 1, and says so", async () => {
  const { value } = await cli.json<{ value: string }>("token", "create", "watches", "--may", "DNS Read", "Zone Read");
  const { said, ended } = start(product.url, "watch", "--token", value);
  await until("the stream", async () => (await followers()) === "1");
  await cli.ok("token", "revoke", "watches");
  expect(await ended).toBe(1);
  expect(said.err).toMatch(/^countersign: .*\(auth\.refused\)$/m);
});

test("a server that is not there is told at once", async () => {
  const { code, err } = await countersign(["watch"], {
    COUNTERSIGN_URL: `http://${LOOPBACK}:9`,
    COUNTERSIGN_TOKEN: "t",
  });
  expect(code).toBe(3);
  expect(err).toContain("can't be reached");
});

test("doctor: a zone without a primary is a problem, with what to do; nobody is told: a warning", async () => {
  const { code, out } = await cli.run("doctor", "--json");
  expect(code).toBe(1);
  const findings = JSON.parse(out) as Finding[];
  const of = (check: string) => findings.find((finding) => finding.check === check);
  expect(of("server")?.state).toBe("ok");
  expect(of("token")).toMatchObject({ state: "ok", sentence: expect.stringContaining("admin") });
  expect(of("clock")?.state).toBe("ok");
  expect(of("zones")?.sentence).toMatch(/^1 zone: 1 problem/);
  expect(of("zone")).toMatchObject({
    state: "problem",
    sentence: "watched.example: no primary is linked to it",
    todo: "countersign zone set watched.example --peer ADDRESS",
  });
  expect(of("alerts")?.state).toBe("warning");
  expect((await cli.run("doctor")).out).toMatch(/^problem {2}zone +watched\.example: .*\n +→ countersign zone set/m);
});

test("doctor: without problems it ends with 0", async () => {
  await cli.ok("zone", "remove", "watched.example");
  const { code, out } = await cli.run("doctor");
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining("there are no zones yet") });
});

test("doctor: a primary that refuses is named with what it last said", async () => {
  // Nobody listens there.
  await cli.ok("zone", "add", "away.example", "--peer", `${LOOPBACK}:9`);
  const primaries = await until("the first failure", async () => {
    const findings = JSON.parse((await cli.run("doctor", "--json")).out) as Finding[];
    return findings.find(({ check, state }) => check === "primaries" && state === "warning");
  });
  expect(primaries.sentence).toContain(`(${LOOPBACK}:9): `);
  await cli.ok("zone", "remove", "away.example");
});

test("doctor: a wrong token, a server that is away, a clock that is wrong", async () => {
  const refused = await countersign(["doctor", "--json", "--token", "wrong"], { COUNTERSIGN_URL: product.url });
  expect(refused.code).toBe(1);
  expect((JSON.parse(refused.out) as Finding[]).find(({ check }) => check === "token")?.state).toBe("problem");
  const away = await countersign(["doctor"], { COUNTERSIGN_URL: `http://${LOOPBACK}:9`, COUNTERSIGN_TOKEN: "t" });
  expect(away).toMatchObject({ code: 1, out: expect.stringMatching(/^problem {2}server/) });
  const late = await startLate();
  const { port } = late.address() as AddressInfo;
  const wrong = await countersign(["doctor"], {
    COUNTERSIGN_URL: `http://${LOOPBACK}:${port}`,
    COUNTERSIGN_TOKEN: TEST_TOKEN,
  });
  late.close();
  expect(wrong.out).toMatch(/^problem {2}clock +the clock of this machine is \d+ s ahead of the server's$/m);
});

test("doctor: whose token it is, by the role of its user and by its policies", async () => {
  const password = "a password of some length";
  await product.call("POST", "/countersign/v1/users", {
    email: "ann@example.com",
    name: "Ann",
    role: "viewer",
    password,
  });
  const browser = makeBrowser(product);
  await browser.signIn({ email: "ann@example.com", password });
  const [group] = await cli.json<{ id: string; name: string }[]>("token", "groups");
  const policies = [
    {
      effect: "allow",
      permission_groups: [{ id: group!.id }],
      resources: { "com.cloudflare.api.account.zone.*": "*" },
    },
  ];
  const made = await browser.ask("POST", "/client/v4/user/tokens", { name: "look", policies });
  const { value } = made.result as { value: string };
  const { out } = await countersign(["doctor", "--token", value], { COUNTERSIGN_URL: product.url });
  expect(out).toMatch(
    new RegExp(`^ok +token +the token is limited by its policies to ${group!.name}, of a viewer`, "m"),
  );
  expect(await cli.ok("doctor")).toMatch(/^ok +token +the token may do what an admin may$/m);
});

/** The product behind a Date of an hour ago. */
async function startLate(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { headers } = request;
    const answer = await fetch(product.url + request.url!, { headers: { authorization: headers.authorization ?? "" } });
    response.writeHead(answer.status, { date: new Date(Date.now() - 3_600_000).toUTCString(), connection: "close" });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return server;
}
