/** Where one is signed in; sessions other than this one can be ended. */
import { Button } from "@mantine/core";
import type { OwnSession } from "#contract";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Address } from "../../parts/Address.tsx";
import { Card } from "../../parts/Card.tsx";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printBrowser } from "../../texts/browser.ts";
import { COMMON } from "../../texts/common.ts";
import { ME } from "../../texts/people.ts";

const { sessions: TEXTS } = ME;

const COLUMNS: readonly Column<OwnSession>[] = [
  { head: TEXTS.columns.browser, cell: ({ agent }) => <Browser agent={agent} /> },
  { head: TEXTS.columns.address, cell: ({ address }) => <Address text={address} /> },
  { head: TEXTS.columns.started, cell: ({ created_on }) => <WhenAgo time={created_on} /> },
  { head: TEXTS.columns.used, cell: ({ used_on }) => <WhenAgo time={used_on} /> },
];

/** What it calls itself in full says more than anybody wants to read. */
function Browser({ agent }: Pick<OwnSession, "agent">) {
  return agent === "" ? TEXTS.unknown : <span title={agent}>{printBrowser(agent)}</span>;
}

export function SessionsCard() {
  const sessions = useRead("sessions.list");
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead}>
      {sessions.error ? (
        <ErrorNote title={TEXTS.failed} failure={sessions.error.failure} again={() => void sessions.refetch()} />
      ) : sessions.data === undefined ? (
        <Loading what={TEXTS.title} />
      ) : (
        <DataTable
          label={TEXTS.title}
          columns={COLUMNS}
          rows={sessions.data}
          actions={{ head: COMMON.actions, cell: (session) => <EndSession session={session} /> }}
        />
      )}
    </Card>
  );
}

function EndSession({ session }: { readonly session: OwnSession }) {
  const toast = useToast();
  const end = useWrite("sessions.delete", { changes: ["sessions.list"] });
  if (session.current) return <StateBadge tone="good">{TEXTS.current}</StateBadge>;
  const now = () => end.mutate({ params: { sessionId: session.id } }, { onSuccess: () => toast(TEXTS.ended) });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={TEXTS.endOne(session.address)}
        loading={end.isPending}
        onClick={now}
      >
        {TEXTS.end}
      </Button>
      {end.error ? <ErrorNote title={TEXTS.notEnded} failure={end.error.failure} /> : null}
    </>
  );
}
