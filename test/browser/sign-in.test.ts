/**
 * Signing in, in Chromium: at a real OpenID provider and back to where one wanted to go, refused in plain words, signed out there,
 * too; and by the admin token while nobody has a user.
 */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CLIENT_ID, CLIENT_SECRET, startProvider, type TestProvider } from "../oidc/provider.ts";
import { type Countersign, freePort, LOOPBACK, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { type Visit, visit } from "./dashboard.ts";
import { overflow, takeShots, WIDTHS } from "./shots.ts";

describe.skipIf(browserMissing().length > 0)("signing in", () => {
  let browser: Browser;
  let provider: TestProvider;
  let product: Countersign;
  let at: Visit;

  beforeAll(async () => {
    const httpPort = await freePort();
    const dashboard = `http://${LOOPBACK}:${httpPort}`;
    [browser, provider] = await Promise.all([startBrowser(), startProvider(dashboard)]);
    product = await startCountersign({
      httpPort,
      env: {
        COUNTERSIGN_OIDC_ISSUER: provider.issuer,
        COUNTERSIGN_OIDC_CLIENT_ID: CLIENT_ID,
        COUNTERSIGN_OIDC_CLIENT_SECRET: CLIENT_SECRET,
        COUNTERSIGN_OIDC_DASHBOARD_URL: dashboard,
        COUNTERSIGN_OIDC_NAME: "Example Org",
        COUNTERSIGN_OIDC_SCOPES: "openid,email,profile,groups",
        COUNTERSIGN_OIDC_ADMINS: "dns-admins",
        COUNTERSIGN_OIDC_NEW_USERS: "make",
      },
    });
    provider.people.set("ann", {
      name: "Ann Example",
      email: "ann@example.com",
      email_verified: true,
      groups: ["dns-admins"],
    });
    provider.people.set("bob", { name: "Bob", email: "bob@example.com", email_verified: true, groups: [] });
    at = await visit(browser, product, { signedIn: false });
    // What is loaded from the provider is the provider's page; before a sign-in the session is asked for in vain.
    at.guard.allow(new RegExp(`loads from elsewhere: ${provider.issuer}`));
    at.guard.allow(/status of (401|403)/);
    // The provider's own page has no icon.
    at.guard.allow(new RegExp(`${provider.issuer}.*|status of 404`));
  });
  afterEach(() => expect(at.guard.problems).toEqual([]));
  afterAll(async () => {
    await at?.close();
    await product?.stop();
    await provider?.stop();
    await browser?.close();
  });

  const toProvider = () => at.page.getByRole("button", { name: "Sign in with Example Org" });

  async function signInAs(login: string): Promise<void> {
    await toProvider().click();
    await at.page.getByLabel("Name").fill(login);
    await at.page.getByRole("button", { name: "Go" }).click();
  }

  test("by the admin token while there is no user: a prompt leads to making one", async () => {
    const { page } = at;
    await at.go("/zones");
    await toProvider().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => overflow(page), { message: `${width}` }).toBe(0);
    }
    await takeShots(page, "sign-in-provider");
    await page.getByText("Admin token", { exact: true }).click();
    await page.getByLabel("Admin token", { exact: true }).last().fill(TEST_TOKEN);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("Make the first user").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "sign-in-first-user");
    await page.getByRole("link", { name: "Go to the users" }).click();
    await page.getByRole("button", { name: "Add a user" }).click();
    await page.getByLabel("Known at the sign-in provider as").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByText("Make the first user").count()).toBe(0);
    await page.getByRole("button", { name: /^Signed in as/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await toProvider().waitFor();
  });

  test("who has no group is told so, where one signs in; what the provider gave is not in the address", async () => {
    await at.go("/zones?q=www");
    await signInAs("bob");
    await at.page.getByText("none of your groups may do anything here").waitFor();
    expect(new URL(at.page.url()).search).not.toContain("code");
    expect(await axeViolations(at.page)).toEqual([]);
    await takeShots(at.page, "sign-in-refused");
    await at.context.clearCookies();
  });

  test("who has one comes back to where he wanted to go, is shown among the users, and can sign out there, too", async () => {
    const { page } = at;
    await at.go("/account/users?from=link");
    await signInAs("ann");
    await page.getByRole("cell", { name: "Single sign-on" }).first().waitFor();
    expect(page.url()).toBe(`${product.url}/account/users?from=link`);
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "users-single-sign-on");
    await page.reload();
    await page.getByRole("cell", { name: "Single sign-on" }).first().waitFor();
    await page.getByRole("button", { name: /^Signed in as ann@/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    const there = page.getByRole("link", { name: "Sign out there, too" });
    await there.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "signed-out");
    expect(await there.getAttribute("href")).toContain(`${provider.issuer}/session/end?`);
  });

  test("an answer that nobody asked for is refused in plain words", async () => {
    await at.go("/sign-in/return?error=call_me&state=unknown");
    await at.page.getByText("begun in another browser").waitFor();
    expect(await at.page.getByText("call_me").count()).toBe(0);
  });

  test("a provider that is away is named where one signs in; the other ways are beside it", async () => {
    await provider.stop();
    // Asked anew: what it said of itself is kept for a minute otherwise.
    await product.call("GET", "/countersign/v1/session/provider");
    const { page } = at;
    at.guard.allow(/status of 400/);
    await at.go("/zones");
    await page.getByText("Example Org can't be reached now").waitFor();
    await toProvider().click();
    await page.getByText("The sign-in provider can't be used now").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "sign-in-provider-away");
    await page.getByText("Admin token", { exact: true }).click();
    await page.getByLabel("Admin token", { exact: true }).last().fill(TEST_TOKEN);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Zones" }).first().waitFor();
    // There is a user by now: nobody is asked to make the first.
    expect(await page.getByText("Make the first user").count()).toBe(0);
  });
});
