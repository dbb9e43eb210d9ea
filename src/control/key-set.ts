/** What a zone's own keys are for: each that is there is published; which sign, and which the parent is asked for. */
import type { KeyRow } from "#store";

/**
 * `published`: in the DNSKEY set, and a KSK signs that. `active`: signs data, or is what the parent is asked for.
 * `retired`: no more, and still published, as resolvers may hold what it signed, or its DS.
 */
export const KEY_STATES = ["published", "active", "retired"] as const;
export type KeyState = (typeof KEY_STATES)[number];

export type SigningKeys = {
  /** All of them sign the DNSKEY set: which one's DS a resolver holds is not known while one is rolled. */
  readonly ksks: readonly KeyRow[];
  readonly zsk: KeyRow;
};

/** Undefined when a zone can't be signed with them. */
export function signingKeys(keys: readonly KeyRow[]): SigningKeys | undefined {
  const ksks = keys.filter(({ role }) => role === "ksk");
  const zsks = keys.filter(({ role }) => role === "zsk");
  const zsk = zsks.find(({ state }) => state === "active");
  return ksks.length > 0 && zsk ? { ksks, zsk } : undefined;
}

/** DNSKEYs that CDS and CDNSKEY name. */
export function askedDnskeys(keys: readonly KeyRow[]): Uint8Array[] {
  return keys.filter(({ role, state }) => role === "ksk" && state === "active").map(({ dnskey }) => dnskey);
}

/** A row may be another object than it was (packed): never spread one. */
export function withState(row: KeyRow, state: KeyState): KeyRow {
  const { id, zoneId, role, algorithm, keyTag, dnskey, sealed, createdAt } = row;
  return { id, zoneId, role, algorithm, keyTag, dnskey, sealed, state, createdAt };
}
