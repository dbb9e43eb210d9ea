/** Signs the apex RRsets of keys with the KSK. */
import { ok, type Result } from "#bytes";
import { APEX_KEY_TTL, type ApexPlan, kskWindow, nextKskSigning } from "#keyplan";
import { signRRset } from "#keys";
import { type Name, nameHash } from "#name";
import type { PublishedRRset } from "#publish";
import { RRType } from "#rdata";
import type { KeyRow } from "#store";
import type { Deps } from "./deps.ts";
import type { SignedApex } from "./versions.ts";
import type { Fault } from "./work.ts";

export function signApex(plan: ApexPlan, ksk: KeyRow, apex: Name, deps: Deps): Result<SignedApex, Fault> {
  const key = deps.vault.open(ksk);
  if (!key.ok) return key;
  const { signer } = key.value;
  const now = deps.now();
  const seed = nameHash(apex);
  const window = kskWindow(now, seed);
  const rrsets: PublishedRRset[] = [];
  for (const [type, rdatas] of [
    [RRType.DNSKEY, plan.dnskey],
    [RRType.CDS, plan.cds],
    [RRType.CDNSKEY, plan.cdnskey],
  ] as const) {
    if (rdatas.length === 0) continue;
    const rrset = { owner: apex, type, ttl: APEX_KEY_TTL, rdatas };
    rrsets.push({ type, ttl: APEX_KEY_TTL, rdatas, signatures: [signRRset(signer, apex, rrset, window)] });
  }
  signer.close();
  return ok({ rrsets, expiration: window.expiration, resignAt: nextKskSigning(now, seed) });
}
