/** The account whose things are shown: a server has one. */
import { useRead } from "./hooks.ts";

/** Undefined while it is asked for. */
export function useAccountId(): string | undefined {
  return useRead("accounts.list").data?.[0]?.id;
}
