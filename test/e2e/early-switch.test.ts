/**
 * A mode that is chosen while the first transfer is on its way: whatever moment it hits, the zone ends in that mode. (It was
 * passed over between the end of the transfer and its being stored, and the zone was served unsigned for good.)
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeReply } from "../differential/decode.ts";
import {
  type Countersign,
  missingPrograms,
  type Peer,
  queryTcp,
  signZone,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";

const missing = missingPrograms("knotd", "dnssec-signzone");
/** Each hits another moment of its transfer. */
const ZONES = 24;
const STEP_MILLISECONDS = 3;
const CDS = 59;
/** `0 0 0 00`: take the DS away (RFC 8078 section 4). */
const REMOVAL = "0000000000";

describe.skipIf(missing.length > 0)(missing.length > 0 ? `left out: no ${missing.join(", ")}` : "early", () => {
  const names = Array.from({ length: ZONES }, (_, i) => `early${i}.test.`);
  const disabled = Array.from({ length: ZONES }, (_, i) => `disabled${i}.test.`);
  let primary: Peer;
  let product: Countersign;

  beforeAll(async () => {
    const zones = [...names, ...disabled].map((name) => ({
      name,
      text: `${name} 300 IN SOA ns1.${name} host.${name} 7 3600 600 86400 300\n${name} 300 IN NS ns1.${name}\nns1.${name} 300 IN A 192.0.2.1\n`,
    }));
    primary = await startKnot({
      zones: zones.map((zone) => (names.includes(zone.name) ? signZone(zone, { denial: "nsec" }) : zone)),
    });
    product = await startCountersign();
  });
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
  });

  test("pre-signed is pre-signed, whenever it is said", async () => {
    const ids: string[] = [];
    for (const [i, name] of names.entries()) {
      const id = await product.addZone({ name, primary, mode: "unsigned" });
      await sleep(i * STEP_MILLISECONDS);
      await product.setMode(id, "presigned");
      ids.push(id);
    }
    for (const [i, id] of ids.entries()) {
      const status = await until(`${names[i]} at rest`, async () => {
        const now = await product.status(id);
        return now.phase === "idle" && now.serials.served !== null ? now : undefined;
      });
      expect(status, names[i]).toMatchObject({ mode: "presigned", held: null });
    }
  });

  test("disabled is disabled: CDS ask for removal, whenever it is said", async () => {
    const ids: string[] = [];
    for (const [i, name] of disabled.entries()) {
      const id = await product.addZone({ name, primary, mode: "live" });
      await sleep(i * STEP_MILLISECONDS);
      await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "disabled" });
      ids.push(id);
    }
    for (const [i, id] of ids.entries()) {
      const status = await until(`${disabled[i]} at rest`, async () => {
        const now = await product.status(id);
        return now.phase === "idle" && now.serials.served !== null ? now : undefined;
      });
      expect(status.dnssec.status, disabled[i]).toBe("disabled");
      const reply = decodeReply(await queryTcp(product, { name: disabled[i]!, type: CDS }));
      expect(
        reply.answer.map(({ rdata }) => rdata),
        disabled[i],
      ).toEqual([REMOVAL]);
    }
  });
});
