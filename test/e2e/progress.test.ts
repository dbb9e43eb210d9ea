/** While a transfer runs, its zone's status says how far it has come. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ZoneStatus } from "#contract";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { type Countersign, startCountersign, until } from "../peers/index.ts";

const ZONE = "slow.example.";
const RECORDS = 500;
const text = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns hostmaster 7 3600 600 86400 300
@ 3600 IN NS ns
${Array.from({ length: RECORDS }, (_, i) => `h${i} 300 IN A 192.0.2.1`).join("\n")}
`;

let primary: HostilePrimary;
let product: Countersign;

beforeAll(async () => {
  primary = await startHostilePrimary();
  product = await startCountersign();
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
});

test("records and octets so far are told while the primary takes its time, and none when it is done", async () => {
  let goOn = (): void => undefined;
  const seen = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  primary.serve(
    { name: ZONE, text },
    {
      axfr: async (transfer) => {
        const { soa, records } = transfer.zone;
        const rest = records.filter((record) => record !== soa);
        transfer.send(transfer.message([soa, ...rest.slice(0, 200)]));
        await seen;
        transfer.send(transfer.message([...rest.slice(200), soa]));
      },
    },
  );
  const zonePrimary = { kind: "knot", address: primary.address, port: primary.port } as const;
  const id = await product.addZone({ name: ZONE, primary: zonePrimary, mode: "unsigned" });
  const status = async () => (await product.status(id)) as unknown as ZoneStatus;
  const running = await until("a transfer that has come some way", async () => {
    const { transferring } = await status();
    return transferring && transferring.records > 0 ? transferring : undefined;
  });
  expect(running).toMatchObject({ kind: "axfr", messages: 1, records: 201 });
  expect(running.octets).toBeGreaterThan(201 * 10);
  goOn();
  await product.served(id, ZONE, 7);
  expect((await status()).transferring).toBeNull();
});
