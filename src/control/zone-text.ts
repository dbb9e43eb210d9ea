/** A zone as master-file text (RFC 1035 section 5): for the export of the API, and for the hook before a publication. */
import { closeSync, openSync, writeSync } from "node:fs";
import { fail, ok, type Result } from "#bytes";
import { type UnpackedRRset, unpackImage, unpackSet, type ZoneImage } from "#image";
import { printName } from "#name";
import { printRdata, RRType, typeName } from "#rdata";

/** Text a piece, at least. */
const PIECE_CHARACTERS = 16 * 1024;

/** Master-file text in pieces, made as they are taken. The SOA comes first: the apex is first in canonical order. */
export function* exportText(image: ZoneImage): Generator<string> {
  const apex = image.nodeName(image.apexNode);
  let piece = `;; ${printName(apex)} serial ${image.serial}, as transferred\n`;
  const line = (set: UnpackedRRset, rdata: Uint8Array) =>
    `${printName(set.owner)}\t${set.ttl}\tIN\t${typeName(set.type)}\t${printRdata(set.type, rdata)}\n`;
  const soa = image.findRRset(image.apexNode, RRType.SOA);
  for (const set of unpackSet(image, apex, soa)) {
    if (set.type === RRType.SOA) for (const rdata of set.rdatas) piece += line(set, rdata);
  }
  for (const set of unpackImage(image)) {
    if (set.type === RRType.SOA) continue;
    for (const rdata of set.rdatas) piece += line(set, rdata);
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece.length > 0) yield piece;
}

/** Octets that were written. The file must not exist, and is readable by its owner alone. */
export function printZoneFile(image: ZoneImage, path: string): Result<number, { code: string; text: string }> {
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      let octets = 0;
      for (const piece of exportText(image)) octets += writeSync(file, piece);
      return ok(octets);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return fail({ code: "zone-file.unwritable", text: error instanceof Error ? error.message : String(error) });
  }
}
