/** A synthetic signed zone of any size: NAMES owner names with one A each, NSEC chain and P-256-sized RRSIGs (not valid ones: shape only). */
import { concatBytes } from "#bytes";
import { type Name, readName } from "#name";
import { RRType, writeTypeBitmap } from "#rdata";
import { ZoneBuilder, type ZoneVersion } from "#zone";

export function syntheticZone(names: number, apexText = "example.com.", signed = true): ZoneVersion {
  const apex = nameOf(apexText);
  const builder = new ZoneBuilder(apex);
  const add = (owner: Name, type: number, ttl: number, rdata: Uint8Array) => {
    const added = builder.add(owner, type, ttl, rdata);
    if (!added.ok) throw new Error(JSON.stringify(added.error));
    if (signed) builder.add(owner, RRType.RRSIG, ttl, fakeSignature(type, ttl, apex));
  };
  const nsecRdata = (next: Name, types: number[]) => concatBytes([next, writeTypeBitmap(types)]);
  const child = (i: number) => nameOf(`n${String(i).padStart(7, "0")}.${apexText}`);
  const soa = concatBytes([
    child(0),
    child(0),
    Uint8Array.of(0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 44),
  ]);
  add(apex, RRType.SOA, 3600, soa);
  add(apex, RRType.NS, 3600, child(0));
  if (signed) add(apex, RRType.NSEC, 300, nsecRdata(child(0), [RRType.NS, RRType.SOA, RRType.RRSIG, RRType.NSEC]));
  for (let i = 0; i < names; i++) {
    const owner = child(i);
    add(owner, RRType.A, 300, Uint8Array.of(10, i >> 16, i >> 8, i));
    if (signed)
      add(
        owner,
        RRType.NSEC,
        300,
        nsecRdata(i + 1 < names ? child(i + 1) : apex, [RRType.A, RRType.RRSIG, RRType.NSEC]),
      );
  }
  const finished = builder.finish();
  if (!finished.ok) throw new Error(JSON.stringify(finished.error));
  return finished.value;
}

function nameOf(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

/** RRSIG RDATA of the right shape (RFC 4034 section 3.1) around 64 octets that sign nothing. */
function fakeSignature(type: number, ttl: number, apex: Name): Uint8Array {
  const head = Uint8Array.of(
    type >> 8,
    type,
    13,
    3,
    ttl >> 24,
    ttl >> 16,
    ttl >> 8,
    ttl,
    0x7f,
    0,
    0,
    0,
    0x60,
    0,
    0,
    0,
    0x12,
    0x34,
  );
  return concatBytes([head, apex, new Uint8Array(64).fill(type)]);
}
