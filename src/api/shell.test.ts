/** What every call goes through beside its handler: conditions, keys against doing twice, the audit log, the rate limit. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressKey, RateLimiter } from "./rate-limit.ts";
import { BEARER, makeTestApi } from "./testing/listen.ts";
import { ACCOUNT, SECRET } from "./testing/memory-service.ts";

let api: ReturnType<typeof makeTestApi>;
beforeEach(() => {
  api = makeTestApi();
});
afterEach(() => api.app.close());

const PEERS = `/client/v4/accounts/${ACCOUNT}/secondary_dns/peers`;
const TSIGS = `/client/v4/accounts/${ACCOUNT}/secondary_dns/tsigs`;

async function call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await api.app.inject({
    method: method as "GET",
    url,
    headers: { ...BEARER, ...headers },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    result: response.body === "" ? undefined : response.json().result,
    reason: response.body === "" ? undefined : response.json().errors?.[0]?.reason,
  };
}

async function newZone(): Promise<string> {
  return (await call("POST", "/client/v4/zones", { name: "example.com", type: "secondary" })).result.id;
}

describe("conditions", () => {
  it("a resource has a strong tag, and a client that has it gets 304 without a body", async () => {
    const { result } = await call("POST", PEERS, { name: "p", ip: "192.0.2.1" });
    const first = await call("GET", `${PEERS}/${result.id}`);
    const tag = String(first.headers["etag"]);
    expect(tag).toMatch(/^"[\w.-]+"$/);
    const same = await call("GET", `${PEERS}/${result.id}`, undefined, { "if-none-match": `"other", W/${tag}` });
    expect([same.status, same.text, same.headers["etag"]]).toEqual([304, "", tag]);
    await call("PUT", `${PEERS}/${result.id}`, { name: "q" });
    const other = await call("GET", `${PEERS}/${result.id}`, undefined, { "if-none-match": tag });
    expect([other.status, other.headers["etag"] === tag]).toEqual([200, false]);
  });

  it("If-Match keeps an edit from going over another's; a write gives the next tag", async () => {
    const { result } = await call("POST", PEERS, { name: "p" });
    const url = `${PEERS}/${result.id}`;
    const tag = String((await call("GET", url)).headers["etag"]);
    const mine = await call("PUT", url, { name: "mine" }, { "if-match": tag });
    expect(mine.status).toBe(200);
    const theirs = await call("PUT", url, { name: "theirs" }, { "if-match": tag });
    expect([theirs.status, theirs.reason]).toEqual([412, "precondition.failed"]);
    expect((await call("GET", url)).result.name).toBe("mine");
    const next = String(mine.headers["etag"]);
    expect((await call("DELETE", url, undefined, { "if-match": `W/${next}` })).status).toBe(412);
    expect((await call("DELETE", url, undefined, { "if-match": next })).status).toBe(200);
    expect((await call("PUT", url, { name: "gone" }, { "if-match": "*" })).status).toBe(412);
    const collection = await call("POST", PEERS, { name: "x" }, { "if-match": next });
    expect([collection.status, collection.reason]).toEqual([400, "precondition.not-here"]);
  });

  it("of fifty writes with one tag at the same time only one is done, however they spell the path", async () => {
    const { result } = await call("POST", PEERS, { name: "p" });
    const url = `${PEERS}/${result.id}`;
    // As slow as a disk: others come between the look at the resource and the write.
    const { beginAudit } = api.service;
    api.service.beginAudit = async (start) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return beginAudit(start);
    };
    const last = result.id.charCodeAt(31).toString(16);
    const spellings = [url, `${url}/`, `${url.slice(0, -1)}%${last}`, `${url}?x=1`];
    const tag = String((await call("GET", url)).headers["etag"]);
    const writes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => call("PUT", spellings[i % 4]!, { name: `w${i}` }, { "if-match": tag })),
    );
    expect(writes.map((each) => each.status).sort()).toEqual([200, ...Array<number>(49).fill(412)]);
    const won = writes.findIndex(({ status }) => status === 200);
    expect((await call("GET", url)).result.name).toBe(`w${won}`);
  });

  it("what changes by itself does not stand against an edit, and is a new representation all the same", async () => {
    const zone = await newZone();
    const url = `/client/v4/zones/${zone}/secondary_dns/incoming`;
    await call("POST", url, { name: "example.com.", peers: [], auto_refresh_seconds: 300 });
    const tag = String((await call("GET", url)).headers["etag"]);
    const kept = api.service.zones.get(zone)!;
    kept.incoming = { ...kept.incoming!, soa_serial: 77 };
    expect((await call("GET", url, undefined, { "if-none-match": tag })).result.soa_serial).toBe(77);
    const edit = { name: "example.com.", peers: [], auto_refresh_seconds: 600 };
    expect((await call("PUT", url, edit, { "if-match": tag })).status).toBe(200);
    expect((await call("PUT", url, edit, { "if-match": tag })).status).toBe(412);
  });
});

describe("Idempotency-Key", () => {
  it("a request that comes again gets the same answer and is done once", async () => {
    const key = { "idempotency-key": "k1" };
    const [first, second] = [
      await call("POST", PEERS, { name: "p" }, key),
      await call("POST", PEERS, { name: "p" }, key),
    ];
    expect(second.text).toBe(first.text);
    expect([first.headers["idempotent-replayed"], second.headers["idempotent-replayed"]]).toEqual([undefined, "true"]);
    expect((await call("GET", PEERS)).result).toHaveLength(1);
  });

  it("many at the same time wait for the first", async () => {
    const many = Array.from({ length: 20 }, () => call("POST", PEERS, { name: "p" }, { "idempotency-key": "same" }));
    expect(new Set((await Promise.all(many)).map((each) => each.text)).size).toBe(1);
    expect((await call("GET", PEERS)).result).toHaveLength(1);
  });

  it("another body or path under the same key is refused, refusals are kept, faults are not", async () => {
    const key = { "idempotency-key": "k" };
    await call("POST", PEERS, { name: "p" }, key);
    for (const [url, body] of [
      [PEERS, { name: "q" }],
      [TSIGS, { name: "p" }],
    ] as const) {
      const other = await call("POST", url, body, url === TSIGS ? { "idempotency-key": "other" } : key);
      expect(other.status).toBe(400);
    }
    const reused = await call("POST", PEERS, { name: "q" }, key);
    expect(reused.reason).toBe("idempotency.key-reused");
    expect((await call("POST", "/client/v4/zones", { name: "x.test", type: "secondary" }, key)).reason).toBe(
      "idempotency.key-reused",
    );
    const zone = await newZone();
    api.service.fail = true;
    const fault = { "idempotency-key": "fault" };
    const url = `/client/v4/zones/${zone}`;
    expect((await call("PATCH", url, { paused: true }, fault)).status).toBe(500);
    api.service.fail = false;
    expect((await call("PATCH", url, { paused: true }, fault)).status).toBe(200);
  });

  it.each([["", "x".repeat(256), "ü"]].flat())("a key that is none is refused: %s", async (key) => {
    const answer = await call("POST", PEERS, { name: "p" }, { "idempotency-key": key });
    expect([answer.status, answer.reason]).toEqual([400, "idempotency.key-invalid"]);
  });
});

describe("the audit log", () => {
  it("says who did what to which, before and after, and no secret", async () => {
    const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
    const made = await call("POST", TSIGS, { name: "k.", algo: "hmac-sha256", secret });
    await call("PUT", `${TSIGS}/${made.result.id}`, { name: "k2.", algo: "hmac-sha256", secret: "b3RoZXItc2VjcmV0" });
    await call("DELETE", `${TSIGS}/${"0".repeat(32)}`);
    const { text, result } = await call("GET", "/countersign/v1/audit");
    expect(text).not.toContain(secret);
    expect(text).not.toContain("b3RoZXItc2VjcmV0");
    expect(text).not.toContain(SECRET);
    expect(result.map((entry: { action: string; outcome: string }) => [entry.action, entry.outcome])).toEqual([
      ["tsigs.delete", "refused"],
      ["tsigs.update", "done"],
      ["tsigs.create", "done"],
    ]);
    expect(result[1]).toMatchObject({
      actor: { kind: "token", email: "admin@localhost" },
      address: "127.0.0.1",
      method: "PUT",
      status: 200,
      resource: { kind: "tsigs", id: made.result.id },
      request: { name: "k2.", secret: "(hidden)" },
      before: { name: "k.", secret: "(hidden)" },
      after: { name: "k2.", secret: "(hidden, changed)" },
    });
    const wrongPlace = await call("POST", TSIGS, { name: "k.", algo: secret, secret: "x" });
    expect(wrongPlace.status).toBe(400);
    const { text: refusedText } = await call("GET", "/countersign/v1/audit");
    expect(refusedText).not.toContain(secret);
    expect(result[0].error).toMatchObject({ code: "tsig.not-found" });
  });

  it("leaves an entry unfinished when a fault of ours hides what was done", async () => {
    const zone = await newZone();
    const { editZone } = api.service;
    api.service.editZone = async () => {
      throw new Error("the invariant is broken");
    };
    expect((await call("PATCH", `/client/v4/zones/${zone}`, { paused: true })).status).toBe(500);
    api.service.editZone = editZone;
    const [entry] = (await call("GET", "/countersign/v1/audit?limit=1")).result;
    expect(entry).toMatchObject({
      action: "zones.edit",
      outcome: "unfinished",
      status: null,
      before: { paused: false },
      zone: { id: zone },
    });
  });

  it("is read on by cursor, as lines, and in the provider's form", async () => {
    for (let i = 0; i < 7; i++) await call("POST", PEERS, { name: `p${i}` });
    const first = await api.app.inject({ url: "/countersign/v1/audit?limit=4", headers: BEARER });
    const { cursors } = first.json().result_info;
    expect(cursors.after).toBe("4");
    const rest = await api.app.inject({
      url: `/countersign/v1/audit?limit=4&before=${cursors.after}`,
      headers: BEARER,
    });
    expect(rest.json().result.map((entry: { id: number }) => entry.id)).toEqual([3, 2, 1]);
    expect(rest.json().result_info.cursors.after).toBe("");
    const lines = await api.app.inject({ url: "/countersign/v1/audit/export?order=oldest", headers: BEARER });
    expect(lines.headers["content-type"]).toContain("application/x-ndjson");
    const ids = lines.body
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: number }).id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const provided = await api.app.inject({
      url: `/client/v4/accounts/${ACCOUNT}/logs/audit?since=2026-01-01&before=2027-01-01&limit=5`,
      headers: BEARER,
    });
    expect(provided.json().result[0]).toMatchObject({ action: { result: "success", type: "create" } });
  });
});

describe("the rate limit", () => {
  it("is counted for each token, told in the headers, and 429 with retry-after beyond it", async () => {
    await api.app.close();
    api = makeTestApi({ rate: { requests: 3, seconds: 300 } });
    const first = await call("GET", PEERS);
    expect(first.headers).toMatchObject({
      ratelimit: '"default";r=2;t=100',
      "ratelimit-policy": '"default";q=3;w=300',
      "x-ratelimit-limit": "3",
      "x-ratelimit-remaining": "2",
    });
    await call("GET", PEERS);
    await call("GET", PEERS);
    const beyond = await call("POST", PEERS, { name: "p" });
    expect([beyond.status, beyond.reason]).toEqual([429, "rate.limited"]);
    expect(Number(beyond.headers["retry-after"])).toBeGreaterThan(90);
    expect(JSON.parse(beyond.text).errors[0].code).toBe(10429);
  });

  it("strangers are counted by address, and then not even asked for their token", async () => {
    await api.app.close();
    api = makeTestApi({ rate: { requests: 2, seconds: 300 } });
    const wrong = { authorization: "Bearer wrong" };
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await call("GET", PEERS, undefined, wrong)).status);
    expect(codes).toEqual([403, 403, 429]);
  });

  it("fills again with time, and remembers no more than it may", () => {
    let now = 0;
    const limiter = new RateLimiter({ requests: 2, seconds: 10 }, () => now);
    expect([limiter.take("a"), limiter.take("a"), limiter.take("a")].map((each) => each.allowed)).toEqual([
      true,
      true,
      false,
    ]);
    now += 5000;
    expect(limiter.take("a")).toMatchObject({ allowed: true, remaining: 0 });
    expect(limiter.take("a").allowed).toBe(false);
    for (let i = 0; i < 50_000; i++) limiter.take(`x${i}`);
    expect(limiter.size).toBe(10_000);
  });

  it.each([
    ["192.0.2.1", "address 192.0.2.1"],
    ["2001:db8:0:1::5", "address 2001:db8:0:1::/64"],
    ["2001:db8::5", "address 2001:db8:0:0::/64"],
    ["::1", "address 0:0:0:0::/64"],
    ["fe80::1%eth0", "address fe80:0:0:0::/64"],
    ["::ffff:192.0.2.1", "address ::ffff:192.0.2.1"],
  ])("%s is counted as %s", (address, key) => expect(addressKey(address)).toBe(key));
});

describe("what is not offered", () => {
  it.each([
    ["GET", `/client/v4/zones/ZONE/load_balancers`, 20504],
    ["POST", `/client/v4/zones/ZONE/load_balancers`, 20504],
    ["POST", `/client/v4/accounts/${ACCOUNT}/load_balancers/pools`, 20504],
    ["GET", `/client/v4/accounts/${ACCOUNT}/dns_settings/views`, 1029],
  ])("%s %s is refused with %i", async (method, url, code) => {
    const zone = await newZone();
    const answer = await call(method, url.replace("ZONE", zone), method === "POST" ? {} : undefined);
    expect([answer.status, JSON.parse(answer.text).errors[0].code]).toEqual([400, code]);
  });

  it("an override is told as one, an import with and without a file name is refused like any write", async () => {
    const zone = await newZone();
    const records = `/client/v4/zones/${zone}/dns_records`;
    const proxied = await call("POST", records, {
      name: "www",
      type: "A",
      content: "192.0.2.1",
      ttl: 1,
      proxied: true,
    });
    expect([proxied.status, proxied.reason]).toEqual([400, "override.not-offered"]);
    for (const disposition of ['name="file"', 'name="file"; filename="zone.txt"']) {
      const payload = `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\nwww 300 IN A 192.0.2.1\r\n--x--\r\n`;
      const headers = { ...BEARER, "content-type": "multipart/form-data; boundary=x" };
      const answer = await api.app.inject({ method: "POST", url: `${records}/import`, headers, payload });
      expect([answer.statusCode, answer.json().errors[0].reason]).toEqual([400, "record.read-only"]);
    }
  });
});
