/** Another secret for the same token. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { ApiToken } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { TOKENS } from "../../texts/people.ts";

export type RollTokenProps = { readonly token: ApiToken; readonly onSecret: (secret: string) => void };

export function RollToken({ token, onSecret }: RollTokenProps) {
  const [asked, setAsked] = useState(false);
  const roll = useWrite("user.tokens.value", { changes: ["user.tokens.list"] });
  const confirm = () =>
    roll.mutate(
      { params: { tokenId: token.id }, body: {} },
      {
        onSuccess: (secret) => {
          setAsked(false);
          onSecret(secret);
        },
      },
    );
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={TOKENS.rollOne(token.name)}
        onClick={() => setAsked(true)}
      >
        {TOKENS.roll}
      </Button>
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={TOKENS.rollQuestion(token.name)}
        action={TOKENS.rollAction}
        onConfirm={confirm}
        pending={roll.isPending}
        {...(roll.error && { failure: roll.error.failure })}
      >
        <p>{TOKENS.rolling}</p>
      </ConfirmDialog>
    </>
  );
}
