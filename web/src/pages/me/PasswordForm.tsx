/** Changing one's own password: the current one, and the new one twice. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Form, type FormFields } from "../../parts/Form.tsx";
import { PasswordField } from "../../parts/fields.tsx";
import type { OwnFaults } from "../../parts/form-faults.ts";
import { useToast } from "../../parts/toasts.tsx";
import { ME } from "../../texts/people.ts";

const { password: TEXTS } = ME;

export function PasswordForm() {
  const toast = useToast();
  const [wrong, setWrong] = useState<OwnFaults>();
  const change = useWrite("session.password", { changes: ["sessions.list"] });
  const submit = (fields: FormFields) => {
    const password = fields.exact("next");
    const isSame = password === fields.exact("again");
    setWrong(isSame ? undefined : { again: TEXTS.different });
    if (!isSame) return;
    change.mutate(
      { body: { current: fields.exact("current"), password } },
      {
        onSuccess: () => {
          fields.reset();
          toast(TEXTS.done);
        },
      },
    );
  };
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead}>
      <Form onSubmit={submit} failure={change.error?.failure} wrong={wrong}>
        <Stack gap="md" maw={420}>
          <PasswordField name="current" label={TEXTS.current} autoComplete="current-password" required />
          <PasswordField
            name="next"
            at="/password"
            label={TEXTS.next}
            description={TEXTS.nextHint}
            autoComplete="new-password"
            minLength={12}
            required
          />
          <PasswordField name="again" label={TEXTS.again} autoComplete="new-password" required />
          {change.error ? <ErrorNote failure={change.error.failure} title={TEXTS.failed} /> : null}
          <div>
            <Button type="submit" loading={change.isPending}>
              {TEXTS.action}
            </Button>
          </div>
        </Stack>
      </Form>
    </Card>
  );
}
