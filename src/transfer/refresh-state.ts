/** The vocabulary of the refresh machine: what it knows, what happens to it, what it wants done. */

/** Identifier of a primary; what it means (address, port, TSIG key) is the performer's. */
export type PeerId = string;

export type Transport = "udp" | "tcp";

/** All times are seconds since 1970. */
export type RefreshState = {
  readonly settings: RefreshSettings;
  readonly phase: RefreshPhase;
  /** Of the version that is stored; undefined before the first good transfer. */
  readonly serial: number | undefined;
  /** SOA EXPIRE of that version. */
  readonly expireSeconds: number | undefined;
  /** When a primary last said, or showed by a transfer, that the stored version is its own. */
  readonly lastGoodCheck: number | undefined;
  readonly serving: "none" | "current" | "expired";
  /** Rounds in a row that ended with nothing heard. */
  readonly failedRounds: number;
  /** The next round while idle; undefined when nothing is planned (no primaries). */
  readonly planned: Planned | undefined;
  /** What came in while busy: one round at most, whatever the number of NOTIFYs (RFC 1996 section 4.3). */
  readonly deferred: Wish | undefined;
  /** After a failed or held round, NOTIFY starts no other one before this. */
  readonly quietUntil: number;
  /** Serial of the version that was transferred and not accepted. */
  readonly heldSerial: number | undefined;
  /** Serial of a held version that the operator threw away: it is not fetched again, not even when a check is due. */
  readonly droppedSerial: number | undefined;
  /** Number of the newest askSoa, transfer or install effect; answers to older ones are ignored. */
  readonly attempt: number;
  /** The timer that is set; undefined when none. */
  readonly timerAt: number | undefined;
  /** SOA REFRESH and RETRY of the stored version. */
  readonly soaTimers: SoaTimers | undefined;
  /** The primary that the stored version came from; undefined when that is not known (any more). */
  readonly source: PeerId | undefined;
  /** What each primary last showed, by its id. */
  readonly views: Readonly<Record<PeerId, PeerView>>;
  /** What a primary's EDNS EXPIRE (RFC 7314) said at the last good check: served until then, whatever SOA EXPIRE says. */
  readonly expireBound: number | undefined;
  /** A serial that a NOTIFY or a SOA answer announced and its sender did not give yet, and how often it was asked again for it. */
  readonly hint: { readonly serial: number; readonly asked: number } | undefined;
  /** That nobody confirms what is served was told then, and who did not answer; undefined while somebody does. */
  readonly unconfirmed: { readonly silent: string; readonly toldAt: number } | undefined;
  /** NOTIFYs in a row that led to nothing. */
  readonly idleNotifies: number;
  /** Good checks since the start: the first ones are spread wide. */
  readonly checks: number;
  /** The time of the last step: clocks may be set back. */
  readonly seen: number | undefined;
  /** The clock jumped over the end of EXPIRE: the primaries are asked before the zone expires. */
  readonly graceUntil: number | undefined;
};

export type SoaTimers = { readonly refreshSeconds: number; readonly retrySeconds: number };

/**
 * What the performer knows of a primary from all zones: `tcp`: UDP is lost on the way; `probe`: it was out of reach, one
 * short question may find out; `down`: out of reach, don't ask.
 */
export type PeerStanding = "good" | "tcp" | "probe" | "down";

export type PeerVerdict =
  /** It serves what is stored here. */
  | "same"
  /** It has something newer, which is fetched. */
  | "ahead"
  /** It serves an older serial than another primary. */
  | "lags"
  /** It serves an older serial than it did, or than anybody did. */
  | "backwards"
  /** The same serial, but another SOA, or signatures that are not newer and not ours. */
  | "disagrees";

export type PeerView = {
  readonly serial: number;
  readonly verdict: PeerVerdict;
  /** When a verdict other than "same" and "ahead" was last reported. */
  readonly toldAt: number | undefined;
};

export type RefreshSettings = {
  /** In order of preference. */
  readonly peers: readonly PeerId[];
  /** Between checks, whatever the SOA's REFRESH says. */
  readonly autoRefreshSeconds: number;
  /** "soa": REFRESH and RETRY of the stored version rule, within bounds. Default "interval": `autoRefreshSeconds`. */
  readonly timers?: "interval" | "soa";
};

/** Why a round is run. "forced" transfers without asking and takes any serial. */
export type Cause = "timer" | "notify" | "recheck" | "forced";

export type Wish = {
  readonly cause: Cause;
  /** Asked first: who sent the NOTIFY. */
  readonly peer?: PeerId;
  readonly serialHint?: number;
};

export type Planned = Wish & { readonly at: number };

export type Round = Wish & {
  /** Peers not yet asked, in order. */
  readonly waiting: readonly PeerId[];
  readonly failures: readonly PeerFailure[];
  /** A peer answered, with a serial that is not newer and not ours. */
  readonly behind: boolean;
  /** The zone is up to date by another primary's word; this one is asked to see whether they agree. */
  readonly opinion?: boolean;
  /** Asked for changes (IXFR) at the word of a NOTIFY: where none come, the SOA question has the word after all. */
  readonly straight?: boolean;
  /** EDNS EXPIRE of the SOA answer that led to the transfer, then of the transfer itself. */
  readonly expireBound?: number;
  /** The newer serial of the SOA answer that led to the transfer; undefined: another reason did. */
  readonly promised?: number | undefined;
};

export type RefreshPhase =
  | { readonly kind: "idle" }
  | {
      readonly kind: "asking";
      readonly peer: PeerId;
      readonly transport: Transport;
      readonly deadline: number;
      readonly round: Round;
      /** It waits its turn and has not been sent. */
      readonly queued?: boolean;
      /** No answer by UDP ends it: the primary was out of reach before. */
      readonly probing?: boolean;
    }
  | {
      readonly kind: "transferring";
      readonly peer: PeerId;
      readonly deadline: number;
      readonly round: Round;
      readonly queued?: boolean;
    }
  | { readonly kind: "installing"; readonly peer: PeerId; readonly serial: number; readonly round: Round };

export type PeerFailure = {
  readonly peer: PeerId;
  readonly step: "soa" | "transfer";
  readonly code: string;
  readonly text: string;
};

export type SoaOutcome =
  | {
      readonly kind: "serial";
      readonly serial: number;
      /** True when the serial is the stored one but the SOA's signatures are not: the primary signed anew. */
      readonly signedAnew?: boolean;
      /** The serial is the stored one, and this is not: the SOA itself, or signatures (that are not newer). */
      readonly differs?: "soa" | "signatures";
      /** EDNS EXPIRE (RFC 7314): how long the primary's own copy holds. */
      readonly expireLeftSeconds?: number;
    }
  | { readonly kind: "truncated" }
  | { readonly kind: "no-answer"; readonly text: string }
  | { readonly kind: "refused"; readonly code: string; readonly text: string; readonly rcode?: number };

export type RefreshEvent =
  /** Once, when the zone is taken up. */
  | { readonly kind: "start" }
  | { readonly kind: "timer" }
  /** `straight`: what this peer has changed since the stored version can be asked for (IXFR), if the hint is right. */
  | { readonly kind: "notify"; readonly peer?: PeerId; readonly serialHint?: number; readonly straight?: boolean }
  /** The operator wants a transfer now, whatever the serial. */
  | { readonly kind: "force" }
  | { readonly kind: "soa"; readonly attempt: number; readonly outcome: SoaOutcome }
  /** The question or transfer waits its turn: its time does not run yet. */
  | { readonly kind: "queued"; readonly attempt: number }
  /** It waited, and its time runs from now on. */
  | { readonly kind: "begun"; readonly attempt: number }
  /** A primary that was out of reach answers again. */
  | { readonly kind: "recovered"; readonly peer: PeerId }
  /** A whole zone is in, not yet installed. */
  | {
      readonly kind: "transferred";
      readonly attempt: number;
      readonly serial: number;
      /** EDNS EXPIRE of the transfer itself (RFC 7314 section 3.2). */
      readonly expireLeftSeconds?: number | undefined;
    }
  /** Asked for what has changed, the primary said: nothing, though its SOA had a newer serial. */
  | { readonly kind: "transfer-unchanged"; readonly attempt: number }
  | {
      readonly kind: "transfer-failed";
      readonly attempt: number;
      readonly code: string;
      readonly text: string;
      /** The changes were no good, the SOA was newer, and the whole zone was asked for, too. */
      readonly whole?: boolean;
    }
  /** The version passed every check, is stored and served. */
  | {
      readonly kind: "installed";
      readonly attempt: number;
      readonly expireSeconds: number;
      readonly timers?: SoaTimers;
    }
  /** The version did not pass: the old one is served on. */
  | { readonly kind: "held"; readonly attempt: number; readonly code: string; readonly text: string }
  /** A version that was held is served after all: the operator released it, or a change of mode did. */
  | {
      readonly kind: "released";
      readonly serial: number;
      readonly expireSeconds: number;
      readonly transferredAt: number;
    }
  /** The operator threw the held version away. */
  | { readonly kind: "dropped"; readonly serial: number }
  | { readonly kind: "configured"; readonly settings: RefreshSettings };

export type RefreshReport =
  | { readonly kind: "up-to-date"; readonly peer: PeerId; readonly serial: number }
  | { readonly kind: "newer"; readonly peer: PeerId; readonly serial: number; readonly ours: number | undefined }
  | {
      readonly kind: "serial-backwards";
      readonly peer: PeerId;
      readonly serial: number;
      readonly ours: number;
      /** At a distance of 2^31 nobody can say which is newer (RFC 1982 section 3.2). */
      readonly undefinedOrder: boolean;
    }
  /** The primary serves an older serial than another one does. */
  | { readonly kind: "peer-lags"; readonly peer: PeerId; readonly serial: number; readonly ours: number }
  /** The same serial as ours, but not the same SOA or signatures. */
  | {
      readonly kind: "peer-disagrees";
      readonly peer: PeerId;
      readonly serial: number;
      readonly about: "soa" | "signatures";
    }
  /** One that lagged, went backwards or disagreed does so no more. */
  | { readonly kind: "peer-agrees"; readonly peer: PeerId; readonly serial: number }
  /** A NOTIFY or a SOA answer announced this serial, and no primary gave it after several questions. */
  | { readonly kind: "hint-unmet"; readonly serial: number; readonly asked: number }
  | ({ readonly kind: "peer-failed" } & PeerFailure)
  /** The zone is confirmed again, or mended, after so many rounds that came to nothing. */
  | { readonly kind: "well-again"; readonly peer: PeerId; readonly failedRounds: number }
  | { readonly kind: "all-failed"; readonly failures: readonly PeerFailure[]; readonly retryAt: number }
  /** Those that answered are behind what is stored here, the others did not answer: nobody confirms it. */
  | {
      readonly kind: "unconfirmed";
      readonly failures: readonly PeerFailure[];
      readonly retryAt: number;
      /** Told before, and nothing about it has changed. */
      readonly known: boolean;
    }
  | { readonly kind: "no-primaries" }
  | { readonly kind: "installed"; readonly peer: PeerId; readonly serial: number; readonly was: number | undefined }
  | {
      readonly kind: "held";
      readonly peer: PeerId;
      readonly serial: number;
      readonly code: string;
      readonly text: string;
    }
  | { readonly kind: "still-held"; readonly peer: PeerId; readonly serial: number };

export type RefreshEffect =
  | {
      readonly kind: "ask-soa";
      readonly attempt: number;
      readonly peer: PeerId;
      readonly transport: Transport;
      /** Report "no-answer" after this at the latest. */
      readonly timeoutSeconds: number;
      /** Ask even one that turns out to be out of reach meanwhile: it just spoke to us, or this is to find out. */
      readonly insist: boolean;
    }
  | {
      readonly kind: "transfer";
      readonly attempt: number;
      readonly peer: PeerId;
      readonly timeoutSeconds: number;
      /**
       * Serial that the peer announced, newer than ours: the changes will do (IXFR). Undefined: the whole zone is wanted,
       * as it was forced, signed anew under its old serial, or may have gone backwards while ours expired.
       */
      readonly newerSerial: number | undefined;
      /** Nothing but the changes is wanted: no whole zone (AXFR) is asked for at the word of a NOTIFY. */
      readonly straight?: boolean;
    }
  /** Stop what this attempt does; nothing it reports will count. */
  | { readonly kind: "abandon"; readonly attempt: number }
  /** Compile, check, store and publish what was transferred, then report "installed" or "held". */
  | { readonly kind: "install"; readonly attempt: number; readonly peer: PeerId; readonly serial: number }
  /** Throw away what was transferred. */
  | { readonly kind: "discard"; readonly attempt: number }
  /** There is one timer: this replaces it. Undefined: none. */
  | { readonly kind: "set-timer"; readonly at: number | undefined }
  | { readonly kind: "serving"; readonly serving: "current" | "expired" }
  | { readonly kind: "report"; readonly report: RefreshReport };
