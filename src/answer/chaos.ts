/** Class CH: the two names by which a server tells who it is (RFC 4892). Versions are nobody's business. */
import { readName } from "#name";
import { RRClass, RRType } from "#rdata";
import type { NameView } from "./name-view.ts";
import { QUESTION } from "./reply.ts";
import { MAX_NSID } from "./settings.ts";
import type { Work } from "./work.ts";

const NAMES: readonly Uint8Array[] = ["id.server.", "hostname.bind."].map((text) => {
  const name = readName(text);
  return name.ok ? name.value : new Uint8Array(0);
});

/** The TXT record with the server's name; false when this is not asked for or does not fit. */
export function writeIdentity(work: Work, nsid: Uint8Array | undefined): boolean {
  const { query, reply } = work;
  if (!nsid || (query.type !== RRType.TXT && query.type !== RRType.ANY)) return false;
  if (!NAMES.some((name) => sameName(query.name, name))) return false;
  const length = Math.min(nsid.length, MAX_NSID);
  if (!reply.fits(13 + length)) return false;
  reply.u16(0xc000 | QUESTION);
  reply.u16(RRType.TXT);
  reply.u16(RRClass.CH);
  reply.u32(0);
  reply.u16(length + 1);
  reply.octets[reply.at++] = length;
  reply.copy(nsid, 0, length);
  reply.counts[reply.section]!++;
  return true;
}

function sameName(view: NameView, name: Uint8Array): boolean {
  if (view.length !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const octet = view.octets[view.at + i]!;
    if ((octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet) !== name[i]) return false;
  }
  return true;
}
