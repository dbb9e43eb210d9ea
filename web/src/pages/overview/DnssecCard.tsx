/** Mode, state, DS at the parent, how long the signatures last. */
import type { ZoneStatus } from "#contract";
import { judgeDsSight } from "#guide";
import { Card } from "../../parts/Card.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { MODES } from "../../texts/modes.ts";
import { OVERVIEW } from "../../texts/zone.ts";

const { dnssec: TEXTS } = OVERVIEW;

export function DnssecCard({ status }: { readonly status: ZoneStatus }) {
  const { dnssec, mode } = status;
  const facts: Fact[] = [[TEXTS.mode, MODES[mode].name]];
  if (mode === "unsigned") facts.push([TEXTS.status, TEXTS.unsigned]);
  // Nothing is signed yet, whatever was chosen.
  else if (status.serials.served === null) facts.push([TEXTS.status, TEXTS.unfinished]);
  else {
    facts.push([TEXTS.status, TEXTS.statuses[dnssec.status]], [TEXTS.parent, <ParentDs key="ds" status={status} />]);
    facts.push([TEXTS.horizon, <WhenAgo key="horizon" time={dnssec.signatures_expire_time} />]);
    if (dnssec.resign_time) facts.push([TEXTS.resign, <WhenAgo key="resign" time={dnssec.resign_time} />]);
  }
  return (
    <Card
      title={TEXTS.title}
      actions={
        <TextLink to="/zones/$zoneId/settings" params={{ zoneId: status.id }}>
          {TEXTS.change}
        </TextLink>
      }
    >
      <Facts facts={facts} />
    </Card>
  );
}

function ParentDs({ status: { dnssec } }: { readonly status: ZoneStatus }) {
  const { ds, checked_time, answered_by, error } = dnssec.parent;
  const sight = judgeDsSight(dnssec.parent);
  if (sight === "not-asked") return <>{TEXTS.parentUnknown}</>;
  if (sight === "unknown") return <>{TEXTS.parentFailed(error?.message ?? "")}</>;
  return (
    <>
      {sight === "none" ? TEXTS.parentNone : TEXTS.parentCount(ds.length)} (
      {answered_by === "resolver" ? TEXTS.askedResolver : TEXTS.asked} <WhenAgo time={checked_time} />)
    </>
  );
}
