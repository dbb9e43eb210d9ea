/** A token's secret, this once: kept in memory while it is shown. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { CopyField } from "../../parts/CopyField.tsx";
import { Note } from "../../parts/Note.tsx";
import { COMMON } from "../../texts/common.ts";
import { TOKENS } from "../../texts/people.ts";

const { secret: TEXTS } = TOKENS;

export function SecretDialog({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const line = `curl --header "Authorization: Bearer ${secret}" ${location.origin}/client/v4/user/tokens/verify`;
  return (
    <Modal
      opened
      onClose={onClose}
      title={TEXTS.title}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": COMMON.close }}
    >
      <Stack gap="md">
        <Note tone="warn">{TEXTS.once}</Note>
        <CopyField label={TEXTS.label} value={secret} />
        <CopyField label={TEXTS.try} value={line} block />
        <Group justify="flex-end">
          <Button onClick={onClose}>{TEXTS.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
