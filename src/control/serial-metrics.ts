/**
 * Serials for the metrics page: the primary's beside the one that is served, zone by zone, for so many zones; those that lag come first, and how
 * many lag is said of all of them.
 */
import type { MetricSource } from "#telemetry";
import { serialNewer } from "#zone";
import type { Registry, Unit } from "./registry.ts";

/** Zones whose serials are shown: two series each. */
export const SERIAL_ZONES_MAX = 1000;

export function serialMetrics(registry: Registry): readonly MetricSource[] {
  return [
    {
      name: "countersign_zones_behind",
      help: "Zones of which the primary has a newer serial than the version that is served came with",
      kind: "gauge",
      read: () => [{ value: [...registry.all()].filter(isBehind).length }],
    },
    {
      name: "countersign_zone_serial",
      help: `The primary's serial as last seen, and the one that is served, of ${SERIAL_ZONES_MAX} zones at most, those behind first`,
      kind: "gauge",
      labels: ["zone", "at"],
      read: () => shownUnits(registry.all()).flatMap(serialsOf),
    },
  ];
}

/** Not by the serial that is served: one that is signed here may be ahead of the primary's. */
function isBehind({ zone, refresher }: Unit): boolean {
  const { primarySerial } = refresher.note;
  if (primarySerial === null) return false;
  return zone.served === undefined || serialNewer(primarySerial, zone.served.from.serial);
}

/** In the order in which they came, so that the same ones are shown each time. */
function shownUnits(units: Iterable<Unit>): readonly Unit[] {
  const behind: Unit[] = [];
  const level: Unit[] = [];
  for (const unit of units) {
    const list = isBehind(unit) ? behind : level;
    if (list.length < SERIAL_ZONES_MAX) list.push(unit);
  }
  return [...behind, ...level].slice(0, SERIAL_ZONES_MAX);
}

function serialsOf({ zone, refresher }: Unit) {
  const { primarySerial } = refresher.note;
  const pair = [
    ["primary", primarySerial ?? undefined],
    ["served", zone.served?.image.serial],
  ] as const;
  return pair.flatMap(([at, value]) => (value === undefined ? [] : [{ labels: { zone: zone.name, at }, value }]));
}
