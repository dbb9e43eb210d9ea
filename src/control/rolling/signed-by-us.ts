/**
 * Is a DNSKEY set that a nameserver showed the one that we serve? Then it serves our version, under another name, and is no other signer's.
 * A key tag says nothing, as anybody can write it down: the signature of one of our KSKs has to be there, over this very set, for today; and
 * the set has to have all keys that we publish now, so that one of ours from before a key was made counts for nothing, either.
 */
import { bytesEqual } from "#bytes";
import {
  canonicalRdatas,
  type DnssecCrypto,
  dnskeyAlgorithm,
  isInWindow,
  keyTag,
  MAX_SIGNATURES,
  rrsigLabels,
  rrsigPreimage,
} from "#dnssec";
import { isEntryPoint } from "#keyplan";
import type { Message } from "#message";
import { type Name, nameEquals } from "#name";
import { RRType, readRrsig } from "#rdata";
import { rdatasOf } from "../parent/find-parent.ts";

export type OurKeys = {
  readonly apex: Name;
  /** All that we publish: DNSKEY RDATAs. */
  readonly dnskeys: readonly Uint8Array[];
  readonly verify: DnssecCrypto["verify"];
  /** Seconds since 1970. */
  readonly now: number;
};

export function isSignedByUs(message: Message, { apex, dnskeys, verify, now }: OurKeys): boolean {
  const shown = rdatasOf(message, apex, RRType.DNSKEY);
  if (!dnskeys.every((ours) => shown.some((each) => bytesEqual(each, ours)))) return false;
  const signatures = rdatasOf(message, apex, RRType.RRSIG)
    .map((rdata) => ({ rdata, rrsig: readRrsig(rdata) }))
    .filter(({ rrsig }) => rrsig.typeCovered === RRType.DNSKEY)
    .slice(0, MAX_SIGNATURES);
  const rdatas = canonicalRdatas(RRType.DNSKEY, shown);
  return signatures.some(({ rdata, rrsig }) => {
    const { algorithm, inception, expiration, labels, originalTtl, signature, signer } = rrsig;
    if (!nameEquals(signer, apex) || labels !== rrsigLabels(apex) || !isInWindow(inception, expiration, now))
      return false;
    const head = rdata.subarray(0, rdata.length - signature.length);
    const signed = rrsigPreimage(head, apex, RRType.DNSKEY, originalTtl, rdatas);
    return dnskeys
      .filter((ours) => isEntryPoint(ours) && dnskeyAlgorithm(ours) === algorithm && keyTag(ours) === rrsig.keyTag)
      .some((ours) => verify(algorithm, ours, signed, signature) === true);
  });
}
