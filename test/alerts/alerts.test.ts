/**
 * Alerts of the whole product: a receiver of webhooks and a mail server in this process, Knot DNS as the primary. What is told,
 * how it is signed, that it is told once, again after failures and after a restart, and where it is never sent.
 */
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandLineOf } from "../cli/command-line.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  type Peer,
  type PeerZone,
  removeDirectory,
  signZone,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";

const SECRET = "a secret of the webhook 0123456789";
const PASSWORD = "password of the mail server";

function zone(name: string, serial: number, expire = 86_400): PeerZone {
  const text = `$ORIGIN ${name}\n$TTL 3600\n@ IN SOA ns1 hostmaster ${serial} 3600 600 ${expire} 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\n`;
  return { name, text };
}

type Told = {
  readonly path: string;
  readonly delivery: string;
  readonly body: {
    readonly id: string;
    readonly kind: string;
    readonly test: boolean;
    readonly zone: { readonly name: string } | null;
    readonly event: { readonly code: string; readonly message: string };
  };
};

/** Receives webhooks; checks each signature as the manual says a receiver does. */
class Receiver {
  readonly told: Told[] = [];
  readonly wrong: string[] = [];
  /** Answers so many with 500 first. */
  failing = 0;
  port = 0;
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const timestamp = String(request.headers["countersign-timestamp"]);
      const expected = `v1=${createHmac("sha256", SECRET).update(`${timestamp}.${text}`).digest("hex")}`;
      if (request.headers["countersign-signature"] !== expected) this.wrong.push(text);
      if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 120) this.wrong.push(timestamp);
      const bad = this.failing > 0;
      if (bad) this.failing--;
      else {
        const delivery = String(request.headers["countersign-delivery"]);
        this.told.push({ path: request.url!, delivery, body: JSON.parse(text) });
      }
      if (request.url === "/redirect") response.writeHead(302, { location: "/elsewhere" }).end();
      else response.writeHead(bad ? 500 : 204).end();
    });
  });

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, LOOPBACK, resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  stop(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  of(kind: string, name?: string): readonly Told[] {
    return this.told.filter(({ body }) => body.kind === kind && (name === undefined || body.zone?.name === name));
  }
}

const mails: string[] = [];
const mailServer = new SMTPServer({
  authOptional: false,
  allowInsecureAuth: true,
  disabledCommands: ["STARTTLS"],
  onAuth: ({ username, password }, _session, done) => {
    if (username === "countersign" && password === PASSWORD) done(null, { user: username });
    else done(new Error("who are you"));
  },
  onData: (stream, _session, done) => {
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    stream.on("end", () => {
      mails.push(text);
      done();
    });
  },
});

const NAMES = ["updates.example.", "held.example.", "horizon.example.", "quiet.example.", "over.example."];
const directory = makeDirectory("alerts");
const receiver = new Receiver();
const ENV = { COUNTERSIGN_ALERT_RANGES: "127.0.0.0/8" };
const destinations: Record<string, string> = {};
let mailPort: number;
let knot: Peer;
let product: Countersign;

beforeAll(async () => {
  await receiver.start();
  await new Promise<void>((resolve) => mailServer.listen(0, LOOPBACK, resolve));
  mailPort = (mailServer.server.address() as AddressInfo).port;
  const port = await freePort();
  // Signatures for four days, where SOA EXPIRE would have the zone served for seven.
  const short = { denial: "nsec", expiration: "now+4d" } as const;
  const zones = NAMES.map((name) =>
    name === "horizon.example." ? signZone(zone(name, 1, 604_800), short) : zone(name, 1),
  );
  knot = await startKnot({ zones, notify: [{ address: LOOPBACK, port }] });
  product = await startCountersign({ port, directory, env: ENV });
});
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  await receiver.stop();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
  removeDirectory(directory);
});

const post = (path: string, body?: unknown) => product.call("POST", `/countersign/v1/alerts${path}`, body);

async function addDestination(name: string, target: object): Promise<string> {
  destinations[name] = ((await post("/destinations", { name, ...target })) as { id: string }).id;
  return destinations[name];
}

const webhook = (path: string, host = LOOPBACK) => ({ url: `http://${host}:${receiver.port}${path}` });
const testOf = async (name: string) =>
  (await post(`/destinations/${destinations[name]}/test`)) as { delivered: boolean; error: { code: string } | null };

test("a webhook arrives, signed; its secret is shown nowhere and lies sealed on the disk", async () => {
  const id = await addDestination("hook", { webhook: webhook("/hook"), secret: SECRET });
  expect(await testOf("hook")).toEqual({ delivered: true, error: null });
  expect(receiver.told).toHaveLength(1);
  expect(receiver.told[0]!.body).toMatchObject({ kind: "test", test: true, zone: null, version: 1 });
  const shown = await product.call("GET", `/countersign/v1/alerts/destinations/${id}`);
  expect(shown).toMatchObject({ name: "hook", kind: "webhook", has_secret: true });
  expect(JSON.stringify([shown, await product.call("GET", "/countersign/v1/alerts/destinations")])).not.toContain(
    SECRET,
  );
  for (const file of readdirSync(join(directory, "data"), { recursive: true, withFileTypes: true })) {
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name)).includes(SECRET), file.name).toBe(false);
  }
  // Replaced without a secret it keeps it; sent elsewhere it has to be given anew.
  const path = `/countersign/v1/alerts/destinations/${id}`;
  expect(await product.call("PUT", path, { name: "hook", webhook: webhook("/hook2") })).toMatchObject({
    has_secret: true,
  });
  expect((await testOf("hook")).delivered).toBe(true);
  const elsewhere = { name: "hook", webhook: { url: "https://receiver.example.net/" } };
  await expect(product.call("PUT", path, elsewhere)).rejects.toThrow(/alert\.secret-missing/);
});

test("where alerts are never sent: other private addresses, clear text to public ones, redirects", async () => {
  const refused = async (url: string) => {
    await addDestination("refused", { webhook: { url }, secret: SECRET });
    const result = await testOf("refused");
    await product.call("DELETE", `/countersign/v1/alerts/destinations/${destinations["refused"]}`);
    return result.error?.code;
  };
  for (const url of [
    "https://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://0.0.0.0/",
    "https://2130706433.invalid/",
  ]) {
    expect(await refused(url), url).toMatch(/^outbound\.(address-forbidden|no-address)$/);
  }
  expect(await refused("http://192.88.98.1/")).toBe("outbound.clear-text");
  expect(await refused(webhook("/redirect").url)).toBe("outbound.status");
  expect(receiver.told.some(({ path }) => path === "/elsewhere")).toBe(false);
  const bad = (body: object) => post("/destinations", { name: "bad", ...body });
  await expect(bad({ webhook: { url: "file:///etc/passwd" }, secret: SECRET })).rejects.toThrow(/400/);
  await expect(bad({ webhook: { url: "https://user:pw@example.net/" }, secret: SECRET })).rejects.toThrow(/400/);
  await expect(bad({ webhook: webhook("/"), secret: "short" })).rejects.toThrow(/400/);
  await expect(bad({ webhook: webhook("/") })).rejects.toThrow(/alert\.secret-missing/);
});

test("mail arrives after a login; a wrong password is said to be one", async () => {
  const file = join(directory, "password");
  writeFileSync(file, `${PASSWORD}\n`);
  const cli = commandLineOf(product);
  const words = ["alert", "destination", "add", "mail", "--smtp", LOOPBACK, "--port", String(mailPort)];
  const who = [
    "--security",
    "none",
    "--username",
    "countersign",
    "--from",
    "dns@example.com",
    "--to",
    "ops@example.com",
  ];
  await cli.ok(...words, ...who, "--secret-file", file);
  expect(await cli.ok("alert", "destination", "test", "mail")).toBe("mail: the test was taken.\n");
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatch(/^Subject: \[Countersign\] test of alerts/m);
  expect(mails[0]).toMatch(/^Auto-Submitted: auto-generated/m);
  expect(mails[0]).not.toContain(PASSWORD);
  const smtp = {
    host: LOOPBACK,
    port: mailPort,
    security: "none",
    username: "countersign",
    from: "a@b.c",
    to: ["d@e.f"],
  };
  await addDestination("wrong", { smtp, secret: "wrong" });
  expect((await testOf("wrong")).error?.code).toBe("smtp.auth");
  await cli.ok("alert", "destination", "remove", "wrong");
  await expect(post("/destinations", { name: "x", smtp: { ...smtp, to: ["a@b.c\r\nBcc: x@y.z"] } })).rejects.toThrow(
    /400/,
  );
});

test("an update is told by both, a policy of another zone tells nothing, and repeats are counted", async () => {
  const id = await product.addZone({ name: "updates.example.", primary: knot, mode: "unsigned" });
  const quiet = await product.addZone({ name: "quiet.example.", primary: knot, mode: "unsigned" });
  await product.served(id, "updates.example.", 1);
  await product.served(quiet, "quiet.example.", 1);
  const kind = "secondary_dns_zone_successfully_updated";
  const cli = commandLineOf(product);
  await cli.ok("alert", "add", "updates", "--to", "hook", "--to", "mail", "--kind", kind, "--zone", "updates.example");
  mails.length = 0;
  await knot.replaceZone(zone("quiet.example.", 2));
  await product.served(quiet, "quiet.example.", 2);
  await knot.replaceZone(zone("updates.example.", 2));
  await product.served(id, "updates.example.", 2);
  await until("both to be told", () => receiver.of(kind).length === 1 && mails.length === 1);
  expect(receiver.of(kind)[0]!.body).toMatchObject({
    zone: { name: "updates.example" },
    event: { code: "transfer.taken" },
  });
  expect(mails[0]).toMatch(/^Subject: \[Countersign\] updates\.example: updated/m);
  await knot.replaceZone(zone("updates.example.", 3));
  await product.served(id, "updates.example.", 3);
  const deliveries = async () =>
    (await product.call("GET", "/countersign/v1/alerts/deliveries")) as {
      kind: string;
      state: string;
      repeats: number;
      tries: number;
    }[];
  const told = await until("the repeat to be counted", async () => {
    const rows = await deliveries();
    return rows.every(({ state, repeats }) => state === "delivered" && repeats === 1) && rows;
  });
  expect(told).toHaveLength(2);
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const history = await product.call("GET", `/client/v4/accounts/${account!.id}/alerting/v3/history`);
  const sent = { name: "updates", alert_type: kind, alert_body: expect.stringContaining("updates.example") };
  expect(history).toHaveLength(2);
  expect(history).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...sent, mechanism_type: "webhook", mechanism: webhook("/hook2").url }),
      expect.objectContaining({ ...sent, mechanism_type: "email", mechanism: "ops@example.com" }),
    ]),
  );
  expect(receiver.of(kind)).toHaveLength(1);
  await cli.ok("alert", "disable", "updates");
  expect(await cli.ok("alert", "list")).toMatch(/^updates +no +1 +1 +900 +hook, mail/m);
  await expect(product.call("DELETE", `/countersign/v1/alerts/destinations/${destinations["hook"]}`)).rejects.toThrow(
    /alert\.destination-in-use/,
  );
});

test("that a trouble is over is told each time, within the window of the last one too", async () => {
  const over = "countersign_trouble_over";
  await commandLineOf(product).ok("alert", "add", "over", "--to", "hook", "--kind", over, "--window", "3600");
  const id = await product.addZone({ name: "over.example.", primary: knot, mode: "unsigned" });
  await product.served(id, "over.example.", 1);
  const incoming = await product.call("GET", `/client/v4/zones/${id}/secondary_dns/incoming`);
  const [peer] = (incoming as { peers: string[] }).peers;
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const path = `/client/v4/accounts/${account!.id}/secondary_dns/peers/${peer}`;
  const before = (await product.call("GET", path)) as { name: string; ip: string };
  const ask = async (port: number) => {
    await product.call("PUT", path, { name: before.name, ip: before.ip, port });
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  };
  type Event = { readonly code: string };
  const failures = async () => {
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as Event[];
    return events.filter(({ code }) => code === "refresh.all-failed").length;
  };
  for (const times of [1, 2]) {
    const failed = await failures();
    await ask(await freePort());
    await until("nobody to answer", async () => (await failures()) > failed);
    expect(receiver.of(over)).toHaveLength(times - 1);
    await ask(knot.port);
    await until("that it is over", () => receiver.of(over).length === times);
  }
  expect(receiver.of(over)[0]!.body).toMatchObject({
    zone: { name: "over.example" },
    event: { code: "refresh.recovered" },
  });
});

test("signatures that end before SOA EXPIRE would are told once, not for every version", async () => {
  const kind = "countersign_signature_horizon";
  await commandLineOf(product).ok("alert", "add", "horizon", "--to", "hook", "--kind", kind, "--window", "0");
  const name = "horizon.example.";
  const id = await product.addZone({ name, primary: knot, mode: "presigned" });
  await product.served(id, name, 1);
  await until("the horizon to be told", () => receiver.of(kind).length === 1);
  expect(receiver.of(kind)[0]!.body).toMatchObject({
    zone: { name: "horizon.example" },
    event: { code: "dnssec.signature-horizon" },
  });
  await knot.replaceZone(signZone(zone(name, 2, 604_800), { denial: "nsec", expiration: "now+5d" }));
  await product.served(id, name, 2);
  await knot.replaceZone(signZone(zone(name, 3, 604_800), { denial: "nsec", expiration: "now+30d" }));
  await product.served(id, name, 3);
  expect(receiver.of(kind)).toHaveLength(1);
  await knot.replaceZone(signZone(zone(name, 4, 604_800), { denial: "nsec", expiration: "now+4d" }));
  await product.served(id, name, 4);
  await until("it to be told again", () => receiver.of(kind).length === 2);
});

test("failures are tried again; what waits survives a restart, and comes with the same id", async () => {
  const kind = "secondary_dns_zone_validation_warning";
  await commandLineOf(product).ok("alert", "add", "warnings", "--to", "hook");
  receiver.failing = 1;
  const id = await product.addZone({ name: "held.example.", primary: knot, mode: "presigned" });
  await until("the alert after one failure", () => receiver.of(kind, "held.example").length === 1);
  expect(receiver.of(kind)[0]!.body.event).toMatchObject({ code: "zone.held" });
  await product.call("DELETE", `/client/v4/zones/${id}`);

  // The receiver is away, then the server, then both come back.
  const { port } = receiver;
  await receiver.stop();
  await knot.process.stop();
  const failing = "secondary_dns_all_primaries_failing";
  const again = await product.addZone({ name: "held.example.", primary: knot, mode: "unsigned" });
  const waiting = await until("an alert that was tried in vain", async () => {
    const rows = (await product.call("GET", "/countersign/v1/alerts/deliveries")) as {
      kind: string;
      state: string;
      tries: number;
      delivery_id: string;
      error: { code: string } | null;
    }[];
    return rows.find((row) => row.kind === failing && row.tries > 0);
  });
  expect(waiting).toMatchObject({ state: "waiting", error: { code: "outbound.failed" } });
  await product.process.stop();
  const back = new Receiver();
  await back.start(port);
  product = await startCountersign({ port: product.port, directory, env: ENV });
  try {
    const [told] = await until("the alert after the restart", () => {
      const found = back.of(failing, "held.example");
      return found.length > 0 && found;
    });
    expect(told!.delivery).toBe(waiting.delivery_id);
    expect([...back.wrong, ...receiver.wrong]).toEqual([]);
    expect(await commandLineOf(product).ok("alert", "deliveries")).toContain("delivered");
    await product.call("DELETE", `/client/v4/zones/${again}`);
  } finally {
    await back.stop();
    await receiver.start(port).catch(() => undefined);
  }
}, 240_000);
