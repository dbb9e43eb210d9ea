/** Everything that is wrong with a request is said at once: one error for each field, with its pointer, in the schema's order. */
import { afterAll, expect, test } from "vitest";
import { BEARER, makeTestApi } from "./testing/listen.ts";
import { ACCOUNT } from "./testing/memory-service.ts";

const api = makeTestApi();
afterAll(() => api.app.close());

const ACCOUNTS = `/client/v4/accounts/${ACCOUNT}`;

async function ask(method: "GET" | "POST" | "PATCH" | "PUT", url: string, payload?: unknown) {
  const answer = await api.app.inject({ method, url, headers: BEARER, payload: JSON.stringify(payload) });
  const { errors } = answer.json() as {
    errors: { code: number; message: string; reason: string; source?: { pointer: string } }[];
  };
  return { status: answer.statusCode, errors, pointers: errors.map(({ source }) => source?.pointer) };
}

test("every wrong field of a body has an error of its own, in the order of the schema", async () => {
  const body = { tsig_id: 5, port: 70_000, name: "", ip: [], ixfr_enable: "perhaps" };
  const { status, errors, pointers } = await ask("POST", `${ACCOUNTS}/secondary_dns/peers`, body);
  expect([status, pointers]).toEqual([400, ["/name", "/ip", "/port", "/ixfr_enable", "/tsig_id"]]);
  expect(new Set(errors.map(({ code, reason }) => `${code} ${reason}`))).toEqual(new Set(["1004 request.invalid"]));
  expect(errors[2]!.message).toMatch(/^Invalid request: port: /);
});

test("fields within lists and objects are named where they stand; ~ and / are escaped", async () => {
  const policies = [
    { effect: "maybe", permission_groups: [{ id: 1 }, {}], resources: { "a/b~c": 7 } },
    { effect: "allow", permission_groups: [], resources: {} },
  ];
  const { status, pointers } = await ask("POST", "/client/v4/user/tokens", { policies });
  expect(status).toBe(400);
  expect(pointers).toEqual(
    expect.arrayContaining([
      "/name",
      "/policies/0/effect",
      "/policies/0/permission_groups/0/id",
      "/policies/0/permission_groups/1/id",
      "/policies/0/resources/a~1b~0c",
    ]),
  );
  expect(new Set(pointers).size).toBe(pointers.length);
});

test("every wrong key of a query, too", async () => {
  const { status, pointers } = await ask("GET", "/client/v4/zones?page=0&per_page=x&direction=up");
  expect([status, new Set(pointers)]).toEqual([400, new Set(["/query/page", "/query/per_page", "/query/direction"])]);
});

test("the provider's number for a wrong DNSSEC status stands beside the others", async () => {
  const made = await ask("POST", "/client/v4/zones", { name: "faults.test", type: "secondary" });
  expect(made.status).toBe(200);
  const zones = await api.app.inject({ url: "/client/v4/zones?name=faults.test", headers: BEARER });
  const id = zones.json().result[0].id as string;
  const { errors } = await ask("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "on", dnssec_presigned: 1 });
  expect(errors.map(({ code, source }) => [code, source?.pointer])).toEqual([
    [1002, "/status"],
    [1004, "/dnssec_presigned"],
  ]);
});

test("no more than 50 are named", async () => {
  const policies = Array.from({ length: 100 }, () => ({}));
  const { status, errors } = await ask("POST", "/client/v4/user/tokens", { name: "t", policies });
  expect([status, errors.length <= 50]).toEqual([400, true]);
});

test("what is none of several things altogether is told in the words of the whole", async () => {
  const { errors } = await ask("POST", `${ACCOUNTS}/secondary_dns/peers`, { name: "p", ip: "not an address" });
  expect(errors).toMatchObject([{ message: "Invalid request: ip: must be an IPv4 or IPv6 address" }]);
});

test("of two forms the nearer one says what is wrong", async () => {
  const signIn = (body: object) => ask("POST", "/countersign/v1/session", body).then(({ pointers }) => pointers);
  expect(await signIn({ email: "a@example.com", password: [] })).toEqual(["/password"]);
  expect(await signIn({ email: [], password: "x" })).toEqual(["/email"]);
  expect(await signIn({ token: 5 })).toEqual(["/token"]);
  expect(await signIn([])).toEqual([""]);
});
