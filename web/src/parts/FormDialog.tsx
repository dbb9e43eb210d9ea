/** A form in a dialog: its fields, what went wrong where it went wrong, and the two buttons. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import type { Failure } from "../fetch/result.ts";
import { COMMON } from "../texts/common.ts";
import { ErrorNote } from "./ErrorNote.tsx";

export type FormDialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  /** The verb on the button. */
  readonly action: string;
  /** The fields by their names. */
  readonly onSubmit: (fields: FormFields) => void;
  readonly pending: boolean;
  readonly failure?: Failure;
  /** What was tried, for the message of a failure. */
  readonly failed?: string;
  readonly children: ReactNode;
};

/** What stands in the fields: trimmed text, "" where there is nothing. */
export type FormFields = {
  text(name: string): string;
  /** As it was typed: for secrets. */
  exact(name: string): string;
  checked(name: string): boolean;
  /** Of boxes and choices under one name. */
  all(name: string): string[];
};

export function FormDialog({ title, onClose, action, onSubmit, pending, failure, failed, children }: FormDialogProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(readFields(event.currentTarget));
  };
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": COMMON.close }}>
      <form onSubmit={submit}>
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
      </form>
    </Modal>
  );
}

export function readFields(form: HTMLFormElement): FormFields {
  const data = new FormData(form);
  const exact = (name: string) => String(data.get(name) ?? "");
  return {
    exact,
    text: (name) => exact(name).trim(),
    checked: (name) => data.get(name) !== null,
    all: (name) => data.getAll(name).map(String),
  };
}
