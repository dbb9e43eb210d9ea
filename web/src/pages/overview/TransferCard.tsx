/** When the primary was asked and will be, and the button that asks it now. */
import { Button } from "@mantine/core";
import type { ZoneStatus } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { count } from "../../texts/common.ts";
import { OVERVIEW } from "../../texts/zone.ts";

const { transfer: TEXTS } = OVERVIEW;

export function TransferCard({ status }: { readonly status: ZoneStatus }) {
  const mayTransfer = useMay("operator");
  const toast = useToast();
  const transfer = useWrite("incoming.forceAxfr", { changes: ["own.status", "own.transfers"] });
  const start = () => transfer.mutate({ params: { zoneId: status.id } }, { onSuccess: () => toast(TEXTS.started) });
  const canStart = mayTransfer && status.peers.length > 0 && status.frozen_time === null;
  const facts: Fact[] = [
    [TEXTS.checked, <WhenAgo key="checked" time={status.checked_time} />],
    [TEXTS.next, <WhenAgo key="next" time={status.next_check_time} />],
    [TEXTS.last, <WhenAgo key="last" time={status.transferred_time} />],
    [status.serving === "expired" ? TEXTS.expired : TEXTS.expires, <WhenAgo key="expires" time={status.expire_time} />],
  ];
  if (status.frozen_time) facts.unshift([TEXTS.frozen, <WhenAgo key="frozen" time={status.frozen_time} />]);
  return (
    <Card
      title={TEXTS.title}
      actions={
        canStart ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="refresh" size={15} />}
            loading={transfer.isPending}
            onClick={start}
          >
            {TEXTS.now}
          </Button>
        ) : null
      }
    >
      {transfer.error ? <ErrorNote title={TEXTS.failed} failure={transfer.error.failure} /> : null}
      {status.transferring ? <p role="status">{TEXTS.running(count(status.transferring.records, "record"))}</p> : null}
      <Facts facts={facts} />
    </Card>
  );
}
