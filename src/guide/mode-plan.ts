/**
 * From one signing mode to another: which calls of the API, and when it must not be done. Pure.
 *
 *   unsigned ──▶ live, presigned, multisigner        at any time
 *   live ──▶ multisigner ──▶ presigned, live         with the DS in place, when the parent's DS fits what is served then
 *   presigned ──▶ multisigner                        with the DS in place, when the primary publishes our ZSK and the parent our DS
 *   live ◀─▶ presigned                               only while the parent has no DS
 *   any ──▶ unsigned                                 only while the parent has no DS
 *
 * The reasons are those of RFC 8901 and RFC 6781 section 4.3.5: whichever DNSKEY set a resolver still has, every answer
 * must validate with it, and the parent's DS must fit a key that signs the DNSKEY set.
 */
import type { Dnssec, DnssecEdit } from "#contract";

export type Mode = "unsigned" | "live" | "presigned" | "multisigner";
export type Denial = "compact" | "chain" | "nsec3";

/** What is the case now. */
export type ModeFacts = {
  readonly dnssec: Dnssec;
  /** Whether the parent has a DS, as far as is known. */
  readonly parentHasDs: boolean;
  /** A DS at the parent fits a KSK of ours. */
  readonly parentHasOurs: boolean;
  /** A DS at the parent fits a DNSKEY that the primary sends. */
  readonly parentHasPrimarys: boolean;
  /** The primary's DNSKEYs contain every active ZSK of ours, and there is one. */
  readonly primaryHasOurZsk: boolean;
};

export type ModeWish = {
  readonly mode: Mode;
  readonly denial?: Denial;
  /** For pre-signed zones: whether the primary may use NSEC3. Undefined leaves it as it is. */
  readonly nsec3?: boolean;
};

export type ModeStep =
  | { readonly kind: "edit"; readonly edit: DnssecEdit }
  | { readonly kind: "denial"; readonly denial: "compact" | "chain" }
  | { readonly kind: "delete" };

/**
 * Why a change must not be made now.
 *
 *   parent-has-ds             unsigned, validating resolvers would refuse the zone
 *   signer-changes            resolvers have the keys of the signer that goes; the way round is multi-signer
 *   primary-lacks-our-zsk     resolvers have the primary's DNSKEY set, which must contain our ZSK first
 *   parent-lacks-our-ds       our KSK alone would sign the DNSKEY set, and no DS fits it
 *   parent-lacks-primarys-ds  the same with the primary's key
 */
export const MODE_REFUSALS = [
  "parent-has-ds",
  "signer-changes",
  "primary-lacks-our-zsk",
  "parent-lacks-our-ds",
  "parent-lacks-primarys-ds",
] as const;
export type ModeRefusal = (typeof MODE_REFUSALS)[number];

export type ModePlan =
  | { readonly kind: "steps"; readonly steps: readonly ModeStep[] }
  /** `force`: may be done all the same by somebody who knows better. */
  | { readonly kind: "unsafe"; readonly refusal: ModeRefusal; readonly force: boolean };

/** In force by the API's switches; what is served follows within a moment. */
export function currentMode(dnssec: Dnssec): Mode {
  if (dnssec.modified_on === null) return "unsigned";
  if (dnssec.dnssec_presigned) return "presigned";
  return dnssec.dnssec_multi_signer ? "multisigner" : "live";
}

export function planMode(facts: ModeFacts, wish: ModeWish, force = false): ModePlan {
  const refusal = wish.mode === "unsigned" ? refuseUnsigned(facts) : refuseFlip(facts, wish.mode);
  // Unsigned under a DS is never anybody's wish: everything would fail to validate.
  const canForce = refusal !== "parent-has-ds";
  if (refusal && !(force && canForce)) return { kind: "unsafe", refusal, force: canForce };
  return { kind: "steps", steps: wish.mode === "unsigned" ? unsign(facts) : sign(facts, wish) };
}

function refuseUnsigned({ dnssec, parentHasDs }: ModeFacts): ModeRefusal | undefined {
  return currentMode(dnssec) === "unsigned" || !parentHasDs ? undefined : "parent-has-ds";
}

function refuseFlip(facts: ModeFacts, to: Exclude<Mode, "unsigned">): ModeRefusal | undefined {
  const { dnssec, parentHasDs, parentHasOurs, parentHasPrimarys, primaryHasOurZsk } = facts;
  const from = currentMode(dnssec);
  if (!parentHasDs || from === to || from === "unsigned") return undefined;
  if ((from === "live" && to === "presigned") || (from === "presigned" && to === "live")) return "signer-changes";
  if (from === "presigned" && !primaryHasOurZsk) return "primary-lacks-our-zsk";
  // From then on our KSK alone signs the DNSKEY set that we answer.
  if (from === "presigned" && !parentHasOurs) return "parent-lacks-our-ds";
  if (from === "multisigner" && to === "live" && !parentHasOurs) return "parent-lacks-our-ds";
  if (from === "multisigner" && to === "presigned" && !parentHasPrimarys) return "parent-lacks-primarys-ds";
  return undefined;
}

/** DELETE wants the status disabled; from pending it is so at once, as the parent has no DS. */
function unsign({ dnssec }: ModeFacts): readonly ModeStep[] {
  if (currentMode(dnssec) === "unsigned") {
    const left = dnssec.dnssec_multi_signer || dnssec.dnssec_use_nsec3;
    return left
      ? [{ kind: "edit", edit: { dnssec_multi_signer: false, dnssec_presigned: false, dnssec_use_nsec3: false } }]
      : [];
  }
  const disable: ModeStep = { kind: "edit", edit: { status: "disabled" } };
  return dnssec.status === "disabled" ? [{ kind: "delete" }] : [disable, { kind: "delete" }];
}

/** The denial goes first: it says nothing by itself, and so the new mode starts with the right one. */
function sign({ dnssec }: ModeFacts, { mode, denial, nsec3 }: ModeWish): readonly ModeStep[] {
  const steps: ModeStep[] = denial === "compact" || denial === "chain" ? [{ kind: "denial", denial }] : [];
  const useNsec3 = denial === undefined ? nsec3 : denial === "nsec3";
  // Pre-signed needs no key of ours, and `status: active` would make some; from disabled it is needed.
  const disabled = dnssec.modified_on !== null && /disabled/.test(dnssec.status);
  const status = mode !== "presigned" || disabled ? ({ status: "active" } as const) : {};
  const edit: DnssecEdit = {
    ...status,
    dnssec_presigned: mode === "presigned",
    dnssec_multi_signer: mode === "multisigner",
    ...(useNsec3 === undefined ? {} : { dnssec_use_nsec3: useNsec3 }),
  };
  return [...steps, { kind: "edit", edit }];
}
