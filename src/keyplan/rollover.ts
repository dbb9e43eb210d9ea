/**
 * The rollover of one key, from what is seen. Pure. At every moment each DNSKEY set, signature and DS that a resolver may still
 * hold validates together with every other (RFC 7583): that is what the waits are for.
 *
 *   ZSK, by pre-publication (RFC 6781 section 4.1.1.1)
 *     publishing ─ served ▶ (partners ─ they have it ▶) keys-wait ─ DNSKEY TTL ▶ switching ─ it signs ▶ signatures-wait ─ longest TTL ▶ old key out
 *                                                                  `activate`                                                 `remove`
 *   KSK, both sign the DNSKEY set (RFC 7583 section 3.3.1)
 *     publishing ─ served ▶ keys-wait ─ DNSKEY TTL ▶ parent ─ DS of the new key alone, at all servers ▶ ds-wait ─ DS TTL ▶ old key out
 *                                                  `activate`: CDS        ▲── another DS is seen ──────────┘        `remove`
 *
 *   Seen not to be so any more: the wait that was built on it begins anew. `cancel`: until `activate`. An emergency waits for
 *   no cache; what the parent's DS refers to stays even then.
 */
import { fail, ok, type Result } from "#bytes";
import type { Seen } from "./multi-signer.ts";

export type RollKind = "zsk" | "ksk";
export type RollStep = "publishing" | "partners" | "keys-wait" | "switching" | "signatures-wait" | "parent" | "ds-wait";

export type Roll = {
  readonly kind: RollKind;
  /** Ids of the keys. */
  readonly newKey: string;
  readonly oldKey: string;
  readonly step: RollStep;
  /** Unix seconds: when the step began. */
  readonly since: number;
  /** Of the step; 0: it waits for something to be seen. */
  readonly waitSeconds: number;
  readonly startedAt: number;
  /** Unix seconds: when the new key began to sign, or the parent to be asked for it. */
  readonly activatedAt: number | undefined;
  /** ZSK: the other signers were seen to have it, before the wait that goes on. */
  readonly shared: boolean;
  /** Waits for no cache. */
  readonly emergency: boolean;
  /** The longest TTL of the DS that was seen since the beginning. */
  readonly dsSeconds: number;
  /** KSK: since when all servers of the parent that answer say the same; some are silent. */
  readonly agreedAt: number | undefined;
};

/** At all servers of the parent that answered, at some, at none. */
export type Spread = "all" | "some" | "none";

export type ParentSight = {
  /** Unix seconds: when it was asked. */
  readonly at: number;
  /** The parent's own servers said so; a resolver's word is not enough. */
  readonly direct: boolean;
  /** Servers of the parent that did not answer. */
  readonly silent: number;
  readonly newDs: Spread;
  readonly oldDs: Spread;
  /** TTL of the DS RRset. */
  readonly dsSeconds: number | undefined;
};

export type RollSight = {
  /** Every worker serves a DNSKEY set with the new key in it; KSK: signed by it. */
  readonly published: boolean;
  /** Id of the ZSK that signs what is served; undefined when nothing is signed here. */
  readonly signer: string | undefined;
  /** Whether the other signers publish the new ZSK; `none`: there are none. */
  readonly partners: Seen | "none";
  /** Another signer's CDS asks the parent for the old KSK. */
  readonly oldAskedFor: boolean;
  readonly parent: ParentSight | undefined;
  readonly seconds: {
    /** TTL of the DNSKEY sets, the partners' too. */
    readonly keys: number;
    /** Longest TTL of signed data. */
    readonly data: number;
    /** Until whoever serves the zone has the newest version. */
    readonly propagation: number;
  };
};

export type RollEvent =
  | { readonly kind: "sight"; readonly sight: RollSight }
  | { readonly kind: "cancel" }
  | { readonly kind: "hurry" };

/**
 * What is to be done about the keys, before anything else is looked at. `activate`: the new key takes the old one's place.
 * `remove`: the old key goes, and the rollover is over. `withdraw`: the new key goes, and it is over.
 */
export type RollAct = "activate" | "remove" | "withdraw";
export type Rolled = { readonly roll: Roll; readonly act: RollAct | undefined };

/** Beside the DS TTL: servers of the parent behind one address may lag behind each other. */
export const PARENT_MARGIN_SECONDS = 3600;
/** Servers of the parent that were silent for so long while all others agree are not waited for. */
export const SILENT_SECONDS = 86_400;

export function beginRoll(kind: RollKind, keys: { readonly old: string; readonly new: string }, now: number): Roll {
  return {
    kind,
    newKey: keys.new,
    oldKey: keys.old,
    step: "publishing",
    since: now,
    waitSeconds: 0,
    startedAt: now,
    activatedAt: undefined,
    shared: false,
    emergency: false,
    dsSeconds: 0,
    agreedAt: undefined,
  };
}

export function mayCancel(roll: Roll): boolean {
  return roll.activatedAt === undefined;
}

/** Unix seconds; undefined when no time is waited for. */
export function rollWaitsUntil({ since, waitSeconds }: Roll): number | undefined {
  return waitSeconds === 0 ? undefined : since + waitSeconds;
}

/** More steps than any event leads through. */
const MAX_STEPS = 8;

/** `now` is Unix seconds. The very same rollover, where nothing came of it. */
export function stepRoll(before: Roll, event: RollEvent, now: number): Result<Rolled, "too-late"> {
  let roll = withClock(before, now);
  if (event.kind === "cancel") return mayCancel(roll) ? ok({ roll, act: "withdraw" }) : fail("too-late");
  if (event.kind === "hurry") return ok({ roll: { ...roll, emergency: true, waitSeconds: 0 }, act: undefined });
  const dsSeconds = Math.max(roll.dsSeconds, event.sight.parent?.dsSeconds ?? 0);
  if (dsSeconds !== roll.dsSeconds) roll = { ...roll, dsSeconds };
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const next = stepOnce(roll, event.sight, now);
    if (next.act || next.roll === roll) return ok(next);
    roll = next.roll;
  }
  return ok({ roll, act: undefined });
}

/** A clock that was set back says nothing about how long was waited: the wait begins anew, and does not last until then. */
function withClock(roll: Roll, now: number): Roll {
  const since = Math.min(roll.since, now);
  const agreedAt = roll.agreedAt !== undefined && roll.agreedAt > now ? now : roll.agreedAt;
  return since === roll.since && agreedAt === roll.agreedAt ? roll : { ...roll, since, agreedAt };
}

function stepOnce(roll: Roll, sight: RollSight, now: number): Rolled {
  const stay = { roll, act: undefined };
  const enter = (step: RollStep, seconds = 0): Rolled => {
    return { roll: { ...roll, step, since: now, waitSeconds: roll.emergency ? 0 : seconds }, act: undefined };
  };
  const { keys, data, propagation } = sight.seconds;
  switch (roll.step) {
    case "publishing":
      if (!sight.published) return stay;
      if (mustAsk(roll, sight)) return enter("partners");
      return shared(enter("keys-wait", keys + propagation), sight);
    case "partners":
      if (!sight.published) return enter("publishing");
      return mustAsk(roll, sight) ? stay : shared(enter("keys-wait", keys + propagation), sight);
    case "keys-wait":
      if (!sight.published) return enter("publishing");
      // They lose it, or there were none when the wait began: caches may hold a set of theirs without the key.
      if (hasPartners(roll, sight) && (sight.partners === false || !roll.shared)) return enter("partners");
      if (!isOver(roll, keys + propagation, now)) return lengthened(roll, keys + propagation);
      return { roll: activated(roll, now), act: "activate" };
    case "switching":
      return sight.signer === roll.newKey ? enter("signatures-wait", data + propagation) : stay;
    case "signatures-wait":
      if (sight.signer !== undefined && sight.signer !== roll.newKey) return enter("switching");
      if (!isOver(roll, data + propagation, now)) return lengthened(roll, data + propagation);
      return { roll, act: "remove" };
    case "parent":
      return stepParent(roll, sight.parent, now);
    case "ds-wait":
      return stepDsWait(roll, sight, now);
  }
}

function hasPartners({ kind }: Roll, { partners }: RollSight): boolean {
  return kind === "zsk" && partners !== "none";
}

function shared({ roll, act }: Rolled, { partners }: RollSight): Rolled {
  return { roll: { ...roll, shared: partners === true }, act };
}

/** Of an emergency, too: a partner that does not publish the key makes its DNSKEY set bogus for our answers for good. */
function mustAsk(roll: Roll, sight: RollSight): boolean {
  return hasPartners(roll, sight) && sight.partners !== true;
}

function activated(roll: Roll, now: number): Roll {
  const step = roll.kind === "zsk" ? "switching" : "parent";
  return { ...roll, step, since: now, waitSeconds: 0, activatedAt: now };
}

/** `seconds`: what the wait would be if it began now; a TTL that was raised meanwhile counts. */
function isOver(roll: Roll, seconds: number, now: number): boolean {
  return roll.emergency || now >= roll.since + Math.max(roll.waitSeconds, seconds);
}

function lengthened(roll: Roll, seconds: number): Rolled {
  const longer = !roll.emergency && seconds > roll.waitSeconds;
  return { roll: longer ? { ...roll, waitSeconds: seconds } : roll, act: undefined };
}

function stepParent(roll: Roll, parent: ParentSight | undefined, now: number): Rolled {
  // What was seen before the CDS was there is from another time, and a resolver's word may be as old as its cache.
  if (!parent?.direct || parent.at < roll.since) return { roll, act: undefined };
  if (!isTaken(parent))
    return { roll: roll.agreedAt === undefined ? roll : { ...roll, agreedAt: undefined }, act: undefined };
  const agreedAt = roll.agreedAt ?? now;
  const patient = roll.emergency || now >= agreedAt + SILENT_SECONDS;
  if (parent.silent > 0 && !patient) {
    return { roll: roll.agreedAt === agreedAt ? roll : { ...roll, agreedAt }, act: undefined };
  }
  const waitSeconds = roll.emergency ? 0 : roll.dsSeconds + PARENT_MARGIN_SECONDS;
  return { roll: { ...roll, step: "ds-wait", since: now, waitSeconds, agreedAt: undefined }, act: undefined };
}

/**
 * The old key goes only after a look at the parent that was made when the wait was over; and not while another signer's CDS asks for
 * it, as a parent that reads that one would bring the old DS back when there is no key to it any more.
 */
function stepDsWait(roll: Roll, { parent, oldAskedFor }: RollSight, now: number): Rolled {
  if (!parent?.direct || parent.at < roll.since) return { roll, act: undefined };
  if (!isTaken(parent)) {
    return { roll: { ...roll, step: "parent", since: now, waitSeconds: 0, agreedAt: undefined }, act: undefined };
  }
  const seen = Math.min(parent.at, now);
  if (oldAskedFor) return { roll, act: undefined };
  return isOver(roll, roll.emergency ? 0 : roll.dsSeconds + PARENT_MARGIN_SECONDS, seen)
    ? { roll, act: "remove" }
    : { roll, act: undefined };
}

function isTaken({ newDs, oldDs }: ParentSight): boolean {
  return newDs === "all" && oldDs === "none";
}
