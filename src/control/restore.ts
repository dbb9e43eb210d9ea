/**
 * The start: zones, keys and images from the store, everything published before any primary is asked.
 *
 *   rows ▶ images loaded and verified, some at a time ▶ published ▶ refresh machines start ▶ orphans away
 *
 * Whatever a crash left is servable: rows name whole files; an image that is damaged all the same counts as not there,
 * and the zone is fetched anew. A zone without image is published as not ready.
 */

import { ok } from "#bytes";
import { type ImageBuffer, octetsOf, overlayRoom, ZoneImage } from "#image";
import { denialOf, planApex } from "#keyplan";
import { readName } from "#name";
import { type DnssecRow, type KeyRow, StoreError, type VersionRow, type ZoneRow } from "#store";
import { signApex } from "./apex.ts";
import { APEX_KIND, type ApexNote, apexNote, readApexNote } from "./apex-note.ts";
import type { Deps } from "./deps.ts";
import { GIVEN_SERIAL_KIND, readLastGiven } from "./given-serial.ts";
import { transferredKeys } from "./image-facts.ts";
import { readLimitsNote } from "./limits-note.ts";
import { GIVEN_KIND, readGivenNote } from "./outgoing/given-note.ts";
import { JOURNAL_KIND, journalFiles } from "./outgoing/journal.ts";
import { slimKey } from "./packed-key.ts";
import { type RefreshNote, readFrozenNote, readRefreshNote } from "./peer-notes.ts";
import { openTable } from "./pipeline.ts";
import { RELEASED_KIND } from "./released-note.ts";
import { readDnssecRow } from "./rows.ts";
import { readOrigin, readServedNote, type ServedNote, type ServedVersion, type StoredVersion } from "./versions.ts";
import type { Held } from "./work.ts";
import { type RoundListener, Zone } from "./zone.ts";

const NO_KEYS: readonly KeyRow[] = [];

/** Images that are loaded and verified at the same time. */
const LOADS_AT_ONCE = 8;

export type RestoredZone = {
  readonly zone: Zone;
  readonly refreshNote: RefreshNote | undefined;
  /** What is served is not made of the newest stored version in the mode that is wanted: a round is due. */
  readonly stale: boolean;
  readonly heldSerial: number | undefined;
  /** What was transferred can't be read any more: it has to be fetched again, whatever its serial. */
  readonly damaged: boolean;
};

export type Restored = {
  readonly restored: readonly RestoredZone[];
  readonly signed: ReadonlyMap<string, ApexNote>;
  /** Takes away what a crash left on disk: when there is time. */
  readonly sweep: ReturnType<Deps["store"]["files"]["beginSweep"]>;
};

type Rows = {
  readonly dnssec: ReadonlyMap<string, DnssecRow>;
  readonly keys: ReadonlyMap<string, readonly KeyRow[]>;
  readonly versions: ReadonlyMap<string, readonly VersionRow[]>;
  readonly served: ReadonlyMap<string, unknown>;
  readonly held: ReadonlyMap<string, unknown>;
  readonly stored: ReadonlyMap<string, unknown>;
  readonly refresh: ReadonlyMap<string, unknown>;
  readonly journals: ReadonlyMap<string, unknown>;
  readonly given: ReadonlyMap<string, unknown>;
  readonly lastGiven: ReadonlyMap<string, unknown>;
  readonly limits: ReadonlyMap<string, unknown>;
  readonly frozen: ReadonlyMap<string, unknown>;
  readonly released: ReadonlyMap<string, unknown>;
  readonly apex: ReadonlyMap<string, unknown>;
  /** Of zones whose apex had to be signed: to be written. */
  readonly signed: Map<string, ApexNote>;
};

export async function restoreZones(deps: Deps, listener: RoundListener): Promise<Restored> {
  const zones = await deps.store.zones.list();
  const rows = await readRows(deps);
  const sweep = deps.store.files.beginSweep(keptFiles(zones, rows));
  const restored: RestoredZone[] = [];
  const waiting = [...zones];
  const load = async () => {
    for (let row = waiting.pop(); row; row = waiting.pop()) restored.push(await restoreZone(row, rows, deps, listener));
  };
  await Promise.all(Array.from({ length: LOADS_AT_ONCE }, load));
  return { restored, sweep, signed: rows.signed };
}

async function readRows(deps: Deps): Promise<Rows> {
  const { store } = deps;
  return {
    dnssec: new Map((await store.dnssec.list()).map((row) => [row.zoneId, row])),
    keys: Map.groupBy(await store.keys.list(), (row) => row.zoneId),
    versions: Map.groupBy(await store.versions.list(), (row) => row.zoneId),
    served: await store.documents.ofKind("served"),
    held: await store.documents.ofKind("held"),
    stored: await store.documents.ofKind("stored"),
    refresh: await store.documents.ofKind("refresh"),
    journals: await store.documents.ofKind(JOURNAL_KIND),
    given: await store.documents.ofKind(GIVEN_KIND),
    lastGiven: await store.documents.ofKind(GIVEN_SERIAL_KIND),
    limits: await store.documents.ofKind("limits"),
    frozen: await store.documents.ofKind("frozen"),
    released: await store.documents.ofKind(RELEASED_KIND),
    apex: await store.documents.ofKind(APEX_KIND),
    signed: new Map(),
  };
}

/** Names of files that rows know, by zone. */
function keptFiles(zones: readonly ZoneRow[], rows: Rows): ReadonlyMap<string, FewNames> {
  const kept = new Map<string, FewNames>();
  for (const { id } of zones) {
    const names = (rows.versions.get(id) ?? []).map((version) => version.image);
    const note = readServedNote(rows.served.get(id));
    const given = readGivenNote(rows.given.get(id));
    kept.set(
      id,
      new FewNames([
        ...names,
        ...(note ? [note.from] : []),
        ...journalFiles(rows.journals.get(id)),
        ...(given ? [given.file] : []),
      ]),
    );
  }
  return kept;
}

/** A Set for each of tens of thousands of zones would be a quarter of a kilobyte each. */
class FewNames {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = [...new Set(names)];
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }
}

async function restoreZone(row: ZoneRow, rows: Rows, deps: Deps, listener: RoundListener): Promise<RestoredZone> {
  const apex = readName(row.name);
  if (!apex.ok) throw new Error(`zone ${row.name}: not a name`);
  const keys = rows.keys.get(row.id)?.map((key) => slimKey(key, deps.packs)) ?? NO_KEYS;
  const { status, flags } = readDnssecRow(rows.dnssec.get(row.id), row);
  const zone = new Zone({ row, apex: apex.value, status, flags, keys }, deps, listener);
  const versions = rows.versions.get(row.id) ?? [];
  const images = new ImageShelf(zone, versions, rows.stored.get(row.id), deps);
  const storedRow = versions.find((version) => version.use === "transferred");
  const servedRow = versions.find((version) => version.use === "served");
  const note = readServedNote(rows.served.get(row.id));
  const stored = storedRow && (await images.stored(storedRow.image, storedRow.overlay, storedRow.transferredAt));
  const served = servedRow && note && (await restoreServed(zone, servedRow, note, stored, images, rows, deps));
  const held = rows.held.get(row.id) as Held | undefined;
  const files = [...versions.map((version) => version.image), ...(note ? [note.from] : [])];
  const heldRow = versions.find((version) => version.use === "held");
  const heldImage = held && heldRow && (await images.load(heldRow.image, heldRow.overlay));
  const heldVersion = heldImage && { image: heldImage, file: heldRow.image };
  zone.limits = readLimitsNote(rows.limits.get(row.id));
  zone.lastGiven = readLastGiven(rows.lastGiven.get(row.id));
  zone.frozenAt = readFrozenNote(rows.frozen.get(row.id))?.at;
  zone.restore(stored ?? served?.from, served, held, heldVersion, files, rows.released.get(row.id));
  const stale = stored !== undefined && held === undefined && !(served && note && isWanted(note, stored, zone));
  const damaged = storedRow !== undefined && stored === undefined;
  // Without the version there is nothing to look at or to release: it is fetched again then.
  const heldSerial = zone.heldImage && held?.serial;
  return { zone, refreshNote: readRefreshNote(rows.refresh.get(row.id)), stale, damaged, heldSerial };
}

/**
 * Whether what is served was made of what is stored, in the way that is wanted now: a change may have been acknowledged
 * and stored, and its round not have come to its end. By the note, not by what could be made of it.
 */
function isWanted(note: ServedNote, stored: StoredVersion, zone: Zone): boolean {
  const denial = zone.mode === "live" || zone.mode === "multisigner" ? denialOf(zone.flags, zone.apex) : null;
  return isSource(note, stored) && note.mode === zone.mode && note.denial === denial;
}

function isSource(note: ServedNote, stored: StoredVersion): boolean {
  return note.from === stored.file && (note.fromOverlay ?? 0) === stored.image.root;
}

/** Loads each image of a zone once: stored and served version often share one, with the same overlay over it or another. */
class ImageShelf {
  readonly #zone: Zone;
  readonly #rows: readonly VersionRow[];
  /** About one of the images. */
  readonly #note: unknown;
  readonly #deps: Deps;
  readonly #buffers = new Map<string, Promise<ImageBuffer>>();
  readonly #images = new Map<string, Promise<ZoneImage | undefined>>();

  constructor(zone: Zone, rows: readonly VersionRow[], note: unknown, deps: Deps) {
    this.#zone = zone;
    this.#rows = rows;
    this.#note = note;
    this.#deps = deps;
  }

  load(file: string, root: number): Promise<ZoneImage | undefined> {
    const key = `${file} ${root}`;
    const loading = this.#images.get(key) ?? this.#load(file, root);
    this.#images.set(key, loading);
    return loading;
  }

  async stored(file: string, root: number, transferredAt: number): Promise<StoredVersion | undefined> {
    const image = await this.load(file, root);
    return image && { image, file, serial: image.serial, transferredAt, origin: readOrigin(this.#note, file) };
  }

  #buffer(file: string): Promise<ImageBuffer> {
    const loading = this.#buffers.get(file) ?? this.#read(file);
    this.#buffers.set(file, loading);
    return loading;
  }

  /** Where a row says that it is small, straight into a pack. */
  async #read(file: string): Promise<ImageBuffer> {
    const { files } = this.#deps.store;
    const { packs } = this.#deps;
    const room = packs.room(this.#octets(file));
    if (!room) return files.loadImage(this.#zone.id, file, overlayRoom);
    try {
      files.readImage(this.#zone.id, file, octetsOf(room));
      return room;
    } catch (error) {
      packs.giveBack(room);
      throw error;
    }
  }

  /** As its row says; 0 when none does, or when there are overlays over it. */
  #octets(file: string): number {
    const rows = this.#rows.filter((row) => row.image === file);
    return rows.length > 0 && rows.every(({ overlay }) => overlay === 0) ? rows[0]!.octets : 0;
  }

  async #load(file: string, root: number): Promise<ZoneImage | undefined> {
    const { id: zoneId, name } = this.#zone;
    let trouble: string;
    try {
      const image = await this.#buffer(file);
      const verified = await this.#deps.jobs.run<"verify">({ kind: "verify", image, root });
      if (verified.ok) return new ZoneImage(image, root);
      trouble = verified.error.text;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      trouble = error.message;
    }
    const message = `${name}: the image ${file} can't be used (${trouble}); the zone is transferred anew`;
    this.#deps.events.add({ zoneId, zone: name, level: "error", code: "zone.image-damaged", message });
    return undefined;
  }
}

/** What was served when the last run ended, in the mode in which it was. Undefined when it can't be made again. */
async function restoreServed(
  zone: Zone,
  row: VersionRow,
  note: ServedNote,
  stored: StoredVersion | undefined,
  images: ImageShelf,
  rows: Rows,
  deps: Deps,
): Promise<ServedVersion | undefined> {
  const image = await images.load(row.image, row.overlay);
  if (!image) return undefined;
  const root = note.fromOverlay ?? 0;
  const source = stored && isSource(note, stored) ? stored : await images.stored(note.from, root, row.transferredAt);
  const from = source ?? {
    image,
    file: row.image,
    serial: image.serial,
    transferredAt: row.transferredAt,
    origin: undefined,
  };
  const base = {
    image,
    file: row.image,
    from,
    expiration: note.expiration ?? undefined,
    cacheHorizon: note.cacheHorizon,
    zonemd: note.zonemd ?? undefined,
    flawed: note.flawed,
  };
  if (note.denial === null) return { ...base, mode: note.mode, denial: undefined, signing: undefined };
  const ksk = zone.keys.find((key) => key.role === "ksk");
  const zsk = zone.keys.find((key) => key.role === "zsk");
  // Deleted right before the end: the keys are gone, so the same data is served unsigned, as the operator wanted.
  if (!ksk || !zsk) return { ...base, mode: "unsigned", denial: undefined, signing: undefined };
  const own = zone.keys.map((key) => key.dnskey);
  const { apex: owner, status } = zone;
  const plan = { apex: owner, mode: note.mode, phase: status.phase, own, transferred: transferredKeys(from.image) };
  const planned = planApex(plan, deps.crypto);
  const known = readApexNote(rows.apex.get(zone.id), planned, note.mode, { ksk, zsk }, deps.now());
  const apex = known ? ok(known) : signApex(planned, note.mode, { ksk, zsk }, owner, deps);
  const zskPrivate = deps.vault.exposeZsk(zsk);
  if (!apex.ok || !zskPrivate.ok) {
    const text = apex.ok ? (zskPrivate.ok ? "" : zskPrivate.error.text) : apex.error.text;
    const message = `${zone.name}: can't be signed, so it is not served: ${text}`;
    deps.events.add({ zoneId: zone.id, zone: zone.name, level: "error", code: "zone.unsignable", message });
    return undefined;
  }
  if (!known) rows.signed.set(zone.id, apexNote(apex.value, note.mode, { ksk, zsk }, deps.now()));
  const opened = await openTable(zone.id, row.image, image, zsk, deps);
  const signing = { zsk, zskPrivate: zskPrivate.value, apex: apex.value, ...opened };
  return { ...base, mode: note.mode, denial: note.denial, signing };
}
