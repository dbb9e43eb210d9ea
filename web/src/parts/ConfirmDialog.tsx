/** Before something that changes what is served: what will happen, in sentences; where it can't be undone, the name has to be typed. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Failure } from "../fetch/result.ts";
import { COMMON } from "../texts/common.ts";
import { ErrorNote } from "./ErrorNote.tsx";

export type ConfirmDialogProps = {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** A question: "Serve example.com unsigned?" */
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** The verb on the button: "Serve unsigned". */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly pending: boolean;
  /** Something else has to be said first. */
  readonly blocked?: boolean;
  readonly failure?: Failure;
  readonly dangerous?: boolean;
  /** Has to be typed first; for what can't be undone. */
  readonly typeToConfirm?: { readonly label: string; readonly text: string };
};

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="lg" closeButtonProps={CLOSE}>
      <Questions {...props} />
    </Modal>
  );
}

const CLOSE = { "aria-label": COMMON.close };

function Questions({
  children,
  action,
  failure,
  pending,
  blocked,
  dangerous,
  typeToConfirm,
  ...on
}: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const ready = !blocked && (typeToConfirm === undefined || typed.trim() === typeToConfirm.text);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) on.onConfirm();
      }}
    >
      <Stack gap="md">
        <div>{children}</div>
        {typeToConfirm === undefined ? null : (
          <TextInput
            label={typeToConfirm.label}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        )}
        {failure === undefined ? null : <ErrorNote failure={failure} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={on.onClose}>
            {COMMON.cancel}
          </Button>
          <Button type="submit" color={dangerous ? "red.8" : undefined} loading={pending} disabled={!ready}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
