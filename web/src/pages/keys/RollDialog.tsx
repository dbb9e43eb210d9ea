/** Before a rollover is begun, goes on without waiting, or is cancelled: what will happen then. */
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import type { Rollover } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { ROLLOVERS } from "../../texts/rollovers.ts";

export type Asked = { readonly what: "roll" | "hurry" | "cancel"; readonly kind: Rollover["kind"] };

type RollDialogProps = { readonly zoneId: string; readonly asked: Asked; readonly onClose: () => void };

const CHANGES = ["own.keys", "own.rollovers", "own.status"] as const;
const { begin: BEGIN, hurry: HURRY } = ROLLOVERS;

export function RollDialog({ zoneId, asked: { what, kind }, onClose }: RollDialogProps) {
  const start = useWrite("own.rollovers.start", { changes: CHANGES });
  const cancel = useWrite("own.rollovers.cancel", { changes: CHANGES });
  const [stolen, setStolen] = useState(false);
  const params = { zoneId };
  const emergency = what === "hurry" || stolen;
  const sent = what === "cancel" ? cancel : start;
  const confirm = () => {
    if (what === "cancel") cancel.mutate({ params, body: { kind } }, { onSuccess: onClose });
    else start.mutate({ params, body: { kind, emergency } }, { onSuccess: onClose });
  };
  const words = {
    roll: { title: BEGIN.title(kind), action: stolen ? BEGIN.emergencyAction : BEGIN.action },
    hurry: { title: HURRY.title(kind), action: HURRY.confirm },
    cancel: { title: ROLLOVERS.cancelTitle(kind), action: ROLLOVERS.cancelAction },
  }[what];
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      {...words}
      dangerous={emergency}
      pending={sent.isPending}
      {...(sent.error && { failure: sent.error.failure })}
      onConfirm={confirm}
    >
      {what === "roll" ? (
        <>
          <p>{BEGIN.text[kind]}</p>
          <Checkbox
            label={BEGIN.emergency}
            description={BEGIN.emergencyHint[kind]}
            checked={stolen}
            onChange={(event) => setStolen(event.currentTarget.checked)}
          />
        </>
      ) : (
        <p>{what === "hurry" ? BEGIN.emergencyHint[kind] : ROLLOVERS.cancelText}</p>
      )}
    </ConfirmDialog>
  );
}
