/** Alerts over TLS: the certificate has to be the name's and of a known authority, and a login is never sent in the clear when TLS was asked for. */
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAuthority, makeCertificate } from "../peers/certificates.ts";
import { type Countersign, LOOPBACK, makeDirectory, removeDirectory, startCountersign } from "../peers/index.ts";

const SECRET = "a secret of sixteen and more";
const directory = makeDirectory("alerts-tls");
const authority = makeAuthority("alerts test");
const good = makeCertificate({ name: "localhost", authority });
const other = makeCertificate({ name: "other.example", authority });
const stranger = makeCertificate({ name: "localhost" });

/** Paths that were posted to, and logins that were tried. */
const posted: string[] = [];
const logins: string[] = [];
const servers: { close(): unknown }[] = [];
let product: Countersign;

async function webhookServer({ certificate: cert, key }: typeof good): Promise<number> {
  const server: Server = createServer({ cert, key }, (request, response) => {
    posted.push(request.url!);
    response.end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return (server.address() as AddressInfo).port;
}

async function mailServer(options: object): Promise<number> {
  const server = new SMTPServer({
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      logins.push(`${username}/${password}`);
      done(null, { user: username });
    },
    onData: (stream, _session, done) => stream.resume().on("end", () => done()),
    ...options,
  });
  server.on("error", (error) => expect(error).toBeInstanceOf(Error));
  servers.push({ close: () => server.close(() => undefined) });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return (server.server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const file = join(directory, "authority.pem");
  writeFileSync(file, authority.certificate);
  const env = { COUNTERSIGN_ALERT_RANGES: "127.0.0.1", NODE_EXTRA_CA_CERTS: file };
  product = await startCountersign({ directory, env });
});
afterAll(async () => {
  await product?.stop();
  for (const server of servers) server.close();
  removeDirectory(directory);
});

async function outcomeOf(target: object): Promise<string> {
  const path = "/countersign/v1/alerts/destinations";
  const { id } = (await product.call("POST", path, { name: "test", secret: SECRET, ...target })) as { id: string };
  const result = (await product.call("POST", `${path}/${id}/test`)) as { error: { code: string } | null };
  return result.error?.code ?? "delivered";
}

test("a webhook over https: the name's certificate of a known authority, nothing else", async () => {
  const url = (port: number) => ({ webhook: { url: `https://localhost:${port}/hook?a=b` } });
  expect(await outcomeOf(url(await webhookServer(good)))).toBe("delivered");
  expect(posted).toEqual(["/hook?a=b"]);
  expect(await outcomeOf(url(await webhookServer(other)))).toBe("outbound.failed");
  expect(await outcomeOf(url(await webhookServer(stranger)))).toBe("outbound.failed");
  expect(posted).toHaveLength(1);
});

test("mail by STARTTLS and by TLS: as strict, and no login in the clear", async () => {
  const smtp = (port: number, security: string) => ({
    smtp: { host: "localhost", port, security, username: "dns", from: "dns@example.com", to: ["ops@example.com"] },
  });
  const { certificate: cert, key } = good;
  const plain = { authOptional: false };
  expect(await outcomeOf(smtp(await mailServer({ ...plain, cert, key }), "starttls"))).toBe("delivered");
  expect(await outcomeOf(smtp(await mailServer({ ...plain, cert, key, secure: true }), "tls"))).toBe("delivered");
  expect(logins.splice(0)).toEqual([`dns/${SECRET}`, `dns/${SECRET}`]);
  const bad = { cert: other.certificate, key: other.key };
  expect(await outcomeOf(smtp(await mailServer({ ...plain, ...bad }), "starttls"))).toBe("smtp.failed");
  expect(await outcomeOf(smtp(await mailServer({ ...plain, ...bad, secure: true }), "tls"))).toBe("smtp.failed");
  // A server, or somebody in between, that leaves STARTTLS out.
  expect(await outcomeOf(smtp(await mailServer({ ...plain, disabledCommands: ["STARTTLS"] }), "starttls"))).toBe(
    "smtp.failed",
  );
  expect(logins).toEqual([]);
});
