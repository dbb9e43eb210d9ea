/** Another secret for the same token. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { ApiToken } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { TOKENS } from "../../texts/people.ts";
import type { TokenCalls } from "./calls.ts";

export type RollTokenProps = {
  readonly calls: TokenCalls;
  readonly token: ApiToken;
  readonly onSecret: (secret: string) => void;
};

export function RollToken({ calls, token, onSecret }: RollTokenProps) {
  const [asked, setAsked] = useState(false);
  const roll = useWrite(calls.value, { changes: [calls.list] });
  const confirm = () =>
    roll.mutate(
      { params: { ...calls.params, tokenId: token.id }, body: {} },
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
