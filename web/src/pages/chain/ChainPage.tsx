/** The chain of trust from outside: what was found and what to do, the picture, the same as a list. */
import { Button, Stack, Table } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { SelfCheck } from "#contract";
import { pathOf } from "../../fetch/client.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { CHAIN_TONES, SEVERITY_TONES } from "../../parts/chain-tones.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printSentence, printSummary } from "../../texts/common.ts";
import { CHAIN } from "../../texts/insight.ts";
import classes from "./ChainPage.module.css";

const route = getRouteApi("/zones/$zoneId");

export function ChainPage() {
  const { zoneId } = route.useParams();
  const params = { zoneId };
  const check = useRead("insight.check", { params });
  const again = useWrite("insight.checkNow", { changes: ["insight.check"] });
  const now = (
    <Button loading={again.isPending} onClick={() => again.mutate({ params })}>
      {CHAIN.checkNow}
    </Button>
  );
  if (check.error) {
    return <ErrorNote title={CHAIN.failed} failure={check.error.failure} again={() => void check.refetch()} />;
  }
  if (!check.data) return <Loading what={CHAIN.what} />;
  const { name, state, summary, findings, checked_time: at, links } = check.data;
  return (
    <>
      <PageTitle order={2} title={CHAIN.title} windowTitle={CHAIN.windowTitle(name)} lead={CHAIN.lead} />
      <Stack gap="lg">
        {again.error ? <ErrorNote title={CHAIN.failedNow} failure={again.error.failure} /> : null}
        <Card title={CHAIN.findings} order={3} lead={printSummary(summary, name)} actions={now}>
          <p className={classes["state"]}>
            <StateBadge tone={CHAIN_TONES[state]}>{CHAIN.states[state]}</StateBadge>
            <span>
              {CHAIN.checked} <WhenAgo time={at} />
            </span>
          </p>
          <ul className={classes["findings"]}>
            {findings.map(({ code, severity, sentence, advice }) => (
              <li key={`${code} ${sentence}`}>
                <StateBadge tone={SEVERITY_TONES[severity]}>{CHAIN.severities[severity]}</StateBadge>
                <span>
                  {printSentence(sentence)}
                  {advice === "" ? null : <em className={classes["advice"]}>{printSentence(advice)}</em>}
                </span>
              </li>
            ))}
          </ul>
        </Card>
        <Card title={CHAIN.picture} order={3}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
          <section className={classes["picture"]} tabIndex={0} aria-label={CHAIN.scrolled}>
            <img src={`${pathOf("insight.chainSvg", params)}?${encodeURIComponent(at)}`} alt={summary} />
          </section>
        </Card>
        {links.length === 0 ? null : (
          <Card title={CHAIN.links} order={3}>
            <Links links={links} />
          </Card>
        )}
      </Stack>
    </>
  );
}

function Links({ links }: { readonly links: SelfCheck["links"] }) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{CHAIN.columns.what}</Table.Th>
          <Table.Th>{CHAIN.columns.state}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {links.map(({ from, to, detail, state }) => (
          <Table.Tr key={`${from} ${to} ${detail}`}>
            <Table.Td>{detail}</Table.Td>
            <Table.Td>
              <StateBadge tone={state === "good" ? "good" : "bad"}>{CHAIN.linkStates[state]}</StateBadge>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
