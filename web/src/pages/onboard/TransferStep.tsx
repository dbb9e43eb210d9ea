/** Fourth step: the transfer as it happens, and when it fails the reason with what to try. */
import { Button, Group } from "@mantine/core";
import type { PeerStatus, ZoneStatus } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Note } from "../../parts/Note.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { count, printOctets } from "../../texts/common.ts";
import { hintFor } from "../../texts/failures.ts";
import { ONBOARD } from "../../texts/onboard.ts";
import { type Stage, Stages } from "./Stages.tsx";
import { StepBox } from "./StepBox.tsx";
import type { StepName } from "./steps.ts";

const TEXTS = ONBOARD.transfer;

type TransferStepProps = { readonly status: ZoneStatus; readonly goTo: (step: StepName) => void };

export function TransferStep({ status, goTo }: TransferStepProps) {
  const again = useWrite("incoming.forceAxfr", { changes: ["own.status", "own.transfers"] });
  const served = status.serials.served !== null;
  const failures = served ? [] : status.peers.filter((peer) => peer.transfer_error ?? peer.check_error);
  return (
    <StepBox title={served ? TEXTS.titleDone : TEXTS.title} lead={TEXTS.lead}>
      <Stages stages={stagesOf(status)} />
      {status.held && !served ? (
        <Note tone="bad" title={TEXTS.held} role="alert">
          <p>{status.held.reason}</p>
          <p>{hintFor(status.held.code)}</p>
        </Note>
      ) : null}
      {failures.map((peer) => (
        <PeerFailure key={peer.id} peer={peer} next={status.next_check_time} />
      ))}
      {again.error ? <ErrorNote failure={again.error.failure} /> : null}
      <Group justify="space-between">
        {served ? (
          <span />
        ) : (
          <Group gap="xs">
            <Button variant="default" onClick={() => goTo("lines")}>
              {TEXTS.showLines}
            </Button>
            <Button
              variant="default"
              loading={again.isPending}
              onClick={() => again.mutate({ params: { zoneId: status.id } })}
            >
              {TEXTS.again}
            </Button>
          </Group>
        )}
        <Button disabled={!served} onClick={() => goTo("review")}>
          {ONBOARD.next}
        </Button>
      </Group>
    </StepBox>
  );
}

function PeerFailure({ peer, next }: { readonly peer: PeerStatus; readonly next: string | null }) {
  const error = peer.transfer_error ?? peer.check_error;
  if (!error) return null;
  return (
    <Note tone="bad" title={TEXTS.failure(peer.address || peer.name)} role="alert">
      <p>{hintFor(error.code)}</p>
      <p className="cs-mono">{error.message}</p>
      <small>
        {TEXTS.lastTried} <WhenAgo time={peer.checked_time ?? peer.transferred_time} />
        {next === null ? null : (
          <>
            {" · "}
            {TEXTS.nextTry} <WhenAgo time={next} />
          </>
        )}
      </small>
    </Note>
  );
}

function stagesOf(status: ZoneStatus): readonly Stage[] {
  const { serials, transferring, held, peers } = status;
  const served = serials.served !== null;
  const fetched = served || serials.stored !== null || held !== null;
  const answered = fetched || serials.primary !== null || transferring !== null;
  const failing = !fetched && !transferring && peers.some((peer) => peer.transfer_error ?? peer.check_error);
  return [
    {
      label: TEXTS.stages.asked,
      state: answered ? "done" : failing ? "failed" : "working",
      detail: serials.primary === null ? undefined : TEXTS.askedWith(serials.primary),
    },
    {
      label: TEXTS.stages.fetched,
      state: fetched ? "done" : transferring ? "working" : answered && failing ? "failed" : "waiting",
      detail: transferring ? TEXTS.running(transferring.records, printOctets(transferring.octets)) : undefined,
    },
    { label: TEXTS.stages.prepared, state: served ? "done" : held ? "failed" : fetched ? "working" : "waiting" },
    {
      label: TEXTS.stages.served,
      state: served ? "done" : "waiting",
      detail: status.image ? count(status.image.records, "record") : undefined,
    },
  ];
}
