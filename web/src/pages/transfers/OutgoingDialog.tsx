/** Which peers of the account take the zone from here. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { findFailure, useRead, useWrite } from "../../fetch/hooks.ts";
import { ManyField } from "../../parts/choice-fields.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Form } from "../../parts/Form.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { COMMON } from "../../texts/common.ts";
import { TRANSFERS } from "../../texts/transfers.ts";

const WORDS = TRANSFERS.outgoing;

export type OutgoingDialogProps = {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly zoneId: string;
  readonly zone: string;
  /** Ids of those that take it now; undefined: it is not set up yet. */
  readonly chosen: readonly string[] | undefined;
};

export function OutgoingDialog(props: OutgoingDialogProps) {
  const title = props.chosen === undefined ? WORDS.setUpTitle(props.zone) : WORDS.editTitle;
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={title}
      closeButtonProps={{ "aria-label": COMMON.close }}
    >
      <Peers {...props} />
    </Modal>
  );
}

function Peers({ onClose, zoneId, zone, chosen }: OutgoingDialogProps) {
  const toast = useToast();
  const facts = useRead("zones.get", { params: { zoneId } });
  const accountId = facts.data?.account.id;
  const peers = useRead("peers.list", { params: { accountId: accountId ?? "" } }, { enabled: accountId !== undefined });
  const [picked, setPicked] = useState<readonly string[]>(chosen ?? []);
  const changes = ["own.outgoing.get", "outgoing.get"] as const;
  const create = useWrite("outgoing.create", { changes });
  const update = useWrite("outgoing.update", { changes });
  const write = chosen === undefined ? create : update;
  const failure = findFailure(facts, peers);
  if (failure) return <ErrorNote failure={failure} />;
  if (!peers.data) return <Loading what={WORDS.peers} />;
  return (
    <Form
      failure={write.error?.failure}
      onSubmit={() => {
        write.mutate(
          { params: { zoneId }, body: { name: zone, peers: [...picked] } },
          {
            onSuccess: () => {
              toast(WORDS.saved);
              onClose();
            },
          },
        );
      }}
    >
      <Stack gap="md">
        <p style={{ margin: 0 }}>{WORDS.setUpText}</p>
        <ManyField
          name="peers"
          label={WORDS.peers}
          data={peers.data.map(({ id, name, ip }) => ({ value: id, label: ip ? `${name} (${ip})` : name }))}
          value={[...picked]}
          onChange={setPicked}
          searchable
          hidePickedOptions
        />
        {write.error ? <ErrorNote failure={write.error.failure} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {COMMON.cancel}
          </Button>
          <Button type="submit" loading={write.isPending}>
            {chosen === undefined ? WORDS.setUpAction : WORDS.editAction}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
