/** A form in a dialog: its fields, what went wrong where it went wrong, and the two buttons. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { Failure } from "../fetch/result.ts";
import { COMMON } from "../texts/common.ts";
import { ErrorNote } from "./ErrorNote.tsx";
import { Form, type FormFields } from "./Form.tsx";
import type { OwnFaults } from "./form-faults.ts";

export type FormDialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  /** The verb on the button. */
  readonly action: string;
  /** The fields by their names. */
  readonly onSubmit: (fields: FormFields) => void;
  readonly pending: boolean;
  readonly failure?: Failure;
  /** What was found wrong before it was sent, by the names of fields. */
  readonly wrong?: OwnFaults | undefined;
  /** What was tried, for the message of a failure. */
  readonly failed?: string;
  readonly children: ReactNode;
};

export function FormDialog(props: FormDialogProps) {
  const { title, onClose, action, onSubmit, pending, failure, wrong, failed, children } = props;
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": COMMON.close }}>
      <Form onSubmit={onSubmit} failure={failure} wrong={wrong}>
        <Stack gap="md">
          {children}
          {failure === undefined ? null : <ErrorNote failure={failure} title={failed} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {COMMON.cancel}
            </Button>
            <Button type="submit" loading={pending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Modal>
  );
}
