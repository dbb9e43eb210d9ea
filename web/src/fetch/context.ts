/** What app/ provides once and pages use: the client, who is signed in, and what happens at the server. */
import { createContext, use, useEffect, useRef } from "react";
import type { Role, Session, SessionCreate } from "#contract";
import type { Client } from "./client.ts";
import type { Happening, StreamState } from "./events.ts";
import type { CallResult, Failure } from "./result.ts";
import { mayDo } from "./session.ts";

export type Server = {
  readonly client: Client;
  readonly stream: StreamState;
  /** Until the returned function is called. */
  readonly listen: (listener: (happening: Happening) => void) => () => void;
};

export type SessionState =
  | { readonly kind: "checking" }
  | {
      readonly kind: "out";
      readonly expired: boolean;
      /** The session that ended by itself: what it showed stays below the sign-in, so that nothing typed is lost. */
      readonly ended?: Session;
      /** What came of a sign-in at the provider. */
      readonly failure?: Failure;
      /** Where one can sign out at the provider, too. */
      readonly providerUrl?: string;
    }
  | { readonly kind: "unreachable"; readonly message: string }
  | {
      readonly kind: "in";
      readonly session: Session;
      /** Just now by the admin token, and there is no user yet. */
      readonly wantsFirstUser?: boolean;
    };

export type SessionControl = {
  readonly state: SessionState;
  readonly signIn: (credentials: SessionCreate) => Promise<CallResult<Session>>;
  /** Where to go on: with what the provider sent back, the query of the address. */
  readonly finishAtProvider: (returned: string) => Promise<string>;
  readonly signOut: () => Promise<void>;
  readonly checkAgain: () => void;
};

export const ServerContext = createContext<Server | undefined>(undefined);
export const SessionContext = createContext<SessionControl | undefined>(undefined);

export function useServer(): Server {
  const server = use(ServerContext);
  if (!server) throw new Error("There is no server around this part: app/ServerProvider is missing.");
  return server;
}

export function useSession(): SessionControl {
  const control = use(SessionContext);
  if (!control) throw new Error("There is no session around this part: app/ServerProvider is missing.");
  return control;
}

/** Whether who is signed in may do what `needed` may: hide or explain what he may not. */
export function useMay(needed: Role): boolean {
  const { state } = useSession();
  return state.kind === "in" && mayDo(state.session.user.role, needed);
}

/** Calls `handle` for each event while the part is shown. */
export function useHappenings(handle: (happening: Happening) => void): void {
  const { listen } = useServer();
  const latest = useRef(handle);
  useEffect(() => {
    latest.current = handle;
  });
  useEffect(() => listen((happening) => latest.current(happening)), [listen]);
}
