/** Before something of the account goes: what uses it, and that it can't be undone. The server refuses what is in use, and says by what. */
import type { ReactNode } from "react";
import type { CallFailed } from "../fetch/result.ts";
import { COMMON } from "../texts/common.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";

export type RemoveDialogProps = {
  readonly name: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly removal: { readonly isPending: boolean; readonly error: CallFailed | null };
  readonly children: ReactNode;
};

export function RemoveDialog({ name, onClose, onConfirm, removal, children }: RemoveDialogProps) {
  return (
    <ConfirmDialog
      opened
      dangerous
      title={COMMON.deleteQuestion(name)}
      action={COMMON.delete}
      onClose={onClose}
      onConfirm={onConfirm}
      pending={removal.isPending}
      {...(removal.error && { failure: removal.error.failure })}
    >
      {children}
    </ConfirmDialog>
  );
}
