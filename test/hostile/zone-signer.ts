/** Zones signed in the test's own process with keys of their own: what a pre-signed zone of a hostile primary is made of. */
import { openCrypto } from "#crypto";
import { makeKeyPair, type OpenKey, openKeyPair, signRRset, signZone, type ZoneDenial } from "#keys";
import { type Name, readName } from "#name";
import type { RRset } from "#zone";
import { printZone, readZoneFile } from "#zonefile";
import type { PeerZone } from "../peers/index.ts";

export type Signer = {
  (zone: PeerZone, denial: ZoneDenial): PeerZone;
  /** RDATA of a signature by the ZSK. */
  rrsig(apex: Name, rrset: RRset): Uint8Array;
};

export function makeSigner(): Signer {
  const crypto = openCrypto("node");
  const open = (role: "ksk" | "zsk"): OpenKey => {
    const opened = openKeyPair(crypto, makeKeyPair(role));
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  };
  const [ksk, zsk] = [open("ksk"), open("zsk")];
  const window = () => {
    const now = Math.floor(Date.now() / 1000);
    return { inception: now - 3600, expiration: now + 86_400 };
  };
  const sign = ({ name, text }: PeerZone, denial: ZoneDenial): PeerZone => {
    const apex = readName(name);
    if (!apex.ok) throw new Error(name);
    const read = readZoneFile(text, apex.value);
    if (!read.ok) throw new Error(read.error.reason);
    const sets: RRset[] = read.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
    const made = signZone(apex.value, sets, [ksk, zsk], { window: window(), denial });
    if (!made.ok) throw new Error(made.error);
    const records = made.value.flatMap(({ owner, type, ttl, rdatas }) =>
      rdatas.map((rdata) => ({ owner, type, ttl, rdata })),
    );
    return { name, text: printZone(records) };
  };
  return Object.assign(sign, { rrsig: (apex: Name, rrset: RRset) => signRRset(zsk.signer, apex, rrset, window()) });
}
