/**
 * The start: zones, keys and images from the store, everything published before any primary is asked.
 *
 *   a page of rows ▶ images loaded and verified, some at a time ▶ taken: published ▶ the next page … ▶ refresh machines start ▶ orphans away
 *
 * Whatever a crash left is servable: rows name whole files; an image that is damaged all the same counts as not there,
 * and the zone is fetched anew. A zone without image is published as not ready.
 */

import { ok } from "#bytes";
import { type ImageBuffer, octetsOf, overlayRoom, PACKED_OCTETS, verifyImage, ZoneImage } from "#image";
import { denialOf, planApex } from "#keyplan";
import { type ImageCopies, type IncomingRow, type KeyRow, StoreError, type VersionRow, type ZoneRecord } from "#store";
import { signApex } from "./apex.ts";
import { APEX_KIND, type ApexNote, apexNote, readApexNote } from "./apex-note.ts";
import type { Deps } from "./deps.ts";
import { GIVEN_SERIAL_KIND, readLastGiven } from "./given-serial.ts";
import { transferredKeys } from "./image-facts.ts";
import { askedDnskeys, signingKeys } from "./key-set.ts";
import { readLimitsNote } from "./limits-note.ts";
import { GIVEN_KIND, readGivenNote } from "./outgoing/given-note.ts";
import { JOURNAL_KIND, journalFiles } from "./outgoing/journal.ts";
import { slimKey } from "./packed-key.ts";
import { type RefreshNote, readFrozenNote, readRefreshNote } from "./peer-notes.ts";
import { openTable } from "./pipeline.ts";
import { ReadingPace } from "./reading-pace.ts";
import { RELEASED_KIND } from "./released-note.ts";
import { readDnssecRow } from "./rows.ts";
import { readOrigin, readServedNote, type ServedNote, type ServedVersion, type StoredVersion } from "./versions.ts";
import type { Held } from "./work.ts";
import { type RoundListener, Zone } from "./zone.ts";

const NO_KEYS: readonly KeyRow[] = [];

/** Images that are loaded and verified at the same time. */
const LOADS_AT_ONCE = 8;

/** Zones whose rows are in memory together: few enough that a page is gone before the garbage collector keeps it. */
const PAGE_ZONES = 256;

export type RestoredZone = {
  readonly zone: Zone;
  readonly refreshNote: RefreshNote | undefined;
  readonly incoming: IncomingRow | undefined;
  /** What is served is not made of the newest stored version in the mode that is wanted: a round is due. */
  readonly stale: boolean;
  readonly heldSerial: number | undefined;
  /** What was transferred can't be read any more: it has to be fetched again, whatever its serial. */
  readonly damaged: boolean;
};

export type Restored = {
  readonly signed: ReadonlyMap<string, ApexNote>;
  /** By zone: files that rows name and that belong to none of its versions. */
  readonly otherFiles: ReadonlyMap<string, readonly string[]>;
  /** Small images that were not among the copies of them. */
  readonly alone: number;
};

type Restoring = {
  readonly deps: Deps;
  readonly pace: ReadingPace;
  readonly listener: RoundListener;
  /** Of zones whose apex had to be signed: to be written. */
  readonly signed: Map<string, ApexNote>;
  readonly otherFiles: Map<string, readonly string[]>;
  readonly copies: ImageCopies | undefined;
  /** More zones than a page: what need not be there with the first answer comes later. */
  many: boolean;
  /** Small images that were read from their own files. */
  alone: number;
};

/** `take`: called with each zone as soon as it is there. */
export async function restoreZones(
  deps: Deps,
  listener: RoundListener,
  take: (restored: RestoredZone) => void,
): Promise<Restored> {
  const pace = new ReadingPace();
  const copies = deps.store.files.openImageCopies();
  const restoring: Restoring = {
    deps,
    listener,
    pace,
    signed: new Map(),
    otherFiles: new Map(),
    copies,
    many: false,
    alone: 0,
  };
  const records = allRecords(restoring);
  const load = async () => {
    for (let next = await records.next(); !next.done; next = await records.next())
      take(await restoreZone(next.value, restoring));
  };
  await Promise.all(Array.from({ length: LOADS_AT_ONCE }, load));
  copies?.close();
  return restoring;
}

async function* allRecords(restoring: Restoring): AsyncGenerator<ZoneRecord, void> {
  const { pace } = restoring;
  const { store } = restoring.deps;
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: readonly ZoneRecord[] = await store.zoneRecords({ after, limit: PAGE_ZONES });
    if (pace.isSlow) await store.files.warmImages(page.flatMap(imagesOf));
    restoring.many ||= page.length === PAGE_ZONES;
    yield* page;
    after = page.length < PAGE_ZONES ? undefined : page.at(-1)?.zone.id;
  }
}

/** Each once, and small ones alone: large ones keep a disk busy by themselves. */
function imagesOf({ zone, versions }: ZoneRecord): { zoneId: string; name: string }[] {
  const small = versions.filter(({ octets }) => octets <= PACKED_OCTETS).map(({ image }) => image);
  return [...new Set(small)].map((name) => ({ zoneId: zone.id, name }));
}

function noteOtherFiles({ zone, document }: ZoneRecord, { otherFiles }: Restoring): void {
  const [journal, noted] = [document(JOURNAL_KIND), document(GIVEN_KIND)];
  if (journal === undefined && noted === undefined) return;
  const given = readGivenNote(noted);
  const files = [...journalFiles(journal), ...(given ? [given.file] : [])];
  if (files.length > 0) otherFiles.set(zone.id, files);
}

async function restoreZone(record: ZoneRecord, restoring: Restoring): Promise<RestoredZone> {
  const { deps, listener } = restoring;
  const { zone: row, versions, document } = record;
  noteOtherFiles(record, restoring);
  const keys = record.keys.length === 0 ? NO_KEYS : record.keys.map((key) => slimKey(key, deps.packs));
  const { status, flags } = readDnssecRow(record.dnssec, row);
  const zone = new Zone({ row, status, flags, keys }, deps, listener);
  const images = new ImageShelf(zone, versions, document("stored"), restoring);
  const storedRow = versions.find((version) => version.use === "transferred");
  const servedRow = versions.find((version) => version.use === "served");
  const note = readServedNote(document("served"));
  const stored = storedRow && (await images.stored(storedRow.image, storedRow.overlay, storedRow.transferredAt));
  const served =
    servedRow &&
    note &&
    (await restoreServed(zone, ofOneFile(servedRow, storedRow), note, stored, images, record, restoring));
  const held = document("held") as Held | undefined;
  const files = [...versions.map((version) => version.image), ...(note ? [note.from] : [])];
  const heldRow = versions.find((version) => version.use === "held");
  const heldImage = held && heldRow && (await images.load(heldRow.image, heldRow.overlay));
  const heldVersion = heldImage && { image: heldImage, file: heldRow.image };
  zone.limits = readLimitsNote(document("limits"));
  zone.lastGiven = readLastGiven(document(GIVEN_SERIAL_KIND));
  zone.frozenAt = readFrozenNote(document("frozen"))?.at;
  zone.restore(stored ?? served?.from, served, held, heldVersion, files, document(RELEASED_KIND));
  const stale = stored !== undefined && held === undefined && !(served && note && isWanted(note, stored, zone));
  const damaged = storedRow !== undefined && stored === undefined;
  // Without the version there is nothing to look at or to release: it is fetched again then.
  const heldSerial = zone.heldImage && held?.serial;
  const refreshNote = readRefreshNote(document("refresh"));
  return { zone, refreshNote, incoming: record.incoming, stale, damaged, heldSerial };
}

/** The name of a file that both have is one string, as it is kept for as long as the zone. */
function ofOneFile(served: VersionRow, stored: VersionRow | undefined): VersionRow {
  return stored?.image === served.image ? { ...served, image: stored.image } : served;
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
  readonly #pace: ReadingPace;
  /** Few: mostly one. */
  readonly #buffers: { readonly file: string; readonly buffer: Promise<ImageBuffer> }[] = [];
  readonly #images: { readonly file: string; readonly root: number; readonly image: Promise<ZoneImage | undefined> }[] =
    [];

  readonly #restoring: Restoring;

  constructor(zone: Zone, rows: readonly VersionRow[], note: unknown, restoring: Restoring) {
    const { deps, pace } = restoring;
    this.#restoring = restoring;
    this.#zone = zone;
    this.#rows = rows;
    this.#note = note;
    this.#deps = deps;
    this.#pace = pace;
  }

  load(file: string, root: number): Promise<ZoneImage | undefined> {
    const known = this.#images.find((one) => one.file === file && one.root === root);
    if (known) return known.image;
    const image = this.#load(file, root);
    this.#images.push({ file, root, image });
    return image;
  }

  async stored(file: string, root: number, transferredAt: number): Promise<StoredVersion | undefined> {
    const image = await this.load(file, root);
    return image && { image, file, serial: image.serial, transferredAt, origin: readOrigin(this.#note, file) };
  }

  #buffer(file: string): Promise<ImageBuffer> {
    const known = this.#buffers.find((one) => one.file === file);
    if (known) return known.buffer;
    const buffer = this.#read(file);
    this.#buffers.push({ file, buffer });
    return buffer;
  }

  /** Where a row says that it is small, straight into a pack. */
  async #read(file: string): Promise<ImageBuffer> {
    const { files } = this.#deps.store;
    const { packs } = this.#deps;
    const room = packs.room(this.#octets(file));
    if (!room) return files.loadImage(this.#zone.id, file, overlayRoom);
    this.#restoring.alone++;
    try {
      this.#pace.of(() => files.readImage(this.#zone.id, file, octetsOf(room)));
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
    const copy = this.#restoring.copies?.find(zoneId, file, this.#octets(file));
    if (copy && verifyImage(copy).ok) return new ZoneImage(this.#deps.packs.adopt(copy));
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
  { document }: ZoneRecord,
  { deps, signed, many }: Restoring,
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
  const keys = signingKeys(zone.keys);
  // Deleted right before the end: the keys are gone, so the same data is served unsigned, as the operator wanted.
  if (!keys) return { ...base, mode: "unsigned", denial: undefined, signing: undefined };
  const own = zone.keys.map((key) => key.dnskey);
  const { apex: owner, status } = zone;
  const asked = askedDnskeys(zone.keys);
  const transferred = transferredKeys(from.image);
  const plan = { apex: owner, mode: note.mode, phase: status.phase, own, asked, transferred };
  const planned = planApex(plan, deps.crypto);
  const known = readApexNote(document(APEX_KIND), planned, note.mode, keys, deps.now());
  const apex = known ? ok(known) : signApex(planned, note.mode, keys, owner, deps);
  const zskPrivate = deps.vault.exposeZsk(keys.zsk);
  if (!apex.ok || !zskPrivate.ok) {
    const text = apex.ok ? (zskPrivate.ok ? "" : zskPrivate.error.text) : apex.error.text;
    const message = `${zone.name}: can't be signed, so it is not served: ${text}`;
    deps.events.add({ zoneId: zone.id, zone: zone.name, level: "error", code: "zone.unsignable", message });
    return undefined;
  }
  if (!known) signed.set(zone.id, apexNote(apex.value, note.mode, keys, deps.now()));
  const opened = await openTable(zone.id, row.image, image, keys.zsk, deps, many ? "later" : "now");
  const signing = { zsk: keys.zsk, zskPrivate: zskPrivate.value, apex: apex.value, ...opened };
  return { ...base, mode: note.mode, denial: note.denial, signing };
}
