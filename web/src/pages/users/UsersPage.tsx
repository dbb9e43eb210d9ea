/** Account ▸ Users: who may sign in, and what each may do. For administrators. */
import type { LocalUser } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import type { Column } from "../../parts/DataTable.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { COMMON } from "../../texts/common.ts";
import { ROLE_TEXTS, USERS } from "../../texts/people.ts";
import { UserForm } from "./UserForm.tsx";

const COLUMNS: readonly Column<LocalUser>[] = [
  { head: USERS.columns.email, cell: ({ email }) => email },
  { head: USERS.columns.name, cell: ({ name }) => name, long: true },
  { head: USERS.columns.role, cell: ({ role }) => ROLE_TEXTS[role].name },
  { head: USERS.columns.way, cell: (user) => USERS.ways[wayOf(user)] },
  { head: USERS.columns.state, cell: (user) => <UserState user={user} /> },
  { head: USERS.columns.signedIn, cell: ({ signed_in_on }) => <WhenAgo time={signed_in_on} /> },
];

export function UsersPage() {
  const mayChange = useMay("admin");
  if (mayChange) return <UserList />;
  return (
    <>
      <PageTitle title={USERS.title} lead={USERS.lead} />
      <Note tone="info">{USERS.onlyAdmins}</Note>
    </>
  );
}

function UserList() {
  return (
    <ResourceList
      texts={USERS}
      read={useRead("users.list")}
      columns={COLUMNS}
      nameOf={({ email }) => email}
      mayChange
      heading={(actions) => <PageTitle title={USERS.title} lead={USERS.lead} actions={actions} />}
      form={(user, close) => <UserForm user={user} onClose={close} />}
      remove={(user, close) => <RemoveUser user={user} onClose={close} />}
    />
  );
}

function wayOf({ has_password: password, has_single_sign_on: provider }: LocalUser): keyof typeof USERS.ways {
  if (password && provider) return "both";
  if (password) return "password";
  return provider ? "provider" : "none";
}

function UserState({ user }: { readonly user: LocalUser }) {
  if (user.disabled) return <StateBadge tone="quiet">{USERS.states.disabled}</StateBadge>;
  if (user.has_password || user.has_single_sign_on) return <StateBadge tone="good">{USERS.states.active}</StateBadge>;
  return <StateBadge tone="warn">{USERS.states.noPassword}</StateBadge>;
}

function RemoveUser({ user, onClose }: { readonly user: LocalUser; readonly onClose: () => void }) {
  const toast = useToast();
  const removal = useWrite("users.delete", { changes: ["users.list"] });
  const remove = () =>
    removal.mutate(
      { params: { userId: user.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(user.email));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={user.email} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>{USERS.removing}</p>
    </RemoveDialog>
  );
}
