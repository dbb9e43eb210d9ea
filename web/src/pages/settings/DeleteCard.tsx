/** The end of a zone, behind its name typed out. */
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { Note } from "../../parts/Note.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { SETTINGS } from "../../texts/settings.ts";

const TEXTS = SETTINGS.remove;

export function DeleteCard({ zoneId, name }: { readonly zoneId: string; readonly name: string }) {
  const [opened, setOpened] = useState(false);
  const navigate = useNavigate();
  const toast = useToast();
  const remove = useWrite("zones.delete", { changes: ["own.zones", "own.zoneCounts"] });
  const confirm = () =>
    remove.mutate(
      { params: { zoneId } },
      {
        onSuccess: () => {
          toast(TEXTS.done(name));
          void navigate({ to: "/zones" });
        },
      },
    );
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead} order={3}>
      <Button variant="default" c="var(--cs-bad)" onClick={() => setOpened(true)}>
        {TEXTS.action}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={TEXTS.confirmTitle(name)}
        action={TEXTS.action}
        onConfirm={confirm}
        pending={remove.isPending}
        failure={remove.error?.failure}
        dangerous
        typeToConfirm={{ label: SETTINGS.confirm.typeName(name), text: name }}
      >
        <Note tone="warn">
          <p>{TEXTS.lead}</p>
          <p>{TEXTS.warning}</p>
        </Note>
      </ConfirmDialog>
    </Card>
  );
}
