/** Signatures and chains that are made really and are odd nevertheless: each field of an RRSIG as the enemy wants it. */
import { concatBytes } from "#bytes";
import { openCrypto } from "#crypto";
import { canonicalRdatas, type RrsigFields, rrsigHead, rrsigLabels, rrsigPreimage } from "#dnssec";
import { makeKeyPair, type OpenKey, openKeyPair, signZone, type ZoneDenial } from "#keys";
import type { ResourceRecord } from "#message";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import type { RRset } from "#zone";
import { readZoneFile } from "#zonefile";

export type OddSigner = {
  readonly ksk: OpenKey;
  readonly zsk: OpenKey;
  /** Signs the text as it has to be. */
  sign(apex: Name, text: string, denial: ZoneDenial): ResourceRecord[];
  read(apex: Name, text: string): ResourceRecord[];
  /** By the ZSK (the KSK for DNSKEY), over the name `over` (default: the owner), with these fields instead of the right ones. */
  rrsig(apex: Name, set: RRset, odd?: Partial<RrsigFields>, over?: Name): ResourceRecord;
};

export function makeOddSigner(): OddSigner {
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
  const read = (apex: Name, text: string): ResourceRecord[] => {
    const records = readZoneFile(text, apex);
    if (!records.ok) throw new Error(`line ${records.error.line}: ${records.error.reason}`);
    return [...records.value];
  };
  return {
    ksk,
    zsk,
    read,
    sign(apex, text, denial) {
      const sets: RRset[] = read(apex, text).map(({ owner, type, ttl, rdata }) => ({
        owner,
        type,
        ttl,
        rdatas: [rdata],
      }));
      const made = signZone(apex, sets, [ksk, zsk], { window: window(), denial });
      if (!made.ok) throw new Error(made.error);
      return made.value.flatMap(({ owner, type, ttl, rdatas }) => rdatas.map((rdata) => ({ owner, type, ttl, rdata })));
    },
    rrsig(apex, { owner, type, ttl, rdatas }, odd = {}, over = owner) {
      const { signer } = type === RRType.DNSKEY ? ksk : zsk;
      const head = rrsigHead({
        ...{ typeCovered: type, algorithm: signer.algorithm, labels: rrsigLabels(owner), originalTtl: ttl },
        ...window(),
        ...{ keyTag: signer.keyTag, signer: apex },
        ...odd,
      });
      const data = rrsigPreimage(head, over, type, odd.originalTtl ?? ttl, canonicalRdatas(type, rdatas));
      const signature = new Uint8Array(signer.signatureLength);
      signer.sign(data, data.length, signature, 0);
      return { owner, type: RRType.RRSIG, ttl, rdata: concatBytes([head, signature]) };
    },
  };
}

export function named(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}
