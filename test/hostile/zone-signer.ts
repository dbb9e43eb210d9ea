/** Zones signed in the test's own process with keys of their own: what a pre-signed zone of a hostile primary is made of. */
import type { ZoneDenial } from "#keys";
import type { Name } from "#name";
import type { RRset } from "#zone";
import { printZone } from "#zonefile";
import type { PeerZone } from "../peers/index.ts";
import { makeOddSigner, named } from "./odd-signer.ts";

export type Signer = {
  (zone: PeerZone, denial: ZoneDenial): PeerZone;
  /** RDATA of a signature by the ZSK. */
  rrsig(apex: Name, rrset: RRset): Uint8Array;
};

export function makeSigner(): Signer {
  const by = makeOddSigner();
  const sign = ({ name, text }: PeerZone, denial: ZoneDenial): PeerZone => ({
    name,
    text: printZone(by.sign(named(name), text, denial)),
  });
  return Object.assign(sign, { rrsig: (apex: Name, rrset: RRset) => by.rrsig(apex, rrset).rdata });
}
