/** Who takes the zone from here: on or off, serials, each secondary; set up and changed here. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import type { OutgoingDetails } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useFound, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { useToast } from "../../parts/toasts.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { TRANSFERS } from "../../texts/transfers.ts";
import { OutgoingDialog } from "./OutgoingDialog.tsx";
import classes from "./Transfers.module.css";

const WORDS = TRANSFERS.outgoing;

export function OutgoingCard({ zoneId, zone }: { readonly zoneId: string; readonly zone: string }) {
  const read = useFound("own.outgoing.get", { params: { zoneId } }, "outgoing.not-found");
  const may = useMay("operator");
  const [editing, setEditing] = useState(false);
  const missing = read.data === null;
  const edit = may ? (
    <Button variant="default" onClick={() => setEditing(true)}>
      {missing ? WORDS.setUp : WORDS.edit}
    </Button>
  ) : null;
  return (
    <Card title={WORDS.title} lead={missing ? WORDS.notFound : WORDS.lead} actions={edit} order={3}>
      {read.data ? (
        <Details zoneId={zoneId} details={read.data} may={may} />
      ) : missing ? null : read.error ? (
        <ErrorNote title={WORDS.failed} failure={read.error.failure} again={() => void read.refetch()} />
      ) : (
        <Loading what={TRANSFERS.transfers} />
      )}
      <OutgoingDialog
        opened={editing}
        onClose={() => setEditing(false)}
        zoneId={zoneId}
        zone={zone}
        chosen={missing ? undefined : read.data?.peers.map(({ id }) => id)}
      />
    </Card>
  );
}

type DetailsProps = { readonly zoneId: string; readonly details: OutgoingDetails; readonly may: boolean };

function Details({ zoneId, details, may }: DetailsProps) {
  const { status, serials, journal, peers } = details;
  const enabled = status === "Enabled";
  return (
    <Stack gap="md">
      <div className="cs-buttons">
        <StateBadge tone={enabled ? "good" : "quiet"}>{WORDS[status]}</StateBadge>
        {may ? <Switches zoneId={zoneId} enabled={enabled} /> : null}
      </div>
      <Facts
        facts={[
          [WORDS.serials, `${serials.primary ?? "–"} · ${serials.served ?? "–"}`],
          [WORDS.journal, WORDS.journalText(journal)],
          [WORDS.tlsOnly, details.tls_only ? WORDS.yes : WORDS.no],
        ]}
      />
      {peers.length === 0 ? (
        <p className={classes["peerText"]}>{WORDS.noPeers}</p>
      ) : (
        <ul className={classes["peers"]}>
          {peers.map((peer) => (
            <li key={peer.id}>
              <Secondary peer={peer} />
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

function Switches({ zoneId, enabled }: { readonly zoneId: string; readonly enabled: boolean }) {
  const toast = useToast();
  const params = { zoneId };
  const enable = useWrite("outgoing.enable", { changes: ["own.outgoing.get"] });
  const disable = useWrite("outgoing.disable", { changes: ["own.outgoing.get"] });
  const notify = useWrite("outgoing.forceNotify", { changes: ["own.outgoing.get"] });
  const failed = enable.error ?? disable.error ?? notify.error;
  return (
    <>
      {enabled ? (
        <>
          <Button
            size="xs"
            variant="default"
            loading={notify.isPending}
            onClick={() => notify.mutate({ params }, { onSuccess: () => toast(WORDS.notified) })}
          >
            {WORDS.notify}
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={disable.isPending}
            onClick={() => disable.mutate({ params }, { onSuccess: (now) => toast(WORDS.changed[now]) })}
          >
            {WORDS.disable}
          </Button>
        </>
      ) : (
        <Button
          size="xs"
          loading={enable.isPending}
          onClick={() => enable.mutate({ params }, { onSuccess: (now) => toast(WORDS.changed[now]) })}
        >
          {WORDS.enable}
        </Button>
      )}
      {failed ? <ErrorNote title={WORDS.changeFailed} failure={failed.failure} /> : null}
    </>
  );
}

const NOTICE_TONES: Readonly<Record<"waiting" | "taken" | "failed", Tone>> = {
  waiting: "info",
  taken: "good",
  failed: "bad",
};

function Secondary({ peer }: { readonly peer: OutgoingDetails["peers"][number] }) {
  const { notify, transfer } = peer;
  return (
    <div className={classes["peer"]}>
      <div className={classes["peerHead"]}>
        <strong>{peer.name}</strong>
        <span className="cs-mono">{peer.address}</span>
        {notify ? (
          <StateBadge tone={NOTICE_TONES[notify.outcome]}>{WORDS.notice[notify.outcome]}</StateBadge>
        ) : (
          <StateBadge tone="quiet">{WORDS.never}</StateBadge>
        )}
      </div>
      <p className={classes["peerText"]}>
        {transfer ? (
          <>
            {WORDS.transferOf(transfer)} <WhenAgo time={transfer.time} />
            {transfer.complete ? "" : `, ${WORDS.broken}`}
          </>
        ) : (
          WORDS.noTransfer
        )}
        {notify?.error ? `. ${notify.error.message}` : ""}
      </p>
    </div>
  );
}
