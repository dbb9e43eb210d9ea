/** The primaries of a zone in their order, and how often they are asked. */
import { ActionIcon, Button, Select, Stack } from "@mantine/core";
import { useState } from "react";
import type { Incoming, Peer } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { NumberField } from "../../parts/entry-fields.tsx";
import { Form } from "../../parts/Form.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { printDuration } from "../../texts/time.ts";
import { TRANSFER_SETTINGS } from "../../texts/transfer-settings.ts";
import classes from "./TransferSettings.module.css";

const WORDS = TRANSFER_SETTINGS.primaries;
const DEFAULT_REFRESH_SECONDS = 86_400;

export type PrimariesFormProps = {
  readonly zoneId: string;
  /** As the configuration has it, with or without the final dot. */
  readonly name: string;
  /** Undefined: no peer was ever linked. */
  readonly incoming: Incoming | undefined;
  readonly peers: readonly Peer[];
  readonly disabled: boolean;
};

export function PrimariesForm({ zoneId, name, incoming, peers, disabled }: PrimariesFormProps) {
  const toast = useToast();
  const [order, setOrder] = useState<readonly string[]>(incoming?.peers ?? []);
  const [seconds, setSeconds] = useState<number | string>(incoming?.auto_refresh_seconds ?? DEFAULT_REFRESH_SECONDS);
  const changes = ["incoming.get", "own.status"] as const;
  const create = useWrite("incoming.create", { changes });
  const update = useWrite("incoming.update", { changes });
  const write = incoming ? update : create;
  const save = () =>
    write.mutate(
      { params: { zoneId }, body: { name, peers: [...order], auto_refresh_seconds: Number(seconds) } },
      { onSuccess: () => toast(TRANSFER_SETTINGS.saved) },
    );
  const free = peers.filter(({ id }) => !order.includes(id));
  return (
    <Card title={WORDS.title} lead={order.length === 0 ? WORDS.none : WORDS.lead} order={3}>
      <Form onSubmit={save} failure={write.error?.failure}>
        <Stack gap="md">
          <PeerOrder order={order} peers={peers} disabled={disabled} onChange={setOrder} />
          <div className={classes["fields"]}>
            <Select
              label={WORDS.add}
              placeholder={WORDS.addPlaceholder}
              data={free.map((peer) => ({ value: peer.id, label: labelOf(peer) }))}
              value={null}
              onChange={(id) => id && setOrder([...order, id])}
              disabled={disabled || free.length === 0}
              searchable
            />
            <NumberField
              name="refresh"
              at="/auto_refresh_seconds"
              label={WORDS.refresh}
              description={WORDS.refreshHint(printDuration(Number(seconds)))}
              value={seconds}
              onChange={setSeconds}
              min={0}
              allowDecimal={false}
              suffix=" s"
              disabled={disabled}
            />
          </div>
          {write.error ? <ErrorNote failure={write.error.failure} /> : null}
          <div>
            <Button type="submit" loading={write.isPending} disabled={disabled}>
              {TRANSFER_SETTINGS.save}
            </Button>
          </div>
        </Stack>
      </Form>
    </Card>
  );
}

type PeerOrderProps = {
  readonly order: readonly string[];
  readonly peers: readonly Peer[];
  readonly disabled: boolean;
  readonly onChange: (order: readonly string[]) => void;
};

function PeerOrder({ order, peers, disabled, onChange }: PeerOrderProps) {
  const move = (from: number, to: number) => {
    const next = [...order];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  return (
    <ol className={classes["order"]}>
      {order.map((id, i) => {
        const peer = peers.find((each) => each.id === id);
        const name = peer?.name ?? id;
        return (
          <li key={id}>
            <span className={classes["place"]}>{i + 1}</span>
            <span className={classes["peer"]}>{peer ? labelOf(peer) : id}</span>
            <ActionIcon
              variant="default"
              aria-label={WORDS.up(name)}
              disabled={disabled || i === 0}
              onClick={() => move(i, i - 1)}
            >
              ↑
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={WORDS.down(name)}
              disabled={disabled || i === order.length - 1}
              onClick={() => move(i, i + 1)}
            >
              ↓
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={WORDS.remove(name)}
              disabled={disabled}
              onClick={() => onChange(order.filter((each) => each !== id))}
            >
              <Icon name="cross" size={15} />
            </ActionIcon>
          </li>
        );
      })}
    </ol>
  );
}

function labelOf({ name, ip, port }: Peer): string {
  if (ip === "") return `${name} (${WORDS.noAddress})`;
  const address = ip.includes(":") ? `[${ip}]` : ip;
  return `${name} (${address}:${port === 0 ? 53 : port})`;
}
