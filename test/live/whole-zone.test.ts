/** A zone with a chain, ours or the primary's, checked as a whole by ldns and BIND; and DNSViz on each form of denial. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  flattenZone,
  missingPrograms,
  type Peer,
  type PeerZone,
  type SigningMode,
  signZone,
  startCountersign,
  startKnot,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { checkSignedZone, dnsviz } from "./tools.ts";
import { APEX, NO_RESOLVER } from "./world.ts";
import { collectZone } from "./zone-text.ts";

const missing = missingPrograms("knotd", "dnssec-signzone", "ldns-verify-zone", "dnssec-verify", "dig");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const noViz = missingPrograms("dnsviz").length > 0;

/** DNSViz asks every server that the zone names, so this one names none outside. */
const SMALL: PeerZone = {
  name: "viz.example.",
  text: `$ORIGIN viz.example.
@ 3600 IN SOA ns1 hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1
@ 3600 IN MX 10 ns1
ns1 3600 IN A 127.0.0.1
www 300 IN A 192.0.2.1
*.wild 300 IN TXT "wild"
`,
};

/** The same, to be signed with NSEC where the other one is signed with NSEC3. */
const SMALL_NSEC: PeerZone = {
  name: "viz-nsec.example.",
  text: SMALL.text.replace("viz.example.", "viz-nsec.example."),
};

describe.skipIf(missing.length > 0)(`whole zones${leftOut}`, () => {
  const odd: PeerZone = { name: APEX, text: flattenZone(APEX, zonePath("odd.zone")) };
  const signed = signZone({ ...odd, name: APEX }, { denial: "nsec" });
  let plainPrimary: Peer;
  let signedPrimary: Peer;
  let product: Countersign;

  beforeAll(async () => {
    [plainPrimary, signedPrimary, product] = await Promise.all([
      startKnot({ zones: [odd, SMALL] }),
      startKnot({ zones: [signed, signZone(SMALL, { denial: "nsec3" }), signZone(SMALL_NSEC, { denial: "nsec" })] }),
      startCountersign({ env: NO_RESOLVER }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([product?.stop(), plainPrimary?.stop(), signedPrimary?.stop()]);
  });

  /** A zone in this mode, used and removed again. */
  async function withZone<T>(
    name: string,
    primary: Peer,
    mode: SigningMode,
    use: (id: string) => Promise<T>,
  ): Promise<T> {
    const id = await product.addZone({ name, primary, mode });
    try {
      await product.served(id, name);
      return await use(id);
    } finally {
      await product.call("DELETE", `/client/v4/zones/${id}`);
    }
  }

  test.each([
    ["our own chain", "live-chain"],
    ["pre-signed by the primary", "presigned"],
  ] as const)("%s: ldns-verify-zone and dnssec-verify are content", async (_, mode) => {
    const primary = mode === "presigned" ? signedPrimary : plainPrimary;
    await withZone(APEX, primary, mode, async (id) => {
      const text = collectZone(product, APEX, odd.text);
      const { dnskeys } = (await product.status(id)).dnssec;
      expect(text.split("\n").length).toBeGreaterThan(500);
      expect(checkSignedZone(APEX, text, dnskeys)).toEqual([]);
      // The same checkers do see it when one signature is another one's.
      const broken = text.replace(
        /^(www\.odd\.example\.\s.*RRSIG\s+A .*)(.)(.{6})$/m,
        (_all, head, one, tail) => `${head}${one === "A" ? "B" : "A"}${tail}`,
      );
      expect(broken).not.toBe(text);
      expect(checkSignedZone(APEX, broken, dnskeys)).toHaveLength(2);
    });
  });

  test.skipIf(noViz).each([
    ["live", "plain", SMALL],
    ["live-nsec3", "plain", SMALL],
    ["live-chain", "plain", SMALL],
    ["presigned", "signed", SMALL_NSEC],
    ["presigned-nsec3", "signed", SMALL],
    ["multisigner", "signed", SMALL],
  ] as const)("DNSViz finds nothing in mode %s", async (mode, primary, zone) => {
    await withZone(zone.name, primary === "plain" ? plainPrimary : signedPrimary, mode, async (id) => {
      const { dnskeys } = (await product.status(id)).dnssec;
      const said = dnsviz(product, zone.name, dnskeys);
      const lines = said.split("\n").filter((line) => /^\s+\[/.test(line));
      expect(said).toMatch(/DNSKEY: .*\[\.\]/);
      expect(lines.length).toBeGreaterThan(20);
      expect(lines.filter((line) => !line.startsWith("  [.]") || /\[[!?-]\]| [EW]:/.test(line))).toEqual([]);
      // With another key as anchor it says so; once is enough, it is slow.
      if (mode !== "live") return;
      const other = dnskeys.map((key) =>
        key.replace(/(.{6})(.)(.{4})$/, (_all, a, b, c) => `${a}${b === "A" ? "B" : "A"}${c}`),
      );
      expect(dnsviz(product, zone.name, other)).toContain("E:NO_TRUST_ANCHOR_SIGNING");
    });
  });
});
