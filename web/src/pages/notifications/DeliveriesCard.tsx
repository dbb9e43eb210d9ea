/** What was told lately, and what is still being tried. */
import type { AlertDelivery, AlertDestination } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { withoutRootDot } from "../../texts/common.ts";
import { DELIVERIES } from "../../texts/notifications.ts";

const SHOWN = 20;
const REFRESH_SECONDS = 15;
const TONES = { waiting: "info", delivered: "good", failed: "bad" } as const;

export function DeliveriesCard({ destinations }: { readonly destinations: readonly AlertDestination[] }) {
  const sent = useRead("alerts.deliveries", { query: { limit: SHOWN } }, { refreshSeconds: REFRESH_SECONDS });
  const rows = sent.data?.map((delivery) => ({ ...delivery, id: String(delivery.id) }));
  return (
    <Card title={DELIVERIES.title} lead={DELIVERIES.lead}>
      {sent.error ? (
        <ErrorNote title={DELIVERIES.failed} failure={sent.error.failure} again={() => void sent.refetch()} />
      ) : rows === undefined ? (
        <Loading what={DELIVERIES.title} />
      ) : rows.length === 0 ? (
        <p>{DELIVERIES.none}</p>
      ) : (
        <DataTable label={DELIVERIES.title} columns={columnsOf(destinations)} rows={rows} />
      )}
    </Card>
  );
}

type Row = Omit<AlertDelivery, "id"> & { readonly id: string };

function columnsOf(destinations: readonly AlertDestination[]): readonly Column<Row>[] {
  const { columns, states, gone } = DELIVERIES;
  return [
    { head: columns.when, cell: ({ created_time }) => <WhenAgo time={created_time} /> },
    { head: columns.what, cell: ({ message }) => withoutRootDot(message), long: true },
    {
      head: columns.to,
      cell: ({ destination_id }) => destinations.find(({ id }) => id === destination_id)?.name ?? gone,
    },
    {
      head: columns.state,
      cell: ({ state, error }) => (
        <>
          <StateBadge tone={TONES[state]}>{states[state]}</StateBadge>
          {error ? <small> {error.message}</small> : null}
        </>
      ),
    },
  ];
}
