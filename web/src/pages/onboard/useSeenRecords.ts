/** Whether the primary signs, and how it denies: seen in what it sent. Undefined until it is known. */
import type { SeenRecords } from "#guide";
import { useRead } from "../../fetch/hooks.ts";

export function useSeenRecords(zoneId: string): SeenRecords | undefined {
  const params = { zoneId };
  const { data: seen } = useRead("own.multiSigner", { params });
  const nsec3 = useRead("records.list", { params, query: { type: ["NSEC3PARAM"], per_page: 1 } });
  if (!seen || nsec3.isPending) return undefined;
  return { signed: seen.keys.some((key) => key.whose === "partner"), nsec3: (nsec3.data?.length ?? 0) > 0 };
}
