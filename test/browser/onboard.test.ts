/**
 * The whole first run as a stranger does it: from the name to the check marks, in each mode, with a real Knot that is configured
 * by the lines that the page shows, and a parent zone that gets the DS.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ZoneStatus } from "#contract";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  missingPrograms,
  type Peer,
  startCountersign,
  startKnot,
  TEST_TOKEN,
  type TsigKey,
} from "../peers/index.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { choose, pressOn, typeInto } from "./keyboard.ts";
import { overflow, takeShots, WIDTHS } from "./shots.ts";

const zoneText = (zone: string) => `$ORIGIN ${zone}
@ 3600 IN SOA ${OUR_NAMES[0]}. hostmaster 7 3600 600 86400 300
${OUR_NAMES.map((name) => `@ 3600 IN NS ${name}.`).join("\n")}
@ 3600 IN MX 10 mail
www 300 IN A 192.0.2.10
mail 300 IN A 192.0.2.11
`;

describe.skipIf(missingPrograms("knotd", "unbound").length + browserMissing().length > 0)("onboard a domain", () => {
  let browser: Browser;
  let parent: Parent;
  let product: Countersign;
  let at: Visit;
  const primaries: Peer[] = [];

  beforeAll(async () => {
    [browser, parent] = await Promise.all([startBrowser(), startParent()]);
    product = await startCountersign({ env: parent.env });
    at = await visit(browser, product);
  });
  afterEach(async () => {
    expect(at.guard.problems).toEqual([]);
    await Promise.all(primaries.splice(0).map((primary) => primary.stop()));
  });
  afterAll(async () => {
    await at?.close();
    await product?.stop();
    await parent?.stop();
    await browser?.close();
  });

  /** Up to the lines for the primary; the key that they contain. */
  async function nameAndPrimary(name: string, port: number): Promise<TsigKey> {
    const { page } = at;
    await at.go("/onboard");
    await page.getByLabel("Domain").fill(name);
    await page.getByRole("button", { name: "Add the domain" }).click();
    const another = page.getByLabel("Another server");
    await page.getByLabel("Software of the primary").waitFor();
    if (await another.isVisible()) await another.check();
    await page.getByLabel("IP address", { exact: true }).fill(LOOPBACK);
    await page.getByLabel("Port", { exact: true }).fill(String(port));
    await page.getByRole("button", { name: "Continue" }).click();
    return readKey(page);
  }

  /** As it stands in the lines for the primary. */
  async function readKey(page: Page): Promise<TsigKey> {
    const lines = await page.locator("pre").first().textContent();
    const found = /id: (\S+)\s+algorithm: (\S+)\s+secret: (\S+)/.exec(lines!)!;
    return { name: `${found[1]}.`, algorithm: found[2] as TsigKey["algorithm"], secret: found[3]! };
  }

  async function startPrimary(zone: string, port: number, tsig: TsigKey, signing?: "automatic") {
    primaries.push(await startKnot({ zones: [{ name: zone, text: zoneText(zone) }], port, tsig, signing }));
  }

  async function toQuestions(page: Page): Promise<void> {
    await page.getByRole("heading", { name: "The zone is here" }).waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Is this your zone?" }).waitFor();
    await page.getByText("192.0.2.10").first().waitFor();
    await page.getByRole("button", { name: "Looks right" }).click();
    await page.getByRole("heading", { name: "How shall it be signed?" }).waitFor();
  }

  const zoneIdOf = (page: Page) => new URL(page.url()).searchParams.get("zone")!;

  async function inspect(page: Page, name: string): Promise<void> {
    expect(await axeViolations(page)).toEqual([]);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => overflow(page), { message: `${name} at ${width}`, timeout: PATIENCE_MS }).toBe(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await takeShots(page, name);
  }

  test("live signing: a primary that is not there yet, then the transfer, the questions, the DS, the check marks", async () => {
    const { page } = at;
    const port = await freePort();
    await at.go("/onboard");
    await inspect(page, "onboard-name");
    const tsig = await nameAndPrimary(`live.${PARENT}`, port);
    await inspect(page, "onboard-lines");
    await page.getByRole("button", { name: "It is done: start the transfer" }).click();
    // Nobody listens: the reason in plain words, and what to try.
    await page.getByText("Nobody answers there.").waitFor();
    await inspect(page, "onboard-transfer-failed");
    // A link brings one back to the same place.
    await page.reload();
    await page.getByText("Nobody answers there.").waitFor();
    await startPrimary(`live.${PARENT}`, port, tsig);
    await page.getByRole("button", { name: "Try again now" }).click();
    await toQuestions(page);
    await page.getByLabel("Yes", { exact: true }).check();
    await page.getByLabel("Countersign shall, with keys of its own").check();
    await page.getByLabel("Nobody: only Countersign's").check();
    await inspect(page, "onboard-mode");
    await page.getByRole("button", { name: "Use Live signing" }).click();
    await page.getByText("The parent does not have the DS yet").waitFor();
    await inspect(page, "onboard-ds");
    const { dnssec } = (await product.status(zoneIdOf(page))) as unknown as ZoneStatus;
    await expect.poll(() => page.getByText(dnssec.ds[0]!).count(), { timeout: PATIENCE_MS }).toBeGreaterThan(0);
    // Both families until the registrar is known; then its own fields, and the note about it.
    await page.getByRole("button", { name: "Copy: The whole DNSKEY record" }).waitFor();
    await page.getByRole("combobox", { name: "Your registrar" }).fill("pork");
    await page.getByRole("option", { name: "Porkbun" }).click();
    await page.getByText("leave the fields of keyData empty").waitFor();
    expect(await page.getByText("DNSKEY fields (key data)").count()).toBe(0);
    await page.getByRole("button", { name: "Copy: Digest", exact: true }).click();
    expect(dnssec.ds[0]).toContain(await page.evaluate(() => navigator.clipboard.readText()));
    await inspect(page, "onboard-ds-registrar");
    await parent.publish({ live: { nameServers: OUR_NAMES, ds: dnssec.ds } });
    await page.getByText("Everything is in place.").waitFor();
    await inspect(page, "onboard-done");
  });

  test("pre-signed, by keys alone: the focus is always seen, the primary's signatures are noticed, its DS is the one to add", async () => {
    const { page } = at;
    const port = await freePort();
    const zone = `presigned.${PARENT}`;
    await at.go("/onboard");
    await page.getByLabel("Domain").waitFor();
    await typeInto(page, /^Domain/, zone);
    await page.keyboard.press("Enter");
    await page.getByLabel("Software of the primary").waitFor();
    await typeInto(page, /^IP address/, LOOPBACK);
    await typeInto(page, /^Port/, String(port));
    await pressOn(page, /^Continue$/);
    const tsig = await readKey(page);
    await startPrimary(zone, port, tsig, "automatic");
    await pressOn(page, /^It is done: start the transfer$/);
    await page.getByRole("heading", { name: "The zone is here" }).waitFor();
    await pressOn(page, /^Continue$/);
    await page.getByText("192.0.2.10").first().waitFor();
    await pressOn(page, /^Looks right$/);
    await choose(page, /^Yes$/, /^Yes$/);
    await choose(page, /^Countersign shall/, /^My primary does/);
    await page.getByText("It sends signatures now.").waitFor();
    await choose(page, /^Nobody/, /^Nobody/);
    await pressOn(page, /^Use Pre-signed$/);
    await page.getByText("The parent does not have the DS yet").waitFor();
    expect((await product.status(zoneIdOf(page))).mode).toBe("presigned");
  });

  test("multi-signer and unsigned follow from the answers", async () => {
    const { page } = at;
    const port = await freePort();
    const tsig = await nameAndPrimary(`several.${PARENT}`, port);
    await startPrimary(`several.${PARENT}`, port, tsig, "automatic");
    await page.getByRole("button", { name: "It is done: start the transfer" }).click();
    await toQuestions(page);
    await page.getByLabel("Not now").check();
    await page.getByText("Then it is Unsigned.").waitFor();
    await page.getByLabel("Yes", { exact: true }).check();
    await page.getByLabel("Countersign shall, with keys of its own").check();
    await page.getByLabel("Another provider that signs").check();
    await page.getByRole("button", { name: "Use Multi-signer" }).click();
    await page.getByText("With several signers the order matters").waitFor();
    expect((await product.status(zoneIdOf(page))).mode).toBe("multisigner");
    await at.go(`/onboard?zone=${zoneIdOf(page)}&step=mode`);
    await page.getByLabel("Not now").check();
    await page.getByRole("button", { name: "Use Unsigned" }).click();
    await page.getByText("This zone is unsigned").waitFor();
  });

  test("a name that is no name is refused where it was typed", async () => {
    const { page } = at;
    at.guard.allow(/400/);
    await at.go("/onboard");
    await page.getByLabel("Domain").fill("bad..name");
    await page.getByRole("button", { name: "Add the domain" }).click();
    await page.getByText("This domain can't be added").waitFor();
  });

  test("a stranger signs in by the token and comes to the place that he wanted", async () => {
    const stranger = await visit(browser, product, { signedIn: false });
    stranger.guard.allow(/40[13].*session/);
    await stranger.go("/onboard");
    const { page } = stranger;
    await page.getByText("Admin token", { exact: true }).click();
    await page.getByLabel("Admin token", { exact: true }).last().fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Not signed in").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "sign-in");
    await page.getByLabel("Admin token", { exact: true }).last().fill(TEST_TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Onboard a domain" }).waitFor();
    expect(stranger.guard.problems).toEqual([]);
    await stranger.close();
  });
});
