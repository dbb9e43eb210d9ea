/** Signs the apex RRsets of keys with the KSKs, and in multi-signer mode some of them with the ZSK as well. */
import { ok, type Result } from "#bytes";
import { APEX_KEY_TTL, type ApexPlan, kskWindow, nextKskSigning, type SigningMode } from "#keyplan";
import { type OpenKey, signRRset } from "#keys";
import { type Name, nameHash } from "#name";
import type { PublishedRRset } from "#publish";
import { RRType } from "#rdata";
import type { Deps } from "./deps.ts";
import type { SigningKeys } from "./key-set.ts";
import type { SignedApex } from "./versions.ts";
import type { Fault } from "./work.ts";

/**
 * While a KSK is rolled, by both: a resolver may hold either's DS. CDS and CDNSKEY by KSKs, as RFC 7344 section 4.1 wants it. In
 * multi-signer mode by the ZSK too: the DNSKEY set of the other signer holds our ZSK alone (RFC 8901 section 3.2), and whoever
 * has cached that one could not validate them else.
 */
export function signApex(
  plan: ApexPlan,
  mode: SigningMode,
  keys: SigningKeys,
  apex: Name,
  deps: Deps,
): Result<SignedApex, Fault> {
  const signing = [...keys.ksks, ...(mode === "multisigner" ? [keys.zsk] : [])];
  const byBoth: OpenKey["signer"][] = [];
  for (const key of signing) {
    const opened = deps.vault.open(key);
    if (!opened.ok) {
      for (const signer of byBoth) signer.close();
      return opened;
    }
    byBoth.push(opened.value.signer);
  }
  const byKsk = byBoth.slice(0, keys.ksks.length);
  const now = deps.now();
  const seed = nameHash(apex);
  const window = kskWindow(now, seed);
  const rrsets: PublishedRRset[] = [];
  for (const [type, rdatas, signers] of [
    [RRType.DNSKEY, plan.dnskey, byKsk],
    [RRType.CDS, plan.cds, byBoth],
    [RRType.CDNSKEY, plan.cdnskey, byBoth],
  ] as const) {
    if (rdatas.length === 0) continue;
    const rrset = { owner: apex, type, ttl: APEX_KEY_TTL, rdatas };
    const signatures = signers.map((signer) => signRRset(signer, apex, rrset, window));
    rrsets.push({ type, ttl: APEX_KEY_TTL, rdatas, signatures });
  }
  for (const signer of byBoth) signer.close();
  return ok({ rrsets, expiration: window.expiration, resignAt: nextKskSigning(now, seed) });
}
