/** Before a change of mode: what will happen, or why it must not be done now and what leads there. */
import { Button, Checkbox, Group, Modal } from "@mantine/core";
import { useState } from "react";
import type { Mode } from "#guide";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { Note } from "../../parts/Note.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { useModeChange } from "../../parts/useModeChange.ts";
import { COMMON } from "../../texts/common.ts";
import { MODE_REFUSALS_TEXT, MODES } from "../../texts/modes.ts";
import { SETTINGS } from "../../texts/settings.ts";

const TEXTS = SETTINGS.confirm;

type ModeDialogProps = {
  readonly zoneId: string;
  readonly zone: string;
  readonly mode: Mode;
  readonly onClose: () => void;
};

export function ModeDialog({ zoneId, zone, mode, onClose }: ModeDialogProps) {
  const toast = useToast();
  const change = useModeChange(zoneId);
  const [force, setForce] = useState(false);
  const { name } = MODES[mode];
  const careful = change.plan({ mode });
  const plan = change.plan({ mode }, force);
  if (careful?.kind === "unsafe" && !careful.force) {
    return (
      <Modal
        opened
        onClose={onClose}
        title={TEXTS.refusedTitle(name)}
        closeButtonProps={{ "aria-label": COMMON.close }}
      >
        <Note tone="warn">
          <p>{MODE_REFUSALS_TEXT[careful.refusal]}</p>
        </Note>
        <Group justify="flex-end" mt="md">
          <Button onClick={onClose}>{COMMON.close}</Button>
        </Group>
      </Modal>
    );
  }
  const confirm = async () => {
    if (plan?.kind !== "steps" || !(await change.make(plan.steps))) return;
    toast(TEXTS.changed(name));
    onClose();
  };
  const dangerous = mode === "unsigned" || careful?.kind === "unsafe";
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={TEXTS.title(zone, name)}
      action={TEXTS.action(name)}
      onConfirm={() => void confirm()}
      pending={change.pending || plan === undefined}
      blocked={plan?.kind !== "steps"}
      failure={change.failure}
      dangerous={dangerous}
      typeToConfirm={dangerous ? { label: TEXTS.typeName(zone), text: zone } : undefined}
    >
      {careful?.kind === "unsafe" ? (
        <>
          <Note tone="bad" title={TEXTS.refusedTitle(name)}>
            <p>{MODE_REFUSALS_TEXT[careful.refusal]}</p>
          </Note>
          <Checkbox
            mt="md"
            label={TEXTS.force}
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
        </>
      ) : null}
      <p>{TEXTS.will}</p>
      <ul>
        {SETTINGS.consequences[mode].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
