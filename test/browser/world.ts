/**
 * What the suites of a zone's pages stand on: primaries, a parent that we write, the product, and a zone in each mode.
 *
 *   Knot (no signing) ──▶ unsigned, live         Knot (signs) ──▶ presigned, multisigner
 *            └──────── transfer ────────▶ product ◀──────── transfer ────────┘
 *                         product ── parent.example. (test/states/parent.ts): DS and delegations
 */
import type { Browser } from "playwright-core";
import { type Signer, startKnotSigner } from "../multisigner/signers.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  missingPrograms,
  type Peer,
  startCountersign,
  startKnot,
} from "../peers/index.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import { browserMissing, startBrowser } from "./browser.ts";

export const ZONE_MODES = ["unsigned", "live", "presigned", "multisigner"] as const;
export type ZoneMode = (typeof ZONE_MODES)[number];

export const PARTNER_NAME = "ns1.partner.example";

/** Hosts of each zone: more than fit on a screen. */
const HOSTS = 400;

export type World = {
  readonly browser: Browser;
  readonly product: Countersign;
  readonly parent: Parent;
  readonly primary: Peer;
  readonly signer: Signer;
  readonly zones: Readonly<Record<ZoneMode, { readonly id: string; readonly name: string }>>;
  /** The plain primary serves this version from now on, and says so. */
  publish(mode: "unsigned" | "live", text: string): Promise<void>;
  stop(): Promise<void>;
};

export function worldMissing(): string[] {
  return [...browserMissing(), ...missingPrograms("knotd", "unbound", "keymgr")];
}

export function apexOf(mode: ZoneMode): string {
  return `${mode}.${PARENT}`;
}

export function zoneText(apex: string, serial = 1, more: readonly string[] = []): string {
  const hosts = Array.from({ length: HOSTS }, (_, i) => `host${i} 300 IN A 192.0.2.${i % 250}`);
  return `$ORIGIN ${apex}
@ 3600 IN SOA ${PARTNER_NAME}. hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ${PARTNER_NAME}.
${OUR_NAMES.map((name) => `@ 3600 IN NS ${name}.`).join("\n")}
@ 3600 IN MX 10 mail
@ 3600 IN TXT "v=spf1 mx -all"
@ 3600 IN CAA 0 issue "ca.example.net"
mail 300 IN A 192.0.2.25
mail 300 IN AAAA 2001:db8::25
www 300 IN CNAME host1
_sip._tcp 300 IN SRV 5 6 5060 host2
a-name-that-is-long-enough-to-be-cut-off-on-a-phone.and.deeper.still 300 IN TXT "${"long ".repeat(40)}"
child 3600 IN NS ns.child
ns.child 3600 IN A 192.0.2.40
${[...hosts, ...more].join("\n")}
`;
}

export async function startWorld(): Promise<World> {
  const port = await freePort();
  const notify = { address: LOOPBACK, port };
  const plain = (["unsigned", "live"] as const).map((mode) => ({ name: apexOf(mode), text: zoneText(apexOf(mode)) }));
  const signed = (["presigned", "multisigner"] as const).map((mode) => {
    const name = apexOf(mode);
    return { name, text: zoneText(name), denial: "nsec", keys: "split" } as const;
  });
  const [browser, parent, primary, signer] = await Promise.all([
    startBrowser(),
    startParent(),
    startKnot({ zones: plain, notify: [notify] }),
    startKnotSigner(signed, notify),
  ]);
  await parent.publish(
    Object.fromEntries(
      ZONE_MODES.map((mode) => [mode, { nameServers: mode === "multisigner" ? [PARTNER_NAME] : OUR_NAMES, ds: [] }]),
    ),
  );
  const product = await startCountersign({ port, env: parent.env });
  const zones = {} as Record<ZoneMode, { id: string; name: string }>;
  for (const mode of ZONE_MODES) {
    const name = apexOf(mode);
    const from = mode === "unsigned" || mode === "live" ? primary : signer;
    zones[mode] = { id: await product.addZone({ name, primary: from, mode }), name: name.slice(0, -1) };
  }
  for (const mode of ZONE_MODES) await product.served(zones[mode].id, apexOf(mode));
  return {
    browser,
    product,
    parent,
    primary,
    signer,
    zones,
    publish: (mode, text) => primary.replaceZone({ name: apexOf(mode), text }),
    stop: async () => {
      await browser.close();
      await product.stop();
      await Promise.all([parent.stop(), primary.stop(), signer.stop()]);
    },
  };
}
