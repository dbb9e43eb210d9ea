/**
 * Control put together: zones out of the store and onto the edge, then their machines, watchers and timers; and the
 * service that the API calls.
 *
 *   startControl ─▶ restore ─▶ everything published ─▶ (the edge starts) ─▶ begin: refresh, parents, timers ─▶ stop
 */
import { setTimeout as sleep } from "node:timers/promises";
import { AlertCenter, makeAddressPolicy } from "#alerts";
import { type ControlService, DEFAULT_REFRESH_SECONDS, type ErrorCode, type Readiness } from "#contract";
import type { Crypto, CryptoChoice } from "#crypto";
import { makeIdentityService } from "#identity";
import { DELETED, NO_FLAGS } from "#keyplan";
import type { MasterKey } from "#keys";
import { type CertificateFacts, SessionPool, type SocketAddress } from "#net";
import type { PublicationSender } from "#publish";
import type { IncomingRow, Store, ZoneRow } from "#store";
import { collectAllGarbage, type Logger, type MetricSource, type TallyReading } from "#telemetry";
import { expiresAt, initialRefreshState, type Stored } from "#transfer";
import { AnalyticsKeeper } from "./analytics/index.ts";
import { APEX_KIND } from "./apex-note.ts";
import { AttemptLog } from "./attempts.ts";
import { CatalogBook, CatalogKeeper, CatalogProducer } from "./catalog/index.ts";
import { ChainChecker, ownAddressOf } from "./chain-checker.ts";
import { Clearance } from "./clearance.ts";
import { CopyKeeper } from "./copy-keeper.ts";
import type { ControlSettings, Deps } from "./deps.ts";
import { EventFeed } from "./event-feed.ts";
import { EventLog } from "./events.ts";
import { ExpiryBoard } from "./expiry-board.ts";
import { Gate } from "./gate.ts";
import { HookRunner } from "./hook.ts";
import { apexSoa } from "./image-facts.ts";
import { ImagePacks } from "./image-packs.ts";
import { JobRunner } from "./job-runner.ts";
import { KeyVault } from "./key-vault.ts";
import { laneLimit } from "./lanes.ts";
import { controlMetrics } from "./metrics.ts";
import { MultiSignerWatch } from "./multi-signer/index.ts";
import { NoteKeeper } from "./note-keeper.ts";
import { handleForwarded } from "./notify.ts";
import { NotifyLog } from "./notify-log.ts";
import { Outgoing } from "./outgoing/index.ts";
import { makeExchange } from "./parent/exchange.ts";
import { ParentWatcher } from "./parent/watcher.ts";
import { PeerBook } from "./peer-book.ts";
import { PrimaryHealth } from "./primary-health.ts";
import { Refresher } from "./refresher.ts";
import { Registry, type Unit } from "./registry.ts";
import { type RestoredZone, restoreZones } from "./restore.ts";
import { KeyKeeper } from "./rolling/keeper.ts";
import { setRoundTimers } from "./round-timers.ts";
import { Scheduler } from "./scheduler.ts";
import { makeService } from "./service/index.ts";
import type { SharedValues } from "./shared-values.ts";
import { SignatureSaver } from "./signature-saver.ts";
import { CertificateWatch } from "./transport/certificate-watch.ts";
import { type RoundListener, Zone } from "./zone.ts";

export type ControlOptions = {
  readonly store: Store;
  readonly sender: PublicationSender;
  readonly crypto: Crypto;
  /** How job workers open theirs. */
  readonly cryptoChoice: CryptoChoice;
  readonly master: MasterKey;
  readonly log: Logger;
  readonly settings: ControlSettings;
  /** Threads for jobs. */
  readonly jobs: number;
  /** For files that live as long as one question to the hook. */
  readonly hookDirectory: string;
};

/** A restored zone that is served, and waits for `begin`. */
type Waiting = {
  readonly unit: Unit;
  readonly row: IncomingRow | undefined;
  readonly stored: Stored | undefined;
  readonly stale: boolean;
  readonly heldSerial: number | undefined;
};

/** As much of the edge as control looks at. */
export type EdgeSide = {
  /** Every worker answers. */
  readonly healthy: boolean;
  /** Where it answers, as bound. */
  readonly addresses: readonly SocketAddress[];
  /** What workers counted since the last time. */
  takeTallies(): readonly TallyReading[];
};

export async function startControl(options: ControlOptions): Promise<Control> {
  const control = new Control(options);
  await control.restore();
  return control;
}

/** Keeps: every zone of the store is in the registry, with its refresher, and was published at least once. */
export class Control {
  readonly service: ControlService;
  readonly #deps: Deps;
  readonly #registry: Registry;
  readonly #feed: EventFeed;
  readonly #alerts: AlertCenter;
  readonly #analytics: AnalyticsKeeper;
  readonly #checker: ChainChecker;
  readonly #book: PeerBook;
  readonly #notes: NoteKeeper;
  readonly #outgoing: Outgoing;
  readonly #watcher: ParentWatcher;
  readonly #keys: KeyKeeper;
  readonly #multiSigner: MultiSignerWatch;
  readonly #saver: SignatureSaver;
  readonly #copies: CopyKeeper;
  readonly #listener: RoundListener;
  readonly #catalogs: CatalogBook;
  readonly #catalogKeeper: CatalogKeeper;
  readonly #catalogProducer: CatalogProducer;
  #settings: ControlSettings;
  #restored: Waiting[] = [];
  #otherFiles: ReadonlyMap<string, readonly string[]> = new Map();
  #sweep: ReturnType<Store["files"]["beginSweep"]> | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  #published = false;
  #edgeHealthy: () => boolean = () => false;
  #stopping = false;

  constructor(options: ControlOptions) {
    const { store, log } = options;
    this.#settings = options.settings;
    this.#book = new PeerBook(store);
    this.#deps = this.#makeDeps(options);
    this.#deps.hook.sweep();
    this.#alerts = this.#makeAlerts(store, log);
    this.#analytics = new AnalyticsKeeper(store, log, () => this.#settings.analyticsDays, this.#deps.now);
    this.#feed = new EventFeed(store.events, this.#deps.events);
    this.#registry = new Registry((zone) => this.#watcher.consider(zone));
    this.#notes = new NoteKeeper(store, log);
    this.#outgoing = new Outgoing(this.#deps, this.#registry, this.#book, this.#notes);
    this.#watcher = new ParentWatcher(this.#deps, makeExchange(), async (zone, before) => {
      this.#multiSigner.observe(zone);
      await this.#keys.parentSaid(zone, before);
    });
    this.#checker = new ChainChecker(this.#deps, this.#watcher);
    this.#multiSigner = new MultiSignerWatch(this.#deps, this.#notes, (zoneId) => this.#watcher.note(zoneId));
    this.#keys = this.#makeKeyKeeper();
    this.#saver = new SignatureSaver(this.#registry, this.#deps);
    this.#copies = new CopyKeeper(this.#registry, this.#deps);
    this.#catalogs = new CatalogBook(store);
    const hands = { take: (row: ZoneRow) => this.#take(row), drop: (zone: Zone) => this.#drop(zone) };
    this.#catalogKeeper = new CatalogKeeper({
      book: this.#catalogs,
      registry: this.#registry,
      hands,
      services: () => this.service,
      deps: this.#deps,
    });
    this.#catalogProducer = new CatalogProducer({
      book: this.#catalogs,
      registry: this.#registry,
      isGivenOut: ({ zone }) => zone.served !== undefined && this.#outgoing.book.enabled(zone.id),
      deps: this.#deps,
    });
    this.#outgoing.book.changed = () => this.#catalogProducer.changed();
    this.#listener = this.#makeListener();
    this.service = makeService({
      deps: this.#deps,
      registry: this.#registry,
      book: this.#book,
      outgoing: this.#outgoing,
      catalogs: this.#catalogs,
      catalogKeeper: this.#catalogKeeper,
      catalogProducer: this.#catalogProducer,
      multiSigner: this.#multiSigner,
      keys: this.#keys,
      parentNote: (zoneId) => this.#watcher.note(zoneId),
      readiness: () => this.#readiness(),
      feed: this.#feed,
      alerts: this.#alerts.service,
      analytics: this.#analytics,
      checker: this.#checker,
      identity: makeIdentityService({
        store,
        settings: () => this.#settings,
        tell: (event) => this.#deps.events.add(event),
        nowMs: Date.now,
      }),
      peersChanged: () => this.#peersChanged(),
      notesWritten: () => this.#notes.flush(),
      keeper: {
        ...hands,
        mayNotDrop: (zone) => this.#mayNotDrop(zone),
        lookAtParent: (zone) => void this.#watcher.look(zone),
      },
    });
  }

  /** Reads the settings and the book of peers, which are there by then. */
  #makeDeps(options: ControlOptions): Deps {
    const { store, sender, crypto, log, master } = options;
    const now = () => Math.floor(Date.now() / 1000);
    const jobs = new JobRunner(options.jobs, options.cryptoChoice, crypto);
    const events = new EventLog(store, log, Date.now);
    const clearance = new Clearance(jobs, log);
    sender.handleLetGo((buffers) => clearance.letGo(buffers));
    return {
      store,
      sender,
      crypto,
      vault: new KeyVault(master, crypto),
      jobs,
      packs: new ImagePacks(),
      hook: new HookRunner(options.hookDirectory, () => this.#settings.hook, jobs),
      events,
      attempts: new AttemptLog(store, log),
      scheduler: new Scheduler({ now: () => Date.now() / 1000 }),
      gate: new Gate((lane) => laneLimit(lane, this.#settings.maxTransfers)),
      expiry: new ExpiryBoard(),
      health: new PrimaryHealth(
        () => performance.now() / 1000,
        (peer) => this.#recovered(peer),
      ),
      sessions: new SessionPool(),
      certificates: this.#watchCertificates(events),
      log,
      settings: () => this.#settings,
      now,
      nowMs: Date.now,
      random: Math.random,
    };
  }

  #makeListener(): RoundListener {
    return {
      replacing: (zone, before, after) => this.#keys.replacing(zone, before, after),
      finished: (zone, round) => {
        setRoundTimers(zone, this.#deps);
        this.#tidyPacks();
        this.#copies.noteNew();
        this.#catalogKeeper.roundFinished(zone);
        this.#catalogProducer.changed();
        this.#registry.findUnit(zone.id)?.refresher.roundFinished(round);
        this.#watcher.consider(zone);
        this.#multiSigner.observe(zone);
        this.#keys.observe(zone);
        this.#outgoing.published(zone);
      },
      held: (zone, held) => this.#registry.findUnit(zone.id)?.refresher.roundHeld(held),
    };
  }

  get zoneCount(): number {
    return this.#registry.size;
  }

  metrics(): readonly MetricSource[] {
    return controlMetrics(this.#registry, this.#feed, this.#alerts, this.#analytics, this.#deps);
  }

  /** Everything of the store is on its way to the edge when this is done; no primary has been asked yet. */
  async restore(): Promise<void> {
    await this.#book.reload();
    await this.#outgoing.load();
    await this.#catalogs.load();
    await this.#multiSigner.load();
    await this.#keys.load();
    const sweep = this.#deps.store.files.beginSweep({ get: (zoneId) => this.#filesOf(zoneId) });
    const published = new Set<Promise<void>>();
    const { signed, otherFiles, alone } = await restoreZones(this.#deps, this.#listener, (restored) => {
      this.#restored.push(this.#takeUp(restored));
      published.add(restored.zone.publish());
    });
    this.#sweep = sweep;
    this.#otherFiles = otherFiles;
    this.#copies.noteNew(alone);
    for (const [zoneId, note] of signed) this.#notes.put(zoneId, APEX_KIND, note);
    this.#deps.packs.begin();
    void Promise.all(published).then(() => {
      this.#published = true;
    });
  }

  #takeUp({ zone, refreshNote, incoming, stale, damaged, heldSerial }: RestoredZone): Waiting {
    const refresher = this.#refresherOf(zone, refreshNote);
    const unit = { zone, refresher };
    this.#registry.add(unit);
    zone.givenOut = this.#outgoing.book.enabled(zone.id);
    zone.hidden = this.#catalogs.hiddenAs(zone.id);
    const row = this.#catalogs.isKept(zone.id) ? undefined : incoming;
    const stored = damaged ? undefined : storedOf(unit, this.#book.shared);
    // Its refresh machine, which starts later, will say the same: what expired is not served again in between.
    zone.expired = (row?.peers.length ?? 0) > 0 && isExpired(stored, this.#deps.now());
    return { unit, row, stored, stale, heldSerial };
  }

  /** Asked when files are swept: what rows named at the start, and what was written since. */
  #filesOf(zoneId: string): { has(name: string): boolean } | undefined {
    const zone = this.#registry.find(zoneId);
    return zone && { has: (name) => zone.hasFile(name) || (this.#otherFiles.get(zoneId)?.includes(name) ?? false) };
  }

  /** Primaries and parents are asked from now on. */
  async begin(edge: EdgeSide): Promise<void> {
    this.#edgeHealthy = () => edge.healthy;
    this.#analytics.begin(() => edge.takeTallies());
    this.#checker.begin(() => ownAddressOf(edge.addresses));
    const notifyLog = new NotifyLog(this.#deps.log);
    this.#deps.sender.handleForwarded((message) =>
      handleForwarded(message, this.#registry, this.#book, this.#outgoing, notifyLog, this.#deps),
    );
    for (const { unit, row, stored, stale, heldSerial } of this.#restored) {
      const { zone, refresher } = unit;
      if (stale) zone.begin("rework");
      refresher.start(row?.peers ?? [], row?.autoRefreshSeconds ?? DEFAULT_REFRESH_SECONDS, stored, heldSerial);
      setRoundTimers(zone, this.#deps);
      this.#watcher.consider(zone);
      this.#outgoing.begun(zone);
    }
    this.#restored = [];
    this.#keys.begin();
    this.#catalogKeeper.begin();
    this.#catalogProducer.begin();
    this.#saver.start();
    this.#copies.begin();
    await this.#alerts.begin();
    this.#cleanUp();
    this.#lookAtCertificates();
  }

  /** Of DNS over TLS and of HTTPS; at the start, and when they were read again. */
  setListenerCertificate(kind: "dns" | "http", certificate: CertificateFacts | undefined): void {
    this.#deps.certificates.setListener(kind, certificate);
  }

  /** Its files were read again and can't be used. */
  refuseListenerCertificate(kind: "dns" | "http"): void {
    this.#deps.certificates.refuseListener(kind);
  }

  /** After SIGHUP. */
  reload(settings: ControlSettings): void {
    const retimed = settings.timers !== this.#settings.timers;
    this.#settings = settings;
    for (const { zone, refresher } of this.#registry.all()) {
      this.#watcher.consider(zone);
      if (retimed && zone.row.timers === "default") refresher.retimed();
    }
  }

  /** Nothing is begun any more; what is known is written. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#deps.scheduler.stop();
    clearTimeout(this.#sweepTimer);
    this.#sweep?.stop();
    await this.#sweeping;
    this.#outgoing.stop();
    this.#deps.hook.stop();
    await this.#catalogKeeper.stop();
    this.#feed.stop();
    await this.#alerts.stop();
    for (const { refresher } of this.#registry.all()) refresher.stop();
    this.#deps.sessions.close();
    await Promise.all([...this.#registry.all()].map(({ zone }) => zone.rest(STOP_WAIT_MS)));
    // What can't be had again first, then what can be made again, last what was counted: both of these within bounds.
    await this.#notes.stop();
    await this.#deps.attempts.flush();
    await this.#deps.events.flush();
    await this.#saver.stop();
    await this.#copies.stop();
    await this.#analytics.stop();
    await this.#deps.jobs.stop();
  }

  #makeKeyKeeper(): KeyKeeper {
    return new KeyKeeper({
      registry: this.#registry,
      parentNote: (zoneId) => this.#watcher.note(zoneId),
      lookAtParent: (zone) => void this.#watcher.look(zone),
      exchange: makeExchange(),
      deps: this.#deps,
    });
  }

  #makeAlerts(store: Store, log: Logger): AlertCenter {
    const { events, nowMs, random } = this.#deps;
    const center = new AlertCenter({
      store,
      log,
      policy: () => makeAddressPolicy(this.#settings.alertRanges),
      zoneName: (zoneId) => this.#registry.find(zoneId)?.name,
      givenUp: (row, reason) =>
        events.add({
          zoneId: row.zoneId ?? undefined,
          level: "warning",
          code: "alert.undelivered",
          message: `the alert ${row.kind} was given up after many tries: ${reason}`,
          detail: { delivery: row.deliveryId, destination: row.destinationId },
        }),
      nowMs,
      random,
    });
    events.writeAlong((happenings, tables) => center.write(happenings, tables));
    events.onWritten(() => center.written());
    return center;
  }

  /** Small zones that changed left their old images behind. */
  #tidyPacks(): void {
    const { packs, log } = this.#deps;
    if (!packs.isWasteful) return;
    const zones = [...this.#registry.all()].map(({ zone }) => zone);
    log.debug({ moved: packs.tidy(zones) }, "images were moved out of packs that are hardly used");
  }

  async #take(row: ZoneRow): Promise<Zone> {
    const flags = { ...NO_FLAGS, nsecDenial: row.denial };
    const facts = { row, status: DELETED, flags, keys: [] };
    const zone = new Zone(facts, this.#deps, this.#listener);
    const refresher = this.#refresherOf(zone, undefined);
    this.#registry.add({ zone, refresher });
    zone.hidden = this.#catalogs.hiddenAs(zone.id);
    refresher.start([], DEFAULT_REFRESH_SECONDS, undefined);
    this.#watcher.consider(zone);
    // SERVFAIL with "not ready" until there is something true to say; whoever made the zone and asks for it at once is not
    // told that it is none of ours.
    await Promise.race([zone.publish(), sleep(TAKE_WAIT_MS, undefined, { ref: false })]);
    return zone;
  }

  async #drop(zone: Zone): Promise<void> {
    const { events, scheduler, store } = this.#deps;
    this.#registry.findUnit(zone.id)?.refresher.stop();
    this.#watcher.forget(zone.id);
    this.#multiSigner.forget(zone.id);
    this.#keys.forget(zone.id);
    scheduler.cancelAll(`${zone.id}/`);
    this.#registry.remove(zone);
    this.#outgoing.forget(zone);
    await zone.leave();
    this.#notes.forget(zone.id);
    this.#copies.noteGone();
    this.#analytics.forget(zone.id);
    this.#deps.expiry.remove(zone.id);
    await events.flush();
    const message = `${zone.name}: deleted`;
    const event = { zone: zone.name, level: "info", code: "zone.deleted", message } as const;
    await events.addWith([event], (tables) => tables.zones.remove(zone.id));
    await store.files.removeZone(zone.id);
    this.#catalogs.memberForgotten(zone.id);
  }

  #mayNotDrop(zone: Zone): ErrorCode | undefined {
    if (this.#catalogs.find(zone.id)) return "zone.is-catalog";
    return this.#catalogs.member(zone.id) && !this.#catalogs.isKept(zone.id) ? "zone.catalog-member" : undefined;
  }

  #refresherOf(zone: Zone, note: RestoredZone["refreshNote"]): Refresher {
    return new Refresher({ zone, book: this.#book, notes: this.#notes, deps: this.#deps }, note);
  }

  #watchCertificates(events: EventLog): CertificateWatch {
    return new CertificateWatch({
      nowMs: Date.now,
      warnDays: () => this.#settings.certificateWarnDays,
      tell: (event) => events.add(event),
      peerName: (id) => this.#book.find(id)?.name,
      ours: () => this.#book.ownCertificates(),
    });
  }

  #lookAtCertificates(): void {
    this.#deps.certificates.look();
    const at = this.#deps.now() + CERTIFICATE_LOOK_SECONDS;
    this.#deps.scheduler.set("certificates", at, () => this.#lookAtCertificates());
  }

  async #peersChanged(): Promise<void> {
    await this.#book.reload();
    this.#deps.certificates.look();
    // Another address, another key: what was known of it is void.
    this.#deps.health.forgetAll();
    for (const { refresher } of this.#registry.all()) refresher.peersChanged();
  }

  #recovered(peer: string): void {
    for (const { refresher } of this.#registry.all()) refresher.recovered(peer);
  }

  /** With tens of thousands of zones not now: looking through their folders would keep the first questions waiting. */
  #cleanUp(): void {
    const sweep = () => {
      this.#sweeping = this.#sweepFiles();
    };
    if (this.#registry.size < MANY_ZONES) sweep();
    else this.#sweepTimer = setTimeout(sweep, SWEEP_AFTER_MS).unref();
    for (const afterMs of COLLECT_AFTER_MS) setTimeout(collectAllGarbage, afterMs).unref();
  }

  async #sweepFiles(): Promise<void> {
    const { log } = this.#deps;
    try {
      const removed = (await this.#sweep?.run()) ?? [];
      if (removed.length > 0) log.info({ removed: removed.length }, "files that belong to nothing were removed");
    } catch (error) {
      log.warn(
        { error: String(error) },
        "files that belong to nothing could not be removed; the next start tries again",
      );
    }
    this.#sweep = undefined;
    this.#otherFiles = new Map();
  }

  #readiness(): Readiness {
    const waiting: string[] = [];
    if (!this.#published) waiting.push("stored zones are being handed to the workers that answer");
    if (!this.#edgeHealthy()) waiting.push("not every worker that answers is running");
    if (this.#stopping) waiting.push("the server is stopping");
    const certificates = this.#deps.certificates.listeners();
    return { ready: waiting.length === 0, waiting, ...(certificates.length > 0 && { certificates }) };
  }
}

/** What a new zone waits for the workers at most: one that is just being replaced must not hold up the API, milliseconds. */
const TAKE_WAIT_MS = 2000;

/**
 * A start leaves as much behind as its zones need, and loading code 40 MB: it is collected a little later, for a tenth of a second at
 * most. And once more when the first checks are over, for which tens of thousands of questions may have waited their turn.
 */
const COLLECT_AFTER_MS = [4000, 92_000];
/** With more zones files are swept so much later. */
const MANY_ZONES = 1000;
const SWEEP_AFTER_MS = 10_000;

/** Certificates end by the day: often enough to be early in it. */
const CERTIFICATE_LOOK_SECONDS = 3600;

/** Rounds in progress get this long to end when the server stops, milliseconds. */
const STOP_WAIT_MS = 1500;

function isExpired(stored: Stored | undefined, now: number): boolean {
  const end = expiresAt(initialRefreshState({ peers: [], autoRefreshSeconds: DEFAULT_REFRESH_SECONDS }, stored));
  return end !== undefined && end <= now;
}

/** What the refresh machine has to know of a restored zone: the version that is served, or it asks for one at once. */
function storedOf({ zone, refresher }: Unit, shared: SharedValues): Stored | undefined {
  const version = zone.served?.from;
  if (!version) return undefined;
  const { note } = refresher;
  const soa = apexSoa(version.image);
  // The note is written a moment after the version: a crash in between leaves one that speaks of the version before.
  const transferredAt = Math.floor(version.transferredAt / 1000);
  const noted = note.lastGoodCheck !== null && note.lastGoodCheck >= transferredAt;
  return {
    serial: version.serial,
    expireSeconds: soa.expire,
    lastGoodCheck: noted ? note.lastGoodCheck : transferredAt,
    soaTimers: shared.soaTimers({ refreshSeconds: soa.refresh, retrySeconds: soa.retry }),
    expireBound: noted ? (note.expireBound ?? undefined) : undefined,
    source: note.source,
    views: note.views,
  };
}
