/** A peer's page in a real browser, with BIND that gives its zone over TLS alone and wants a certificate: each way to believe it, wrong and right. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALONE } from "../hostile/world.ts";
import { makeAuthority, makeCertificate } from "../peers/certificates.ts";
import { type Countersign, missingPrograms, startCountersign } from "../peers/index.ts";
import { startTlsBind, type TlsPrimary } from "../tls/servers.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { type Visit, visit } from "./dashboard.ts";
import { looksRight } from "./look.ts";

const authority = makeAuthority("Test authority");
const server = makeCertificate({ name: "ns1.example", authority, toDays: 5 });
const client = makeCertificate({ name: "secondary.example", authority });
const stranger = makeCertificate({ name: "ns1.example" });

const TEXT =
  "$ORIGIN secret.test.\n@ 300 IN SOA ns1 hostmaster 1 3600 600 86400 300\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.1\n";

describe.skipIf(browserMissing().length + missingPrograms("named").length > 0)(
  "TLS of a peer",
  { timeout: 120_000 },
  () => {
    let browser: Browser;
    let product: Countersign;
    let bind: TlsPrimary;
    let at: Visit;

    beforeAll(async () => {
      const zone = { name: "secret.test.", text: TEXT };
      [browser, product, bind] = await Promise.all([
        startBrowser(),
        startCountersign({ env: ALONE }),
        startTlsBind({ zone, certificate: server, clientCa: authority.certificate }),
      ]);
      await product.addZone({ name: "secret.test.", primary: { kind: "bind", ...bind }, mode: "unsigned" });
      at = await visit(browser, product);
    });
    afterAll(async () => {
      await at?.close();
      await browser?.close();
      await product?.stop();
      await bind?.stop();
    });

    const dialog = (page: Page) => page.getByRole("dialog");

    async function change(how: string): Promise<void> {
      await at.page.getByRole("button", { name: "Change", exact: true }).click();
      await dialog(at.page).getByRole("radio", { name: how }).check();
    }

    async function save(): Promise<void> {
      await dialog(at.page).getByRole("button", { name: "Save" }).click();
      await dialog(at.page).waitFor({ state: "hidden" });
    }

    const tryIt = () => at.page.getByRole("button", { name: "Transfer now" }).click();

    test("by a name that its certificate does not have: the transfer says so, with what to do", async () => {
      const { page, go, guard } = at;
      guard.allow(/status of 400/);
      await go("/account/peers");
      await page.getByRole("link", { name: "bind" }).click();
      await page.getByText("In the clear").first().waitFor();
      await change("TLS, by name");
      await dialog(page).getByLabel("TLS port").fill(String(bind.tlsPort));
      await dialog(page).getByLabel("Name in its certificate").fill("ns2.example");
      const picked = page.waitForEvent("filechooser");
      await dialog(page)
        .getByRole("button", { name: /Read a file: Authorities/ })
        .click();
      const file = { name: "ca.pem", mimeType: "text/plain", buffer: Buffer.from(authority.certificate) };
      await (await picked).setFiles(file);
      await dialog(page).getByLabel("Set a new one").check();
      await dialog(page).getByRole("textbox", { name: "Certificate with its chain (PEM)" }).fill(client.certificate);
      await dialog(page).getByRole("textbox", { name: "Private key (PEM)" }).fill("no key at all");
      await dialog(page).getByRole("button", { name: "Save" }).click();
      await dialog(page).getByRole("alert").getByText("That was not saved").waitFor();
      await dialog(page).getByRole("textbox", { name: "Private key (PEM)" }).fill(client.key);
      await looksRight(page, "peer-tls-form");
      await save();
      expect(await page.content()).not.toContain("PRIVATE KEY");
      await tryIt();
      await page.getByText("not for ns2.example but for DNS:ns1.example").waitFor();
      await page.getByText("Give one of the names").waitFor();
    });

    test("by the right name: the transfer comes, who it was is shown, and that its certificate ends soon", async () => {
      const { page } = at;
      await change("TLS, by name");
      await dialog(page).getByLabel("Name in its certificate").fill("ns1.example");
      // Our own certificate stays as it is.
      expect(await dialog(page).getByLabel("Keep the one that is set").isChecked()).toBe(true);
      await save();
      await tryIt();
      await page.getByText("Serial 1 came from bind").waitFor();
      await page.getByText("by the name in its certificate").waitFor();
      await page.getByText(/Its certificate ends in \d days/).waitFor();
      await page.getByText("CN=secondary.example").waitFor();
      await looksRight(page, "peer-tls");
    });

    test("by key: another's is refused, its own is taken; and back to clear text, where it has to come with a certificate", async () => {
      const { page } = at;
      await change("TLS, by key");
      await dialog(page).getByLabel("Pins of its key").fill(stranger.pin);
      await save();
      await tryIt();
      await page.getByText(server.pin).first().waitFor();
      await change("TLS, by key");
      await dialog(page).getByLabel("Pins of its key").fill(server.pin);
      await save();
      await tryIt();
      await page.getByText("by its key").first().waitFor();
      await change("In the clear");
      await dialog(page).getByLabel("for one of these names").fill("bind.example");
      await save();
      await page.getByText("only over TLS, with a certificate for bind.example").waitFor();
      await looksRight(page, "peer-clear");
      expect(at.guard.problems).toEqual([]);
    });
  },
);
