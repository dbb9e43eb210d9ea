/** Which zones' serials the metrics page shows, and which count as behind. */
import { expect, test } from "vitest";
import type { Registry, Unit } from "./registry.ts";
import { SERIAL_ZONES_MAX, serialMetrics } from "./serial-metrics.ts";

const unit = (name: string, primary: number | null, from?: number, served = from): Unit =>
  ({
    zone: { name, served: from === undefined ? undefined : { from: { serial: from }, image: { serial: served } } },
    refresher: { note: { primarySerial: primary } },
  }) as unknown as Unit;

function read(units: readonly Unit[]) {
  const registry = { all: () => units.values() } as unknown as Registry;
  const [behind, serials] = serialMetrics(registry);
  return { behind: behind!.read()[0]!.value, serials: serials!.read() };
}

test("the pair, as far as it is known; behind is by the serial that the served version came with", () => {
  const { behind, serials } = read([
    unit("level.", 7, 7),
    unit("ahead-here.", 7, 7, 9),
    unit("behind-all-the-same.", 8, 7, 9),
    unit("never-checked.", null, 3),
    unit("never-served.", 5),
    unit("round.", 1, 4_294_967_295),
  ]);
  expect(behind).toBe(3);
  expect(serials.map(({ labels, value }) => `${labels!["zone"]} ${labels!["at"]} ${value}`)).toEqual([
    "behind-all-the-same. primary 8",
    "behind-all-the-same. served 9",
    "never-served. primary 5",
    "round. primary 1",
    "round. served 4294967295",
    "level. primary 7",
    "level. served 7",
    "ahead-here. primary 7",
    "ahead-here. served 9",
    "never-checked. served 3",
  ]);
});

test("of many zones so many are shown, those behind among them wherever they stand", () => {
  const many = Array.from({ length: 3 * SERIAL_ZONES_MAX }, (_, i) => unit(`z${i}.`, 1, 1));
  const { behind, serials } = read([...many, unit("late.", 2, 1)]);
  expect(behind).toBe(1);
  expect(serials).toHaveLength(2 * SERIAL_ZONES_MAX);
  expect(serials[0]!.labels).toEqual({ zone: "late.", at: "primary" });
  const all = read(many.map((_, i) => unit(`z${i}.`, 2, 1)));
  expect([all.behind, all.serials.length]).toEqual([3 * SERIAL_ZONES_MAX, 2 * SERIAL_ZONES_MAX]);
});
