/** Transfers of a zone: what goes on now, each primary, every attempt, and who takes it from here. */
import { Button, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { ZoneStatus } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ButtonLink, TextLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printSentence } from "../../texts/common.ts";
import { printExact } from "../../texts/time.ts";
import { TRANSFERS } from "../../texts/transfers.ts";
import { Attempts } from "./Attempts.tsx";
import { OutgoingCard } from "./OutgoingCard.tsx";
import { Primaries } from "./Primaries.tsx";
import { Progress } from "./Progress.tsx";

const route = getRouteApi("/zones/$zoneId");

/** While something goes on, its numbers grow faster than events tell. */
const BUSY_SECONDS = 1;
/** No event says that a check has begun. */
const IDLE_SECONDS = 15;

export function TransfersPage() {
  const { zoneId } = route.useParams();
  const [busy, setBusy] = useState(false);
  const read = useRead("own.status", { params: { zoneId } }, { refreshSeconds: busy ? BUSY_SECONDS : IDLE_SECONDS });
  const status = read.data;
  const isBusy = status !== undefined && status.phase !== "idle";
  if (isBusy !== busy) setBusy(isBusy);
  if (read.error) {
    return <ErrorNote title={TRANSFERS.failed} failure={read.error.failure} again={() => void read.refetch()} />;
  }
  if (!status) return <Loading what={TRANSFERS.transfers} />;
  return (
    <>
      <PageTitle
        order={2}
        title={TRANSFERS.title}
        windowTitle={TRANSFERS.windowTitle(status.name)}
        lead={TRANSFERS.lead}
        actions={
          <ButtonLink
            to="/zones/$zoneId/transfer-settings"
            params={{ zoneId }}
            variant="default"
            leftSection={<Icon name="gear" />}
          >
            {TRANSFERS.settings}
          </ButtonLink>
        }
      />
      <Stack gap="lg">
        {status.held ? <HeldNote status={status} /> : null}
        <Now status={status} />
        <Primaries status={status} />
        <Attempts zoneId={zoneId} peers={status.peers} />
        <OutgoingCard zoneId={zoneId} zone={status.name} />
      </Stack>
    </>
  );
}

function HeldNote({ status }: { readonly status: ZoneStatus }) {
  const { held } = status;
  if (!held) return null;
  return (
    <Note tone="warn" title={TRANSFERS.held(held.serial)}>
      <p>
        {printSentence(held.reason)} {TRANSFERS.heldText}
      </p>
      <div>
        <TextLink to="/zones/$zoneId/held" params={{ zoneId: status.id }}>
          {TRANSFERS.heldAction}
        </TextLink>
      </div>
    </Note>
  );
}

function Now({ status }: { readonly status: ZoneStatus }) {
  const words = TRANSFERS.state;
  const { serials } = status;
  const facts: Fact[] = [
    [words.phase, words.phases[status.phase] ?? status.phase],
    [words.primary, serials.primary ?? words.none],
    [words.stored, serials.stored ?? words.none],
    [words.served, status.serving === "expired" ? words.withheld(serials.served) : (serials.served ?? words.none)],
    [words.checked, <WhenAgo key="checked" time={status.checked_time} />],
    [words.transferred, <WhenAgo key="transferred" time={status.transferred_time} />],
  ];
  if (status.next_check_time) facts.push([words.next, <WhenAgo key="next" time={status.next_check_time} />]);
  if (status.expire_time) {
    const head = status.serving === "expired" ? words.expired : words.expires;
    facts.push([head, <WhenAgo key="expires" time={status.expire_time} />]);
  }
  return (
    <Card title={words.title} lead={words.serving[status.serving]} actions={<Actions status={status} />} order={3}>
      <Stack gap="md">
        {status.frozen_time ? (
          <Note tone="warn" title={TRANSFERS.frozen}>
            <p>{TRANSFERS.frozenText(status.expire_time && printExact(status.expire_time))}</p>
          </Note>
        ) : null}
        {status.transferring ? <Progress status={status} transferring={status.transferring} /> : null}
        <Facts facts={facts} />
      </Stack>
    </Card>
  );
}

function Actions({ status }: { readonly status: ZoneStatus }) {
  const may = useMay("operator");
  const params = { zoneId: status.id };
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const now = useWrite("incoming.forceAxfr", { changes: ["own.status", "own.transfers"] });
  const freeze = useWrite("own.freeze", { changes: ["own.status"] });
  const thaw = useWrite("own.thaw", { changes: ["own.status"] });
  const frozen = status.frozen_time !== null;
  // There is nobody to ask: what is wanted first is a primary.
  if (!may || (status.peers.length === 0 && !frozen)) return null;
  return (
    <Stack gap="xs" align="flex-end">
      <div className="cs-buttons">
        {frozen ? (
          <Button
            loading={thaw.isPending}
            onClick={() => thaw.mutate({ params }, { onSuccess: () => toast(TRANSFERS.thaw.done) })}
          >
            {TRANSFERS.thaw.action}
          </Button>
        ) : (
          <>
            <Button variant="default" leftSection={<Icon name="pause" />} onClick={() => setAsking(true)}>
              {TRANSFERS.freeze.action}
            </Button>
            <Button
              leftSection={<Icon name="refresh" />}
              loading={now.isPending}
              onClick={() => now.mutate({ params }, { onSuccess: () => toast(TRANSFERS.nowDone) })}
            >
              {TRANSFERS.now}
            </Button>
          </>
        )}
      </div>
      {now.error ? <ErrorNote title={TRANSFERS.nowFailed} failure={now.error.failure} /> : null}
      {thaw.error ? <ErrorNote title={TRANSFERS.thaw.failed} failure={thaw.error.failure} /> : null}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={TRANSFERS.freeze.title(status.name)}
        action={TRANSFERS.freeze.action}
        pending={freeze.isPending}
        failure={freeze.error?.failure}
        onConfirm={() =>
          freeze.mutate(
            { params },
            {
              onSuccess: () => {
                setAsking(false);
                toast(TRANSFERS.freeze.done);
              },
            },
          )
        }
      >
        {TRANSFERS.freeze.text}
      </ConfirmDialog>
    </Stack>
  );
}
