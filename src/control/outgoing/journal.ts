/**
 * The changes between the versions of a zone that were given out, for IXFR: a file for each, named by one document of the store.
 *
 *   first.from ─▶ first.to = second.from ─▶ … ─▶ last.to = the serial that is given out now
 *
 * A file is written whole before the document names it; files that it does not name are orphans. A chain that does not end at
 * the serial that is given out is thrown away: whoever asks gets the whole zone. Serials under which secondaries may have
 * something else (the mode was changed, and the serial was not) are no step's beginning.
 */
import { randomBytes } from "node:crypto";
import type { Store } from "#store";
import { RecordBatch, serialNewer, ZoneChange } from "#zone";
import type { RecentChanges } from "./recent-changes.ts";

type Step = { readonly from: number; readonly to: number; readonly file: string; readonly octets: number };

export const JOURNAL_KIND = "journal";

/** Changes of one zone, and their octets together. More octets than the zone itself help nobody. */
const MAX_STEPS = 200;
const MAX_OCTETS = 64 * 1024 * 1024;

const MAGIC = 0x4a5a5343;
const FORMAT = 1;
/** Magic, version, records and octets of the deletions, of the additions. */
const HEAD = 24;

/** Keeps: each step begins where the one before it ends; what `steps` names is on disk. */
export class Journal {
  readonly #store: Store;
  readonly #zoneId: string;
  readonly #recent: RecentChanges;
  #steps: readonly Step[];
  #unclearUpTo: number | undefined;

  /** `document`: as the store has it. One of another version counts as none. `recent` spares reading what was just written. */
  constructor(store: Store, zoneId: string, document: unknown, recent: RecentChanges) {
    this.#store = store;
    this.#zoneId = zoneId;
    this.#recent = recent;
    this.#steps = readSteps(document);
    this.#unclearUpTo = readUnclear(document);
  }

  /** Serials from which the newest can be reached, oldest first. */
  get serials(): readonly number[] {
    return this.#steps.map(({ from }) => from);
  }

  get newest(): number | undefined {
    return this.#steps.at(-1)?.to;
  }

  /** In order. Of a chain that is longer than what is kept, only its end is written: a primary may send ten thousand at once. */
  async appendAll(changes: readonly ZoneChange[]): Promise<void> {
    for (const change of changes.slice(-MAX_STEPS)) await this.append(change);
  }

  async append(change: ZoneChange): Promise<void> {
    if (this.newest !== undefined && this.newest !== change.fromSerial) await this.clear();
    const { fromSerial: from, toSerial: to } = change;
    const isUnclear = this.#unclearUpTo !== undefined && !serialNewer(from, this.#unclearUpTo);
    const octets = writeChange(change);
    if (octets.length > MAX_OCTETS || isUnclear) {
      await this.clear();
      return;
    }
    const file = `c-${from}-${to}-${randomBytes(4).toString("hex")}`;
    await this.#store.files.saveChange(this.#zoneId, file, octets);
    // As it was written: views of `change` may hold on to more than they show.
    this.#recent.put(this.#keyOf(file), readChange(octets)!);
    const steps = [...this.#steps, { from, to, file, octets: octets.length }];
    const kept = newest(steps);
    await this.#name(kept);
    await this.#remove(steps.filter((step) => !kept.includes(step)));
  }

  /** `unclearUpTo`: up to this serial it is not known what secondaries have. */
  async clear(unclearUpTo?: number): Promise<void> {
    const gone = this.#steps;
    const known = this.#unclearUpTo;
    const isNews = unclearUpTo !== undefined && (known === undefined || serialNewer(unclearUpTo, known));
    if (isNews) this.#unclearUpTo = unclearUpTo;
    if (gone.length === 0 && !isNews) return;
    await this.#name([]);
    await this.#remove(gone);
  }

  /** The changes from `serial` to the newest; undefined when they are not known or more than `maxOctets`. */
  async since(serial: number, maxOctets: number): Promise<readonly ZoneChange[] | undefined> {
    const first = this.#steps.findIndex(({ from }) => from === serial);
    if (first < 0) return undefined;
    const steps = this.#steps.slice(first);
    if (steps.reduce((sum, { octets }) => sum + octets, 0) > maxOctets) return undefined;
    const changes: ZoneChange[] = [];
    for (const { file, from, to } of steps) {
      const change = this.#recent.find(this.#keyOf(file)) ?? (await this.#load(file));
      if (change?.fromSerial !== from || change.toSerial !== to) return undefined;
      changes.push(change);
    }
    return changes;
  }

  async #load(file: string): Promise<ZoneChange | undefined> {
    const change = readChange(await this.#store.files.loadChange(this.#zoneId, file));
    if (change) this.#recent.put(this.#keyOf(file), change);
    return change;
  }

  #keyOf(file: string): string {
    return `${this.#zoneId}/${file}`;
  }

  async #name(steps: readonly Step[]): Promise<void> {
    const unclear = this.#unclearUpTo === undefined ? {} : { unclearUpTo: this.#unclearUpTo };
    await this.#store.documents.put(this.#zoneId, JOURNAL_KIND, { version: 1, steps, ...unclear });
    this.#steps = steps;
  }

  async #remove(steps: readonly Step[]): Promise<void> {
    for (const { file } of steps) {
      this.#recent.remove(this.#keyOf(file));
      await this.#store.files.removeChange(this.#zoneId, file);
    }
  }
}

/** Files that a journal names. */
export function journalFiles(document: unknown): readonly string[] {
  return readSteps(document).map(({ file }) => file);
}

function readSteps(document: unknown): readonly Step[] {
  const { version, steps } = (document ?? {}) as { version?: unknown; steps?: unknown };
  if (version !== 1 || !Array.isArray(steps)) return [];
  const chain = steps as readonly Step[];
  return chain.every(({ from }, i) => i === 0 || chain[i - 1]!.to === from) ? chain : [];
}

function readUnclear(document: unknown): number | undefined {
  const { version, unclearUpTo } = (document ?? {}) as { version?: unknown; unclearUpTo?: unknown };
  return version === 1 && typeof unclearUpTo === "number" ? unclearUpTo : undefined;
}

/** The newest of them that are within the limits. */
function newest(steps: readonly Step[]): readonly Step[] {
  let octets = 0;
  let first = steps.length;
  while (first > 0 && steps.length - first < MAX_STEPS && octets + steps[first - 1]!.octets <= MAX_OCTETS) {
    octets += steps[--first]!.octets;
  }
  return steps.slice(first);
}

function writeChange({ deletions, additions }: ZoneChange): Uint8Array {
  const octets = new Uint8Array(HEAD + deletions.octets.length + additions.octets.length);
  const head = new DataView(octets.buffer);
  const words = [MAGIC, FORMAT, deletions.count, deletions.octets.length, additions.count, additions.octets.length];
  for (const [i, word] of words.entries()) head.setUint32(4 * i, word);
  octets.set(deletions.octets, HEAD);
  octets.set(additions.octets, HEAD + deletions.octets.length);
  return octets;
}

/** Undefined for a file of another form, or one that is not whole. */
function readChange(octets: Uint8Array | undefined): ZoneChange | undefined {
  if (!octets || octets.length < HEAD) return undefined;
  const head = new DataView(octets.buffer, octets.byteOffset);
  const word = (i: number) => head.getUint32(4 * i);
  const [gone, come] = [word(3), word(5)];
  if (word(0) !== MAGIC || word(1) !== FORMAT || HEAD + gone + come !== octets.length) return undefined;
  if (gone === 0 || come === 0) return undefined;
  const deletions = octets.subarray(HEAD, HEAD + gone);
  const additions = octets.subarray(HEAD + gone);
  return new ZoneChange(new RecordBatch(deletions, gone, word(2)), new RecordBatch(additions, come, word(4)));
}
