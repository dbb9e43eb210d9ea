/** What people do on a zone's pages, as cases that a suite takes up: each acts in the page and looks at what really happened. */
import { expect, test } from "vitest";
import { ourDs, ourZsk } from "../multisigner/world.ts";
import { until } from "../peers/index.ts";
import { OUR_NAMES } from "../states/parent.ts";
import type { Visit } from "./dashboard.ts";
import { focusedName, tabTo } from "./keyboard.ts";
import { takeShots } from "./shots.ts";
import { apexOf, PARTNER_NAME, type World, type ZoneMode, zoneText } from "./world.ts";

export type Scene = {
  readonly world: World;
  readonly visitor: Visit;
  open(mode: ZoneMode, page: string): Promise<void>;
};

export function registerZoneWork(scene: () => Scene): void {
  const page = () => scene().visitor.page;

  test("records: searched, narrowed by type, those of DNSSEC when wanted, one opened and copied", async () => {
    await scene().open("presigned", "records");
    await page().getByText("414 records", { exact: true }).first().waitFor();
    await page().getByRole("searchbox", { name: "Search in names and values" }).fill("host399");
    await page().getByText("1 record", { exact: true }).first().waitFor();
    expect(new URL(page().url()).searchParams.get("q")).toBe("host399");
    await page().getByRole("switch", { name: "Show DNSSEC records" }).click({ force: true });
    // Its A record, its NSEC, both signatures, and the NSEC before that names it.
    await page().getByRole("cell", { name: "RRSIG" }).first().waitFor();
    await page().getByRole("switch", { name: "Show DNSSEC records" }).click({ force: true });
    await page().getByText("1 record", { exact: true }).first().waitFor();
    await page()
      .getByRole("button", { name: /Details of the A record of host399/ })
      .click();
    await page().getByRole("dialog").waitFor();
    await page().getByRole("button", { name: "Copy: Value" }).click();
    expect(await page().evaluate(() => navigator.clipboard.readText())).toBe("192.0.2.149");
    await page().keyboard.press("Escape");
    await page().getByRole("searchbox", { name: "Search in names and values" }).fill("nothing-has-this");
    await page().getByRole("heading", { name: "No record fits" }).waitFor();
  });

  test("records: the last of them is there when the page is scrolled to its end", async () => {
    await scene().open("live", "records");
    await page().getByText("414 records", { exact: true }).first().waitFor();
    // The router puts a page that has just come to its top, maybe a moment after it is drawn.
    await until("the end of the list", async () => {
      await page().keyboard.press("End");
      return page().getByText("www.live.parent.example").first().isVisible();
    });
    const drawn = await page().getByRole("row").count();
    expect(drawn).toBeLessThan(80);
  });

  test("transfers: a new version at the primary shows by itself, with the attempt and all its facts", async () => {
    await scene().open("live", "transfers");
    const { world } = scene();
    await world.publish("live", zoneText(apexOf("live"), 2));
    await page().getByText("Serial 2 came from knot").first().waitFor();
    await page().getByText("Serial 2 came from knot").first().click();
    await page().getByText("the primary said that there is a new version (NOTIFY)").first().waitFor();
    await page().getByText("TCP, in the clear").first().waitFor();
    await takeShots(page(), "transfers-open");
    const before = ((await world.product.call("GET", transfersOf(world, "live"))) as unknown[]).length;
    await page().getByRole("button", { name: "Transfer now" }).click();
    await until("another attempt", async () => {
      const now = (await world.product.call("GET", transfersOf(world, "live"))) as unknown[];
      return now.length > before;
    });
  });

  test("transfers: frozen after a question, and thawed", async () => {
    await scene().open("unsigned", "transfers");
    await page().getByRole("button", { name: "Freeze transfers" }).click();
    const dialog = page().getByRole("dialog");
    await dialog.getByRole("button", { name: "Freeze transfers" }).click();
    await page().getByText("Transfers are frozen", { exact: true }).waitFor();
    await page().getByRole("button", { name: "Thaw transfers" }).click();
    await page().getByRole("button", { name: "Transfer now" }).waitFor();
  });

  test("held: what is different is shown, and it is served when somebody says so", async () => {
    const { world } = scene();
    const { id } = world.zones.unsigned;
    await world.product.call("PATCH", `/countersign/v1/zones/${id}/settings`, { hold_record_loss_percent: 10 });
    const few = zoneText(apexOf("unsigned"), 3).replace(/^host[2-9]\d* .*\n/gm, "");
    await scene().open("unsigned", "transfers");
    await world.publish("unsigned", few);
    await page().getByRole("link", { name: "See what changed, and decide" }).click();
    await page().getByRole("heading", { name: "Version held back" }).waitFor();
    await page().getByText("Went", { exact: true }).first().waitFor();
    await takeShots(page(), "held-version");
    // The first of each kind; more when they are wanted; one of them by its name.
    expect(
      await page()
        .getByText(/^host\d+\.unsigned/)
        .count(),
    ).toBe(5);
    await page().getByRole("button", { name: "List more" }).click();
    await page().getByRole("button", { name: "Show all 288" }).click();
    await page().getByText("host399.unsigned.parent.example. A").waitFor();
    await page().getByLabel("Search in names, types and values").fill("host321");
    await page().getByText("host399.unsigned.parent.example. A").waitFor({ state: "detached" });
    await page().getByText("host321.unsigned.parent.example. A").waitFor();
    await page().getByRole("button", { name: "Serve it" }).click();
    await page().getByRole("dialog").getByRole("button", { name: "Serve it" }).click();
    await world.product.served(id, apexOf("unsigned"), 3);
    await page().getByRole("heading", { name: "Transfers", exact: true }).waitFor();
  });

  test("settings of transfers: what is saved is what the server has, and a wrong number says so at its field", async () => {
    const { world, visitor } = scene();
    const { id } = world.zones.unsigned;
    visitor.guard.allow(/status of 400 .*secondary_dns\/incoming/);
    await scene().open("unsigned", "transfer-settings");
    const refresh = page().getByRole("textbox", { name: "Check at least every" });
    await refresh.fill("10");
    await page().getByRole("button", { name: "Save" }).first().click();
    await page().getByRole("alert").first().waitFor();
    await refresh.fill("900");
    await page().getByRole("button", { name: "Save" }).first().click();
    await until("900 seconds saved", async () => {
      const incoming = await world.product.call("GET", `/client/v4/zones/${id}/secondary_dns/incoming`);
      return (incoming as { auto_refresh_seconds: number }).auto_refresh_seconds === 900;
    });
  });

  test("outgoing: set up, given out, told", async () => {
    await scene().open("live", "transfers");
    await page().getByRole("button", { name: "Give it out" }).click();
    await page().getByRole("dialog").getByRole("button", { name: "Set up" }).click();
    await page().getByText("Not given out").waitFor();
    await page().getByRole("button", { name: "Give out", exact: true }).click();
    await page().getByText("Given out", { exact: true }).waitFor();
    await page().getByRole("button", { name: "Stop giving it out" }).click();
    await page().getByText("Not given out").waitFor();
  });

  test("DS: only the registrar's fields, its note, and a check mark when the parent has it", async () => {
    const { world } = scene();
    await scene().open("live", "ds");
    await page().getByTestId("ds-missing").waitFor();
    await page().getByRole("combobox", { name: "Your registrar" }).click();
    await page().getByRole("option", { name: "Porkbun" }).click();
    await page().getByText("leave the fields of keyData empty").waitFor();
    expect(await page().getByText("DNSKEY fields (key data)").count()).toBe(0);
    await takeShots(page(), "ds-porkbun");
    await page().getByRole("button", { name: "Copy: The whole DS record" }).click();
    const line = await page().evaluate(() => navigator.clipboard.readText());
    expect(line).toBe(await ourDs(world.product, world.zones.live.id));
    await world.parent.publish({ live: { nameServers: OUR_NAMES, ds: [line] } });
    await page().getByTestId("ds-present").waitFor();
  });

  test("several signers: our key as it is handed over, and steps that are done as the partner and the parent do theirs", async () => {
    const { world } = scene();
    const { id } = world.zones.multisigner;
    const apex = apexOf("multisigner");
    await scene().open("multisigner", "multi-signer");
    const step = (code: string, state: string) =>
      page().locator(`[data-step="${code}"]`).getByText(state, { exact: true });
    await step("partner-keys", "Done").first().waitFor();
    await step("our-key", "To do").first().waitFor();
    await page()
      .getByRole("button", { name: /Copy: Our zone signing key/ })
      .click();
    const record = await page().evaluate(() => navigator.clipboard.readText());
    expect(record).toBe((await ourZsk(world.product, id)).record);
    await world.signer.publishKey(apex, record, []);
    await step("our-key", "Done").first().waitFor();
    await step("keys-wait", "Waiting").first().waitFor();
    const ds = [await ourDs(world.product, id), ...world.signer.ds(apex)];
    await world.parent.publish({ multisigner: { nameServers: [PARTNER_NAME, ...OUR_NAMES], ds } });
    await step("ds", "Done").first().waitFor();
    await step("name-servers", "Done").first().waitFor();
    await takeShots(page(), "multi-signer-under-way");
  });

  test("with the keyboard alone: from the list of zones to a record, and back out of it", async () => {
    const { visitor } = scene();
    await visitor.go("/zones");
    await tabTo(page(), /live\.parent\.example/);
    await page().keyboard.press("Enter");
    await page().getByRole("heading", { level: 1, name: "live.parent.example" }).waitFor();
    await tabTo(page(), /^Records$/);
    await page().keyboard.press("Enter");
    await page().getByText("414 records", { exact: true }).first().waitFor();
    await tabTo(page(), /Details of the MX record/);
    await page().keyboard.press("Enter");
    await page().getByRole("dialog").waitFor();
    await page().keyboard.press("Escape");
    await page().getByRole("dialog").waitFor({ state: "hidden" });
    // Back where one was, not at the top of the page.
    await until("the focus back on the record", async () => /Details of the MX record/.test(await focusedName(page())));
  });
}

function transfersOf(world: World, mode: ZoneMode): string {
  return `/countersign/v1/zones/${world.zones[mode].id}/transfers?limit=100`;
}
