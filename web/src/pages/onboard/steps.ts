/**
 * Where onboarding stands, from the page's address and the zone itself, so that a link brings one back:
 *
 *   name ▶ primary ▶ lines ▶ transfer ▶ review ▶ mode ▶ ds
 *   (no zone)  (no peer)  (not linked)  (not served)  (the step in the address)
 */
import type { ZoneStatus } from "#contract";
import { ONBOARD } from "../../texts/onboard.ts";

export type StepName = keyof typeof ONBOARD.steps;

export const STEPS = Object.keys(ONBOARD.steps) as StepName[];

export type Place = {
  /** From the address: `zone`, `peer`, `step`. */
  readonly zoneId: string | undefined;
  readonly peerId: string | undefined;
  readonly wanted: string | undefined;
  readonly status: ZoneStatus | undefined;
};

/** The furthest step that can be shown now. */
export function furthestStep({ zoneId, peerId, status }: Place): StepName {
  if (zoneId === undefined || !status) return "name";
  if (status.peers.length === 0) return peerId === undefined ? "primary" : "lines";
  return status.serials.served === null ? "transfer" : "ds";
}

/** The wanted one, when it can be shown; right after a transfer the records come first. */
export function currentStep(place: Place): StepName {
  const furthest = furthestStep(place);
  const wanted = STEPS.find((step) => step === place.wanted);
  if (wanted && STEPS.indexOf(wanted) <= STEPS.indexOf(furthest)) return wanted;
  return furthest === "ds" ? "review" : furthest;
}
