/** State of a page that stands in its address (`?q=…`): a link shows the same, and the back button works. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type AddressState = Readonly<Record<string, string | undefined>>;

/** `const [{ q }, setAddress] = useAddressState()`; `undefined` takes a key away. Typing replaces, it makes no history. */
export function useAddressState(): readonly [AddressState, (change: AddressState) => void] {
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const navigate = useNavigate();
  const set = useCallback(
    (change: AddressState) => {
      const next = (now: object) =>
        Object.fromEntries(Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined));
      void navigate({ to: ".", search: next as never, replace: true, resetScroll: false });
    },
    [navigate],
  );
  const state = Object.fromEntries(
    Object.entries(search).map(([key, value]) => [key, value === undefined ? undefined : String(value)]),
  );
  return [state, set];
}
