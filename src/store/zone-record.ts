/** What is stored of one zone, over all tables, as a start reads it. */
import type { DnssecRow, IncomingRow, KeyRow, VersionRow, ZoneRow } from "./rows.ts";

export type ZoneRecord = {
  readonly zone: ZoneRow;
  readonly dnssec: DnssecRow | undefined;
  /** In order of creation, as `KeyTable` gives them. */
  readonly keys: readonly KeyRow[];
  readonly versions: readonly VersionRow[];
  readonly incoming: IncomingRow | undefined;
  /** As `DocumentTable` gives it; read when it is asked for. */
  readonly document: (kind: string) => unknown;
};

export type ZoneRecordPage = {
  /** Zones with an id behind this one, "" for the first page. */
  readonly after: string;
  readonly limit: number;
};
