/** Between rows of the store and the values of #keyplan. */
import { DELETED, type DnssecFlags, type DnssecStatus, NO_FLAGS, type ParentView, type Phase } from "#keyplan";
import type { DnssecRow, ZoneRow } from "#store";

export function dnssecRow(zoneId: string, status: DnssecStatus, flags: DnssecFlags): DnssecRow {
  return {
    zoneId,
    phase: status.phase,
    modifiedAtSeconds: status.modifiedAt ?? null,
    parent: status.parent ?? null,
    parentAtSeconds: status.parentAt ?? null,
    multiSigner: flags.multiSigner,
    presigned: flags.presigned,
    useNsec3: flags.useNsec3,
  };
}

const PHASES: ReadonlySet<string> = new Set<Phase>(["deleted", "pending", "active", "pending-disabled", "disabled"]);
const VIEWS: ReadonlySet<string> = new Set<ParentView>(["none", "ours", "foreign", "mismatch"]);

/** A row with a phase that this program does not know is a newer program's: an error, not a guess. */
export function readDnssecRow(row: DnssecRow | undefined, zone: ZoneRow): { status: DnssecStatus; flags: DnssecFlags } {
  const nsecDenial = zone.denial;
  if (!row)
    return { status: DELETED, flags: nsecDenial === NO_FLAGS.nsecDenial ? NO_FLAGS : { ...NO_FLAGS, nsecDenial } };
  if (!PHASES.has(row.phase)) throw new Error(`zone ${zone.name}: unknown DNSSEC phase ${row.phase}`);
  const { presigned, multiSigner, useNsec3 } = row;
  const parent = row.parent !== null && VIEWS.has(row.parent) ? (row.parent as ParentView) : undefined;
  const status: DnssecStatus = {
    phase: row.phase as Phase,
    modifiedAt: row.modifiedAtSeconds ?? undefined,
    parent,
    parentAt: parent === undefined ? undefined : (row.parentAtSeconds ?? undefined),
  };
  return { status, flags: { presigned, multiSigner, useNsec3, nsecDenial } };
}
