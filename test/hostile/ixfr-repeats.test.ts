/**
 * Changes that say the same thing again: a million times, back and forth, in the letters of another case, about another zone. What
 * makes sense is taken as it is, all else costs one transfer of the whole zone, and neither memory nor another zone suffers.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ResourceRecord } from "#message";
import type { Countersign } from "../peers/countersign.ts";
import { LOOPBACK, type PeerZone, queryUdp, servedSerial, until } from "../peers/index.ts";
import { record, soaWith } from "./ixfr.cases.ts";
import { type IxfrTrick, incremental, type Transfer, type Zone } from "./primary.ts";
import { startWays, type Ways } from "./ways.ts";
import { breakages, residentMebibytes } from "./world.ts";

const MANY = 1_000_000;
const A_MESSAGE = 500;
/** Beside what the product takes already: a million records are 50 MiB as octets. */
const GROWTH_MEBIBYTES = 512;

type Repeat = {
  readonly name: string;
  readonly ixfr: IxfrTrick;
  readonly got: "ixfr" | "axfr";
  readonly fallback?: string;
};

const zoneText = (name: string, serial: number): PeerZone => ({
  name,
  text: `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
`,
});

const sends =
  (make: (from: Zone, to: Zone, honest: ResourceRecord[]) => readonly ResourceRecord[]): IxfrTrick =>
  (transfer, from) =>
    transfer.send(transfer.message(make(from!, transfer.zone, incremental(from!, transfer.zone))));

/** A million of one record between these; the message is written once. */
async function aMillion(
  t: Transfer,
  before: readonly ResourceRecord[],
  one: ResourceRecord,
  after: readonly ResourceRecord[],
) {
  t.send(t.message(before));
  const message = t.message(Array.from({ length: A_MESSAGE }, () => one));
  for (let i = 0; i < MANY / A_MESSAGE && !t.gone; i++) {
    t.send(message);
    await t.drained();
  }
  t.send(t.message(after));
}

const X = "x 300 A 192.0.2.9";
const upper = (soa: ResourceRecord): ResourceRecord => ({
  ...soa,
  owner: soa.owner.map((octet) => (octet >= 97 && octet <= 122 ? octet - 32 : octet)),
});

const REPEATS: readonly Repeat[] = [
  {
    name: "a million deletions of one record",
    ixfr: (t, from) => {
      const [newest, old, ...rest] = incremental(from!, t.zone);
      return aMillion(t, [newest!, old!], record(t.zone, "ns1 3600 A 192.0.2.1"), rest);
    },
    got: "axfr",
    fallback: "transfer.delete-missing",
  },
  {
    name: "a million additions of one record",
    ixfr: (t, from) => {
      const honest = incremental(from!, t.zone);
      return aMillion(t, honest.slice(0, -1), record(t.zone, X), honest.slice(-1));
    },
    got: "axfr",
    fallback: "transfer.add-present",
  },
  {
    name: "one record added twice",
    ixfr: sends((from, _, honest) => [...honest.slice(0, -1), record(from, X), record(from, X), honest.at(-1)!]),
    got: "axfr",
    fallback: "transfer.add-present",
  },
  {
    name: "deleted and added in one difference",
    ixfr: sends((from, _, [newest, old, ...rest]) => {
      const same = record(from, "ns1 3600 A 192.0.2.1");
      return [newest!, old!, same, ...rest.slice(0, -1), same, newest!];
    }),
    got: "ixfr",
  },
  {
    name: "deleted in one difference, added in the next",
    ixfr: sends((from, to, honest) => {
      const same = record(from, "ns1 3600 A 192.0.2.1");
      const between = soaWith(to, 2);
      return [to.soa, from.soa, same, between, between, ...honest.slice(2, -1), same, to.soa];
    }),
    got: "ixfr",
  },
  {
    name: "added in one difference, deleted in the next",
    ixfr: sends((from, to, honest) => {
      const between = soaWith(to, 2);
      return [to.soa, from.soa, between, record(from, X), between, record(from, X), ...honest.slice(2)];
    }),
    got: "ixfr",
  },
  {
    name: "a chain that comes back to where it started",
    ixfr: sends((from, to) => [to.soa, from.soa, soaWith(to, 2), soaWith(to, 2), from.soa, from.soa, to.soa, to.soa]),
    got: "axfr",
    fallback: "transfer.broken-chain",
  },
  {
    name: "a difference that deletes and adds one serial",
    ixfr: sends((from, to) => [to.soa, from.soa, from.soa, from.soa, to.soa, to.soa]),
    got: "axfr",
    fallback: "transfer.broken-chain",
  },
  {
    name: "the changes of another zone, as the answer to ours",
    ixfr: sends((from, _, honest) =>
      honest.map((one) => ({ ...one, owner: record(from, "elsewhere.example. 1 A 192.0.2.1").owner })),
    ),
    got: "axfr",
    fallback: "transfer.first-not-soa",
  },
  {
    name: "every SOA in capitals",
    ixfr: sends((_, __, honest) => honest.map((one) => (one.type === 6 ? upper(one) : one))),
    got: "ixfr",
  },
];

let ways: Ways;
let product: Countersign;
beforeAll(async () => {
  ways = await startWays({ COUNTERSIGN_CHECK_SECONDS: "5" }, { ixfr: true });
  product = ways.product;
});
afterAll(() => ways?.stop());

const bystander = "bystander.repeats.example.";
const answered = async (): Promise<void> => {
  const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name: `www.${bystander}`, type: 16 });
  expect(reply[7]).toBe(1);
};

test("a zone beside them", async () => {
  await ways.attacked(["tcp"], zoneText(bystander, 1));
  await answered();
});

test.each(REPEATS.map((one, i) => [one.name, one, `z${i}.repeats.example.`] as const))("%s", async (_, one, name) => {
  const { id, primary } = await ways.attacked(["tcp"], zoneText(name, 1));
  const newest = async () => (await product.attempts(id))[0];
  const known = (await newest())?.id;
  const before = await residentMebibytes(product);
  primary.serve(zoneText(name, 3), { ixfr: one.ixfr });
  primary.notify(product.port, name);
  const row = await until(
    "the record of it",
    async () => {
      await answered();
      const now = await newest();
      return now && now.id !== known ? now : undefined;
    },
    60_000,
  );
  expect([row.kind, row.got, row.outcome, row.fallback?.code]).toEqual(["ixfr", one.got, "taken", one.fallback]);
  await product.served(id, name, 3);
  expect(await servedSerial(product.port, name)).toBe(3);
  expect((await residentMebibytes(product)) - before).toBeLessThan(GROWTH_MEBIBYTES);
  expect(breakages(product)).toEqual([]);
});
