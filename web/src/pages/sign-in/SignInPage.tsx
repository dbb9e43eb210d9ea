/** Signing in by email and password, or by the admin token: shown in place of any page, so that the address one wanted stays. */
import { Anchor, Title } from "@mantine/core";
import { useEffect } from "react";
import type { Failure } from "../../fetch/result.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Note } from "../../parts/Note.tsx";
import { SHELL } from "../../texts/shell.ts";
import { SIGN_IN } from "../../texts/sign-in.ts";
import classes from "./SignInPage.module.css";
import { SignInWays } from "./SignInWays.tsx";

export type SignInPageProps = {
  readonly expired: boolean;
  /** Of a sign-in at the provider. */
  readonly failure?: Failure;
  /** Where one can sign out at the provider, too. */
  readonly providerUrl?: string;
};

export function SignInPage({ expired, failure, providerUrl }: SignInPageProps) {
  useEffect(() => {
    document.title = `${SIGN_IN.title} · ${SHELL.product}`;
  }, []);
  return (
    <main className={classes["page"]} id="main">
      <div className={classes["box"]}>
        <img src="/icon.svg" alt="" width={44} height={44} />
        <Title order={1}>{SIGN_IN.title}</Title>
        {expired ? <Note tone="info">{SIGN_IN.expired}</Note> : null}
        {failure === undefined ? null : <ErrorNote failure={failure} title={SIGN_IN.failed} />}
        {providerUrl === undefined ? null : (
          <Note tone="info" title={SIGN_IN.signedOut}>
            <p>
              {SIGN_IN.stillThere} <Anchor href={providerUrl}>{SIGN_IN.signOutThere}</Anchor>
            </p>
          </Note>
        )}
        <SignInWays />
        <p className={classes["hint"]}>{SIGN_IN.firstTime}</p>
      </div>
    </main>
  );
}
