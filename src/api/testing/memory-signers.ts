/** The guide to several signers of a zone in memory: there is nothing to see. */
import type { MultiSigner } from "#contract";

export function noMultiSigner(id: string, name: string): MultiSigner {
  const parent = { checked_time: null, error: null };
  const nothing = { keys: [], ds: [], strange_ds: [], name_servers: [], joining: [], parent };
  return { zone_id: id, name, mode: "unsigned", complete: false, ...nothing, leaving: { we: [], partner: [] } };
}
