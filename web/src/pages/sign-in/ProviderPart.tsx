/** The button that leads to the sign-in provider, and what is wrong with it. Shows nothing where none is set up. */
import { Button, Divider } from "@mantine/core";
import { useState } from "react";
import { useServer } from "../../fetch/context.ts";
import { useRead } from "../../fetch/hooks.ts";
import type { Failure } from "../../fetch/result.ts";
import { beginAtProvider } from "../../fetch/session.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Note } from "../../parts/Note.tsx";
import { SIGN_IN } from "../../texts/sign-in.ts";

/** The server takes no longer ones. */
const RETURN_TO_MAX = 512;

export function ProviderPart() {
  const { client } = useServer();
  const provider = useRead("session.ways").data?.provider;
  const [failure, setFailure] = useState<Failure>();
  const [pending, setPending] = useState(false);
  if (!provider) return null;
  const go = async () => {
    setPending(true);
    const begun = await beginAtProvider(client, herePath());
    // While the browser goes away the button stays as it is.
    if (begun.ok) return window.location.assign(begun.value);
    setPending(false);
    setFailure(begun.failure);
  };
  return (
    <>
      {provider.problem === null || failure !== undefined ? null : (
        <Note tone="warn" title={SIGN_IN.providerTrouble(provider.name)}>
          <p>{SIGN_IN.providerTroubleText(provider.problem)}</p>
        </Note>
      )}
      {failure === undefined ? null : <ErrorNote failure={failure} title={SIGN_IN.failed} />}
      <Button fullWidth loading={pending} onClick={() => void go()}>
        {SIGN_IN.byProvider(provider.name)}
      </Button>
      <Divider label={SIGN_IN.or} labelPosition="center" />
    </>
  );
}

/** Where one wanted to go: it comes back with the sign-in. */
function herePath(): string {
  const { pathname, search } = window.location;
  const path = `${pathname}${search}`;
  return path.length > RETURN_TO_MAX ? "/" : path;
}
