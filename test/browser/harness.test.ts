/** What the browser suites rely on has to see what it is there for: a page that does everything wrong. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOOPBACK } from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { measureFirstLoad } from "./budget.ts";
import { guardContext } from "./guard.ts";
import { overflow } from "./shots.ts";

const BAD = `<!doctype html><title>bad</title><html><body>
<img src="http://127.0.0.2:9/elsewhere.png">
<p style="width:3000px; color:#ccc; background:#fff">wide and pale</p>
<script>console.error("an error was written")</script>
<script nonce="n">console.error("an error was written"); setTimeout(() => { throw new Error("thrown late") })</script>
</body></html>`;

const GOOD = `<!doctype html><html lang="en"><head><title>good</title><link rel="icon" href="data:,"></head>
<body><main><h1>Good</h1><p>Plain text.</p></main></body></html>`;

describe.skipIf(browserMissing().length > 0)("the harness of the browser suites", () => {
  let browser: Browser;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    browser = await startBrowser();
    server = createServer((request, response) => {
      response.setHeader("content-type", "text/html");
      response.setHeader("content-security-policy", "default-src 'self'; img-src * data:; script-src 'nonce-n'");
      response.end(request.url === "/bad" ? BAD : GOOD);
    });
    await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
    origin = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(path: string) {
    const context = await browser.newContext();
    const guard = await guardContext(context, origin);
    const page = await context.newPage();
    await page.goto(origin + path);
    return { context, guard, page };
  }

  test("a page that does everything wrong is told all of it", async () => {
    const { context, guard, page } = await open("/bad");
    await expect.poll(() => guard.problems.join("\n")).toContain("thrown late");
    const told = guard.problems.join("\n");
    expect(told).toContain("loads from elsewhere: http://127.0.0.2:9/elsewhere.png");
    expect(told).toContain("console: an error was written");
    expect(told).toMatch(/policy: script-src/);
    expect(told).toMatch(/policy: style-src/);
    const violations = (await axeViolations(page)).join("\n");
    expect(violations).toContain("image-alt");
    expect(violations).toContain("html-has-lang");
    await context.close();
  });

  test("a good page has no problems", async () => {
    const { context, guard, page } = await open("/good");
    expect(await axeViolations(page)).toEqual([]);
    expect(guard.problems).toEqual([]);
    expect(await overflow(page)).toBe(0);
    const load = await measureFirstLoad(page, `${origin}/good`, "main");
    expect(load.octets).toBeGreaterThan(GOOD.length);
    expect(load.requests).toBe(1);
    await context.close();
  });
});
