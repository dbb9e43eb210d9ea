/**
 * The steps by which a signer joins a multi-signed zone or leaves it (RFC 8901 model 2, section 6; the order of
 * draft-ietf-dnsop-dnssec-automation), from what is seen. Pure.
 *
 *   joining   transfer ▶ mode ▶ each other's ZSK ▶ wait DNSKEY TTL ▶ both DS ▶ wait DS TTL ▶ both name servers ▶ wait NS TTL
 *   leaving   name servers out ▶ wait NS TTL ▶ DS out ▶ wait DS TTL ▶ keys out ▶ mode
 *
 * A step of one stage waits for all steps of the stages before it. What is seen to be done is done, whatever stands before it.
 */

/** True when seen to be so, false when seen not to be so, undefined when nobody could say. */
export type Seen = boolean | undefined;

/** What waits are counted from: each holds since a moment, or does not hold. */
export type Sight = {
  /** Both DNSKEY RRsets hold the ZSKs of all signers. */
  readonly keysExchanged: Seen;
  readonly bothDs: Seen;
  /** Both providers' names, in the zone and at the parent. */
  readonly bothNameServers: Seen;
  readonly ourNameServersGone: Seen;
  readonly partnerNameServersGone: Seen;
  readonly ourDsGone: Seen;
  readonly partnerDsGone: Seen;
};
export type SightName = keyof Sight;

/** Unix seconds since when each holds. */
export type SightSince = Readonly<Partial<Record<SightName, number>>>;

export type MultiSignerFacts = {
  readonly transferred: boolean;
  /** Wanted and served. */
  readonly multiSigner: boolean;
  /** A key of a partner that signs data is in the transfer. */
  readonly partnerKeysHere: boolean;
  readonly ourKeyAtPartner: boolean;
  readonly partnerKeysGone: boolean;
  readonly sight: Sight;
  readonly since: SightSince;
  /** Seconds that old answers live in caches. */
  readonly ttl: { readonly keys: number; readonly ds: number; readonly nameServers: number };
  /** Unix seconds. */
  readonly now: number;
};

export type JoinCode =
  | "transfer"
  | "mode"
  | "partner-keys"
  | "our-key"
  | "keys-wait"
  | "ds"
  | "ds-wait"
  | "name-servers"
  | "name-servers-wait";
export type LeaveCode = "name-servers" | "name-servers-wait" | "ds" | "ds-wait" | "keys" | "mode";
export type StepState = "done" | "todo" | "waiting" | "later" | "unknown";

export type PlannedWait = {
  readonly seconds: number;
  /** Unix seconds; undefined while the wait has not begun. */
  readonly since: number | undefined;
  readonly until: number | undefined;
};
export type PlannedStep<Code extends string> = {
  readonly code: Code;
  readonly state: StepState;
  readonly wait: PlannedWait | undefined;
};

type Draft<Code extends string> = { readonly code: Code; readonly stage: number } & (
  | { readonly seen: Seen }
  | { readonly wait: PlannedWait }
);

export function planJoining(facts: MultiSignerFacts): readonly PlannedStep<JoinCode>[] {
  const { sight, since, ttl } = facts;
  const wait = (name: SightName, seconds: number) => ({ wait: waitOf(since[name], seconds) });
  return settle(
    [
      { code: "transfer", stage: 0, seen: facts.transferred },
      { code: "mode", stage: 1, seen: facts.multiSigner },
      { code: "partner-keys", stage: 2, seen: facts.partnerKeysHere },
      { code: "our-key", stage: 2, seen: facts.ourKeyAtPartner },
      { code: "keys-wait", stage: 3, ...wait("keysExchanged", ttl.keys) },
      { code: "ds", stage: 4, seen: sight.bothDs },
      { code: "ds-wait", stage: 5, ...wait("bothDs", ttl.ds) },
      { code: "name-servers", stage: 6, seen: sight.bothNameServers },
      { code: "name-servers-wait", stage: 7, ...wait("bothNameServers", ttl.nameServers) },
    ],
    facts.now,
  );
}

/** `ours`: we go. The last step, the mode, is never seen to be done here: when it is, this list has no more to say. */
export function planLeaving(who: "ours" | "partner", facts: MultiSignerFacts): readonly PlannedStep<LeaveCode>[] {
  const { sight, since, ttl } = facts;
  const ours = who === "ours";
  const wait = (name: SightName, seconds: number) => ({ wait: waitOf(since[name], seconds) });
  const steps = settle<LeaveCode>(
    [
      { code: "name-servers", stage: 0, seen: ours ? sight.ourNameServersGone : sight.partnerNameServersGone },
      {
        code: "name-servers-wait",
        stage: 1,
        ...wait(ours ? "ourNameServersGone" : "partnerNameServersGone", ttl.nameServers),
      },
      { code: "ds", stage: 2, seen: ours ? sight.ourDsGone : sight.partnerDsGone },
      { code: "ds-wait", stage: 3, ...wait(ours ? "ourDsGone" : "partnerDsGone", ttl.ds) },
      { code: "keys", stage: 4, seen: ours ? !facts.ourKeyAtPartner : facts.partnerKeysGone },
      { code: "mode", stage: 5, seen: false },
    ],
    facts.now,
  );
  return facts.multiSigner ? steps : steps.map((step) => ({ ...step, state: "later", wait: undefined }));
}

/** What holds now keeps its moment; what nobody could say of keeps it, too. */
export function stepSince(before: SightSince, sight: Sight, now: number): SightSince {
  const after: Partial<Record<SightName, number>> = {};
  for (const name of Object.keys(sight) as SightName[]) {
    const seen = sight[name];
    const since = seen === false ? undefined : (before[name] ?? (seen ? now : undefined));
    if (since !== undefined) after[name] = since;
  }
  return after;
}

/** All of them: true; none: false; some, while a change spreads, or nobody to say: undefined. */
export function seenBy<T>(sayings: readonly T[], says: (saying: T) => boolean): Seen {
  if (sayings.length === 0) return undefined;
  const yes = sayings.filter(says).length;
  return yes === sayings.length ? true : yes === 0 ? false : undefined;
}

/** False wins over unknown: one thing that is missing is enough. */
export function seenAll(...seen: readonly Seen[]): Seen {
  if (seen.includes(false)) return false;
  return seen.includes(undefined) ? undefined : true;
}

export function seenNot(seen: Seen): Seen {
  return seen === undefined ? undefined : !seen;
}

function waitOf(since: number | undefined, seconds: number): PlannedWait {
  return { seconds, since, until: since === undefined ? undefined : since + seconds };
}

function settle<Code extends string>(drafts: readonly Draft<Code>[], now: number): readonly PlannedStep<Code>[] {
  const isDone = (draft: Draft<Code>): boolean =>
    "wait" in draft ? draft.wait.until !== undefined && draft.wait.until <= now : draft.seen === true;
  return drafts.map((draft) => {
    const { code, stage } = draft;
    const wait = "wait" in draft ? draft.wait : undefined;
    const due = drafts.every((other) => other.stage >= stage || isDone(other));
    return { code, state: isDone(draft) ? "done" : stateOf(draft, due), wait };
  });
}

function stateOf(draft: Draft<string>, due: boolean): StepState {
  if ("wait" in draft) return draft.wait.until === undefined ? "later" : "waiting";
  if (!due) return "later";
  return draft.seen === undefined ? "unknown" : "todo";
}
