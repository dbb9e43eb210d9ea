/** Events of rollovers. */
import type { Roll, RollAct } from "#keyplan";
import type { Deps } from "../deps.ts";
import type { Event } from "../events.ts";
import type { Zone } from "../zone.ts";
import type { PastRoll } from "./note.ts";
import type { RollKeys, Seeing } from "./sight.ts";
import { waitSentence } from "./texts.ts";
import { waitingOn } from "./waiting.ts";

export type RollNews = RollAct | "begun" | "begun-for-age" | "hurried" | "step";

const EMERGENCY =
  "; in an emergency no cache is waited for: resolvers that hold older keys or signatures refuse the zone until those run out";

type Said = { readonly level: "info" | "warning"; readonly code: string; readonly text: string };

/** Written with what it tells of. */
export function rollEvent(zone: Zone, roll: Roll, keys: RollKeys, news: RollNews, seeing: Seeing, deps: Deps): Event {
  const { level, code, text } = sayRoll(zone, roll, keys, news, seeing, deps);
  const [old_key_tag, new_key_tag] = [keys.old.keyTag, keys.new.keyTag];
  return {
    zoneId: zone.id,
    zone: zone.name,
    level,
    code,
    message: `${zone.name}: ${text}`,
    detail: { kind: roll.kind, step: roll.step, old_key_tag, new_key_tag, emergency: roll.emergency },
  };
}

/** With the zone's DNSSEC its keys were deleted. */
export function droppedEvent(zone: Zone, { kind, oldTag, newTag }: PastRoll): Event {
  return {
    zoneId: zone.id,
    zone: zone.name,
    level: "info",
    code: "key.roll-dropped",
    message: `${zone.name}: the rollover of ${kind.toUpperCase()} ${oldTag} to ${newTag} is over: the zone's keys were deleted`,
    detail: { kind, old_key_tag: oldTag, new_key_tag: newTag },
  };
}

function sayRoll(zone: Zone, roll: Roll, keys: RollKeys, news: RollNews, seeing: Seeing, deps: Deps): Said {
  const [was, is] = [keys.old.keyTag, keys.new.keyTag];
  const what = `${roll.kind.toUpperCase()} ${was}`;
  const waits = waitSentence(roll, keys, waitingOn(zone, keys, seeing, deps));
  const haste = roll.emergency ? EMERGENCY : "";
  switch (news) {
    case "begun":
    case "begun-for-age": {
      const cause = news === "begun" ? "" : " for its age";
      const text = `${what} is rolled${cause}: ${is} follows it${haste}`;
      return { level: roll.emergency ? "warning" : "info", code: "key.roll-begun", text };
    }
    case "hurried":
      return {
        level: "warning",
        code: "key.roll-hurried",
        text: `the rollover of ${what} became an emergency${haste}`,
      };
    case "withdraw": {
      const text = `the rollover of ${what} was cancelled; ${is} is taken out again`;
      return { level: "info", code: "key.roll-cancelled", text };
    }
    case "remove": {
      const partners =
        roll.kind === "zsk" && zone.mode === "multisigner"
          ? "; the other signers may take its DNSKEY out of their sets now"
          : "";
      const text = `${what} was rolled: ${is} is in its place, ${was} is gone${partners}`;
      return { level: "info", code: "key.rolled", text };
    }
    case "activate":
      // A KSK's turn is the parent's: somebody may have to go to the registrar.
      if (roll.kind === "ksk") return { level: "warning", code: "key.ds-due", text: waits };
      return { level: "info", code: "key.roll-step", text: waits };
    case "step":
      if (roll.step === "partners") return { level: "warning", code: "key.partners-due", text: waits };
      return { level: "info", code: "key.roll-step", text: waits };
  }
}
