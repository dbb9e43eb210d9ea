/**
 * The signed RRsets of the apex as a document of the store, so that a start signs nothing that is signed already: with tens of
 * thousands of zones opening their KSKs would be most of it. It is believed when it says just what would be signed now.
 */
import { bytesEqual, fromBase64, toBase64 } from "#bytes";
import type { ApexPlan, SigningMode } from "#keyplan";
import { packRRsets, unpackRRsets } from "#publish";
import { RRType } from "#rdata";
import type { SigningKeys } from "./key-set.ts";
import type { SignedApex } from "./versions.ts";

export const APEX_KIND = "apex";

export type ApexNote = {
  readonly version: 1;
  readonly mode: SigningMode;
  /** Ids of the keys that signed. */
  readonly keys: readonly string[];
  /** Unix seconds. */
  readonly signedAt: number;
  readonly expiration: number;
  readonly resignAt: number;
  /** How many RRsets, and they as base64. */
  readonly count: number;
  readonly rrsets: string;
};

function idsOf({ ksks, zsk }: SigningKeys): string[] {
  return [...ksks, zsk].map(({ id }) => id);
}

export function apexNote(apex: SignedApex, mode: SigningMode, keys: SigningKeys, now: number): ApexNote {
  const { rrsets, expiration, resignAt } = apex;
  const about = { version: 1, mode, keys: idsOf(keys), signedAt: now } as const;
  return { ...about, expiration, resignAt, count: rrsets.length, rrsets: toBase64(packRRsets(rrsets)) };
}

/** Undefined when there is none, when it is about something else, or when it is time to sign anew. */
export function readApexNote(
  document: unknown,
  plan: ApexPlan,
  mode: SigningMode,
  keys: SigningKeys,
  now: number,
): SignedApex | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as ApexNote;
  const isAbout = note.version === 1 && note.mode === mode && note.keys.join() === idsOf(keys).join();
  // Before it was signed: the clock was set back, perhaps to before the signatures begin.
  if (!isAbout || now < note.signedAt || now >= note.resignAt) return undefined;
  const octets = fromBase64(note.rrsets);
  if (!octets) return undefined;
  const rrsets = unpackRRsets(octets, note.count);
  const wanted = [
    [RRType.DNSKEY, plan.dnskey],
    [RRType.CDS, plan.cds],
    [RRType.CDNSKEY, plan.cdnskey],
  ] as const;
  const there = wanted.filter(([, rdatas]) => rdatas.length > 0);
  const same =
    rrsets.length === there.length &&
    rrsets.every((set, i) => set.type === there[i]![0] && equal(set.rdatas, there[i]![1]));
  return same ? { rrsets, expiration: note.expiration, resignAt: note.resignAt } : undefined;
}

function equal(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((rdata, i) => bytesEqual(rdata, others[i]!));
}
