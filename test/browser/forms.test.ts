/**
 * Every form of the dashboard with its fields wrong: what is wrong stands at the field (`aria-invalid`, and in its description), the first
 * wrong one has the focus, and nothing that was typed is lost. What the page can see itself is told before anything is sent.
 */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { type Visit, visit } from "./dashboard.ts";
import { overflow, settle } from "./shots.ts";

type Field = {
  /** Undefined: left as it is. */
  readonly value?: string;
  /** What is said at it; undefined: nothing is wrong with it. */
  readonly says?: RegExp;
};

type Case = {
  readonly form: string;
  readonly path: string;
  /** The button that opens it, when it is a dialog. */
  readonly opened?: string;
  readonly before?: (form: Locator) => Promise<unknown>;
  readonly send: string;
  /** Looked at by axe, and on a phone, with all that is told. */
  readonly looked?: boolean;
  /** By their names, in the order of the page. */
  readonly fields: Readonly<Record<string, Field>>;
};

const AWAY = { success: false, errors: [{ code: 20000, message: "away" }], messages: [], result: null };
const NEEDED = /Fill this in/;
const box = (label: string) => (form: Locator) => form.getByLabel(label, { exact: true }).check();
const choose = (text: string) => (form: Locator) => form.getByText(text, { exact: true }).click();

const ACCOUNT: readonly Case[] = [
  {
    form: "a peer that says nothing",
    path: "/account/peers",
    opened: "Add a peer",
    send: "Add a peer",
    fields: { name: { says: NEEDED }, ip: {}, port: { value: "99999", says: /from 1 to 65,535/ } },
  },
  {
    form: "a peer that the server refuses",
    path: "/account/peers",
    opened: "Add a peer",
    send: "Add a peer",
    fields: { name: { value: "second" }, ip: { value: "not an address", says: /IPv4 or IPv6/ }, port: { value: "53" } },
  },
  {
    form: "a TSIG with no name",
    path: "/account/tsigs",
    opened: "Add a TSIG",
    send: "Add a TSIG",
    fields: { name: { value: "two..dots", says: /no blanks/ }, secret: { value: "c2VjcmV0IG9mIHNvbWUgbGVuZ3Ro" } },
  },
  {
    form: "a TSIG with no secret",
    path: "/account/tsigs",
    opened: "Add a TSIG",
    send: "Add a TSIG",
    fields: { name: { value: "key.example" }, secret: { value: "no base64!", says: /base64/i } },
  },
  {
    form: "a range",
    path: "/account/acls",
    opened: "Add a range",
    send: "Add a range",
    fields: { name: { value: "office" }, range: { value: "192.0.2.0/99", says: /\w/ } },
  },
  {
    form: "a webhook",
    looked: true,
    path: "/account/notifications",
    opened: "Add a destination",
    send: "Add a destination",
    fields: {
      name: { says: NEEDED },
      url: { value: "no address", says: /whole web address/ },
      secret: { value: "short", says: /At least 16 characters; there are 5/ },
    },
  },
  {
    form: "mail",
    path: "/account/notifications",
    opened: "Add a destination",
    before: choose("Mail"),
    send: "Add a destination",
    fields: {
      name: { value: "mail" },
      host: { value: "mail.example.com" },
      port: { value: "25" },
      from: { value: "ann@example.com" },
      to: { value: "ann@example.com\nnobody", says: /mail address/ },
    },
  },
  {
    form: "a notification",
    looked: true,
    path: "/account/notifications",
    opened: "Add a notification",
    send: "Add a notification",
    fields: { name: { value: "primaries" }, kinds: { says: /at least one/ }, destinations: { says: /\w/ } },
  },
  {
    form: "a token that says nothing",
    path: "/account/tokens",
    opened: "Create a token",
    send: "Create a token",
    fields: { name: { says: NEEDED } },
  },
  {
    form: "a token for nothing, at a zone that is not there",
    looked: true,
    path: "/account/tokens",
    opened: "Create a token",
    before: box("Only these"),
    send: "Create a token",
    fields: {
      name: { value: "one" },
      groups: { says: /at least one thing/ },
      zones: { value: "nowhere.example", says: /no zone nowhere\.example/ },
    },
  },
  {
    form: "a token from nowhere",
    path: "/account/tokens",
    opened: "Create a token",
    before: box("Zone Read"),
    send: "Create a token",
    fields: {
      name: { value: "one" },
      addresses: { value: "192.0.2.1\nsomewhere", says: /\w/ },
      refused: { value: "elsewhere", says: /\w/ },
      begins: { value: "2031-01-01" },
      expires: { value: "2030-01-01" },
    },
  },
  {
    form: "a user",
    path: "/account/users",
    opened: "Add a user",
    send: "Add a user",
    fields: {
      email: { value: "nobody", says: /email address/ },
      name: {},
      password: { value: "short", says: /At least 12 characters; there are 5/ },
    },
  },
  {
    form: "a catalog that says nothing",
    looked: true,
    path: "/account/catalogs",
    opened: "Add a catalog",
    send: "Add a catalog",
    fields: {
      name: { says: NEEDED },
      grace: { value: "99999", says: /from 0 to 24,000/ },
      most: { value: "0", says: /from 1 to 1,000,000/ },
    },
  },
  {
    form: "a catalog that the server refuses",
    path: "/account/catalogs",
    opened: "Add a catalog",
    send: "Add a catalog",
    fields: { name: { value: "catalog.example" }, allowed: { value: "fine.example\ntwo..dots", says: /two\.\.dots/ } },
  },
];

const zoneCases = (zone: string, peer: string): readonly Case[] => [
  {
    form: "how a peer is asked over TLS, empty",
    path: peer,
    opened: "Change",
    before: (form) => form.getByRole("radio").nth(1).check(),
    send: "Save",
    fields: { port: { value: "0", says: /from 1 to 65,535/ } },
  },
  {
    form: "bounds of a zone",
    looked: true,
    path: `${zone}/transfer-settings`,
    send: "Save",
    fields: {
      max_records: { value: "0", says: /\w/ },
      max_octets: { value: "12", says: /\w/ },
      hold_record_loss_percent: { value: "300", says: /\w/ },
    },
  },
  {
    form: "a question",
    path: `${zone}/explain`,
    send: "Ask",
    fields: { name: { value: "two..dots", says: /\w/ }, type: { value: "A" } },
  },
  { form: "no domain", path: "/onboard", send: "Add the domain", fields: { name: { says: NEEDED } } },
  {
    form: "no name of a domain",
    path: "/onboard",
    send: "Add the domain",
    fields: { name: { value: "two..dots", says: /\w/ } },
  },
  {
    form: "a primary that says nothing",
    looked: true,
    path: `/onboard?zone=${zone.split("/").at(-1)}&step=primary`,
    send: "Continue",
    fields: { ip: { says: NEEDED }, port: { value: "0", says: /from 1 to 65,535/ } },
  },
];

describe.skipIf(browserMissing().length > 0)("forms with every field wrong", { timeout: 180_000 }, () => {
  let browser: Browser;
  let product: Countersign;
  let admin: Visit;
  let places = { zone: "", peer: "" };

  beforeAll(async () => {
    [browser, product] = await Promise.all([startBrowser(), startCountersign()]);
    const made = (path: string, body: object) => product.call("POST", path, body) as Promise<{ id: string }>;
    const { id } = await made("/client/v4/zones", { name: "a.example", type: "secondary" });
    const [account] = (await product.call("GET", "/client/v4/accounts")) as [{ id: string }];
    const peers = `/client/v4/accounts/${account.id}/secondary_dns/peers`;
    const peer = await made(peers, { name: "primary", ip: "192.0.2.53" });
    await made("/countersign/v1/alerts/destinations", {
      name: "on call",
      webhook: { url: "https://hooks.example/countersign" },
      secret: "a secret of the hook",
    });
    places = { zone: `/zones/${id}`, peer: `/account/peers/${peer.id}` };
    admin = await visit(browser, product);
    // What is refused is meant to be; a zone that has no primary yet has no settings of one.
    admin.guard.allow(/status of 400/);
    admin.guard.allow(/status of 404.*incoming/);
    admin.guard.allow(/status of 403.*session/);
  });
  afterAll(async () => {
    await admin?.close();
    await browser?.close();
    await product?.stop();
  });

  test.each(ACCOUNT.map((each) => [each.form, each] as const))("%s", (_, each) => tellsAll(each));

  test.each(zoneCases("", "").map(({ form }, i) => [form, i] as const))("%s", (_, i) =>
    tellsAll(zoneCases(places.zone, places.peer)[i]!),
  );

  async function tellsAll({ path, opened, before, send, looked, fields }: Case): Promise<void> {
    const { page, go } = admin;
    await go(path);
    if (opened !== undefined) await page.getByRole("button", { name: opened }).first().click();
    const names = Object.keys(fields);
    const holds = page.locator(`[name="${names[0]}"]`);
    const form =
      opened === undefined ? page.locator("form").filter({ has: holds }) : page.locator('[role="dialog"] form');
    await form.waitFor();
    await before?.(form);
    const typed = Object.entries(fields).filter(([, { value }]) => value !== undefined);
    for (const [name, { value }] of typed) await form.locator(`[name="${name}"]`).first().fill(value!);
    await form.getByRole("button", { name: send, exact: true }).click();
    const wrong = Object.entries(fields).filter(([, { says }]) => says !== undefined);
    for (const [name, { says }] of wrong) await isWrong(form, name, says!);
    for (const [name, { says }] of Object.entries(fields)) {
      if (says === undefined) expect([name, await told(form, name)]).toEqual([name, undefined]);
    }
    // The first wrong one has the focus.
    await page.waitForFunction((name) => document.activeElement?.getAttribute("name") === name, wrong[0]![0]);
    for (const [name, { value }] of typed) {
      expect([name, await form.locator(`[name="${name}"]`).first().inputValue()]).toEqual([name, value]);
    }
    if (!looked) return;
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    // The navigation slides away: what is measured is where things come to rest.
    await expect.poll(() => overflow(page)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  }

  test("one's own password: the current one wrong, the new one short, then not the same twice", async () => {
    await product.call("POST", "/countersign/v1/users", {
      email: "ann@example.com",
      password: "four words that differ",
      role: "admin",
    });
    const ann = await visit(browser, product, { signedIn: false });
    ann.guard.allow(/status of 40[0-3]/);
    await ann.page.goto("/account/me");
    const signIn = ann.page.locator("form");
    await signIn.getByRole("button", { name: "Sign in" }).click();
    await isWrong(signIn, "email", NEEDED);
    await isWrong(signIn, "password", NEEDED);
    await hasFocus(ann.page, "email");
    await signIn.locator("[name=email]").fill("ann@example.com");
    // What is typed anew is not wrong any more; the other one still is.
    await ann.page.waitForFunction(() => document.querySelectorAll('[aria-invalid="true"]').length === 1);
    await signIn.locator("[name=password]").fill("four words that differ");
    await signIn.getByRole("button", { name: "Sign in" }).click();
    const form = ann.page.locator("form").filter({ has: ann.page.locator("[name=current]") });
    await form.waitFor();
    const send = form.getByRole("button", { name: "Change the password" });
    const fill = async (values: Readonly<Record<string, string>>) => {
      for (const [name, value] of Object.entries(values)) await form.locator(`[name=${name}]`).fill(value);
    };
    await fill({ next: "short" });
    await send.click();
    await isWrong(form, "current", NEEDED);
    await isWrong(form, "next", /At least 12 characters; there are 5/);
    await isWrong(form, "again", NEEDED);
    await hasFocus(ann.page, "current");
    await fill({ current: "something else", next: "another four words here", again: "another four words" });
    await send.click();
    await isWrong(form, "again", /not the same/);
    await hasFocus(ann.page, "again");
    await fill({ again: "another four words here" });
    await send.click();
    await isWrong(form, "current", /\w/);
    await hasFocus(ann.page, "current");
    expect(await axeViolations(ann.page)).toEqual([]);
    expect(ann.guard.problems).toEqual([]);
    await ann.close();
  });

  test("a session that ends in the middle of a form: one signs in over it, and what was typed is there", async () => {
    const { page, go, context } = admin;
    admin.guard.allow(/status of 401/);
    await go("/account/acls");
    await page.getByRole("button", { name: "Add a range" }).click();
    const form = page.getByRole("dialog", { name: "Add a range" });
    await form.locator("[name=name]").fill("office");
    await form.locator("[name=range]").fill("192.0.2.0/28");
    await context.clearCookies();
    await form.getByRole("button", { name: "Add a range" }).click();
    const over = page.getByRole("dialog", { name: "Sign in to Countersign" });
    await over.getByText("Your session ended").waitFor();
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => overflow(page), { message: `${width}` }).toBe(0);
      expect([width, await axeViolations(page)]).toEqual([width, []]);
    }
    await over.getByText("Admin token", { exact: true }).click();
    await over.locator("[name=token]").fill("not the token at all");
    // Escape is not for the form below.
    await page.keyboard.press("Escape");
    await over.getByRole("button", { name: "Sign in", exact: true }).click();
    await over.getByText("Not signed in").waitFor();
    await over.locator("[name=token]").fill(TEST_TOKEN);
    await over.getByRole("button", { name: "Sign in", exact: true }).click();
    await over.waitFor({ state: "detached" });
    expect(await form.locator("[name=name]").inputValue()).toBe("office");
    expect(await form.locator("[name=range]").inputValue()).toBe("192.0.2.0/28");
    await form.getByRole("button", { name: "Add a range" }).click();
    await page.getByRole("row").filter({ hasText: "192.0.2.0/28" }).waitFor();
  });

  test("what is typed stays while the page asks again for what is not there, and when the server is away", async () => {
    const { page, go } = admin;
    admin.guard.allow(/status of 503/);
    await go(`${places.zone}/transfer-settings`);
    const field = page.locator("[name=max_records]");
    await field.fill("500");
    const incoming = /\/secondary_dns\/incoming$/;
    for (const [cause, isAway] of [
      ["freeze", false],
      ["thaw", true],
    ] as const) {
      let answer = (): void => undefined;
      let asked = 0;
      await page.route(incoming, async (route) => {
        asked++;
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        await (isAway ? route.fulfill({ status: 503, json: AWAY }) : route.continue());
      });
      await product.call("POST", `/countersign/v1${places.zone}/${cause}`);
      await expect.poll(() => asked).toBe(1);
      expect([cause, "asked", await field.inputValue()]).toEqual([cause, "asked", "500"]);
      const answered = page.waitForResponse(incoming);
      answer();
      await answered;
      await settle(page);
      expect([cause, "answered", await field.inputValue()]).toEqual([cause, "answered", "500"]);
      await page.unroute(incoming);
    }
  });

  test("nothing was loaded from elsewhere, no policy was broken, no error was written", () => {
    expect(admin.guard.problems).toEqual([]);
  });
});

/** Says so to whoever sees it and to whoever hears it. */
async function isWrong(form: Locator, name: string, says: RegExp): Promise<void> {
  const field = form.locator(`[name="${name}"]`).first();
  const isBox = (await field.getAttribute("type")) === "checkbox";
  if (!isBox) await form.locator(`[name="${name}"][aria-invalid="true"]`).waitFor();
  // Its words come one drawing after its colour.
  await expect.poll(() => told(form, name), { message: name }).toEqual(expect.stringMatching(says));
}

/** What describes the field, or the group that it is in, as an error; undefined: nothing. */
function told(form: Locator, name: string): Promise<string | undefined> {
  return form
    .locator(`[name="${name}"]`)
    .first()
    .evaluate((field) => {
      const described = field.getAttribute("type") === "checkbox" ? field.closest('[role="group"]') : field;
      const ids = described?.getAttribute("aria-describedby")?.split(" ") ?? [];
      const error = ids.map((id) => document.getElementById(id)).find((each) => each?.id.endsWith("-error"));
      return error?.textContent ?? undefined;
    });
}

async function hasFocus(page: Page, name: string): Promise<void> {
  await page.waitForFunction((wanted) => document.activeElement?.getAttribute("name") === wanted, name);
}
