/** The health of a zone in a word. */
import type { HealthLevel, ZoneHealth } from "#contract";
import { HEALTH } from "../texts/health.ts";
import { StateBadge } from "./StateBadge.tsx";
import type { Tone } from "./tone.ts";

export const LEVEL_TONES: Readonly<Record<HealthLevel, Tone>> = {
  problem: "bad",
  warning: "warn",
  waiting: "info",
  well: "good",
};

export function HealthBadge({ health }: { readonly health: ZoneHealth }) {
  return <StateBadge tone={LEVEL_TONES[health.level]}>{HEALTH[health.code].word}</StateBadge>;
}
