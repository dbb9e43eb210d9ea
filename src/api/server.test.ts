import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ERRORS, NEEDS, ROUTE_NAMES, ROUTES, type Route } from "#contract";
import { BEARER, EMAIL_AND_KEY, makeTestApi } from "./testing/listen.ts";
import { ACCOUNT, SECRET } from "./testing/memory-service.ts";

let api: ReturnType<typeof makeTestApi>;
beforeEach(() => {
  api = makeTestApi();
});
afterEach(() => api.app.close());

type Options = { headers?: Record<string, string>; body?: string | Buffer };

async function call(method: string, url: string, { headers = BEARER, body }: Options = {}) {
  const response = await api.app.inject({ method: method as "GET", url, headers, payload: body });
  return { status: response.statusCode, headers: response.headers, text: response.body, json: () => response.json() };
}

async function newZone(name = "example.com"): Promise<string> {
  const body = JSON.stringify({ name, account: { id: ACCOUNT }, type: "secondary" });
  return (await call("POST", "/client/v4/zones", { body })).json().result.id;
}

function codes(json: { errors: { code: number }[] }): number[] {
  return json.errors.map((error) => error.code);
}

describe("who asks", () => {
  const cases: [string, Record<string, string>, number, number, number?][] = [
    ["nothing", {}, 401, 9106],
    ["a scheme that is not Bearer", { authorization: "Basic abc" }, 400, 6003, 6111],
    ["Bearer without a token", { authorization: "Bearer " }, 400, 6003, 6111],
    ["a token with a space", { authorization: "Bearer a b" }, 400, 6003, 6111],
    ["a wrong token", { authorization: "Bearer wrong" }, 403, 10000],
    ["a key in no form", { "x-auth-email": "admin@localhost", "x-auth-key": "a b" }, 400, 6003, 6103],
    ["an e-mail without a key", { "x-auth-email": "admin@localhost" }, 400, 6003, 6103],
    ["a key without an e-mail", { "x-auth-key": SECRET }, 400, 6003, 6102],
    ["a wrong key", { "x-auth-email": "admin@localhost", "x-auth-key": "wrong" }, 403, 9103],
    ["somebody else's e-mail", { "x-auth-email": "eve@localhost", "x-auth-key": SECRET }, 403, 9103],
  ];
  it.each(cases)("%s is refused", async (_, headers, status, code, chain) => {
    const answer = await call("GET", "/client/v4/zones", { headers });
    expect(answer.status).toBe(status);
    const [error] = answer.json().errors;
    expect(error.code).toBe(code);
    expect(error.error_chain?.[0].code).toBe(chain);
    expect(answer.json()).toMatchObject({ success: false, result: null, messages: [] });
  });

  it("either scheme with the right secret is let in, also beside a wrong one", async () => {
    expect((await call("GET", "/client/v4/zones")).status).toBe(200);
    expect((await call("GET", "/client/v4/zones", { headers: EMAIL_AND_KEY })).status).toBe(200);
    expect(
      (await call("GET", "/client/v4/zones", { headers: { ...EMAIL_AND_KEY, authorization: "Bearer old" } })).status,
    ).toBe(200);
    expect(
      (await call("GET", "/client/v4/zones", { headers: { ...BEARER, "x-auth-email": "x@y", "x-auth-key": "old" } }))
        .status,
    ).toBe(200);
  });

  it("a wrong token is told so by verify, and a disabled one opens nothing", async () => {
    const verify = await call("GET", "/client/v4/user/tokens/verify", { headers: { authorization: "Bearer wrong" } });
    expect([verify.status, codes(verify.json())]).toEqual([401, [1000]]);
    api.service.tokenStatus = "disabled";
    expect((await call("GET", "/client/v4/zones")).status).toBe(403);
  });

  it("is asked on every route of the table", async () => {
    const id = "ab".repeat(16);
    for (const name of ROUTE_NAMES) {
      const route: Route = ROUTES[name];
      if (NEEDS[name].kind === "open") continue;
      const answer = await call(route.method, route.path.replace(/\{\w+\}/g, id), { headers: {} });
      expect([name, answer.status]).toEqual([name, 401]);
    }
  });
});

describe("what is no route", () => {
  it.each([
    ["GET", "/client/v4/nonsense"],
    ["GET", "/client/v4"],
    ["GET", "/client/v4/zones/not-an-id"],
    ["GET", `/client/v4/zones/${"AB".repeat(16)}`],
    ["DELETE", `/client/v4/zones/${"a".repeat(300)}`],
    ["POST", "/"],
    ["GET", "/countersign/v2/zones"],
    ["GET", "/client/v4/zones/%00"],
    ["GET", "/client/v4/zones/%zz"],
    ["GET", "/../../etc/passwd"],
  ])("%s %s is 404 with 7003 and 7000", async (method, url) => {
    const answer = await call(method, url);
    expect(answer.status).toBe(404);
    expect(codes(answer.json())).toEqual([7003, 7000]);
    expect(answer.headers["content-type"]).toContain("application/json");
  });

  it("a wrong method says which are right", async () => {
    const answer = await call("PUT", "/client/v4/zones");
    expect([answer.status, codes(answer.json()), answer.headers["allow"]]).toEqual([405, [10405], "GET, POST"]);
  });
});

describe("bodies", () => {
  it.each([
    ["cut off", '{"status":"active"', 400, 6007],
    ["not JSON", "status=active", 400, 6007],
    ["not UTF-8", Buffer.from('{"dnssec_presigned":true,"x":"\xff"}', "latin1"), 400, 6007],
    ["a list", "[]", 400, 1004],
    ["a number", "7", 400, 1004],
    ["null", "null", 400, 1004],
    ["none", undefined, 400, 1004],
    ["empty", "", 400, 1004],
    ["of a wrong type", '{"dnssec_presigned":"yes"}', 400, 1004],
    ["with a wrong status", '{"status":"pending"}', 400, 1002],
  ])("%s: refused", async (_, body, status, code) => {
    const zone = await newZone();
    const answer = await call("PATCH", `/client/v4/zones/${zone}/dnssec`, { body });
    expect([answer.status, codes(answer.json())]).toEqual([status, [code]]);
  });

  it("name the field at fault, and never repeat the body", async () => {
    const secret = "c2VjcmV0LXNlY3JldA==";
    const url = `/client/v4/accounts/${ACCOUNT}/secondary_dns/tsigs`;
    const missing = await call("POST", url, { body: JSON.stringify({ name: "k", secret }) });
    expect(missing.json().errors[0]).toMatchObject({
      code: 1004,
      reason: "request.invalid",
      source: { pointer: "/algo" },
    });
    const broken = await call("POST", url, { body: `{"secret":"${secret}" "x"` });
    expect(broken.status).toBe(400);
    expect(missing.text + broken.text + api.log.join("")).not.toContain(secret);
  });

  it("are read as JSON whatever curl calls them, and multipart is not", async () => {
    const zone = await newZone();
    for (const type of ["application/x-www-form-urlencoded", "application/json; charset=utf-8", "text/plain"]) {
      const answer = await call("PATCH", `/client/v4/zones/${zone}/dnssec`, {
        headers: { ...BEARER, "content-type": type },
        body: '{\n"dnssec_use_nsec3": true\n}',
      });
      expect([type, answer.status]).toEqual([type, 200]);
    }
    const headers = { ...BEARER, "content-type": "multipart/form-data; boundary=x" };
    const answer = await call("PATCH", `/client/v4/zones/${zone}/dnssec`, { headers, body: "--x--" });
    expect([answer.status, codes(answer.json())]).toEqual([415, [20002]]);
  });

  it("too large are refused", async () => {
    const answer = await call("POST", "/client/v4/zones", { body: JSON.stringify({ name: "x".repeat(70_000) }) });
    expect([answer.status, codes(answer.json())]).toEqual([413, [20001]]);
  });

  it("may be left out where none is needed: none, empty and {}", async () => {
    const zone = await newZone();
    await call("POST", `/client/v4/zones/${zone}/secondary_dns/incoming`, {
      body: '{"name":"example.com.","peers":[],"auto_refresh_seconds":300}',
    });
    const url = `/client/v4/zones/${zone}/secondary_dns/force_axfr`;
    const json = { ...BEARER, "content-type": "application/json" };
    for (const options of [{}, { headers: json }, { headers: json, body: "{}" }, { headers: json, body: "" }]) {
      const answer = await call("POST", url, options);
      expect([answer.status, answer.json().result]).toEqual([200, "OK"]);
    }
  });
});

describe("zones", () => {
  it("are secondary or nothing, with the provider's object to the field", async () => {
    const full = await call("POST", "/client/v4/zones", {
      body: JSON.stringify({ name: "a.example", account: { id: ACCOUNT } }),
    });
    expect([full.status, codes(full.json())]).toEqual([400, [20101]]);
    const body = JSON.stringify({ name: "A.Example.", account: { id: ACCOUNT }, type: "secondary", jump_start: false });
    const made = (await call("POST", "/client/v4/zones", { body })).json();
    expect(ROUTES["zones.get"].result.parse(made.result)).toEqual(made.result);
    expect(made.result).toMatchObject({
      name: "a.example",
      type: "secondary",
      status: "pending",
      name_servers: ["ns1.secondary.example", "ns2.secondary.example"],
    });
    const again = await call("POST", "/client/v4/zones", { body });
    expect([again.status, codes(again.json())]).toEqual([400, [1061]]);
  });

  it("take Unicode names in Punycode", async () => {
    await newZone("bücher.example");
    expect([...api.service.zones.values()][0]!.facts.name).toBe("xn--bcher-kva.example");
  });

  it("are edited one property at a time", async () => {
    const url = `/client/v4/zones/${await newZone()}`;
    expect((await call("PATCH", url, { body: '{"paused":true}' })).json().result.paused).toBe(true);
    expect((await call("PATCH", url, { body: '{"type":"secondary"}' })).status).toBe(200);
    for (const body of [
      "{}",
      '{"paused":true,"type":"secondary"}',
      '{"type":"full"}',
      '{"vanity_name_servers":["ns.example"]}',
    ]) {
      expect([body, (await call("PATCH", url, { body })).status]).toEqual([body, 400]);
    }
    expect((await call("PATCH", `/client/v4/zones/${"0".repeat(32)}`, { body: "{}" })).status).toBe(404);
  });

  const queries: [string, string[]][] = [
    ["", ["a.example", "b.example", "ab.test"]],
    ["name=a.example", ["a.example"]],
    ["name=contains:b", ["b.example", "ab.test"]],
    ["name=starts_with:A", ["a.example", "ab.test"]],
    ["name=starts_with_case_sensitive:A", []],
    ["name=ends_with:.test", ["ab.test"]],
    ["name=not_equal:ab.test", ["a.example", "b.example"]],
    ["name=equal:ab.test", ["ab.test"]],
    ["type=secondary", ["a.example", "b.example", "ab.test"]],
    ["type=full,partial,secondary", ["a.example", "b.example", "ab.test"]],
    ["type=full&type=secondary", ["a.example", "b.example", "ab.test"]],
    ["type=internal", []],
    ["status=active", []],
    ["status=pending&name=a.example", ["a.example"]],
    ["status=active&name=a.example&match=any", ["a.example"]],
    [`account.id=${ACCOUNT}&order=name&direction=desc`, ["b.example", "ab.test", "a.example"]],
    ["account.id=x", []],
    ["account.name=contains:dem", ["a.example", "b.example", "ab.test"]],
    ["page=2&per_page=2", ["ab.test"]],
    ["page=9", []],
  ];
  it("are listed by filter, order and page", async () => {
    for (const name of ["a.example", "b.example", "ab.test"]) await newZone(name);
    for (const [query, names] of queries) {
      const answer = await call("GET", `/client/v4/zones?${query}`);
      expect([query, answer.json().result.map((zone: { name: string }) => zone.name)]).toEqual([query, names]);
    }
    const info = (await call("GET", "/client/v4/zones?page=2&per_page=2")).json().result_info;
    expect(info).toEqual({ page: 2, per_page: 2, count: 1, total_count: 3, total_pages: 2 });
    for (const query of ["page=0", "page=x", "per_page=-1", "order=size", "match=some"]) {
      expect([query, (await call("GET", `/client/v4/zones?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

describe("DNSSEC", () => {
  it("takes a PATCH without status and one with all flags false; DELETE gives an empty string", async () => {
    const url = `/client/v4/zones/${await newZone()}/dnssec`;
    const flags = '{"dnssec_presigned":false,"dnssec_multi_signer":false,"dnssec_use_nsec3":false}';
    for (const body of ["{}", '{"dnssec_presigned":true}', flags])
      expect((await call("PATCH", url, { body })).status).toBe(200);
    const active = (await call("PATCH", url, { body: `{"status":"active",${flags.slice(1)}` })).json().result;
    expect(active).toMatchObject({ status: "pending", algorithm: "13", digest_type: "2", flags: 257, key_tag: 2371 });
    const early = await call("DELETE", url);
    expect([early.status, codes(early.json())]).toEqual([400, [20201]]);
    await call("PATCH", url, { body: '{"status":"disabled"}' });
    expect((await call("DELETE", url)).json()).toEqual({ success: true, errors: [], messages: [], result: "" });
    expect((await call("GET", url)).json().result).toMatchObject({ status: "disabled", modified_on: null, ds: null });
  });

  it("refuses modes that exclude each other, with the reason", async () => {
    const zone = await newZone();
    const both = await call("PATCH", `/client/v4/zones/${zone}/dnssec`, {
      body: '{"dnssec_presigned":true,"dnssec_multi_signer":true}',
    });
    expect([both.status, both.json().errors[0].reason]).toEqual([400, "dnssec.presigned-with-multi-signer"]);
    const overrides = await call("PATCH", `/client/v4/zones/${zone}/dns_settings`, {
      body: '{"secondary_overrides":true}',
    });
    expect([overrides.status, overrides.json().errors[0].reason]).toEqual([400, "override.not-offered"]);
  });
});

describe("records", () => {
  async function loaded(): Promise<string> {
    const zone = await newZone();
    api.service.load(zone, [
      ["example.com", "SOA", 3600, "ns1.primary.example. admin.example.com. 1 2 3 4 5"],
      ["example.com", "MX", 300, "mail.example.com"],
      ["www.example.com", "A", 60, "192.0.2.10"],
      ["www.example.com", "AAAA", 60, "2001:db8::10"],
      ["*.example.com", "TXT", 900, '"Hello World"'],
    ]);
    return `/client/v4/zones/${zone}/dns_records`;
  }

  const queries: [string, string[]][] = [
    ["", ["SOA", "MX", "A", "AAAA", "TXT"]],
    ["type=A", ["A"]],
    ["type=a,mx", ["MX", "A"]],
    ["type=A&type=TXT", ["A", "TXT"]],
    ["name=www.example.com", ["A", "AAAA"]],
    ["name.exact=WWW.example.com.", ["A", "AAAA"]],
    ["name.startswith=*", ["TXT"]],
    ["name.endswith=example.com", ["SOA", "MX", "A", "AAAA", "TXT"]],
    ["name.contains=ww.ex", ["A", "AAAA"]],
    ["content.exact=192.0.2.10", ["A"]],
    ["content=mail.example.com.", ["MX"]],
    ["content.contains=hello", ["TXT"]],
    ["content.startswith=2001:DB8", ["AAAA"]],
    ["content.endswith=4 5", ["SOA"]],
    ["search=www", ["A", "AAAA"]],
    ["search=WORLD", ["TXT"]],
    ["proxied=false&type=A", ["A"]],
    ["proxied=true", []],
    ["comment.present=", []],
    ["comment.absent=true&type=A", ["A"]],
    ["comment.contains=x", []],
    ["tag=a:b", []],
    ["tag.absent=x&type=MX", ["MX"]],
    ["tag-match=any&tag_match=all", ["SOA", "MX", "A", "AAAA", "TXT"]],
    ["type=MX&name=www.example.com", []],
    ["type=MX&name=www.example.com&match=any", ["MX", "A", "AAAA"]],
    ["order=type", ["A", "AAAA", "MX", "SOA", "TXT"]],
    ["order=ttl&direction=desc", ["SOA", "TXT", "MX", "A", "AAAA"]],
    ["order=name", ["TXT", "SOA", "MX", "A", "AAAA"]],
    ["order=content&name=www.example.com", ["A", "AAAA"]],
    ["order=type&per_page=2&page=2", ["MX", "SOA"]],
    ["per_page=2&page=3", ["TXT"]],
    ["per_page=2&page=4", []],
    ["order=type&page=7", []],
    ["type=A&page=2", []],
  ];
  it("are listed by filter, order and page", async () => {
    const url = await loaded();
    for (const [query, types] of queries) {
      const answer = await call("GET", `${url}?${query}`);
      expect([query, answer.json().result?.map((record: { type: string }) => record.type)]).toEqual([query, types]);
    }
    expect((await call("GET", `${url}?type=A,AAAA&per_page=1&page=2`)).json().result_info).toEqual({
      page: 2,
      per_page: 1,
      count: 1,
      total_count: 2,
      total_pages: 2,
    });
  });

  it("are shown one by one, exported as text, and not written", async () => {
    const url = await loaded();
    const [first] = (await call("GET", url)).json().result;
    expect((await call("GET", `${url}/${first.id}`)).json().result).toEqual(first);
    const missing = await call("GET", `${url}/${"0".repeat(32)}`);
    expect([missing.status, codes(missing.json())]).toEqual([404, [81044]]);
    const text = await call("GET", `${url}/export`);
    expect(text.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(text.text).toContain("www.example.com.\t60\tIN\tA\t192.0.2.10\n");
    const writes: [string, string][] = [
      ["POST", ""],
      ["POST", "/batch"],
      ["POST", "/import"],
      ["PUT", `/${first.id}`],
      ["PATCH", `/${first.id}`],
      ["DELETE", `/${first.id}`],
    ];
    for (const [method, path] of writes) {
      const answer = await call(method, url + path, { body: "{}" });
      expect([method, path, answer.status, answer.json().errors[0].reason]).toEqual([
        method,
        path,
        400,
        "record.read-only",
      ]);
    }
  });

  it("of a zone without data: an empty list, and no export", async () => {
    const url = `/client/v4/zones/${await newZone()}/dns_records`;
    expect((await call("GET", url)).json().result).toEqual([]);
    expect((await call("GET", `${url}/export`)).json().errors[0].reason).toBe("zone.not-loaded");
  });
});

describe("secondary DNS", () => {
  const base = `/client/v4/accounts/${ACCOUNT}/secondary_dns`;

  it("peers take the name alone or all fields, and are told when wrong", async () => {
    const plain = (await call("POST", `${base}/peers`, { body: '{"name":"p"}' })).json().result;
    expect(plain).toMatchObject({ name: "p", ip: "", port: 0, ixfr_enable: false });
    const body = '{"name":"q","ip":"2001:db8::1","port":5353,"ixfr_enable":true,"tsig_id":null}';
    expect((await call("PUT", `${base}/peers/${plain.id}`, { body })).json().result).toMatchObject({
      ip: "2001:db8::1",
      port: 5353,
    });
    for (const bad of [
      '{"name":""}',
      '{"name":"p","ip":"example.com"}',
      '{"name":"p","port":65536}',
      '{"name":"p","port":1.5}',
    ]) {
      expect([bad, (await call("POST", `${base}/peers`, { body: bad })).status]).toEqual([bad, 400]);
    }
    const list = (await call("GET", `${base}/peers`)).json();
    expect(list.result_info).toEqual({ page: 1, per_page: 1, count: 1, total_count: 1, total_pages: 1 });
    expect((await call("DELETE", `${base}/peers/${plain.id}`)).json().result).toEqual({ id: plain.id });
    expect((await call("GET", `${base}/peers/${plain.id}`)).status).toBe(404);
  });

  it("TSIGs are echoed as sent; MD5 is refused by name", async () => {
    const tsig = { name: "tsig.example.com.", algo: "hmac-sha256.", secret: "c2VjcmV0" };
    const made = (await call("POST", `${base}/tsigs`, { body: JSON.stringify(tsig) })).json().result;
    expect(made).toMatchObject(tsig);
    const md5 = await call("POST", `${base}/tsigs`, {
      body: JSON.stringify({ ...tsig, algo: "hmac-md5.sig-alg.reg.int." }),
    });
    expect([md5.status, md5.json().errors[0].message]).toEqual([400, expect.stringContaining("hmac-md5")]);
  });

  it("ACLs come back as networks, and have a largest size", async () => {
    const made = await call("POST", `${base}/acls`, { body: '{"name":"a","ip_range":"192.0.2.53/28"}' });
    expect(made.json().result.ip_range).toBe("192.0.2.48/28");
    const large = await call("POST", `${base}/acls`, { body: '{"name":"a","ip_range":"192.0.0.0/23"}' });
    expect([large.status, large.json().errors[0].reason]).toEqual([400, "acl.range-too-large"]);
  });

  it("an unknown account is not found", async () => {
    expect((await call("GET", `/client/v4/accounts/${"0".repeat(32)}/secondary_dns/peers`)).status).toBe(404);
  });
});

describe("the shell", () => {
  it("lets pages of other origins in, with the headers that clients send", async () => {
    const headers = {
      origin: "https://example.org",
      "access-control-request-method": "PATCH",
      "access-control-request-headers":
        "authorization,content-type,api-version,x-stainless-lang,x-stainless-retry-count,x-evil",
    };
    const preflight = await call("OPTIONS", "/client/v4/zones", { headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toBe(
      "authorization, content-type, api-version, x-stainless-lang, x-stainless-retry-count",
    );
    const plain = await call("GET", "/client/v4/zones", { headers: { ...BEARER, origin: "https://example.org" } });
    expect(plain.headers["access-control-allow-origin"]).toBe("*");
  });

  it("answers a broken invariant with 500 and a request id that the log has; no secret is logged", async () => {
    const zone = await newZone();
    api.service.fail = true;
    const answer = await call("GET", `/client/v4/zones/${zone}?secret=${SECRET}`, {
      headers: { ...BEARER, ...EMAIL_AND_KEY },
    });
    expect([answer.status, codes(answer.json())]).toEqual([500, [20500]]);
    expect(answer.text).not.toContain("invariant");
    const log = api.log.join("");
    expect(log).toContain("the invariant is broken");
    expect(log).toContain(String(answer.headers["x-request-id"]));
    expect(log).not.toContain(SECRET);
  });

  it("has health, readiness, metrics and its own description", async () => {
    expect((await call("GET", "/healthz", { headers: {} })).json()).toEqual({ status: "ok" });
    const ready = await call("GET", "/readyz", { headers: {} });
    expect([ready.status, ready.json()]).toEqual([503, { ready: false, waiting: ["1 zone is not loaded yet"] }]);
    expect((await call("GET", "/metrics", { headers: {} })).text).toBe("countersign_up 1\n");
    const description = (await call("GET", "/openapi.json", { headers: {} })).json();
    expect(description.openapi).toBe("3.1.0");
    for (const name of ROUTE_NAMES) {
      expect(description.paths[ROUTES[name].path][ROUTES[name].method.toLowerCase()].operationId).toBe(name);
    }
    expect((await call("GET", "/", { headers: {} })).text).toContain("not built");
  });

  it("gives Countersign's own resources in the envelope", async () => {
    const zone = await newZone();
    const status = (await call("GET", `/countersign/v1/zones/${zone}`)).json().result;
    expect(ROUTES["own.status"].result.parse(status)).toEqual(status);
    expect(
      (await call("PATCH", `/countersign/v1/zones/${zone}/settings`, { body: '{"denial":"chain"}' })).json().result,
    ).toMatchObject({ denial: "chain" });
    expect((await call("PATCH", `/countersign/v1/zones/${zone}/settings`, { body: '{"denial":"lies"}' })).status).toBe(
      400,
    );
    expect((await call("GET", `/countersign/v1/zones/${zone}/transfers?limit=5`)).json().result).toEqual([]);
    expect((await call("GET", `/countersign/v1/events?zone_id=${zone}&before=8`)).json().result[0].zone_id).toBe(zone);
    expect((await call("GET", "/countersign/v1/events?limit=100000")).status).toBe(400);
  });

  it("answers what is no HTTP with JSON, and goes on", async () => {
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = api.app.server.address() as { port: number };
    const text = await new Promise<string>((resolve) => {
      let received = "";
      const socket = connect(port, "127.0.0.1", () => socket.write("\x16\x03\x01 nonsense\r\n\r\n"));
      socket.on("data", (data) => {
        received += data.toString();
      });
      socket.on("close", () => resolve(received));
    });
    expect(text).toContain("HTTP/1.1 400");
    expect(JSON.parse(text.split("\r\n\r\n")[1]!)).toMatchObject({ success: false, result: null });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

it("never answers hostile input with a 5xx, and always with an envelope", async () => {
  const zone = await newZone();
  const bodies = ROUTE_NAMES.filter((name) => "body" in ROUTES[name]);
  const value = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        "name",
        "type",
        "status",
        "peers",
        "ip",
        "port",
        "algo",
        "secret",
        "ip_range",
        "paused",
        "soa",
        "denial",
        "auto_refresh_seconds",
        "__proto__",
      ),
      fc.jsonValue(),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodies), value, fc.string(), async (name, body, query) => {
      const path = ROUTES[name].path
        .replace("{zoneId}", zone)
        .replace("{accountId}", ACCOUNT)
        .replace(/\{\w+\}/g, zone);
      const answer = await call(ROUTES[name].method, `${path}?${encodeURI(query).replaceAll("#", "")}`, {
        body: JSON.stringify(body),
      });
      expect(answer.status).toBeLessThan(500);
      expect(answer.json().success).toBe(answer.status === 200);
    }),
    { numRuns: 300 },
  );
  const gets = ROUTE_NAMES.filter((name) => ROUTES[name].method === "GET" && ROUTES[name].shape !== "text");
  const key = fc.constantFrom(
    "page",
    "per_page",
    "type",
    "name",
    "name.exact",
    "order",
    "match",
    "search",
    "limit",
    "before",
    "direction",
    "tag",
    "constructor",
    "__proto__",
    "toString",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...gets),
      fc.array(fc.tuple(key, fc.string()), { maxLength: 6 }),
      async (name, pairs) => {
        const path = ROUTES[name].path.replace("{accountId}", ACCOUNT).replace(/\{\w+\}/g, zone);
        const answer = await call("GET", `${path}?${new URLSearchParams(pairs)}`);
        expect(answer.status).toBeLessThan(500);
        expect(answer.json().success).toBe(answer.status === 200);
      },
    ),
    { numRuns: 300 },
  );
});

it("gives every error code a number of its own, and no status that clients retry (but 500, 503, and 429 of the rate limit)", () => {
  const entries = Object.values(ERRORS);
  const own = entries.map((entry) => entry.number).filter((number) => number >= 20000 && number < 30000);
  expect(new Set(own).size).toBe(own.length);
  for (const [code, { status }] of Object.entries(ERRORS)) {
    expect([408, 409, 425, ...(code === "rate.limited" ? [] : [429])], code).not.toContain(status);
  }
});
