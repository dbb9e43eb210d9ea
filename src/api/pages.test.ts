import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTestApi } from "./testing/listen.ts";

const directory = mkdtempSync(join(tmpdir(), "countersign-web-"));
mkdirSync(join(directory, "dist", "assets"), { recursive: true });
writeFileSync(join(directory, "dist", "index.html"), "<title>Dashboard</title>");
writeFileSync(join(directory, "dist", "assets", "app-1234.js"), "let x;");
writeFileSync(join(directory, "secret.txt"), "secret");

let api: ReturnType<typeof makeTestApi>;
beforeAll(() => {
  api = makeTestApi({ webDirectory: join(directory, "dist") });
});
afterAll(async () => {
  await api.app.close();
  rmSync(directory, { recursive: true });
});

const get = (url: string, accept = "*/*") => api.app.inject({ method: "GET", url, headers: { accept } });

it("sends the built files, those with a hash to be kept", async () => {
  const first = await get("/");
  expect([first.statusCode, first.headers["content-type"], first.headers["cache-control"]]).toEqual([
    200,
    "text/html; charset=utf-8",
    "no-cache",
  ]);
  expect(first.body).toContain("Dashboard");
  const script = await get("/assets/app-1234.js");
  expect([script.body, script.headers["content-type"]]).toEqual(["let x;", "text/javascript; charset=utf-8"]);
  expect(script.headers["cache-control"]).toContain("immutable");
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
