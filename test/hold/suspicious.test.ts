/** `--suspicious hold`: a version that breaks no rule but looks wrong is held for the operator; by default it is taken and told. */
import { afterAll, describe, expect, test } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { type Countersign, type PeerZone, servedSerial, startCountersign, until } from "../peers/index.ts";

const NAME = "odd.example.";

/** With a delegation whose glue is missing. */
function zone(serial: number, odd = false): PeerZone {
  const text = `$ORIGIN ${NAME}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
${odd ? "child 3600 IN NS ns.child" : ""}
`;
  return { name: NAME, text };
}

describe.each(["take", "hold"] as const)("--suspicious %s", (choice) => {
  let primary: HostilePrimary;
  let product: Countersign;
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
  });

  test("glue is missing", async () => {
    primary = await startHostilePrimary();
    primary.serve(zone(1));
    product = await startCountersign({ env: { COUNTERSIGN_SUSPICIOUS: choice } });
    const { address, port } = primary;
    const id = await product.addZone({ name: NAME, primary: { kind: "knot", address, port }, mode: "unsigned" });
    await product.served(id, NAME, 1);
    primary.serve(zone(2, true));
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
    const events = async () =>
      (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string; message: string }[];
    if (choice === "take") {
      await product.served(id, NAME, 2);
      const told = (await events()).find(({ code }) => code === "zone.suspicious");
      expect(told?.message).toContain("child");
      return;
    }
    const held = await until("held", async () => (await product.status(id)).held ?? undefined);
    expect(held.code).toBe("guard.suspicious");
    expect(held.reason).toContain("child");
    expect(await servedSerial(product.port, NAME)).toBe(1);
    await product.call("POST", `/countersign/v1/zones/${id}/held/release`, {});
    await product.served(id, NAME, 2);
  });
});
