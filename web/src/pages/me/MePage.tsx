/** My account: who is signed in, the password, and the sessions. */
import { Stack } from "@mantine/core";
import { useSession } from "../../fetch/context.ts";
import { Card } from "../../parts/Card.tsx";
import { Facts } from "../../parts/Facts.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ME, ROLE_TEXTS } from "../../texts/people.ts";
import { PasswordForm } from "./PasswordForm.tsx";
import { SessionsCard } from "./SessionsCard.tsx";

export function MePage() {
  const { state } = useSession();
  if (state.kind !== "in") return null;
  const { email, name, role, is_operator } = state.session.user;
  return (
    <>
      <PageTitle title={ME.title} lead={ME.lead} />
      <Stack gap="md">
        <Card title={name}>
          <Facts
            facts={[
              [ME.facts.email, email],
              [ME.facts.role, `${ROLE_TEXTS[role].name}. ${ROLE_TEXTS[role].means}`],
            ]}
          />
        </Card>
        {is_operator ? <Note tone="info">{ME.operator}</Note> : <PasswordForm />}
        <SessionsCard />
      </Stack>
    </>
  );
}
