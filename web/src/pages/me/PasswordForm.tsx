/** Changing one's own password: the current one, and the new one twice. */
import { Button, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { readFields } from "../../parts/FormDialog.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { ME } from "../../texts/people.ts";

const { password: TEXTS } = ME;

export function PasswordForm() {
  const toast = useToast();
  const [different, setDifferent] = useState(false);
  const change = useWrite("session.password", { changes: ["sessions.list"] });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = readFields(form);
    const password = fields.exact("next");
    setDifferent(password !== fields.exact("again"));
    if (password !== fields.exact("again")) return;
    change.mutate(
      { body: { current: fields.exact("current"), password } },
      {
        onSuccess: () => {
          form.reset();
          toast(TEXTS.done);
        },
      },
    );
  };
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead}>
      <form onSubmit={submit}>
        <Stack gap="md" maw={420}>
          <PasswordInput name="current" label={TEXTS.current} autoComplete="current-password" required />
          <PasswordInput
            name="next"
            label={TEXTS.next}
            description={TEXTS.nextHint}
            autoComplete="new-password"
            minLength={12}
            required
          />
          <PasswordInput
            name="again"
            label={TEXTS.again}
            autoComplete="new-password"
            error={different ? TEXTS.different : undefined}
            required
          />
          {change.error ? <ErrorNote failure={change.error.failure} title={TEXTS.failed} /> : null}
          <div>
            <Button type="submit" loading={change.isPending}>
              {TEXTS.action}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
