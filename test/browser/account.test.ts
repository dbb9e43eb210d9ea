/** The account's pages in a real browser: peers, TSIGs, ACLs, notifications, tokens, users, and one's own account. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { overflow, takeShots, WIDTHS } from "./shots.ts";

const PASSWORD = "four words that differ";
const NEXT = "another four words here";

describe.skipIf(browserMissing().length > 0)("the account's pages", { timeout: 180_000 }, () => {
  let browser: Browser;
  let product: Countersign;
  let admin: Visit;
  let zoneId: string;

  beforeAll(async () => {
    [browser, product] = await Promise.all([startBrowser(), startCountersign()]);
    zoneId = (
      (await product.call("POST", "/client/v4/zones", { name: "a.example", type: "secondary" })) as { id: string }
    ).id;
    admin = await visit(browser, product);
  });

  afterAll(async () => {
    await admin?.close();
    await browser?.close();
    await product?.stop();
  });

  const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
  const dialog = (page: Page) => page.getByRole("dialog");

  /** What holds for every page: nothing axe objects to, nothing wider than a phone. */
  async function looksRight(page: Page, name: string): Promise<void> {
    expect([name, await axeViolations(page)]).toEqual([name, []]);
    await page.setViewportSize({ width: WIDTHS[0], height: 844 });
    // The navigation slides away: what is measured is where things come to rest.
    await expect.poll(() => overflow(page), { message: name, timeout: PATIENCE_MS }).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    await takeShots(page, `account-${name}`);
  }

  test("a TSIG with a secret made here, a peer that uses it; in use, neither goes, and the reason is said", async () => {
    const { page, go, guard } = admin;
    guard.allow(/400/);
    await go("/account/tsigs");
    await page.getByRole("button", { name: "Add a TSIG" }).click();
    await dialog(page).getByLabel("Name").fill("transfer.example.com");
    await dialog(page).getByRole("button", { name: "Add a TSIG" }).click();
    await row(page, "transfer.example.com").waitFor();
    await go("/account/peers");
    await page.getByRole("button", { name: "Add a peer" }).click();
    await dialog(page).getByLabel("Name").fill("primary");
    await dialog(page).getByLabel("IP address").fill("not an address");
    await dialog(page).getByRole("button", { name: "Add a peer" }).click();
    await dialog(page).getByRole("alert").getByText("IPv4 or IPv6").waitFor();
    await dialog(page).getByLabel("IP address").fill("192.0.2.53");
    await dialog(page).getByLabel("TSIG").selectOption({ label: "transfer.example.com" });
    await dialog(page).getByRole("button", { name: "Add a peer" }).click();
    await row(page, "192.0.2.53").getByText("transfer.example.com").waitFor();
    await row(page, "192.0.2.53").getByText("nothing").waitFor();
    const [peer] = (await product.call("GET", `/client/v4/accounts/${await accountId()}/secondary_dns/peers`)) as [
      { id: string },
    ];
    const incoming = { name: "a.example.", peers: [peer.id], auto_refresh_seconds: 86_400 };
    await product.call("POST", `/client/v4/zones/${zoneId}/secondary_dns/incoming`, incoming);
    await page.reload();
    await row(page, "192.0.2.53").getByText("a.example", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Delete primary" }).click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await dialog(page).getByRole("alert").getByText("a.example").waitFor();
    await page.keyboard.press("Escape");
    await looksRight(page, "peers");
    await go("/account/tsigs");
    await row(page, "transfer.example.com").getByText("primary").waitFor();
    await page.getByRole("button", { name: "Delete transfer.example.com" }).click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await dialog(page).getByRole("alert").getByText("primary").waitFor();
    await page.keyboard.press("Escape");
    await looksRight(page, "tsigs");
  });

  async function accountId(): Promise<string> {
    return ((await product.call("GET", "/client/v4/accounts")) as [{ id: string }])[0].id;
  }

  test("a range is added, changed, deleted", async () => {
    const { page, go } = admin;
    await go("/account/acls");
    await page.getByText("No ACLs").waitFor();
    await page.getByRole("button", { name: "Add a range" }).click();
    await dialog(page).getByLabel("Name").fill("office");
    await dialog(page).getByLabel("Range").fill("192.0.2.53/28");
    await dialog(page).getByRole("button", { name: "Add a range" }).click();
    await row(page, "192.0.2.48/28").waitFor();
    await page.getByRole("button", { name: "Edit office" }).click();
    await dialog(page).getByLabel("Range").fill("2001:db8::/64");
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await row(page, "2001:db8::/64").waitFor();
    await looksRight(page, "acls");
    await page.getByRole("button", { name: "Delete office" }).click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await page.getByText("No ACLs").waitFor();
  });

  test("a destination and what it hears of; a destination in use does not go", async () => {
    const { page, go } = admin;
    await go("/account/notifications");
    await page.getByRole("button", { name: "Add a destination" }).click();
    await dialog(page).getByLabel("Name").fill("on call");
    await dialog(page).getByLabel("Web address").fill("https://hooks.example/countersign");
    await dialog(page).getByLabel("Secret for the signature").fill("a secret of the hook");
    await dialog(page).getByRole("button", { name: "Add a destination" }).click();
    await row(page, "hooks.example").waitFor();
    await page.getByRole("button", { name: "Add a notification" }).click();
    await dialog(page).getByLabel("Name").fill("primaries");
    await dialog(page).getByRole("button", { name: "Add a notification" }).click();
    await dialog(page).getByText("Choose at least one happening.").waitFor();
    await dialog(page).getByLabel("All primaries of a zone fail").check();
    await dialog(page).getByLabel("on call").check();
    await dialog(page).getByRole("button", { name: "Add a notification" }).click();
    await row(page, "primaries").first().waitFor();
    await page.getByRole("button", { name: "Delete on call" }).click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await dialog(page).getByRole("alert").getByText("primaries").waitFor();
    await page.keyboard.press("Escape");
    await looksRight(page, "notifications");
  });

  test("a token for one zone: its secret is shown once and does what was chosen", async () => {
    const { page, go } = admin;
    await go("/account/tokens");
    await page.getByRole("button", { name: "Create a token" }).click();
    await dialog(page).getByLabel("Name").fill("certificates");
    await dialog(page).getByLabel("Zone Read", { exact: true }).check();
    await dialog(page).getByLabel("Only these").check();
    await dialog(page).getByLabel("Zones, one a line").fill("nowhere.example");
    await dialog(page).getByRole("button", { name: "Create a token" }).click();
    await dialog(page).getByText("There is no zone nowhere.example.").waitFor();
    await dialog(page).getByLabel("Zones, one a line").fill("a.example");
    await dialog(page).getByRole("button", { name: "Create a token" }).click();
    const secret = await dialog(page).locator("code").first().textContent();
    const asked = async (value: string) =>
      (await fetch(`${product.url}/client/v4/zones`, { headers: { authorization: `Bearer ${value}` } })).status;
    if (!secret) throw new Error("no secret is shown");
    expect(await asked(secret)).toBe(200);
    await dialog(page).getByRole("button", { name: "I have copied it" }).click();
    await row(page, "certificates").getByText("1 zone").waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Give certificates a new secret" }).click();
    await dialog(page).getByRole("button", { name: "Make a new secret" }).click();
    await dialog(page).getByText("it is shown this once").waitFor();
    expect(await asked(secret)).toBe(403);
    await dialog(page).getByRole("button", { name: "I have copied it" }).click();
    await looksRight(page, "tokens");
    await page.getByRole("button", { name: "Edit certificates" }).click();
    await dialog(page).getByLabel("Disabled").check();
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await row(page, "certificates").getByText("Disabled").waitFor();
  });

  test("a token of the account: from some addresses, not yet good; rolled and deleted", async () => {
    const { page, go } = admin;
    await go("/account/tokens");
    await page.getByText("The account's", { exact: true }).click();
    await page.getByText("The account has no tokens yet").waitFor();
    await page.getByRole("button", { name: "Create a token" }).click();
    await dialog(page).getByLabel("Name").fill("pipeline");
    // Nobody stands behind it: what belongs to users is not offered.
    expect(await dialog(page).getByLabel("User Details Read").count()).toBe(0);
    await dialog(page).getByLabel("DNS Write", { exact: true }).check();
    await dialog(page).getByLabel("Only from these addresses").fill("192.0.2.0/24");
    await dialog(page).getByLabel("Never from these addresses").fill("192.0.2.7");
    await dialog(page).getByLabel("Begins on").fill("2090-01-01");
    await dialog(page).getByLabel("Ends on").fill("2091-01-01");
    await dialog(page).getByRole("button", { name: "Create a token" }).click();
    await dialog(page).getByText("it is shown this once").waitFor();
    await dialog(page).getByRole("button", { name: "I have copied it" }).click();
    await row(page, "pipeline").getByText("192.0.2.0/24, but not 192.0.2.7").waitFor();
    const tokens = `/client/v4/accounts/${await accountId()}/tokens`;
    const [made] = (await product.call("GET", tokens)) as [{ id: string; not_before: string; expires_on: string }];
    expect(made).toMatchObject({ not_before: "2090-01-01T00:00:00Z", expires_on: "2091-01-01T00:00:00Z" });
    await looksRight(page, "account-tokens");
    await page.getByRole("button", { name: "Edit pipeline" }).click();
    await dialog(page).getByLabel("Never from these addresses").fill("");
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await row(page, "pipeline").getByText("192.0.2.0/24", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Delete pipeline" }).click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await page.getByText("The account has no tokens yet").waitFor();
    await page.getByText("Mine", { exact: true }).click();
    await row(page, "certificates").waitFor();
  });

  test("the first users are made; the last admin stays", async () => {
    const { page, go } = admin;
    await go("/account/me");
    await page.getByText("signed in by the admin token").waitFor();
    await go("/account/users");
    await page.getByText("No users yet").waitFor();
    for (const [email, role] of [
      ["ann@example.com", "Administrator"],
      ["vic@example.com", "Viewer"],
    ] as const) {
      await page.getByRole("button", { name: "Add a user" }).click();
      await dialog(page).getByLabel("Email").fill(email);
      await dialog(page).getByLabel("Password", { exact: true }).fill(PASSWORD);
      await dialog(page).getByRole("radio", { name: role }).check();
      await dialog(page).getByRole("button", { name: "Add a user" }).click();
      await row(page, email).waitFor();
    }
    await page.getByRole("button", { name: "Delete ann@example.com" }).click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await dialog(page).getByRole("alert").getByText("last admin").waitFor();
    await page.keyboard.press("Escape");
    await looksRight(page, "users");
  });

  test("the user signs in, changes the password, sees the sessions", async () => {
    const ann = await visit(browser, product, { signedIn: false });
    ann.guard.allow(/40[013]/);
    await signInAs(ann, "ann@example.com", PASSWORD);
    await ann.go("/account/me");
    await ann.page.getByLabel("Current password").fill(PASSWORD);
    await ann.page.locator("input[name=next]").fill(NEXT);
    await ann.page.locator("input[name=again]").fill(`${NEXT}!`);
    await ann.page.getByRole("button", { name: "Change the password" }).click();
    await ann.page.getByText("are not the same").waitFor();
    await ann.page.locator("input[name=again]").fill(NEXT);
    await ann.page.getByRole("button", { name: "Change the password" }).click();
    await ann.page.getByText("Your password was changed").waitFor();
    await ann.page.getByText("this one").waitFor();
    await looksRight(ann.page, "me");
    await ann.close();
  });

  test("a viewer sees no secrets, no users, and no buttons that change", async () => {
    const vic = await visit(browser, product, { signedIn: false });
    vic.guard.allow(/40[134]/);
    await signInAs(vic, "vic@example.com", PASSWORD);
    await vic.go("/account/users");
    await vic.page.getByText("Only administrators").waitFor();
    await vic.go("/account/tsigs");
    await row(vic.page, "transfer.example.com").waitFor();
    await vic.page.getByText("Your role does not show secrets").waitFor();
    expect(await vic.page.getByRole("button", { name: /^(Add|Edit|Show|Delete)/ }).count()).toBe(0);
    const tsigs = await vic.context.request.get(`/client/v4/accounts/${await accountId()}/secondary_dns/tsigs`);
    const shown = (await tsigs.json()) as { result: { secret: string }[] };
    expect(shown.result.map(({ secret }) => secret)).toEqual(["********"]);
    await vic.go(`/zones/${zoneId}/settings`);
    await vic.page.getByText("Your role may look, but change nothing here.").waitFor();
    expect(await vic.page.locator("main").locator("input:enabled, select:enabled, textarea:enabled").count()).toBe(0);
    expect(await vic.page.getByRole("button", { name: /^(Change|Delete|Save|Turn)/ }).count()).toBe(0);
    await vic.go(`/zones/${zoneId}/transfer-settings`);
    await vic.page.getByText("You may look at these settings").waitFor();
    expect(await vic.page.locator("main").locator("input:enabled, select:enabled, textarea:enabled").count()).toBe(0);
    await vic.go(`/zones/${zoneId}/transfers`);
    await vic.page.getByRole("heading", { level: 2 }).first().waitFor();
    expect(await vic.page.getByRole("button", { name: /^(Freeze|Thaw|Transfer now)/ }).count()).toBe(0);
    expect(vic.guard.problems).toEqual([]);
    await vic.close();
  });

  async function signInAs({ page }: Visit, email: string, password: string): Promise<void> {
    await page.goto("/zones");
    await page.getByLabel("Email", { exact: true }).fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Zones" }).waitFor();
  }

  test("audit: a line for each change, its before and after when opened, filtered by the address", async () => {
    const { page, go } = admin;
    await product.call("PATCH", `/client/v4/zones/${zoneId}`, { paused: true });
    await go("/account/audit");
    const line = page.locator("details", { hasText: "change a zone (a.example)" }).first();
    await line.locator("summary").click();
    expect(await line.textContent()).toContain('"paused": true');
    await looksRight(page, "audit");
    await go("/account/audit?what=zones.create");
    await page.locator("details", { hasText: "zones.create" }).first().waitFor();
    expect(await page.locator("details", { hasText: "zones.edit" }).count()).toBe(0);
    await go(`/zones/${zoneId}/audit`);
    await page.locator("details", { hasText: "zones.edit" }).first().waitFor();
    expect(await page.locator("details", { hasText: "session.create" }).count()).toBe(0);
  });

  test("activity: what happens appears by itself", async () => {
    const { page, go } = admin;
    await go("/activity");
    await product.call("POST", "/client/v4/zones", { name: "later.test", type: "secondary" });
    await page.locator("details", { hasText: "later.test" }).first().waitFor();
    await looksRight(page, "activity");
  });

  test("DNS settings of the account: a switch that is kept", async () => {
    const { page, go } = admin;
    await go("/account/dns-settings");
    const control = page.getByRole("switch", { name: "DNS only" });
    expect(await control.isChecked()).toBe(false);
    await control.click({ force: true });
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await control.waitFor();
    expect(await control.isChecked()).toBe(true);
    await looksRight(page, "settings");
  });

  test("nothing was loaded from elsewhere, no policy was broken, no error was written; no secret is in an address", async () => {
    expect(admin.guard.problems).toEqual([]);
    expect(admin.page.url()).not.toContain(TEST_TOKEN);
  });
});
