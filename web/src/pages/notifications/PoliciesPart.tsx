/** Which happenings are told, and to which destinations. */
import { ALERT_KINDS } from "virtual:contract";
import { Checkbox, Stack } from "@mantine/core";
import { useState } from "react";
import type { AlertDestination, AlertKind, AlertPolicy } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { type useRead, useWrite } from "../../fetch/hooks.ts";
import { BoxesField } from "../../parts/choice-fields.tsx";
import type { Column } from "../../parts/DataTable.tsx";
import { NumberField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { TextField } from "../../parts/fields.tsx";
import type { OwnFaults } from "../../parts/form-faults.ts";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { useSave } from "../../parts/useSave.ts";
import { COMMON } from "../../texts/common.ts";
import { KINDS, NOTIFICATIONS, POLICIES } from "../../texts/notifications.ts";

export type PoliciesPartProps = {
  readonly policies: ReturnType<typeof useRead<"alerts.list">>;
  readonly destinations: readonly AlertDestination[];
};

export function PoliciesPart({ policies, destinations }: PoliciesPartProps) {
  return (
    <section>
      <ResourceList
        order={3}
        texts={POLICIES}
        read={policies}
        columns={columnsOf(destinations)}
        nameOf={({ name }) => name}
        mayChange={useMay("operator")}
        heading={(actions) => (
          <PageTitle
            order={2}
            windowTitle={NOTIFICATIONS.title}
            title={POLICIES.title}
            lead={POLICIES.lead}
            actions={actions}
          />
        )}
        form={(policy, close) => <PolicyForm policy={policy} destinations={destinations} onClose={close} />}
        remove={(policy, close) => <RemovePolicy policy={policy} onClose={close} />}
      />
    </section>
  );
}

function columnsOf(destinations: readonly AlertDestination[]): readonly Column<AlertPolicy>[] {
  const nameOf = (id: string) => destinations.find((each) => each.id === id)?.name ?? id;
  const { columns } = POLICIES;
  return [
    { head: columns.name, cell: ({ name }) => name },
    { head: columns.kinds, cell: ({ kinds }) => kinds.map((kind) => KINDS[kind]).join("; ") },
    { head: columns.destinations, cell: ({ destinations: ids }) => ids.map(nameOf).join(", ") },
    {
      head: columns.state,
      cell: ({ enabled }) =>
        enabled ? (
          <StateBadge tone="good">{POLICIES.on}</StateBadge>
        ) : (
          <StateBadge tone="quiet">{POLICIES.off}</StateBadge>
        ),
    },
  ];
}

type FormProps = {
  readonly policy: AlertPolicy | undefined;
  readonly destinations: readonly AlertDestination[];
  readonly onClose: () => void;
};

const ROUTES = { create: "alerts.create", update: "alerts.update", changes: ["alerts.list"] } as const;

function PolicyForm({ policy, destinations, onClose }: FormProps) {
  const { save, ...sent } = useSave(ROUTES, onClose);
  const [wrong, setWrong] = useState<OwnFaults>();
  const submit = (fields: FormFields) => {
    const kinds = fields.all("kinds") as AlertKind[];
    const to = fields.all("destinations");
    const missing = {
      ...(kinds.length === 0 && { kinds: POLICIES.noKinds }),
      ...(to.length === 0 && { destinations: POLICIES.noDestinations }),
    };
    setWrong(missing);
    if (Object.keys(missing).length > 0) return;
    const body = {
      name: fields.text("name"),
      enabled: fields.checked("enabled"),
      kinds,
      zones: policy?.zones ?? [],
      destinations: to,
      window_seconds: Math.round(Number(fields.text("window") || "0") * 60),
    };
    const update = policy && { params: { policyId: policy.id }, body };
    save({ name: body.name, create: { body }, update });
  };
  return (
    <FormDialog
      title={policy ? POLICIES.edit(policy.name) : POLICIES.add}
      action={policy ? COMMON.save : POLICIES.add}
      onClose={onClose}
      onSubmit={submit}
      failed={POLICIES.notSaved}
      wrong={wrong}
      {...sent}
    >
      <PolicyFields policy={policy} destinations={destinations} />
    </FormDialog>
  );
}

function PolicyFields({ policy, destinations }: Omit<FormProps, "onClose">) {
  const { fields } = POLICIES;
  return (
    <>
      <TextField name="name" label={fields.name} defaultValue={policy?.name} required data-autofocus />
      <BoxesField name="kinds" label={fields.kinds} defaultValue={[...(policy?.kinds ?? [])]}>
        <Stack gap="xs" mt="xs">
          {ALERT_KINDS.map((kind) => (
            <Checkbox key={kind} name="kinds" value={kind} label={KINDS[kind]} />
          ))}
        </Stack>
      </BoxesField>
      <BoxesField name="destinations" label={fields.destinations} defaultValue={[...(policy?.destinations ?? [])]}>
        <Stack gap="xs" mt="xs">
          {destinations.map(({ id, name }) => (
            <Checkbox key={id} name="destinations" value={id} label={name} />
          ))}
        </Stack>
      </BoxesField>
      <NumberField
        name="window"
        at="/window_seconds"
        label={fields.window}
        defaultValue={(policy?.window_seconds ?? 900) / 60}
        min={0}
        max={10_080}
        hideControls
      />
      <Checkbox name="enabled" label={fields.enabled} defaultChecked={policy?.enabled ?? true} />
    </>
  );
}

function RemovePolicy({ policy, onClose }: { readonly policy: AlertPolicy; readonly onClose: () => void }) {
  const toast = useToast();
  const removal = useWrite("alerts.delete", { changes: ["alerts.list"] });
  const remove = () =>
    removal.mutate(
      { params: { policyId: policy.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(policy.name));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={policy.name} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>{POLICIES.removing}</p>
    </RemoveDialog>
  );
}
