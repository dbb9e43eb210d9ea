/**
 * A whole zone signed at once, with a stored NSEC or NSEC3 chain: what a primary that signs does. For the demo's bundled
 * primary and for tests; live signing (#answer) never does this.
 */

import { fail, ok, type Result } from "#bytes";
import {
  buildNsec3Chain,
  buildNsecChain,
  isSecureEntryPoint,
  type Nsec3Params,
  nsec3paramRdata,
  PLAIN_NSEC3_PARAMS,
  type RRset,
  ViewFlag,
  viewRRsets,
} from "#dnssec";
import { type Name, nameEquals } from "#name";
import { RRType, readSoa } from "#rdata";
import type { OpenKey } from "./key-pair.ts";
import { type SignatureWindow, signRRset } from "./sign-rrset.ts";

export type ZoneDenial =
  | { readonly kind: "nsec" }
  | { readonly kind: "nsec3"; readonly params?: Nsec3Params; readonly optOut?: boolean };

export type SignZoneOptions = {
  readonly window: SignatureWindow;
  /** Default NSEC. */
  readonly denial?: ZoneDenial;
  /** Seconds; default 3600. */
  readonly dnskeyTtl?: number;
};

export type SignZoneError = "no-soa" | "no-keys" | "apex-too-long-for-nsec3";

/** Types that are thrown away and made anew. DNSKEY stays: other signers' keys may be among them. */
const MADE_HERE: ReadonlySet<number> = new Set([RRType.RRSIG, RRType.NSEC, RRType.NSEC3, RRType.NSEC3PARAM]);

/**
 * The zone with DNSKEY, chain and RRSIGs, in canonical order (NSEC3 last). Keys with the SEP flag sign DNSKEY, CDS and
 * CDNSKEY; the others all the rest; a key set of one kind only does both. All RRsets are of class IN.
 */
export function signZone(
  apex: Name,
  rrsets: Iterable<RRset>,
  keys: readonly OpenKey[],
  options: SignZoneOptions,
): Result<RRset[], SignZoneError> {
  if (keys.length === 0) return fail("no-keys");
  const plain = [...rrsets].filter((rrset) => !MADE_HERE.has(rrset.type));
  const soa = plain.find((rrset) => rrset.type === RRType.SOA && nameEquals(rrset.owner, apex));
  if (!soa) return fail("no-soa");
  // RFC 9077: the TTL of NSEC and NSEC3.
  const negativeTtl = Math.min(soa.ttl, readSoa(soa.rdatas[0]!).minimum);
  const dnskeys = keys.map((key) => key.dnskey);
  const input: RRset[] = [
    ...plain,
    { owner: apex, type: RRType.DNSKEY, ttl: options.dnskeyTtl ?? 3600, rdatas: dnskeys },
  ];
  const denial = options.denial ?? { kind: "nsec" };
  const params = denial.kind === "nsec3" ? (denial.params ?? PLAIN_NSEC3_PARAMS) : undefined;
  if (params) {
    // TTL 0, as most signers have it: no resolver needs to keep it.
    input.push({ owner: apex, type: RRType.NSEC3PARAM, ttl: 0, rdatas: [nsec3paramRdata(params)] });
  }
  const view = viewRRsets(apex, input);
  const isOptOut = denial.kind === "nsec3" && denial.optOut === true;
  const chain = params ? buildNsec3Chain(view, params, isOptOut) : buildNsecChain(view);
  if (!chain) return fail("apex-too-long-for-nsec3");
  const links = new Map(chain.map((link) => [link.owner, link.rdata]));
  const link = (owner: Name, rdata: Uint8Array): RRset => ({
    owner,
    type: params ? RRType.NSEC3 : RRType.NSEC,
    ttl: negativeTtl,
    rdatas: [rdata],
  });
  const sign = signerFor(apex, keys, options.window);
  const signed: RRset[] = [];
  for (let i = 0; i < view.nodeCount; i++) {
    const { owner, flags, rrsets: sets } = view.node(i);
    const isCut = (flags & ViewFlag.Cut) !== 0;
    for (const { type, ttl, rdatas } of sets) {
      const rrset = { owner, type, ttl, rdatas };
      signed.push(rrset);
      if ((flags & ViewFlag.Occluded) === 0 && (!isCut || type === RRType.DS)) signed.push(sign(rrset));
    }
    const nsec = params ? undefined : links.get(owner);
    if (nsec) signed.push(link(owner, nsec), sign(link(owner, nsec)));
  }
  if (params) for (const { owner, rdata } of chain) signed.push(link(owner, rdata), sign(link(owner, rdata)));
  return ok(signed);
}

const SIGNED_BY_KSK: ReadonlySet<number> = new Set([RRType.DNSKEY, RRType.CDS, RRType.CDNSKEY]);

/** Makes the RRSIG RRset of an RRset: one RRSIG by each key whose turn it is. */
function signerFor(apex: Name, keys: readonly OpenKey[], window: SignatureWindow): (rrset: RRset) => RRset {
  const ksks = keys.filter((key) => isSecureEntryPoint(key.dnskey));
  const zsks = keys.filter((key) => !isSecureEntryPoint(key.dnskey));
  return (rrset) => {
    const isKeySet = SIGNED_BY_KSK.has(rrset.type) && nameEquals(rrset.owner, apex);
    const wanted = isKeySet ? ksks : zsks;
    const turn = wanted.length > 0 ? wanted : keys;
    const rdatas = turn.map((key) => signRRset(key.signer, apex, rrset, window));
    return { owner: rrset.owner, type: RRType.RRSIG, ttl: rrset.ttl, rdatas };
  };
}
