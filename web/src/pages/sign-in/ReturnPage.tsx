/**
 * Where the sign-in provider sends the browser back to. What it gave stands in the address: it is taken out at once, posted to the
 * server once, and the way goes on from there. What went wrong shows on the page for signing in.
 */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useSession } from "../../fetch/context.ts";
import { Loading } from "../../parts/Loading.tsx";
import { SIGN_IN } from "../../texts/sign-in.ts";

/** The server takes no longer ones. */
const RETURNED_MAX = 4096;

export function ReturnPage() {
  const { state, finishAtProvider } = useSession();
  const navigate = useNavigate();
  const begun = useRef(false);
  // What an older cookie is worth has to be known first: its answer must not come after this one's.
  const ready = state.kind !== "checking";
  useEffect(() => {
    if (!ready || begun.current) return;
    begun.current = true;
    const returned = window.location.search.slice(1, RETURNED_MAX + 1) || "nothing";
    window.history.replaceState(null, "", window.location.pathname);
    void finishAtProvider(returned).then((to) => navigate({ href: to, replace: true }));
  }, [ready, finishAtProvider, navigate]);
  return (
    <main id="main">
      <Loading what={SIGN_IN.returning} />
    </main>
  );
}
