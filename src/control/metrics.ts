/** What control counts, for the metrics page: by closed sets of words and in aggregate, but for the serials of a bounded number of zones. */
import type { AlertCenter } from "#alerts";
import type { MetricSource } from "#telemetry";
import { expiresAt } from "#transfer";
import type { Deps } from "./deps.ts";
import type { EventFeed } from "./event-feed.ts";
import type { Registry, Unit } from "./registry.ts";
import { serialMetrics } from "./serial-metrics.ts";

const STATES = ["serving", "expired", "not-ready"] as const;
type State = (typeof STATES)[number];

export function controlMetrics(
  registry: Registry,
  feed: EventFeed,
  alerts: AlertCenter,
  analytics: { readonly lost: number },
  deps: Deps,
): readonly MetricSource[] {
  const lost: MetricSource = {
    name: "countersign_analytics_lost_total",
    help: "Answers that were not counted for their zone, for want of room",
    kind: "counter",
    read: () => [{ value: analytics.lost }],
  };
  const ofZones = [...zoneMetrics(registry, deps), ...serialMetrics(registry)];
  return [...attemptMetrics(deps), ...ofZones, ...otherMetrics(feed, alerts, deps), lost];
}

function attemptMetrics({ attempts }: Deps): MetricSource[] {
  const labels = ["direction", "kind", "transport", "outcome"];
  const series = (value: "count" | "octets") =>
    attempts.counts().map(({ direction, kind, transport, outcome, [value]: amount }) => ({
      labels: { direction, kind, transport, outcome },
      value: amount,
    }));
  return [
    {
      name: "countersign_transfers_total",
      help: "Attempts to transfer, and checks of the serial that failed (kind soa)",
      kind: "counter",
      labels,
      read: () => series("count"),
    },
    {
      name: "countersign_transfer_octets_total",
      help: "Octets of transfers",
      kind: "counter",
      labels,
      read: () => series("octets"),
    },
  ];
}

function stateOf({ zone }: Unit): State {
  if (!zone.served) return "not-ready";
  return zone.expired ? "expired" : "serving";
}

function zoneMetrics(registry: Registry, deps: Deps): MetricSource[] {
  const units = () => [...registry.all()];
  /** The largest or smallest over the zones of each state; a state without any is left out. */
  const extreme = (pick: (...values: number[]) => number, measure: (unit: Unit) => number | undefined) => {
    const found = new Map<State, number>();
    for (const unit of units()) {
      const value = measure(unit);
      if (value === undefined) continue;
      const state = stateOf(unit);
      const before = found.get(state);
      found.set(state, before === undefined ? value : pick(before, value));
    }
    return [...found].map(([state, value]) => ({ labels: { state }, value }));
  };
  const count = (counts: (unit: Unit) => boolean) => [{ value: units().filter(counts).length }];
  return [
    {
      name: "countersign_zones_by_state",
      help: "Zones by what they answer",
      kind: "gauge",
      labels: ["state"],
      read: () => {
        const counted = Map.groupBy(units(), stateOf);
        return STATES.map((state) => ({ labels: { state }, value: counted.get(state)?.length ?? 0 }));
      },
    },
    {
      name: "countersign_zones_held",
      help: "Zones of which a version is held",
      kind: "gauge",
      read: () => count(({ zone }) => zone.held !== undefined),
    },
    {
      name: "countersign_zones_frozen",
      help: "Zones whose transfers are frozen",
      kind: "gauge",
      read: () => count(({ zone }) => zone.frozenAt !== undefined),
    },
    {
      name: "countersign_good_check_age_seconds_max",
      help: "Time since the last good check of the zone that had none for longest",
      kind: "gauge",
      labels: ["state"],
      read: () =>
        extreme(Math.max, ({ refresher }) => {
          const { lastGoodCheck } = refresher.state;
          return lastGoodCheck === undefined ? undefined : deps.now() - lastGoodCheck;
        }),
    },
    {
      name: "countersign_expiry_seconds_min",
      help: "Time until the zone that is next expires; below 0 since it has",
      kind: "gauge",
      labels: ["state"],
      read: () =>
        extreme(Math.min, ({ refresher }) => {
          const at = expiresAt(refresher.state);
          return at === undefined ? undefined : at - deps.now();
        }),
    },
  ];
}

function otherMetrics(feed: EventFeed, alerts: AlertCenter, deps: Deps): MetricSource[] {
  return [
    {
      name: "countersign_alert_tries_total",
      help: "Tries to deliver an alert: delivered, to be tried again, given up",
      kind: "counter",
      labels: ["outcome"],
      read: () => Object.entries(alerts.counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: "countersign_hook_runs_total",
      help: "Runs of the hook before a publication",
      kind: "counter",
      labels: ["outcome"],
      read: () => Object.entries(deps.hook.counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: "countersign_event_followers",
      help: "Open streams of events",
      kind: "gauge",
      read: () => [{ value: feed.followers }],
    },
  ];
}
