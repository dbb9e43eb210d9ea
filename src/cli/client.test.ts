/** The client against servers that are not what they should be; the real server is in test/cli. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { makeClient } from "./client.ts";
import { ExitCode } from "./exit.ts";

const servers: Server[] = [];

/** A client of a server that answers like this. */
async function clientOf(listener: RequestListener) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return makeClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: "token" });
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function answer(status: number, body: unknown): RequestListener {
  return (_, response) => response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
}

function refused(status: number, reason?: string) {
  return answer(status, { success: false, errors: [{ code: 1, message: "The sentence.", reason }], result: null });
}

const ACL = { id: "a".repeat(32), name: "lab", ip_range: "192.0.2.0/28" };
const params = { accountId: "b".repeat(32) };

test.each([
  ["a refusal", refused(400, "zone.exists"), { exitCode: ExitCode.Refused, reason: "zone.exists" }],
  ["a missing thing", refused(404, "peer.not-found"), { exitCode: ExitCode.NotFound }],
  ["a missing route", refused(404, "route.unknown"), { exitCode: ExitCode.Refused }],
  ["a server that stops", refused(503, "service.stopping"), { exitCode: ExitCode.Unreachable }],
  ["a refusal without our code", refused(403), { exitCode: ExitCode.Refused, message: "The sentence." }],
  ["a web page", answer(200, "<html>"), { exitCode: ExitCode.Unreachable }],
  ["an error page", answer(502, "Bad Gateway"), { exitCode: ExitCode.Unreachable }],
  ["JSON without an envelope", answer(200, [1]), { exitCode: ExitCode.Unreachable }],
  ["errors that are none", answer(400, { success: false, errors: [1] }), { exitCode: ExitCode.Unreachable }],
  ["a result of another form", answer(200, { success: true, result: [{}] }), { exitCode: ExitCode.Unreachable }],
  ["a result that is no list", answer(200, { success: true, result: ACL }), { exitCode: ExitCode.Unreachable }],
  [
    "a connection that breaks",
    (request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setImmediate(() => request.socket.destroy());
    },
    { exitCode: ExitCode.Unreachable },
  ],
] as [string, RequestListener, object][])("%s is told as what it is", async (_, listener, expected) => {
  const client = await clientOf(listener);
  await expect(client.call("acls.list", { params })).rejects.toMatchObject(expected);
});

test("the sentence of a refusal ends in its code, and speaks of commands where one helps", async () => {
  const exists = await clientOf(refused(400, "zone.exists"));
  await expect(exists.call("acls.list", { params })).rejects.toThrow("The sentence. (zone.exists)");
  const deleted = await clientOf(refused(400, "dnssec.delete-not-disabled"));
  await expect(deleted.call("acls.list", { params })).rejects.toThrow(/countersign dnssec disable/);
});

test("the result comes as it was sent, fields that the contract lacks too", async () => {
  const client = await clientOf(answer(200, { success: true, result: [{ ...ACL, later: true }] }));
  expect(await client.call("acls.list", { params })).toEqual([{ ...ACL, later: true }]);
});

test("path parameters are escaped, lists are repeated keys, undefined is left out, the token is sent", async () => {
  const seen: unknown[] = [];
  const client = await clientOf((request, response) => {
    seen.push(request.method, request.url, request.headers.authorization);
    answer(200, { success: true, result: { ...ACL, id: "x" } })(request, response);
  });
  await client.call("acls.get", { params: { accountId: "a/b", aclId: "?" } });
  const query = { type: ["A", "MX"], name: undefined, per_page: 5 };
  await client.call("records.list", { params: { zoneId: "z" }, query }).catch(() => undefined);
  expect(seen).toEqual([
    "GET",
    "/client/v4/accounts/a%2Fb/secondary_dns/acls/%3F",
    "Bearer token",
    "GET",
    "/client/v4/zones/z/dns_records?type=A&type=MX&per_page=5",
    "Bearer token",
  ]);
});

test("pages end with the last one, and with an empty one whatever the server promises", async () => {
  let asked = 0;
  const account = { id: "c".repeat(32), name: "n", type: "standard", created_on: "t" };
  const settings = { enforce_twofactor: false, abuse_contact_email: null };
  const client = await clientOf((request, response) => {
    asked++;
    const result = asked <= 2 ? [{ ...account, settings }] : [];
    const result_info = { page: asked, per_page: 1, count: result.length, total_count: 99, total_pages: 99 };
    answer(200, { success: true, result, result_info })(request, response);
  });
  const pages: unknown[] = [];
  for await (const page of client.pages("accounts.list", 1)) pages.push(page.length);
  expect(pages).toEqual([1, 1, 0]);
});

test("text is cut between characters as the network likes, and put together right", async () => {
  const octets = Buffer.from("aé€😀");
  const client = await clientOf((_, response) => {
    response.writeHead(200);
    const next = (at: number): void => {
      if (at === octets.length) response.end();
      else response.write(octets.subarray(at, at + 1), () => setImmediate(next, at + 1));
    };
    next(0);
  });
  let text = "";
  for await (const piece of client.text("records.export", { params: { zoneId: "z" } })) text += piece;
  expect(text).toBe("aé€😀");
});

test("a refusal where text was asked for", async () => {
  const client = await clientOf(refused(404, "zone.not-found"));
  const read = async () => {
    for await (const _ of client.text("records.export", { params: { zoneId: "z" } })) throw new Error("text came");
  };
  await expect(read()).rejects.toMatchObject({ exitCode: ExitCode.NotFound });
});

test("nobody there", async () => {
  const client = await clientOf(answer(200, {}));
  servers[0]!.close();
  await expect(client.call("acls.list", { params })).rejects.toThrow(/can't be reached \(ECONNREFUSED\)/);
});
