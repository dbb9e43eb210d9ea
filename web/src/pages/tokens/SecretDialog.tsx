/** A token's secret, this once: kept in memory while it is shown. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { pathOf } from "../../fetch/client.ts";
import { CopyField } from "../../parts/CopyField.tsx";
import { Note } from "../../parts/Note.tsx";
import { COMMON } from "../../texts/common.ts";
import { TOKENS } from "../../texts/people.ts";
import type { TokenCalls } from "./calls.ts";

const { secret: TEXTS } = TOKENS;

export type SecretDialogProps = {
  readonly calls: TokenCalls;
  readonly secret: string;
  readonly onClose: () => void;
};

export function SecretDialog({ calls, secret, onClose }: SecretDialogProps) {
  const line = `curl --header "Authorization: Bearer ${secret}" ${location.origin}${pathOf(calls.verify, calls.params)}`;
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
