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
  readonly zone: string;
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

export type ModePlan =
  | { readonly kind: "steps"; readonly steps: readonly ModeStep[] }
  /** `force`: `--force` may be tried. */
  | { readonly kind: "unsafe"; readonly reason: string; readonly force: boolean };

/** In force by the API's switches; what is served follows within a moment. */
export function currentMode(dnssec: Dnssec): Mode {
  if (dnssec.modified_on === null) return "unsigned";
  if (dnssec.dnssec_presigned) return "presigned";
  return dnssec.dnssec_multi_signer ? "multisigner" : "live";
}

export function planMode(facts: ModeFacts, wish: ModeWish, force = false): ModePlan {
  const refusal = wish.mode === "unsigned" ? refuseUnsigned(facts) : refuseFlip(facts, wish.mode);
  if (refusal && !(force && refusal.force)) return { kind: "unsafe", ...refusal };
  return { kind: "steps", steps: wish.mode === "unsigned" ? unsign(facts) : sign(facts, wish) };
}

type Refusal = { readonly reason: string; readonly force: boolean };

function refuseUnsigned({ zone, dnssec, parentHasDs }: ModeFacts): Refusal | undefined {
  if (currentMode(dnssec) === "unsigned" || !parentHasDs) return undefined;
  return {
    reason: `The parent has a DS of ${zone}: unsigned, it would be refused by every validating resolver. Run "countersign dnssec disable ${zone}", take the DS away at the registrar, wait until "countersign dnssec show ${zone}" says disabled and the DS's TTL and the DNSKEY's (one hour) have passed, then run "countersign dnssec delete ${zone}".`,
    force: false,
  };
}

function refuseFlip(facts: ModeFacts, to: Exclude<Mode, "unsigned">): Refusal | undefined {
  const { zone, dnssec, parentHasDs, parentHasOurs, parentHasPrimarys, primaryHasOurZsk } = facts;
  const from = currentMode(dnssec);
  if (!parentHasDs || from === to || from === "unsigned") return undefined;
  const unsafe = (reason: string): Refusal => ({ reason, force: true });
  if ((from === "live" && to === "presigned") || (from === "presigned" && to === "live")) {
    return unsafe(
      `The parent has a DS of ${zone}, and resolvers have its DNSKEYs: answers signed by others would be refused. Go by multi-signer: "countersign dnssec mode ${zone} multisigner" first.`,
    );
  }
  if (from === "presigned" && !primaryHasOurZsk) {
    return unsafe(
      `Resolvers have the primary's DNSKEYs, and they lack our ZSK: our signatures would be refused. Run "countersign dnssec enable ${zone}" and "countersign dnssec zsk ${zone}", put that key into the DNSKEY set at the primary, wait for the DNSKEY TTL, then try again.`,
    );
  }
  // From then on our KSK alone signs the DNSKEY set that we answer.
  if (from === "presigned" && !parentHasOurs) {
    return unsafe(
      `No DS at the parent fits our key, which is to sign the DNSKEY set: add our own DS that "countersign dnssec show ${zone}" prints beside the primary's at the registrar, wait for the DS's TTL, then try again.`,
    );
  }
  if (from === "multisigner" && to === "live" && !parentHasOurs) {
    return unsafe(
      `No DS at the parent fits our key: add the one that "countersign dnssec show ${zone}" prints at the registrar, wait for the DS's TTL, then try again.`,
    );
  }
  if (from === "multisigner" && to === "presigned" && !parentHasPrimarys) {
    return unsafe(
      `No DS at the parent fits a key of the primary: add the primary's DS at the registrar, wait for the DS's TTL, then try again.`,
    );
  }
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
