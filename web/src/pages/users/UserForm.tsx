/** Makes a user, or changes one; the password apart from the rest, as the API has it. */
import { Checkbox, Radio, Stack } from "@mantine/core";
import type { LocalUser, Role } from "#contract";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { PasswordField, TextField } from "../../parts/fields.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { COMMON } from "../../texts/common.ts";
import { ROLE_TEXTS, USERS } from "../../texts/people.ts";

const ROLE_NAMES = Object.keys(ROLE_TEXTS) as Role[];

export function UserForm({ user, onClose }: { readonly user: LocalUser | undefined; readonly onClose: () => void }) {
  const toast = useToast();
  const changes = { changes: ["users.list"] } as const;
  const create = useWrite("users.create", changes);
  const edit = useWrite("users.edit", changes);
  const setPassword = useWrite("users.password", changes);
  const hasProvider = useRead("session.ways").data?.provider != null;
  const failure = (create.error ?? edit.error ?? setPassword.error)?.failure;
  const submit = (fields: FormFields) => {
    const password = fields.exact("password");
    const subject = fields.text("subject");
    // As it was, unless it was changed: without a provider there is nothing to say of it.
    const tie = subject === (user?.subject ?? "") ? {} : { subject: subject === "" ? null : subject };
    const who = {
      email: fields.text("email"),
      name: fields.text("name") || undefined,
      role: fields.text("role") as Role,
      ...tie,
    };
    const done = () => {
      toast(COMMON.saved(who.email));
      onClose();
    };
    if (!user) {
      create.mutate({ body: { ...who, ...(password !== "" && { password }) } }, { onSuccess: done });
      return;
    }
    const params = { userId: user.id };
    const thenPassword = () =>
      password === "" ? done() : setPassword.mutate({ params, body: { password } }, { onSuccess: done });
    edit.mutate({ params, body: { ...who, disabled: fields.checked("disabled") } }, { onSuccess: thenPassword });
  };
  return (
    <FormDialog
      title={user ? USERS.edit(user.email) : USERS.add}
      action={user ? COMMON.save : USERS.add}
      onClose={onClose}
      onSubmit={submit}
      pending={create.isPending || edit.isPending || setPassword.isPending}
      failed={USERS.notSaved}
      {...(failure && { failure })}
    >
      <UserFields user={user} hasProvider={hasProvider} />
    </FormDialog>
  );
}

type UserFieldsProps = {
  readonly user: LocalUser | undefined;
  readonly hasProvider: boolean;
};

function UserFields({ user, hasProvider }: UserFieldsProps) {
  const { fields } = USERS;
  return (
    <>
      <TextField name="email" type="email" label={fields.email} defaultValue={user?.email} required data-autofocus />
      <TextField name="name" label={fields.name} defaultValue={user?.name} maxLength={120} />
      <Radio.Group name="role" label={fields.role} defaultValue={user?.role ?? "operator"}>
        <Stack gap="xs" mt="xs">
          {ROLE_NAMES.map((role) => (
            <Radio key={role} value={role} label={ROLE_TEXTS[role].name} description={ROLE_TEXTS[role].means} />
          ))}
        </Stack>
      </Radio.Group>
      {user ? <Checkbox name="disabled" label={fields.disabled} defaultChecked={user.disabled} /> : null}
      <PasswordField
        name="password"
        label={fields.password}
        description={user ? fields.passwordEdit : fields.passwordHint}
        autoComplete="new-password"
        minLength={12}
      />
      {hasProvider || user?.has_single_sign_on ? (
        <TextField
          name="subject"
          label={fields.subject}
          description={fields.subjectHint}
          defaultValue={user?.subject ?? ""}
          maxLength={255}
        />
      ) : null}
    </>
  );
}
