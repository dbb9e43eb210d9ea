/** Client, session and event stream for the pages below; a 401 anywhere brings the sign-in page, and the address stays. */
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { type Client, makeClient } from "../fetch/client.ts";
import {
  type Server,
  ServerContext,
  SessionContext,
  type SessionControl,
  type SessionState,
} from "../fetch/context.ts";
import { followEvents, type Happening, type StreamState } from "../fetch/events.ts";
import { makeInvalidator } from "../fetch/invalidate.ts";
import { findSession, finishAtProvider, signIn, signOut, wantsFirstUser } from "../fetch/session.ts";

export function ServerProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: "checking" });
  const [client] = useState(() => makeClient({ onSignedOut: () => setState(sessionOver) }));
  const control = useSessionControl(client, state, setState);
  const server = useEventStream(client, state.kind === "in");
  return (
    <ServerContext value={server}>
      <SessionContext value={control}>{children}</SessionContext>
    </ServerContext>
  );
}

const HOME = "/";

/** Each call of a page is refused then, one after the other: the first says all there is to say. */
function sessionOver(now: SessionState): SessionState {
  if (now.kind === "in") return { kind: "out", expired: true, ended: now.session };
  return now.kind === "out" ? now : { kind: "out", expired: false };
}

function useSessionControl(
  client: Client,
  state: SessionState,
  setState: (next: SessionState) => void,
): SessionControl {
  const queries = useQueryClient();
  const checkAgain = useCallback(async () => {
    const found = await findSession(client);
    if (found.ok) setState({ kind: "in", session: found.value });
    else if (found.failure.status === 401) setState({ kind: "out", expired: false });
    else setState({ kind: "unreachable", message: found.failure.message });
  }, [client, setState]);
  useEffect(() => void checkAgain(), [checkAgain]);
  return useMemo(
    () => ({
      state,
      checkAgain,
      async signIn(credentials) {
        const signed = await signIn(client, credentials);
        if (!signed.ok) return signed;
        // Somebody else sees nothing of what was read before.
        if (state.kind === "out" && state.ended && state.ended.user.email !== signed.value.user.email) queries.clear();
        const wants = await wantsFirstUser(client, signed.value);
        setState({ kind: "in", session: signed.value, wantsFirstUser: wants });
        return signed;
      },
      async finishAtProvider(returned) {
        const finished = await finishAtProvider(client, returned);
        if (!finished.ok) {
          setState({ kind: "out", expired: false, failure: finished.failure });
          return HOME;
        }
        setState({ kind: "in", session: finished.value.session });
        return finished.value.return_to;
      },
      async signOut() {
        const providerUrl = await signOut(client);
        // The next one at this screen sees nothing of what was read before.
        queries.clear();
        setState({ kind: "out", expired: false, ...(providerUrl !== undefined && { providerUrl }) });
      },
    }),
    [client, queries, state, setState, checkAgain],
  );
}

function useEventStream(client: Client, signedIn: boolean): Server {
  const queries = useQueryClient();
  const [stream, setStream] = useState<StreamState>("connecting");
  const [listeners] = useState(() => new Set<(happening: Happening) => void>());
  useEffect(() => {
    if (!signedIn) return undefined;
    const gone = new AbortController();
    const invalidator = makeInvalidator(queries);
    const onHappening = (happening: Happening): void => {
      invalidator.note(happening);
      for (const listener of listeners) listener(happening);
    };
    void followEvents(client, { onHappening, onState: setStream, signal: gone.signal });
    return () => {
      gone.abort();
      invalidator.stop();
    };
  }, [client, queries, listeners, signedIn]);
  return useMemo(
    () => ({
      client,
      stream,
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    [client, stream, listeners],
  );
}
