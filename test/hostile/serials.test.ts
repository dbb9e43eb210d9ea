/**
 * A primary whose SOA answers and transfers do not fit together: more is promised than comes, always more, now more and now
 * less, anything. What it has is taken where that is newer; what it has not is asked for a few times, and told.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Countersign } from "../peers/countersign.ts";
import { LOOPBACK, queryUdp, servedSerial, until } from "../peers/index.ts";
import { soaWith } from "./ixfr.cases.ts";
import { type AxfrTrick, honestAxfr, honestZone, type SoaTrick, type Zone } from "./primary.ts";
import { type Attacked, startWays, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";

type Row = { readonly id: number; readonly outcome: string; readonly error: { readonly code: string } | null };
type Said = { readonly code: string; readonly message: string };

let ways: Ways;
let product: Countersign;
let number = 0;
beforeAll(async () => {
  ways = await startWays({ COUNTERSIGN_CHECK_SECONDS: "3" });
  product = ways.product;
});
afterAll(() => ways?.stop());
afterEach(() => expect(breakages(product)).toEqual([]));

/** The SOA answer says so much; a transfer brings `brings`, its first address record changed to that of the count. */
type Lie = {
  readonly name: string;
  readonly says: (asked: number) => number;
  readonly brings: (asked: number) => number;
  /** Outcomes of transfers that may stand in the record beside the first one. */
  readonly become: readonly string[];
  readonly told: readonly string[];
  /** What is served in the end, where that is known. */
  readonly serves?: number;
};

const LIES: readonly Lie[] = [
  {
    name: "always newer, and what comes is ours",
    says: (asked) => 5 + asked,
    brings: () => 1,
    become: ["refused transfer.not-newer"],
    told: ["refresh.peer-failed", "refresh.all-failed"],
    serves: 1,
  },
  {
    name: "always newer, and what comes is older",
    says: (asked) => 5 + asked,
    brings: () => 0,
    become: ["refused transfer.not-newer"],
    told: ["refresh.peer-failed", "refresh.all-failed"],
    serves: 1,
  },
  {
    name: "newer and older by turns, and what comes is ours",
    says: (asked) => (asked % 2 === 1 ? 7 : 0),
    brings: () => 1,
    become: ["refused transfer.not-newer"],
    told: ["refresh.peer-failed"],
    serves: 1,
  },
  {
    name: "half the clock of serials ahead, and what comes is a quarter of it",
    says: () => 1 + 2 ** 31 - 1,
    brings: () => 1 + 2 ** 30,
    // The rest of it is asked for, and then it brings what it brought.
    become: ["taken", "refused transfer.not-newer"],
    told: ["transfer.taken"],
    serves: 1 + 2 ** 30,
  },
];

const withSerial = (zone: Zone, serial: number): Zone => ({ ...zone, soa: soaWith(zone, serial) });

/** Other data with every transfer: what is taken shows. */
const bringing = (serial: () => number, count: () => number): AxfrTrick => {
  return (transfer) => {
    const { zone } = transfer;
    const records = zone.records.map((one, i) => (i === 2 ? { ...one, rdata: Uint8Array.of(10, 0, 0, count()) } : one));
    honestAxfr({ ...transfer, zone: { ...withSerial(zone, serial()), records } });
  };
};

const attacked = (): Promise<Attacked> => ways.attacked(["tcp"], honestZone(`zone${++number}.serials.example.`, 1));

const rows = async ({ id }: Attacked): Promise<readonly Row[]> =>
  ((await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as (Row & { kind: string })[]).filter(
    ({ kind }) => kind !== "soa",
  );
const told = async ({ id }: Attacked): Promise<readonly Said[]> =>
  (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as Said[];

const addressOf = async (owner: string): Promise<readonly number[]> => {
  const server = { address: LOOPBACK, port: product.port };
  return [...(await queryUdp(server, { name: owner, type: 1 })).subarray(-4)];
};

test.concurrent.each(LIES)("$name", async ({ says, brings, become, told: wanted, serves }) => {
  const zone = await attacked();
  const known = (await rows(zone)).length;
  const before = await addressOf(`www.${zone.name}`);
  let asked = 0;
  const soa: SoaTrick = (honest) => honest({}, withSerial(served, says(++asked)));
  const axfr = bringing(
    () => brings(asked),
    () => 77,
  );
  const served = zone.primary.serve(honestZone(zone.name, 1), { soa, axfr });
  const codes = () => told(zone).then((events) => events.map(({ code }) => code));
  for (let i = 0; i < 3; i++) zone.primary.notify(product.port, zone.name);
  await until("what is told of it", async () => {
    const said = await codes();
    return wanted.every((code) => said.includes(code)) && (await rows(zone)).length > known;
  });
  const became = (await rows(zone))
    .slice(0, -known)
    .map(({ outcome, error }) => [outcome, error?.code].join(" ").trim());
  expect(become).toEqual(expect.arrayContaining(became));
  if (serves !== undefined) await product.served(zone.id, zone.name, serves);
  const isTaken = become.includes("taken");
  expect(await addressOf(`www.${zone.name}`)).toEqual(isTaken ? [10, 0, 0, 77] : before);
  // And somebody honest is believed again; the operator need not wait for that.
  zone.primary.serve(honestZone(zone.name, 2 ** 31 - 1));
  await product.call("POST", `/client/v4/zones/${zone.id}/secondary_dns/force_axfr`);
  await product.served(zone.id, zone.name, 2 ** 31 - 1);
});

test("one server of several behind the primary's address lags: what the SOA answer promised is fetched without another NOTIFY", async () => {
  const zone = await attacked();
  let transfers = 0;
  const soa: SoaTrick = (honest) => honest({}, withSerial(served, 3));
  const axfr = bringing(
    () => (transfers < 2 ? 2 : 3),
    () => ++transfers,
  );
  const served = zone.primary.serve(honestZone(zone.name, 2), { soa, axfr });
  zone.primary.notify(product.port, zone.name);
  await product.served(zone.id, zone.name, 3);
  expect((await rows(zone)).map(({ outcome }) => outcome)).toEqual(["taken", "taken", "taken"]);
});

test("any serial at random, in SOA answers and in what comes: what is served only ever gets newer", async () => {
  const zone = await attacked();
  const serials = [0x9e3779b9, 3, 0x80000001, 5, 0x7fffffff, 0xffffffff, 2, 0x40000000];
  let asked = 0;
  const random = () => serials[asked % serials.length]!;
  const soa: SoaTrick = (honest) => {
    asked++;
    return honest({}, withSerial(served, random()));
  };
  const served = zone.primary.serve(honestZone(zone.name, 1), { soa, axfr: bringing(random, () => 1) });
  const seen: number[] = [];
  for (let i = 0; i < serials.length; i++) {
    const before = asked;
    zone.primary.notify(product.port, zone.name);
    // Not every NOTIFY leads to a question at once: after a bad round they are put off.
    await until(
      "a question",
      async () => asked > before || (await told(zone)).some(({ code }) => code.endsWith("failed")),
    );
    seen.push((await servedSerial(product.port, zone.name))!);
  }
  await until("rest", async () => (await product.status(zone.id)).phase === "idle");
  const taken = (await product.attempts(zone.id)).filter(({ outcome }) => outcome === "taken").reverse();
  const order = taken.map(({ serial_after }) => serial_after!);
  for (const [i, serial] of order.entries()) {
    if (i > 0) expect((serial - order[i - 1]!) >>> 0, `${serial} behind ${order[i - 1]}`).toBeLessThan(2 ** 31);
  }
  // Between two looks two may have come, each newer than the one before it.
  let place = 0;
  for (const serial of seen) {
    place = order.indexOf(serial, place);
    expect(place, `${serial} of ${order}`).toBeGreaterThanOrEqual(0);
  }
});
