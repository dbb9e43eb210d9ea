/** Records as master-file text: one a line, tabs between the fields, names absolute, class IN written out. */
import { printName } from "#name";
import { printRdata, typeName } from "#rdata";
import type { ZoneFileRecord } from "./read.ts";

/** `owner TTL IN type RDATA`, without the newline. */
export function printRecord(record: ZoneFileRecord): string {
  const { owner, ttl, type, rdata } = record;
  return `${printName(owner)}\t${ttl}\tIN\t${typeName(type)}\t${printRdata(type, rdata)}`;
}

/** In the order given; a newline behind each record. */
export function printZone(records: Iterable<ZoneFileRecord>): string {
  const lines: string[] = [];
  for (const record of records) lines.push(`${printRecord(record)}\n`);
  return lines.join("");
}
