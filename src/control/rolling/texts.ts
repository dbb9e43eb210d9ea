/** What a rollover waits for, and why, in plain sentences. */
import { PARENT_MARGIN_SECONDS, type Roll, type RollStep, rollWaitsUntil } from "#keyplan";
import type { RollKeys } from "./sight.ts";
import type { WaitingOn } from "./waiting.ts";

/** `2026-11-26 14:05 UTC`: said in sentences, where a time with seconds is hard to read. */
export function printMinute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function waitSentence(roll: Roll, keys: RollKeys, on: WaitingOn): string {
  const { waitSeconds } = roll;
  const { ds } = on;
  const until = printMinute(rollWaitsUntil(roll) ?? roll.since);
  const [was, is] = [keys.old.keyTag, keys.new.keyTag];
  switch (roll.step) {
    case "publishing":
      return `The new key ${is} is being put into the DNSKEY set. It waits until every worker serves it.`;
    case "partners":
      return `The other signers have to import the new zone signing key ${is} first: resolvers that hold their DNSKEY set could not validate our answers else. Waited for since ${printMinute(roll.since)}. ${partnerSentence(on)}`;
    case "keys-wait":
      return `Until ${until}, because resolvers may hold the old DNSKEY set, without key ${is}, for ${waitSeconds} s.`;
    case "switching":
      return `From now on key ${is} signs. It waits until every worker does.`;
    case "signatures-wait":
      return `Key ${is} signs. Until ${until} key ${was} stays published, because resolvers may hold records that it signed for ${waitSeconds} s.`;
    case "parent":
      if (!on.asks) {
        return `DNSSEC is being switched off: the parent is asked for no DS at all. The rollover ends with the keys, or goes on when DNSSEC is enabled again.`;
      }
      return `The parent has to take the DS of key ${is} in place of that of key ${was}. CDS and CDNSKEY ask for it; a parent that does not read them needs this at the registrar: ${ds}. Key ${was} stays until all of the parent's nameservers have the new DS and none has the old one.${requestSentence(on)}`;
    case "ds-wait":
      return `The parent has the new DS. Until ${until} key ${was} stays, because resolvers may hold its DS for ${Math.max(0, waitSeconds - PARENT_MARGIN_SECONDS)} s; then the parent is looked at once more.${requestSentence(on)}`;
  }
}

/** Who of the other signers has the new ZSK, as they were asked and as the primary brings it. */
function partnerSentence({ lack, have, silent, askedAt, transferred }: WaitingOn): string {
  const said = [
    ...(lack.length > 0 ? [`${lack.join(", ")} ${lack.length > 1 ? "do" : "does"} not publish it`] : []),
    ...(have.length > 0 ? [`${have.join(", ")} ${have.length > 1 ? "do" : "does"}`] : []),
    ...(silent.length > 0 ? [`${silent.join(", ")} gave no answer`] : []),
  ];
  const asked =
    askedAt === undefined || said.length === 0 ? "" : `Asked at ${printMinute(askedAt)}: ${said.join("; ")}. `;
  const brought = {
    yes: "The set that the primary brings has it.",
    no: "Its DNSKEY is not in the set that the primary brings.",
    none: "The primary brings no DNSKEY set.",
  };
  return `${asked}${brought[transferred]}`;
}

/** A parent that compares CDS takes nothing while they differ, and one that asks the other signer alone brings the old DS back. */
function requestSentence({ askForOld }: WaitingOn): string {
  if (askForOld.length === 0) return "";
  return ` But the CDS of ${askForOld.join(", ")} still ask for the old key, which stays as long as they do: have the other signer publish the new CDS.`;
}

/** What each step is, in order, before and after it is reached. */
export const STEP_TITLES: Readonly<Record<RollStep, string>> = {
  publishing: "Publish the new key",
  partners: "The other signers import the new key",
  "keys-wait": "Wait until no resolver holds the old DNSKEY set",
  switching: "Sign with the new key",
  "signatures-wait": "Wait until no resolver holds old signatures; then the old key goes",
  parent: "The parent takes the new DS",
  "ds-wait": "Wait until no resolver holds the old DS; then the old key goes",
};

export const ZSK_STEPS: readonly RollStep[] = ["publishing", "keys-wait", "switching", "signatures-wait"];
export const SHARED_ZSK_STEPS: readonly RollStep[] = [
  "publishing",
  "partners",
  "keys-wait",
  "switching",
  "signatures-wait",
];
export const KSK_STEPS: readonly RollStep[] = ["publishing", "keys-wait", "parent", "ds-wait"];
