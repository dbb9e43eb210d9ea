/** Where messages go: webhooks and mail, each with a button that tries it. */
import { Button } from "@mantine/core";
import type { AlertDestination, AlertPolicy } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { type useRead, useWrite } from "../../fetch/hooks.ts";
import type { Column } from "../../parts/DataTable.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { UsedBy } from "../../parts/UsedBy.tsx";
import { PEERS } from "../../texts/account.ts";
import { COMMON } from "../../texts/common.ts";
import { DESTINATIONS, NOTIFICATIONS } from "../../texts/notifications.ts";
import { DestinationForm } from "./DestinationForm.tsx";

export type DestinationsPartProps = {
  readonly destinations: ReturnType<typeof useRead<"alerts.destinations.list">>;
  readonly policies: readonly AlertPolicy[];
};

export function DestinationsPart({ destinations, policies }: DestinationsPartProps) {
  const mayChange = useMay("operator");
  const usersOf = ({ id }: AlertDestination) =>
    policies.filter((policy) => policy.destinations.includes(id)).map(({ name }) => name);
  const { columns } = DESTINATIONS;
  const shown: readonly Column<AlertDestination>[] = [
    { head: columns.name, cell: ({ name }) => name },
    { head: columns.kind, cell: ({ kind }) => DESTINATIONS.kinds[kind] },
    { head: columns.to, cell: ({ webhook, smtp }) => webhook?.url ?? smtp?.to.join(", "), long: true },
    { head: columns.uses, cell: (destination) => <UsedBy names={usersOf(destination)} /> },
  ];
  return (
    <section>
      <ResourceList
        order={3}
        texts={DESTINATIONS}
        read={destinations}
        columns={shown}
        nameOf={({ name }) => name}
        mayChange={mayChange}
        more={(destination) => (mayChange ? <TestButton destination={destination} /> : null)}
        heading={(actions) => (
          <PageTitle
            order={2}
            windowTitle={NOTIFICATIONS.title}
            title={DESTINATIONS.title}
            lead={DESTINATIONS.lead}
            actions={actions}
          />
        )}
        form={(destination, close) => <DestinationForm destination={destination} onClose={close} />}
        remove={(destination, close) => (
          <RemoveDestination destination={destination} users={usersOf(destination)} onClose={close} />
        )}
      />
    </section>
  );
}

function TestButton({ destination }: { readonly destination: AlertDestination }) {
  const toast = useToast();
  const test = useWrite("alerts.destinations.test", { changes: ["alerts.deliveries"] });
  const send = () =>
    test.mutate(
      { params: { destinationId: destination.id } },
      { onSuccess: ({ delivered }) => (delivered ? toast(DESTINATIONS.tested(destination.name)) : undefined) },
    );
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={DESTINATIONS.testOne(destination.name)}
        loading={test.isPending}
        onClick={send}
      >
        {DESTINATIONS.test}
      </Button>
      {test.error ? <ErrorNote title={DESTINATIONS.testFailed} failure={test.error.failure} /> : null}
      {test.data?.error ? (
        <Note tone="bad" role="alert" title={DESTINATIONS.testFailed}>
          <p>{test.data.error.message}</p>
        </Note>
      ) : null}
    </>
  );
}

type RemoveProps = {
  readonly destination: AlertDestination;
  readonly users: readonly string[];
  readonly onClose: () => void;
};

function RemoveDestination({ destination, users, onClose }: RemoveProps) {
  const toast = useToast();
  const removal = useWrite("alerts.destinations.delete", { changes: ["alerts.destinations.list"] });
  const remove = () =>
    removal.mutate(
      { params: { destinationId: destination.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(destination.name));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={destination.name} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>
        {PEERS.usedBy}: <UsedBy names={users} />
      </p>
      <p>{DESTINATIONS.removing}</p>
    </RemoveDialog>
  );
}
