/** Each of the other people's servers as a secondary of Knot, by TSIG: it fetches the zone, and again when NOTIFY comes. */
import { afterAll, beforeAll, describe, test } from "vitest";
import {
  freePort,
  LOOPBACK,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type Secondary,
  type SecondaryKind,
  startKnot,
  startSecondary,
  until,
} from "./index.ts";

const NAME = "first.test.";
const zone = (serial: number) => ({
  name: NAME,
  text: `$ORIGIN first.test.
$TTL 300
@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ IN NS ns1
ns1 IN A 192.0.2.1
`,
});

const KINDS: readonly [SecondaryKind, string][] = [
  ["knot", "knotd"],
  ["nsd", "nsd"],
  ["bind", "named"],
  ["powerdns", "pdns_server"],
];

describe.each(KINDS)("%s", (kind, program) => {
  const missing = missingPrograms(program, "knotd");
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `left out: no ${missing.join(", ")}` : "here", () => {
    const tsig = makeTsigKey("transfer.key.", "hmac-sha256");
    let primary: Peer;
    let secondary: Secondary;
    beforeAll(async () => {
      const port = await freePort();
      primary = await startKnot({ zones: [zone(1)], tsig, notify: [{ address: LOOPBACK, port }] });
      secondary = await startSecondary(kind, { zones: [NAME], primary, tsig, port });
    });
    afterAll(async () => {
      await secondary?.stop();
      await primary?.stop();
    });

    test("fetches the zone, and a new version when it is told", async () => {
      const serves = (serial: number) =>
        until(`serial ${serial}`, async () => (await secondary.served(NAME)) === serial, 30_000).catch((error) => {
          throw new Error(`${error}\n${secondary.process.log().slice(-3000)}`);
        });
      await serves(1);
      await primary.replaceZone(zone(2));
      await serves(2);
    });
  });
});
