/** Requests that clients' libraries do not make: bodies that are nearly JSON, odd queries, headers that mean nothing or too much. */
import type { Random } from "./random.ts";

/** Of the largest body that is taken; one more is too many. */
const BODY_MAX = 1024 * 1024;
const DEEP = 20_000;

/** `text`: JSON that was meant. */
export function deformed(text: string, random: Random): Buffer {
  const octets = Buffer.from(text);
  const at = random.below(octets.length + 1);
  const into = (piece: Uint8Array | string) =>
    Buffer.concat([octets.subarray(0, at), Buffer.from(piece as string), octets.subarray(at)]);
  const first = (members: string) => Buffer.from(text.startsWith("{") ? `{${members},${text.slice(1)}` : text);
  switch (random.below(16)) {
    case 0:
      return into(new Uint8Array([0xff, 0xfe, 0xc0, 0x80]));
    case 1:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), octets]);
    case 2:
      return first('"name":1,"name":"twice","name":null');
    case 3:
      return first('"__proto__":{"role":"admin","isOperator":true},"constructor":{"prototype":{"role":"admin"}}');
    case 4:
      return Buffer.from("[".repeat(DEEP) + "]".repeat(DEEP));
    case 5:
      return first(`"name":${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`);
    case 6:
      return first(`"port":1e999,"auto_refresh_seconds":${"9".repeat(400)},"ttl":-0`);
    case 7:
      return into("\u0000");
    case 8:
      return first(`"name":"${"x".repeat(BODY_MAX - 2000)}"`);
    case 9:
      return first(`"name":"${"x".repeat(BODY_MAX)}"`);
    case 10:
      return octets.subarray(0, at);
    case 11:
      return Buffer.from(`name=x&role=admin&${encodeURIComponent(text)}`);
    case 12:
      return Buffer.from(text, "utf16le");
    case 13:
      return Buffer.from(`[${text},${text}]`);
    case 14:
      return first(`${Array.from({ length: 5000 }, (_, i) => `"k${i}":${i}`).join(",")}`);
    default:
      return Buffer.from(random.octets(200));
  }
}

const TYPES = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "application/json, application/json",
  "%%%",
] as const;

export function oddHeaders(random: Random): Record<string, string> {
  const headers: Record<string, string> = {};
  const put = (chance: number, name: string, from: readonly string[]) => {
    if (random.oneIn(chance)) headers[name] = random.pick(from);
  };
  put(10, "content-type", TYPES);
  put(10, "if-match", ['"x"', "*", "W/", '"', 'W/"a", "b"', `"${"a".repeat(3000)}"`, '"",'.repeat(500)]);
  put(14, "if-none-match", ["*", '"x"', "\u00ff", '"'.repeat(999)]);
  const key = `k${random.below(50)}`;
  put(8, "idempotency-key", [key, key, "x".repeat(300), " ", "\u00e9", "a,b", "__proto__"]);
  put(20, "x-forwarded-for", ["1.2.3.4, 5.6.7.8", "x".repeat(500), "::1", "unknown", ",,,,"]);
  put(20, "x-forwarded-proto", ["https", "gopher", ""]);
  put(20, "x-forwarded-host", ["evil.example", "a b", ""]);
  put(20, "accept", ["*/*", "text/html", "application/xml", "\u00ff"]);
  put(20, "last-event-id", ["-1", "9".repeat(30), "x"]);
  put(20, "user-agent", ["", "x".repeat(4000), "\u001b[31m".slice(1), "%n%s%x"]);
  put(30, "origin", ["https://evil.example", "null", "%%"]);
  put(30, "sec-fetch-site", ["cross-site", "same-origin", "rubbish"]);
  put(40, "x-http-method-override", ["DELETE", "PUT"]);
  put(40, "range", ["bytes=0-1", "bytes=-9999999"]);
  put(40, "accept-encoding", ["br;q=0", "identity;q=0, *;q=0"]);
  if (random.oneIn(40)) for (let i = 0; i < 200; i++) headers[`x-flood-${i}`] = "y".repeat(40);
  if (random.oneIn(60)) headers["x-long"] = "y".repeat(20_000);
  return headers;
}

const QUERIES = [
  "page=1&page=2&page=x",
  "name=a&name=b&name.contains=c&name.contains=d",
  "name[]=a&name[b]=c&__proto__[x]=1",
  "__proto__=1&constructor=2&prototype=3",
  "page.per_page=1&.=.&..=..",
  "%00=%00&%ff=%ff&%",
  "per_page=1e9&page=0x10",
  "limit=-0&limit=99999999999999999999",
  "=&&&=",
  "zone_id=&zone_id=%27",
  "order=__proto__&direction=DESC",
  "tag-match=any&tag_match=all",
  "a=".repeat(2000),
  `q=${"%25".repeat(2000)}`,
] as const;

export const oddQuery = (random: Random): string => random.pick(QUERIES);
