import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTestApi } from "./testing/listen.ts";

const directory = mkdtempSync(join(tmpdir(), "countersign-web-"));
mkdirSync(join(directory, "dist", "assets"), { recursive: true });
writeFileSync(join(directory, "dist", "index.html"), '<title>Dashboard</title><link nonce="CSP-NONCE">');
writeFileSync(join(directory, "dist", "assets", "app-1234.js"), "let x;");
writeFileSync(join(directory, "dist", "assets", "app-1234.js.br"), brotliCompressSync("let x;"));
writeFileSync(join(directory, "dist", "icon.svg"), "<svg/>");
writeFileSync(join(directory, "secret.txt"), "secret");

let api: ReturnType<typeof makeTestApi>;
beforeAll(() => {
  api = makeTestApi({ webDirectory: join(directory, "dist") });
});
afterAll(async () => {
  await api.app.close();
  rmSync(directory, { recursive: true });
});

const get = (url: string, accept = "*/*", encodings?: string) =>
  api.app.inject({ method: "GET", url, headers: { accept, ...(encodings && { "accept-encoding": encodings }) } });

it("sends the built files, those with a hash to be kept", async () => {
  const first = await get("/");
  expect([first.statusCode, first.headers["content-type"], first.headers["cache-control"]]).toEqual([
    200,
    "text/html; charset=utf-8",
    "no-store",
  ]);
  expect(first.body).toContain("Dashboard");
  const script = await get("/assets/app-1234.js");
  expect([script.body, script.headers["content-type"]]).toEqual(["let x;", "text/javascript; charset=utf-8"]);
  expect(script.headers["cache-control"]).toContain("immutable");
});

it("sends compressed copies to those who take them", async () => {
  const plain = await get("/assets/app-1234.js", "*/*", "identity");
  expect([plain.headers["content-encoding"], plain.headers["vary"], plain.body]).toEqual([
    undefined,
    "accept-encoding",
    "let x;",
  ]);
  const small = await get("/assets/app-1234.js", "*/*", "gzip, deflate, br");
  expect(small.headers["content-encoding"]).toBe("br");
  expect(brotliDecompressSync(small.rawPayload).toString()).toBe("let x;");
  expect((await get("/assets/app-1234.js", "*/*", "gzip")).headers["content-encoding"]).toBeUndefined();
});

it("lets the script of the first page itself run by its hash, and no other", async () => {
  const within = join(directory, "inline");
  const script = "\n  document.title = 1;\n";
  mkdirSync(within);
  writeFileSync(
    join(within, "index.html"),
    `<script nonce="CSP-NONCE">${script}</script><script src="/a.js"></script>`,
  );
  const other = makeTestApi({ webDirectory: within });
  try {
    const page = await other.app.inject({ method: "GET", url: "/" });
    const hash = createHash("sha256").update(script).digest("base64");
    expect(page.headers["content-security-policy"]).toContain(`; script-src 'self' 'sha256-${hash}'; style-src`);
    expect(page.body).toContain(script);
  } finally {
    await other.app.close();
  }
});

it("does not find what was taken away since: a dashboard that was built anew under it", async () => {
  const gone = join(directory, "dist", "assets", "app-5678.js");
  writeFileSync(gone, "let y;");
  const other = makeTestApi({ webDirectory: join(directory, "dist") });
  rmSync(gone);
  try {
    expect((await other.app.inject({ method: "GET", url: "/assets/app-5678.js" })).statusCode).toBe(404);
  } finally {
    await other.app.close();
  }
});

it("allows styles by a nonce that is another one each time, scripts from files alone, and no frames", async () => {
  const nonces = new Set<string>();
  for (const url of ["/", "/", "/zones"]) {
    const page = await get(url, "text/html");
    const policy = String(page.headers["content-security-policy"]);
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
    expect(page.body).toContain(`nonce="${nonce}"`);
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(page.headers["x-frame-options"]).toBe("DENY");
    expect(page.headers["referrer-policy"]).toBe("no-referrer");
    expect(page.headers["permissions-policy"]).toContain("camera=()");
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

it.each(["/assets/gone-5678.js", "/gone.png", "/index.html", "/zones/index.html"])(
  "knows no such file, also for a browser: %s",
  async (url) => expect((await get(url, "text/html")).statusCode).toBe(404),
);

it("has files without a hash asked for again", async () => {
  const icon = await get("/icon.svg");
  expect([icon.headers["content-type"], icon.headers["cache-control"]]).toEqual(["image/svg+xml", "no-cache"]);
});

it("sends the first page for the dashboard's own addresses, to browsers only", async () => {
  expect((await get("/zones/abc", "text/html")).body).toContain("Dashboard");
  expect((await get("/zones/abc")).statusCode).toBe(404);
  expect((await get("/client/v4/nonsense", "text/html")).statusCode).toBe(404);
});

it.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"])(
  "does not leave its folder: %s",
  async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain("secret\n");
  },
);
