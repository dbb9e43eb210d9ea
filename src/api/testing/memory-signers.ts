/** The guide to several signers, and the rollovers, of a zone in memory: there is nothing to see. */
import type { MultiSigner, Outcome, RolloverService, Rollovers } from "#contract";

export function noMultiSigner(id: string, name: string): MultiSigner {
  const parent = { checked_time: null, ds: [], answered_by: null, error: null };
  const nothing = { keys: [], ds: [], strange_ds: [], name_servers: [], joining: [], parent };
  return { zone_id: id, name, mode: "unsigned", complete: false, ...nothing, leaving: { we: [], partner: [] } };
}

type WithZone = <T>(
  zoneId: string,
  use: (zone: { readonly facts: { readonly id: string; readonly name: string } }) => Outcome<T>,
) => Promise<Outcome<T>>;

/** Nothing is signed here, so nothing is rolled; how often it would be can be set. */
export function noRollovers(withZone: WithZone): RolloverService {
  type Days = Pick<Rollovers, "zsk_days" | "ksk_days">;
  const days = new Map<string, Days>();
  const daysOf = (id: string): Days => days.get(id) ?? { zsk_days: "default", ksk_days: "default" };
  const none = { zsk_days_effective: null, next_zsk_time: null, ksk_days_effective: null, next_ksk_time: null };
  const show = (id: string, name: string): Rollovers => {
    return { zone_id: id, name, possible: false, ...daysOf(id), ...none, rollovers: [], past: [] };
  };
  const shown = (zoneId: string) =>
    withZone(zoneId, ({ facts }) => ({ ok: true as const, value: show(facts.id, facts.name) }));
  return {
    getRollovers: shown,
    editRollovers: (zoneId, { zsk_days, ksk_days }) => {
      const before = daysOf(zoneId);
      days.set(zoneId, {
        zsk_days: zsk_days === undefined ? before.zsk_days : zsk_days,
        ksk_days: ksk_days === undefined ? before.ksk_days : ksk_days,
      });
      return shown(zoneId);
    },
    startRollover: (zoneId) =>
      withZone(zoneId, ({ facts }) => ({ ok: false, error: { code: "rollover.not-signed-here", about: facts.name } })),
    cancelRollover: (zoneId, { kind }) =>
      withZone(zoneId, () => ({ ok: false, error: { code: "rollover.none", about: kind.toUpperCase() } })),
  };
}
