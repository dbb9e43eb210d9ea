/** The chain of trust in short: its state, when it was last checked, and the gravest of what was found. */
import type { SelfCheck, ZoneStatus } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { CHAIN_TONES, SEVERITY_TONES, type Severity } from "../../parts/chain-tones.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printSentence, printSummary } from "../../texts/common.ts";
import { CHAIN } from "../../texts/insight.ts";
import classes from "./ChainCard.module.css";

const GRAVEST_FIRST: readonly Severity[] = ["error", "warning", "info"];

export function ChainCard({ status }: { readonly status: ZoneStatus }) {
  const params = { zoneId: status.id };
  const check = useRead("insight.check", { params });
  return (
    <Card
      title={CHAIN.title}
      lead={check.data && printSummary(check.data.summary, check.data.name)}
      actions={
        <TextLink to="/zones/$zoneId/chain" params={params}>
          {CHAIN.show}
        </TextLink>
      }
    >
      {check.error ? (
        <ErrorNote title={CHAIN.failed} failure={check.error.failure} again={() => void check.refetch()} />
      ) : check.data ? (
        <Facts facts={factsOf(check.data)} />
      ) : (
        <Loading what={CHAIN.what} />
      )}
    </Card>
  );
}

function factsOf({ state, checked_time: time, findings }: SelfCheck): Fact[] {
  const worst = GRAVEST_FIRST.map((wanted) => findings.find(({ severity }) => severity === wanted)).find(Boolean);
  return [
    [
      CHAIN.state,
      <StateBadge key="state" tone={CHAIN_TONES[state]}>
        {CHAIN.states[state]}
      </StateBadge>,
    ],
    [CHAIN.checked, <WhenAgo key="checked" time={time} />],
    worst ? [CHAIN.worst, <Finding key="worst" finding={worst} />, "wide"] : [CHAIN.worst, CHAIN.nothingWrong],
  ];
}

function Finding({ finding: { severity, sentence, advice } }: { readonly finding: SelfCheck["findings"][number] }) {
  return (
    <>
      <StateBadge tone={SEVERITY_TONES[severity]}>{CHAIN.severities[severity]}</StateBadge> {printSentence(sentence)}
      {advice === "" ? null : <em className={classes["advice"]}>{printSentence(advice)}</em>}
    </>
  );
}
