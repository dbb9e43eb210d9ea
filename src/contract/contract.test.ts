import { expect, it } from "vitest";
import { RECORD_ERRORS } from "./errors/records.ts";
import { REQUEST_ERRORS } from "./errors/requests.ts";
import { TRANSFER_ERRORS } from "./errors/transfers.ts";
import { WATCH_ERRORS } from "./errors/watching.ts";
import { ZONE_ERRORS } from "./errors/zones.ts";
import { ERRORS, errorSentence } from "./errors.ts";
import { NEEDS } from "./needs.ts";
import { makeOpenApi } from "./openapi.ts";
import { GROUPS } from "./permission.ts";
import { ROUTE_NAMES, ROUTES, type Route, routePath } from "./routes.ts";
import { printTime } from "./time.ts";
import { findTsigAlgorithm, IncomingWrite, PeerWrite } from "./transfer.ts";

it("has one route for each method and path", () => {
  const keys = ROUTE_NAMES.map((name) => `${ROUTES[name].method} ${ROUTES[name].path.replace(/\{\w+\}/g, "{}")}`);
  expect(new Set(keys).size).toBe(keys.length);
});

it("asks for a body where something is written, and only there", () => {
  const bodiless = new Set<string>(["zones.activationCheck", "incoming.forceAxfr", "own.freeze", "own.thaw"]);
  for (const call of ["enable", "disable", "forceNotify"]) bodiless.add(`outgoing.${call}`);
  bodiless.add("alerts.destinations.test");
  bodiless.add("insight.checkNow");
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    const writes = ["POST", "PUT", "PATCH"].includes(route.method) && !bodiless.has(name);
    expect([name, route.body !== undefined]).toEqual([name, writes]);
  }
});

it("says for each route what it needs: reading to read, writing to write, admins where it is about who may", () => {
  expect(Object.keys(NEEDS).sort()).toEqual([...ROUTE_NAMES].sort());
  const open = ROUTE_NAMES.filter((name) => NEEDS[name].kind === "open");
  expect(open).toEqual(["session.create", "session.ways", "session.begin", "session.finish"]);
  const ownAffair = /^(session|sessions|user)\./;
  for (const name of ROUTE_NAMES) {
    const need = NEEDS[name];
    // A POST that only looks: it changes nothing that anybody else sees.
    const writes = ROUTES[name].method !== "GET" && name !== "insight.checkNow";
    if (need.kind === "known") expect([name, writes && !ownAffair.test(name)]).toEqual([name, false]);
    if (need.kind !== "grant") continue;
    expect([name, need.level]).toEqual([name, writes ? "write" : "read"]);
    expect([name, need.groups.every((group) => GROUPS[group].reach === need.reach)]).toEqual([name, true]);
    if (writes && !name.startsWith("user.")) expect([name, need.role]).not.toEqual([name, "viewer"]);
    if (/^(users|accounts\.tokens)\./.test(name)) expect([name, need.role]).toEqual([name, "admin"]);
  }
  const ids = Object.values(GROUPS).flatMap(({ read, write }) => [read, write]);
  expect(new Set(ids).size).toBe(ids.length);
});

it("sets parameters into paths, encoded", () => {
  expect(routePath("peers.get", { accountId: "a/b", peerId: "c" })).toBe(
    "/client/v4/accounts/a%2Fb/secondary_dns/peers/c",
  );
});

it("describes every route in OpenAPI, with references that lead somewhere", () => {
  const text = JSON.stringify(makeOpenApi("1.2.3"));
  const { components, paths } = JSON.parse(text);
  for (const [, id] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
    expect(id).toMatch(/^#\/components\/schemas\//);
    expect(components.schemas).toHaveProperty(id!.replace("#/components/schemas/", ""));
  }
  const operations = Object.values(paths as Record<string, object>).flatMap((path) => Object.keys(path));
  expect(operations).toHaveLength(ROUTE_NAMES.length);
});

it("says what an error is about, whatever stands in it", () => {
  expect(errorSentence({ code: "zone.exists", about: "$& $1.example" })).toBe("$& $1.example already exists.");
  for (const entry of Object.values(ERRORS)) expect(entry.sentence.length).toBeGreaterThan(12);
});

it("has every code in one of its parts alone, where no other can replace it", () => {
  const parts = [REQUEST_ERRORS, ZONE_ERRORS, TRANSFER_ERRORS, WATCH_ERRORS, RECORD_ERRORS];
  const codes = parts.flatMap((part) => Object.keys(part));
  expect(codes).toEqual([...new Set(codes)]);
  expect(codes).toEqual(Object.keys(ERRORS));
});

it("prints times with microseconds", () => {
  expect(printTime(1_790_000_000_123)).toBe("2026-09-21T14:13:20.123000Z");
});

it("knows TSIG algorithms with and without the final dot, and no MD5", () => {
  expect(findTsigAlgorithm("HMAC-SHA256.")).toBe("hmac-sha256");
  for (const text of ["hmac-md5", "hmac-md5.sig-alg.reg.int.", "hmac-sha256..", "sha256", ""]) {
    expect(findTsigAlgorithm(text)).toBeUndefined();
  }
});

it("takes what clients leave out or set to null", () => {
  expect(PeerWrite.parse({ name: "p", ip: null, port: null, tsig_id: "", ixfr_enable: null, extra: 1 })).toEqual({
    name: "p",
    ip: "",
    port: 0,
    ixfr_enable: false,
    tsig_id: undefined,
  });
  expect(IncomingWrite.parse({ name: "example.com.", peers: [] }).auto_refresh_seconds).toBe(86400);
});
