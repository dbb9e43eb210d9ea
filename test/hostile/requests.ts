/** Hostile HTTP requests to the API: schema-shaped with something wrong, rubbish, and what is no HTTP at all. */
import { ROUTE_NAMES, ROUTES } from "#contract";
import type { Random } from "./random.ts";

/** Every secret that the attack hands over begins so: nothing but a TSIG's own resource may ever show it. */
export const SECRET_MARK = "U0VDUkVUU0VDUkVU";

export type Ids = {
  readonly account: string;
  readonly zones: readonly string[];
  /** Zones that the attack made itself: only these may be deleted, or soon there would be nothing to attack. */
  readonly spareZones: string[];
  readonly peers: string[];
  readonly tsigs: string[];
  readonly acls: string[];
  readonly records: readonly string[];
};

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
};

const STRINGS = [
  "",
  " ",
  ".",
  "..",
  "a",
  "example.com",
  "EXAMPLE.com.",
  "xn--bcher-kva.example",
  "bücher.example",
  "\u0000",
  "\ud800",
  "\u202e",
  "💥".repeat(50),
  "x".repeat(300),
  "x".repeat(70_000),
  "a.".repeat(200),
  "' OR 1=1 --",
  '"; DROP TABLE zones; --',
  "../../etc/passwd",
  "%00",
  "{{7*7}}",
  "<script>",
  "__proto__",
  "constructor",
  "null",
  "-1",
  "1e309",
  "hmac-md5.sig-alg.reg.int",
  "hmac-sha256.",
  "127.0.0.1",
  "127.0.0.999",
  "::1",
  "::ffff:127.0.0.1",
  "127.0.0.1/8",
  "127.0.0.1/33",
  "active",
  "disabled",
  "secondary",
  "full",
] as const;

const NUMBERS = [0, 1, -1, 0.5, 53, 65_535, 65_536, 300, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300] as const;

const KEYS = [
  "name",
  "type",
  "account",
  "ip",
  "port",
  "ixfr_enable",
  "tsig_id",
  "algo",
  "secret",
  "ip_range",
  "peers",
  "auto_refresh_seconds",
  "status",
  "dnssec_multi_signer",
  "dnssec_presigned",
  "dnssec_use_nsec3",
  "denial",
  "paused",
  "secondary_overrides",
  "id",
  "__proto__",
  "constructor",
  "toString",
  "",
] as const;

function anyValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 5 : 8)) {
    case 0:
      return random.pick(STRINGS);
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.oneIn(2);
    case 3:
      return null;
    case 4:
      return secret(random);
    case 5:
      return Array.from({ length: random.below(5) }, () => anyValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [random.pick(KEYS), anyValue(random, depth + 1)]),
      );
  }
}

function secret(random: Random): string {
  return `${SECRET_MARK}${Buffer.from(random.octets(21)).toString("base64")}`;
}

/** A body that its route could take; peers are on loopback alone. */
function shapedBody(path: string, random: Random, ids: Ids): Record<string, unknown> {
  const id = (of: readonly string[]): unknown => (of.length > 0 && !random.oneIn(5) ? random.pick(of) : "f".repeat(32));
  if (path.endsWith("/peers") || path.includes("/peers/"))
    return {
      name: `p${random.below(1000)}`,
      ip: `127.0.0.${1 + random.below(250)}`,
      port: 1 + random.below(20),
      tsig_id: id(ids.tsigs),
    };
  if (path.includes("/tsigs"))
    return {
      name: `key${random.below(1000)}.`,
      algo: random.pick(["hmac-sha256", "hmac-sha512.", "hmac-md5"]),
      secret: secret(random),
    };
  if (path.includes("/acls"))
    return { name: "acl", ip_range: random.pick(["127.0.0.1/32", "127.0.0.0/24", "127.0.0.0/8", "::1/64"]) };
  if (path.endsWith("/incoming"))
    return {
      name: "live.attacked.example.",
      peers: [id(ids.peers), id(ids.peers)],
      auto_refresh_seconds: random.pick(NUMBERS),
    };
  if (path.endsWith("/dnssec"))
    return {
      status: random.pick(["active", "disabled"]),
      dnssec_presigned: random.oneIn(3),
      dnssec_multi_signer: random.oneIn(3),
      dnssec_use_nsec3: random.oneIn(2),
    };
  if (path.endsWith("/settings")) return { denial: random.pick(["chain", "compact", "none"]) };
  if (path.endsWith("/dns_settings")) return { secondary_overrides: random.oneIn(2), ns_ttl: random.pick(NUMBERS) };
  if (path.endsWith("/zones"))
    return { name: `z${random.below(100_000)}.fuzz.example`, type: "secondary", account: { id: ids.account } };
  return { paused: random.oneIn(2) };
}

function body(path: string, random: Random, ids: Ids): Buffer | undefined {
  switch (random.below(9)) {
    case 0:
      return undefined;
    case 1:
      return Buffer.from(random.octets(random.below(200)));
    case 2:
      return Buffer.from(JSON.stringify(anyValue(random)));
    case 3:
      return Buffer.from(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    case 4: {
      const text = JSON.stringify({ ...shapedBody(path, random, ids), secret: secret(random) });
      return Buffer.from(text.slice(0, random.below(text.length)));
    }
    case 5:
      return Buffer.from(JSON.stringify({ ...shapedBody(path, random, ids), [random.pick(KEYS)]: anyValue(random) }));
    default:
      return Buffer.from(JSON.stringify(shapedBody(path, random, ids)));
  }
}

const ODD_PATHS = [
  "/",
  "//",
  "/client",
  "/client/v4",
  "/client/v4/",
  "/client/v4/nothing",
  "/../../../../etc/passwd",
  "/..%2f..%2f..%2fetc%2fpasswd",
  "/%2e%2e/%2e%2e/package.json",
  "/assets/../../package.json",
  "/assets/%00",
  "/%",
  "/%zz",
  "/client/v4/zones/%ff%fe",
  "/client/v4/zones/%00",
  `/client/v4/zones/${"a".repeat(5000)}`,
  "/client/v4/zones/..%2f..%2fuser",
  "/client/v4/zones?per_page=1e9&page=999999",
  "/client/v4/zones?page=-1",
  "/client/v4/zones?name[]=a&name[b]=c&__proto__[x]=1",
  "/client/v4/zones?name=contains:%00",
  "/client/v4/zones?order=plan.id&direction=desc&match=any",
  "/countersign/v1/events?before=0",
  "/countersign/v1/events?limit=1000",
  "/countersign/v1/events?zone_id=%27",
  "/healthz",
  "/metrics",
  "/openapi.json",
  "/client/v4/user/tokens/verify",
  "http://elsewhere.test/client/v4/user",
  "*",
] as const;

const QUERIES = [
  "",
  "",
  "",
  "?page=2&per_page=1",
  "?page=x",
  "?type=A,AAAA,%00",
  "?search=%F0%9F%92%A5",
  "?order=content&direction=desc",
  "?name.contains=w",
  "?content.startswith=%5C&match=any",
  `?search=${"a".repeat(8000)}`,
  "?tag=x&tag-match=any",
  "?proxied=maybe",
  "?limit=0",
] as const;

const METHODS = ["GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"] as const;

export function hostileRequest(random: Random, ids: Ids, token: string): Request {
  const headers = [authorization(random, token)].flat();
  if (random.oneIn(12)) {
    const path = random.pick(ODD_PATHS);
    return { method: random.pick(METHODS), path, headers, body: random.oneIn(2) ? body(path, random, ids) : undefined };
  }
  const name = random.pick(ROUTE_NAMES);
  const route = ROUTES[name];
  const from: Readonly<Record<string, readonly string[]>> = {
    accountId: [ids.account],
    zoneId: name === "zones.delete" ? ids.spareZones : random.oneIn(4) ? [...ids.zones, ...ids.spareZones] : ids.zones,
    peerId: ids.peers,
    tsigId: ids.tsigs,
    aclId: ids.acls,
    recordId: ids.records,
  };
  const path = route.path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const known = from[parameter] ?? [];
    if (known.length === 0 || random.oneIn(10))
      return random.pick(["0".repeat(32), "F".repeat(32), "x", "%2e%2e", "%00", `${"9".repeat(400)}`, "%E0%A4%A"]);
    return random.pick(known);
  });
  const method =
    random.oneIn(15) && name !== "zones.get" && name !== "zones.edit" ? random.pick(METHODS) : route.method;
  headers.push(
    ...random.pick([
      [],
      ["content-type: application/json"],
      ["content-type: text/plain"],
      ["content-type: multipart/form-data"],
      ["content-type: %%%"],
    ]),
  );
  const withBody = method !== "GET" || random.oneIn(20);
  return {
    method,
    path: `${path}${random.pick(QUERIES)}`,
    headers,
    body: withBody ? body(path, random, ids) : undefined,
  };
}

function authorization(random: Random, token: string): string[] {
  if (!random.oneIn(8)) return [`authorization: Bearer ${token}`];
  return random.pick([
    [],
    ["authorization: Bearer"],
    ["authorization: Basic eHg6eHg="],
    [`authorization: Bearer ${SECRET_MARK}wrong`],
    [`authorization: Bearer ${"x".repeat(5000)}`],
    [`x-auth-key: ${SECRET_MARK}wrong`, "x-auth-email: admin@localhost"],
    [`x-auth-key: ${token}`, "x-auth-email: other@example.com"],
    [`x-auth-key: ${token}`],
  ]);
}

/** Most that the attack remembers of what it made; the oldest are forgotten. */
const REMEMBERED = 30;

/** Takes the identifiers of what was made into the attack. */
export function learn(ids: Ids, { method, path }: Request, id: string): void {
  if (method !== "POST") return;
  const list = { zones: ids.spareZones, peers: ids.peers, tsigs: ids.tsigs, acls: ids.acls }[
    path.split("?")[0]!.split("/").at(-1)!
  ];
  if (!list) return;
  list.push(id);
  if (list.length > REMEMBERED) list.shift();
}
