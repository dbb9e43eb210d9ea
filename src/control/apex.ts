/** Signs the apex RRsets of keys with the KSK, and in multi-signer mode some of them with the ZSK as well. */
import { ok, type Result } from "#bytes";
import { APEX_KEY_TTL, type ApexPlan, kskWindow, nextKskSigning, type SigningMode } from "#keyplan";
import { signRRset } from "#keys";
import { type Name, nameHash } from "#name";
import type { PublishedRRset } from "#publish";
import { RRType } from "#rdata";
import type { KeyRow } from "#store";
import type { Deps } from "./deps.ts";
import type { SignedApex } from "./versions.ts";
import type { Fault } from "./work.ts";

/**
 * CDS and CDNSKEY by the KSK, as RFC 7344 section 4.1 wants it. In multi-signer mode by the ZSK too: the DNSKEY set of the
 * other signer holds our ZSK alone (RFC 8901 section 3.2), and whoever has cached that one could not validate them else.
 */
export function signApex(
  plan: ApexPlan,
  mode: SigningMode,
  keys: { readonly ksk: KeyRow; readonly zsk: KeyRow },
  apex: Name,
  deps: Deps,
): Result<SignedApex, Fault> {
  const ksk = deps.vault.open(keys.ksk);
  if (!ksk.ok) return ksk;
  const zsk = mode === "multisigner" ? deps.vault.open(keys.zsk) : undefined;
  if (zsk && !zsk.ok) {
    ksk.value.signer.close();
    return zsk;
  }
  const byKsk = [ksk.value.signer];
  const byBoth = zsk ? [...byKsk, zsk.value.signer] : byKsk;
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
