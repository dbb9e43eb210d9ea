/** What the parts of control are handed: ports, clock, chance, and the settings in force. */
import type { Crypto } from "#crypto";
import type { ProviderSettings } from "#identity";
import type { SessionPool, SocketAddress } from "#net";
import type { PublicationSender } from "#publish";
import type { Store } from "#store";
import type { Logger } from "#telemetry";
import type { ZoneLimits } from "#zone";
import type { AttemptLog } from "./attempts.ts";
import type { EventLog } from "./events.ts";
import type { ExpiryBoard } from "./expiry-board.ts";
import type { Gate } from "./gate.ts";
import type { HookRunner, HookSettings } from "./hook.ts";
import type { ImagePacks } from "./image-packs.ts";
import type { JobRunner } from "./job-runner.ts";
import type { KeyVault } from "./key-vault.ts";
import type { PrimaryHealth } from "./primary-health.ts";
import type { Scheduler } from "./scheduler.ts";
import type { CertificateWatch } from "./transport/certificate-watch.ts";

/** From the configuration; may change on SIGHUP. */
export type ControlSettings = {
  /** Names of this service's nameservers, without the final dot. */
  readonly nameServers: readonly string[];
  readonly email: string;
  readonly sessionIdleSeconds: number;
  readonly sessionSeconds: number;
  /** Undefined: nobody signs in at an OpenID provider. */
  readonly provider: ProviderSettings | undefined;
  readonly resolver: SocketAddress | undefined;
  /** Port of the parent's nameservers. */
  readonly parentPort: number;
  /** Port of other signers' nameservers. */
  readonly partnerPort: number;
  readonly parentPollYoungSeconds: number;
  readonly parentPollSettledSeconds: number;
  readonly maxZones: number;
  readonly zoneLimits: ZoneLimits;
  readonly minRefreshSeconds: number;
  readonly transferSeconds: number;
  readonly transferIdleSeconds: number;
  readonly transferSlowSeconds: number;
  readonly checkSeconds: number;
  readonly maxTransfers: number;
  /** Share of the IXFRs that are compared with an AXFR of the same serial, 0 to 100. */
  readonly ixfrCheckPercent: number;
  readonly maxTransfersOut: number;
  /** How long before its end a certificate is spoken of. */
  readonly certificateWarnDays: number;
  /** After so many days ZSKs are rolled; 0: never. */
  readonly zskLifetimeDays: number;
  /** The same of KSKs. */
  readonly kskLifetimeDays: number;
  /** For how long what zones were asked is kept; 0: not at all. */
  readonly analyticsDays: number;
  /** Of zones that do not say otherwise. */
  readonly timers: "interval" | "soa";
  readonly expired: "servfail" | "serve";
  /** Beside public addresses, where alerts may be sent. */
  readonly alertRanges: readonly string[];
  /** What becomes of a version with warnings. */
  readonly suspicious: "take" | "hold";
  /** A version that lacks more than so many percent of the records served is held; 0: never. */
  readonly holdLossPercent: number;
  readonly hook: HookSettings | undefined;
};

export type Deps = {
  readonly store: Store;
  readonly sender: PublicationSender;
  readonly crypto: Crypto;
  readonly vault: KeyVault;
  readonly jobs: JobRunner;
  /** Where images of small zones stand. */
  readonly packs: ImagePacks;
  readonly hook: HookRunner;
  readonly events: EventLog;
  readonly attempts: AttemptLog;
  readonly scheduler: Scheduler;
  /** Conversations with one primary. */
  readonly gate: Gate;
  /** Until when zones are served, for the workers to tell. */
  readonly expiry: ExpiryBoard;
  /** Which primaries are out of reach. */
  readonly health: PrimaryHealth;
  /** Connections to primaries that are kept between two exchanges. */
  readonly sessions: SessionPool;
  readonly certificates: CertificateWatch;
  readonly log: Logger;
  readonly settings: () => ControlSettings;
  /** Unix seconds, whole. */
  readonly now: () => number;
  /** Unix milliseconds: how long things take. */
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
};
