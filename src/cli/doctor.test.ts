/** Each finding of `doctor`, seen to fire and seen to be silent, against a server of words. */
import { describe, expect, test } from "vitest";
import type { HealthCode, RouteName, WhoAmI } from "#contract";
import { HEALTH_CODES, HEALTH_LEVELS } from "#contract";
import type { ApiClient } from "./client.ts";
import { examine } from "./commands/doctor.ts";
import type { Finding } from "./doctor-setup.ts";
import { checkClock } from "./doctor-setup.ts";
import { CliFailure, ExitCode } from "./exit.ts";

const DAY_MS = 86_400_000;

type Said = { readonly [K in RouteName]?: unknown };
type Zone = {
  readonly name: string;
  readonly code: HealthCode;
  readonly expires?: number;
  readonly resigns?: true;
  readonly fails?: string;
  readonly held?: string;
};

const ADMIN: WhoAmI = {
  by: "token",
  email: null,
  name: null,
  role: "admin",
  is_operator: true,
  permission_groups: null,
};
const ALERT = { name: "all", enabled: true, destinations: [{}] };

/** A server that is well, has one zone that is well, and tells somebody; `said` goes before that. */
function serverOf(
  said: Said,
  zones: readonly Zone[] = [{ name: "a.example", code: "well" }],
  ready: object = { ready: true, waiting: [] as string[] },
): ApiClient {
  const healthOf = ({ code }: Zone) => ({ code, level: HEALTH_CODES[code] });
  const levels = Object.fromEntries(
    HEALTH_LEVELS.map((level) => [level, zones.filter((zone) => healthOf(zone).level === level).length]),
  );
  const items = zones
    .filter((zone) => healthOf(zone).level !== "well")
    .map((zone) => ({ id: zone.name, name: zone.name, health: healthOf(zone) }));
  const answers: Said = {
    "user.tokens.verify": { status: "active" },
    "session.whoami": ADMIN,
    "own.zoneCounts": { total: zones.length, levels },
    "alerts.list": [ALERT],
    "session.provider": { configured: false },
    ...said,
  };
  const statusOf = (id: string) => {
    const zone = zones.find(({ name }) => name === id)!;
    const expires = zone.expires === undefined ? null : new Date(Date.now() + zone.expires).toISOString();
    const error = zone.fails ? { code: "x", message: zone.fails } : null;
    return {
      id,
      name: id,
      health: healthOf(zone),
      held: zone.held === undefined ? null : { code: "x", reason: zone.held, serial: 7, since: "2026-01-01T00:00:00Z" },
      peers: [
        {
          id: "p",
          name: "primary",
          address: "192.0.2.1:53",
          checked_time: null,
          check_error: null,
          transfer_error: error,
        },
      ],
      dnssec: { signatures_expire_time: expires, resign_time: zone.resigns ? "2026-01-01T00:00:00Z" : null },
    };
  };
  return {
    url: "http://server",
    readiness: async () => ({ certificates: [], ...ready, date: new Date().toUTCString() }),
    call: async (name: RouteName, about?: { params: { zoneId: string } }) => {
      const answer = name === "own.status" ? statusOf(about!.params.zoneId) : answers[name];
      if (answer instanceof Error) throw answer;
      if (answer === undefined) throw new Error(`${name} was not expected`);
      return answer;
    },
    page: async () => ({ items, info: { total_count: items.length } }),
  } as unknown as ApiClient;
}

async function find(check: string, ...about: Parameters<typeof serverOf>): Promise<readonly Finding[]> {
  return (await examine(() => serverOf(...about))).filter((finding) => finding.check === check);
}
const refused = new CliFailure(ExitCode.Refused, "this token may not read that");

test("a server that is well: every finding there is, none but ok", async () => {
  const findings = await examine(() => serverOf({}));
  const checks = ["server", "token", "clock", "zones", "primaries", "ds", "signatures", "alerts", "sign-in"];
  expect(findings.map(({ check, state, todo }) => [check, state, todo])).toEqual(
    checks.map((check) => [check, "ok", null]),
  );
});

test.each([
  [90, "ok", /good until/],
  [21, "warning", /the API and the dashboard \(CN=x\) ends in 21 days/],
  [-1, "problem", /ended at/],
] as const)("the server's certificate, %i days before its end", async (days, state, sentence) => {
  const ends_on = new Date(Date.now() + days * 86_400_000).toISOString();
  const certificates = [{ listener: "http", subject: "CN=x", names: [], ends_on }];
  const [one] = await find("tls", {}, [], { ready: true, waiting: [], certificates });
  expect(one).toMatchObject({ state, sentence: expect.stringMatching(sentence) });
});

test("the server's certificate has new files that can't be used", async () => {
  const ends_on = new Date(Date.now() + 90 * 86_400_000).toISOString();
  const certificates = [{ listener: "dns", subject: "CN=x", names: [], ends_on, files: "refused" }];
  const [one] = await find("tls", {}, [], { ready: true, waiting: [], certificates });
  expect(one).toMatchObject({
    state: "problem",
    sentence: expect.stringMatching(/DNS over TLS \(CN=x\) can't be used: the old one stays in force/),
    todo: expect.stringContaining("log"),
  });
});

describe("server", () => {
  test("waits for something", async () => {
    const [one] = await find("server", {}, [], { ready: false, waiting: ["zones are read"] });
    expect(one).toMatchObject({ state: "warning", sentence: expect.stringContaining("zones are read") });
  });
  test("can't be reached: nothing else is looked at", async () => {
    const away = new CliFailure(ExitCode.Unreachable, "The server can't be reached.");
    const api = { ...serverOf({}), readiness: () => Promise.reject(away) } as unknown as ApiClient;
    expect(await examine(() => api)).toEqual([
      { check: "server", state: "problem", sentence: away.message, todo: null },
    ]);
  });
});

describe("token", () => {
  test("there is none", async () => {
    const none = (): ApiClient => {
      throw new CliFailure(ExitCode.Usage, "There is no token.");
    };
    expect(await examine(none)).toEqual([
      { check: "token", state: "problem", sentence: "There is no token.", todo: null },
    ]);
  });
  test("is refused: zones are not looked at", async () => {
    const findings = await examine(() => serverOf({ "user.tokens.verify": refused }));
    expect(findings.map(({ check, state }) => [check, state])).toEqual([
      ["server", "ok"],
      ["token", "problem"],
      ["clock", "ok"],
    ]);
  });
  test.each(["disabled", "expired"])("is %s", async (status) => {
    expect(await find("token", { "user.tokens.verify": { status } })).toMatchObject([
      { state: "problem", todo: "make another one" },
    ]);
  });
  test.each([
    [ADMIN, /an admin may$/],
    [{ ...ADMIN, role: "operator" }, /an operator may: everything but users/],
    [{ ...ADMIN, role: "viewer" }, /a viewer may: .*change nothing$/],
    [{ ...ADMIN, role: "viewer", permission_groups: ["DNS Read"] }, /limited by its policies to DNS Read, of a viewer/],
    [{ ...ADMIN, permission_groups: ["A", "B", "C", "D", "E", "F", "G"] }, /A, B, C, D, E and 2 more, of an admin/],
    [{ ...ADMIN, permission_groups: [] }, /to nothing/],
  ] as const)("%o", async (who, sentence) => {
    expect(await find("token", { "session.whoami": who })).toMatchObject([
      { state: "ok", sentence: expect.stringMatching(sentence) },
    ]);
  });
  test("says until when", async () => {
    const verified = { status: "active", expires_on: "2027-01-01T00:00:00Z" };
    expect(await find("token", { "user.tokens.verify": verified })).toMatchObject([
      { sentence: expect.stringMatching(/, until 2027-/) },
    ]);
  });
});

describe("clock", () => {
  const NOW = Date.parse("2026-01-01T00:00:00.500Z");
  test.each([
    ["2026-01-01T00:00:00Z", "ok", /agree/],
    ["2025-12-31T23:59:50Z", "warning", /9 s ahead|10 s ahead/],
    ["2026-01-01T00:00:20Z", "warning", /behind/],
    ["2025-12-31T23:00:00Z", "problem", /ahead of/],
    ["2026-01-01T01:00:00Z", "problem", /behind/],
  ] as const)("the server says %s: %s", (time, state, sentence) => {
    const found = checkClock(new Date(time).toUTCString(), NOW, NOW + 10);
    expect(found).toMatchObject({ state, sentence: expect.stringMatching(sentence) });
    expect(found.todo === null).toBe(state === "ok");
  });
  test.each([null, "no time"])("the server says %s", (date) => {
    expect(checkClock(date, NOW, NOW)).toMatchObject({
      state: "warning",
      sentence: "the server does not tell its time",
    });
  });
});

describe("zones", () => {
  test("there are none", async () => {
    expect(await find("zones", {}, [])).toMatchObject([
      { state: "warning", todo: expect.stringContaining("zone add") },
    ]);
  });
  test("may not be read", async () => {
    expect(await find("zones", { "own.zoneCounts": refused })).toMatchObject([
      { state: "warning", sentence: refused.message, todo: "ask with a token that may read it" },
    ]);
  });
  const codes = Object.keys(HEALTH_CODES) as HealthCode[];
  test.each(codes)("one is %s", async (code) => {
    const level = HEALTH_CODES[code];
    const found = await find("zone", {}, [{ name: "a.example", code }]);
    const told = level === "problem" || level === "warning";
    expect(found.map(({ state }) => state)).toEqual(told ? [level] : []);
    if (told) expect(found[0]!.todo).not.toBeNull();
  });
});

test("why a version is held stands with the zone, and before what its primary failed at last", async () => {
  const zones = [{ name: "a.example", code: "held", held: "the apex has no NS records", fails: "timed out" }] as const;
  const findings = (await examine(() => serverOf({}, zones))).map(({ sentence }) => sentence);
  const at = (text: string) => findings.findIndex((sentence) => sentence.includes(text));
  expect(at("the last good one is served: the apex has no NS records")).toBeGreaterThan(0);
  expect(at("timed out")).toBeGreaterThan(at("the apex has no NS records"));
});

describe("primaries, DS, signatures", () => {
  test("a primary fails: once, however many zones it has", async () => {
    const zones = [
      { name: "a.example", code: "unreachable", fails: "REFUSED" },
      { name: "b.example", code: "unreachable", fails: "REFUSED" },
    ] as const;
    expect(await find("primaries", {}, zones)).toMatchObject([
      { state: "warning", sentence: "primary (192.0.2.1:53): REFUSED" },
    ]);
  });
  test("a DS is wanted", async () => {
    const zones = Array.from({ length: 7 }, (_, i) => ({ name: `z${i}.example`, code: "ds-wanted" as const }));
    expect(await find("ds", {}, zones)).toMatchObject([
      { state: "warning", sentence: expect.stringMatching(/^7 signed .* and 2 more$/) },
    ]);
  });
  test("signatures end within four days; ours are made anew in time", async () => {
    const near = { name: "a.example", code: "frozen", expires: 3 * DAY_MS } as const;
    expect(await find("signatures", {}, [near])).toMatchObject([
      { state: "warning", sentence: expect.stringContaining("a.example") },
    ]);
    expect(await find("signatures", {}, [{ ...near, resigns: true }])).toMatchObject([{ state: "ok" }]);
    expect(await find("signatures", {}, [{ ...near, expires: 5 * DAY_MS }])).toMatchObject([{ state: "ok" }]);
    const ending = { ...near, code: "signatures-ending", resigns: true } as const;
    expect(await find("signatures", {}, [ending])).toMatchObject([{ state: "warning" }]);
  });
});

describe("alerts", () => {
  test.each([
    [[], /nobody is told/],
    [[{ ...ALERT, enabled: false }], /nobody is told/],
    [[ALERT, { ...ALERT, name: "mute", destinations: [] }], /without a destination: mute/],
  ] as const)("%o", async (policies, sentence) => {
    expect(await find("alerts", { "alerts.list": policies })).toMatchObject([
      {
        state: "warning",
        sentence: expect.stringMatching(sentence),
        todo: expect.stringContaining("countersign alert"),
      },
    ]);
  });
  test("may not be read", async () => {
    expect(await find("alerts", { "alerts.list": refused })).toMatchObject([
      { state: "warning", sentence: refused.message },
    ]);
  });
});

describe("sign-in", () => {
  const provider = {
    configured: true,
    name: "Firm",
    issuer: "https://id.example",
    state: "ready",
    problem: null,
    warnings: [],
    certificate_ends_on: null,
    redirect_uri: "https://a.example/return",
  };
  test.each([
    [provider, "ok", /Firm .*describes itself, without TLS/],
    [{ ...provider, certificate_ends_on: "2027-01-01T00:00:00Z" }, "ok", /good until 2027-01-01/],
    [{ ...provider, warnings: ["its clock is wrong"] }, "warning", /its clock is wrong/],
    [{ ...provider, state: "failed", problem: "nobody answers" }, "problem", /can't be used: nobody answers/],
  ] as const)("%o", async (found, state, sentence) => {
    expect(await find("sign-in", { "session.provider": found })).toMatchObject([
      { state, sentence: expect.stringMatching(sentence) },
    ]);
  });
  test("may not be read", async () => {
    expect(await find("sign-in", { "session.provider": refused })).toMatchObject([{ state: "warning" }]);
  });
});
