/** Account ▸ ACLs: address ranges beside the peers' own. */
import type { Acl } from "#contract";
import { useAccountId } from "../../fetch/account.ts";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import type { Column } from "../../parts/DataTable.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { TextField } from "../../parts/fields.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { useSave } from "../../parts/useSave.ts";
import { ACLS } from "../../texts/account.ts";
import { COMMON } from "../../texts/common.ts";

const COLUMNS: readonly Column<Acl>[] = [
  { head: ACLS.columns.name, cell: ({ name }) => name },
  { head: ACLS.columns.range, cell: ({ ip_range }) => <code>{ip_range}</code> },
  { head: ACLS.columns.uses, cell: () => ACLS.everyZone },
];

export function AclsPage() {
  const accountId = useAccountId();
  const params = { accountId: accountId ?? "" };
  const acls = useRead("acls.list", { params }, { enabled: accountId !== undefined });
  return (
    <ResourceList
      texts={ACLS}
      read={acls}
      columns={COLUMNS}
      nameOf={({ name }) => name}
      mayChange={useMay("operator")}
      heading={(actions) => <PageTitle title={ACLS.title} lead={ACLS.lead} actions={actions} />}
      form={(acl, close) => <AclForm params={params} acl={acl} onClose={close} />}
      remove={(acl, close) => <RemoveAcl params={params} acl={acl} onClose={close} />}
    />
  );
}

const ROUTES = { create: "acls.create", update: "acls.update", changes: ["acls.list"] } as const;

type Params = { readonly accountId: string };
type FormProps = { readonly params: Params; readonly acl: Acl | undefined; readonly onClose: () => void };

function AclForm({ params, acl, onClose }: FormProps) {
  const { save, ...sent } = useSave(ROUTES, onClose);
  const submit = (fields: FormFields) => {
    const body = { name: fields.text("name"), ip_range: fields.text("range") };
    const update = acl && { params: { ...params, aclId: acl.id }, body };
    save({ name: body.name, create: { params, body }, update });
  };
  return (
    <FormDialog
      title={acl ? ACLS.edit(acl.name) : ACLS.add}
      action={acl ? COMMON.save : ACLS.add}
      onClose={onClose}
      onSubmit={submit}
      failed={ACLS.notSaved}
      {...sent}
    >
      <TextField name="name" label={ACLS.fields.name} defaultValue={acl?.name} required data-autofocus />
      <TextField
        name="range"
        at="/ip_range"
        label={ACLS.fields.range}
        description={ACLS.fields.rangeHint}
        defaultValue={acl?.ip_range}
        required
        spellCheck={false}
      />
    </FormDialog>
  );
}

type RemoveProps = { readonly params: Params; readonly acl: Acl; readonly onClose: () => void };

function RemoveAcl({ params, acl, onClose }: RemoveProps) {
  const toast = useToast();
  const removal = useWrite("acls.delete", { changes: ["acls.list"] });
  const remove = () =>
    removal.mutate(
      { params: { ...params, aclId: acl.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(acl.name));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={acl.name} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>{ACLS.removing}</p>
    </RemoveDialog>
  );
}
