/** Before a catalog is given up: its zones stay as ordinary ones, or go with it. */
import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import type { Catalog } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { CATALOG, CATALOGS } from "../../texts/catalogs.ts";

export type GiveUpDialogProps = {
  readonly catalog: Catalog;
  readonly onClose: () => void;
  readonly onDone?: () => void;
};

const TEXTS = CATALOGS.giveUp;
const FATES = ["keep", "remove"] as const;

export function GiveUpDialog({ catalog, onClose, onDone = onClose }: GiveUpDialogProps) {
  const toast = useToast();
  const [members, setMembers] = useState<(typeof FATES)[number]>("keep");
  const removal = useWrite("catalogs.delete", { changes: ["catalogs.list"] });
  const { id, name, role } = catalog;
  const giveUp = () =>
    removal.mutate(
      { params: { catalogId: id }, query: { members } },
      {
        onSuccess: () => {
          toast(TEXTS.done(name));
          onDone();
        },
      },
    );
  const destroys = role === "consumer" && members === "remove";
  return (
    <ConfirmDialog
      opened
      dangerous
      title={TEXTS.question(name)}
      action={TEXTS.action}
      onClose={onClose}
      onConfirm={giveUp}
      pending={removal.isPending}
      typeToConfirm={destroys ? { label: CATALOG.members.typed(name), text: name } : undefined}
      {...(removal.error && { failure: removal.error.failure })}
    >
      {role === "producer" ? (
        <p>{TEXTS.producer}</p>
      ) : (
        <>
          <Radio.Group label={TEXTS.what} value={members} onChange={(value) => setMembers(value as typeof members)}>
            <Stack gap="xs" mt="xs">
              {FATES.map((fate) => (
                <Radio key={fate} value={fate} label={TEXTS[fate].name} description={TEXTS[fate].means} />
              ))}
            </Stack>
          </Radio.Group>
          <p>{TEXTS.kept}</p>
        </>
      )}
    </ConfirmDialog>
  );
}
