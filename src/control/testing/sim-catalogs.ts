/**
 * Catalogs in the simulated day: the real keeper, its book and the real store, fed with what the refresh machine of each catalog
 * installed. What a zone is beside its name (data, keys) is a token here. What has to hold is demanded at each step. For tests.
 */
import { ok } from "#bytes";
import { compileImage, ZoneImage } from "#image";
import { nameKey, readName } from "#name";
import type { CatalogMemberRow, Store, ZoneRow } from "#store";
import { zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { CatalogBook } from "../catalog/book.ts";
import { CatalogKeeper } from "../catalog/keeper.ts";
import type { MemberServices } from "../catalog/steps.ts";
import type { Deps } from "../deps.ts";
import type { Event } from "../events.ts";
import { Registry, type Unit } from "../registry.ts";
import { newZoneRow } from "../service/zones.ts";
import type { Zone } from "../zone.ts";
import type { CatalogStory, CatalogVersion } from "./sim-catalog-story.ts";
import type { SimWorld, SimZone } from "./sim-world.ts";

export const GRACE_SECONDS = 2 * 3600;
const ACCOUNT = "a".repeat(32);

export type SimCatalog = {
  readonly id: string;
  readonly name: string;
  readonly story: CatalogStory;
  /** What fetches it. */
  readonly zone: SimZone;
  readonly fake: Zone;
  appliedSerial: number | undefined;
};

export type SimCounts = Record<"left" | "returned" | "migrated" | "reset" | "broken" | "dropped" | "expired", number>;

/** Keeps: `keys` has the token of each zone that is there, made when it came and lost when it went. */
export class SimCatalogs {
  readonly catalogs: SimCatalog[] = [];
  readonly registry = new Registry(() => undefined);
  readonly book: CatalogBook;
  readonly keys = new Map<string, number>();
  readonly counts: SimCounts = { left: 0, returned: 0, migrated: 0, reset: 0, broken: 0, dropped: 0, expired: 0 };
  readonly #world: SimWorld;
  readonly #store: Store;
  readonly #keeper: CatalogKeeper;
  #applying: CatalogVersion | undefined;
  #tokens = 0;

  constructor(world: SimWorld, store: Store) {
    this.#world = world;
    this.#store = store;
    this.book = new CatalogBook(store);
    const { time, scheduler } = world;
    const log = { error: (...said: unknown[]) => this.#fail(JSON.stringify(said, errorText)), warn: () => undefined };
    const deps = {
      store,
      scheduler,
      log,
      events: {
        add: ({ code }: Pick<Event, "code">) => this.#told(code),
        addWith: async (events: readonly Pick<Event, "code">[], work: Parameters<Store["atomically"]>[0]) => {
          await store.atomically(work);
          for (const { code } of events) this.#told(code);
        },
      },
      settings: () => ({ maxZones: 1000 }),
      now: () => time.wholeSeconds,
      nowMs: () => Math.floor(time.seconds * 1000),
    } as unknown as Deps;
    const done = async () => ok({}) as never;
    const services = {
      editZoneSettings: done,
      editDnssec: done,
      createIncoming: done,
      updateIncoming: done,
    } as unknown as MemberServices;
    const hands = { take: async (row: ZoneRow) => this.#take(row), drop: (zone: Zone) => this.#drop(zone) };
    this.#keeper = new CatalogKeeper({
      book: this.book,
      registry: this.registry,
      hands,
      services: () => services,
      deps,
    });
  }

  async begin(): Promise<void> {
    await this.#store.accounts.add({ id: ACCOUNT, name: "sim", createdAt: 1 });
  }

  /** A zone that somebody made by hand. */
  async addByHand(name: string): Promise<void> {
    const row = newZoneRow(apexOf(name), ACCOUNT, this.#world.time.wholeSeconds);
    await this.#store.zones.add(row);
    this.#take(row);
  }

  async add(name: string, story: CatalogStory, zone: SimZone): Promise<void> {
    const row = newZoneRow(apexOf(name), ACCOUNT, this.#world.time.wholeSeconds);
    const settings = { version: 1, role: "consumer", allowed: [], grace_seconds: GRACE_SECONDS, max_members: 100 };
    const defaults = { mode: "unsigned", denial: "compact", peers: null, auto_refresh_seconds: 300 };
    const facts = { appliedSerial: null, appliedAt: null, faultCode: null, faultText: null, createdAt: 1 };
    await this.#store.zones.add(row);
    const catalogRow = { zoneId: row.id, settings: { ...settings, defaults, groups: [] }, ...facts };
    await this.#store.catalogs.put(catalogRow);
    this.book.entered(catalogRow);
    const fake = this.#take(row);
    this.catalogs.push({ id: row.id, name, story, zone, fake, appliedSerial: undefined });
  }

  /** After every instant: catalogs that have another version are applied, one after the other. */
  async follow(): Promise<void> {
    for (const catalog of this.catalogs) {
      const { state } = catalog.zone;
      Object.assign(catalog.fake, { expired: state.serving === "expired" });
      if (catalog.fake.expired) this.counts.expired++;
      if (state.serial === undefined || state.serial === catalog.appliedSerial) continue;
      await this.#apply(catalog, state.serial);
    }
    // What timers brought is done before time goes on.
    await this.#keeper.exclusively(async () => undefined);
  }

  rowsOf(catalog: SimCatalog): readonly CatalogMemberRow[] {
    return [...this.book.membersOf(catalog.id)];
  }

  async #apply(catalog: SimCatalog, serial: number): Promise<void> {
    const version = catalog.story.versionOf(serial);
    const before = new Map(this.rowsOf(catalog).map((row) => [this.#nameOf(row), row]));
    const all = new Map([...this.registry.all()].map(({ zone }) => [`${zone.name}.`, this.book.member(zone.id)]));
    Object.assign(catalog.fake, { served: { from: { image: imageOf(catalog.name, serial, version.text) } } });
    this.#applying = version;
    this.#keeper.roundFinished(catalog.fake);
    await this.#keeper.exclusively(async () => undefined);
    this.#applying = undefined;
    catalog.appliedSerial = serial;
    const after = new Map(this.rowsOf(catalog).map((row) => [this.#nameOf(row), row]));
    const row = this.book.find(catalog.id)!.row;
    if (version.broken) {
      this.counts.broken++;
      this.#demand(row.faultCode !== null, `${catalog.name} ${serial}: a broken version is told`);
      this.#demand(
        JSON.stringify([...before]) === JSON.stringify([...after]),
        `${catalog.name} ${serial}: a broken version changes nothing`,
      );
      return;
    }
    this.#demand(catalog.fake.expired || row.appliedSerial === serial, `${catalog.name} ${serial}: applied`);
    if (catalog.fake.expired) return;
    this.#checkMembers(catalog, version, after, all);
  }

  #checkMembers(
    catalog: SimCatalog,
    version: CatalogVersion,
    after: ReadonlyMap<string, CatalogMemberRow>,
    all: ReadonlyMap<string, CatalogMemberRow | undefined>,
  ): void {
    for (const [name, row] of after) {
      const listed = version.members.get(name);
      if (row.leftAt !== null) {
        this.#demand(listed === undefined, `${name}: kept, though it is listed`);
        continue;
      }
      this.#demand(listed?.node === row.node, `${name}: a member under the node that is listed`);
      this.#demand(listed?.groups.join() === row.groups.join(), `${name}: the groups that are listed`);
      const was = all.get(name);
      if (was?.leftAt != null && was.catalogId === catalog.id) {
        this.counts.returned++;
        this.#demand(was.zoneId === row.zoneId, `${name}: back within its grace period it is the same zone`);
      }
      if (was && was.catalogId !== catalog.id && was.leftAt === null) {
        const isSame = was.zoneId === row.zoneId;
        if (isSame) this.counts.migrated++;
        this.#demand(was.coo === catalog.name, `${name}: handed over by its owner`);
        this.#demand(isSame || was.node !== row.node, `${name}: with its keys, as its node is the same`);
      }
    }
    for (const name of version.members.keys()) {
      const unit = this.registry.findByApex(apexOf(name));
      this.#demand(unit !== undefined, `${name}: listed, and there`);
      // Made by hand before: left alone.
      if (all.has(name) && all.get(name) === undefined)
        this.#demand(!this.book.member(unit!.zone.id), `${name}: by hand still`);
    }
  }

  /** At any time: what was left is kept with its keys for as long as it has to be, and no longer. */
  check(): void {
    const now = this.#world.time.seconds;
    for (const catalog of this.catalogs) {
      for (const row of this.rowsOf(catalog)) {
        const zone = this.registry.find(row.zoneId);
        this.#demand(zone !== undefined && this.keys.has(row.zoneId), `${row.zoneId}: a row has its zone and its keys`);
        this.#demand((zone?.hidden === "kept") === (row.leftAt !== null), `${zone?.name}: hidden while it is kept`);
        const end = row.leftAt === null ? undefined : row.leftAt / 1000 + GRACE_SECONDS;
        this.#demand(end === undefined || now < end + 2, `${zone?.name}: goes when its grace period is over`);
      }
    }
  }

  #nameOf(row: CatalogMemberRow): string {
    return `${this.registry.find(row.zoneId)?.name}.`;
  }

  #take(row: ZoneRow): Zone {
    const apex = apexOf(`${row.name}.`);
    const zone = {
      id: row.id,
      name: row.name,
      apex,
      row,
      served: undefined,
      expired: false,
      hidden: undefined,
      mode: "unsigned",
      publish: async () => undefined,
    } as unknown as Zone;
    const refresher = { configure: () => undefined, state: { settings: { autoRefreshSeconds: 300 } } };
    this.registry.add({ zone, refresher } as unknown as Unit);
    this.keys.set(row.id, ++this.#tokens);
    return zone;
  }

  /** Data and keys go: at the end of the grace period, or because the catalog wants it begun anew. */
  async #drop(zone: Zone): Promise<void> {
    const row = this.book.member(zone.id);
    const leftAt = row?.leftAt ?? undefined;
    const isOver = leftAt !== undefined && this.#world.time.seconds >= Math.floor(leftAt / 1000) + GRACE_SECONDS;
    const listed = this.#applying?.members.get(`${zone.name}.`);
    const isReset = listed !== undefined && (listed.node !== row?.node || leftAt !== undefined);
    this.#demand(row !== undefined && (isOver || isReset), `${zone.name}: dropped with its keys, for no reason`);
    if (isOver) this.counts.dropped++;
    else this.counts.reset++;
    this.registry.remove(zone);
    this.keys.delete(zone.id);
    await this.#store.zones.remove(zone.id);
  }

  #told(code: string): void {
    if (code !== "catalog.member-left") return;
    this.counts.left++;
    this.#demand(this.#applying !== undefined && !this.#applying.broken, "a member leaves by a good version alone");
  }

  #demand(holds: boolean, what: string): void {
    if (!holds) this.#fail(what);
  }

  #fail(what: string): never {
    throw new Error(`at ${Math.round(this.#world.time.seconds - this.#world.time.epoch)} s: ${what}`);
  }
}

const errorText = (_: string, value: unknown) => (value instanceof Error ? value.stack : value);

function apexOf(text: string) {
  const read = readName(text.endsWith(".") ? text : `${text}.`);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function imageOf(name: string, serial: number, text: string): ZoneImage {
  const apex = apexOf(name);
  const head = `$ORIGIN ${name}\n$TTL 0\n@ SOA invalid. invalid. ${serial} 300 60 7200 0\n@ NS invalid.\n`;
  const read = readZoneFile(`${head}${text}`, apex);
  if (!read.ok) throw new Error(`${read.error.line}: ${read.error.reason}`);
  const sets = new Map<string, { owner: Uint8Array; type: number; ttl: number; rdatas: Uint8Array[] }>();
  for (const { owner, type, ttl, rdata } of read.value) {
    const key = `${nameKey(owner)} ${type}`;
    const set = sets.get(key) ?? { owner, type, ttl, rdatas: [] };
    set.rdatas.push(rdata);
    sets.set(key, set);
  }
  const zone = zoneFromRRsets(apex, [...sets.values()]);
  if (!zone.ok) throw new Error(zone.error.text);
  const image = compileImage(zone.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  return new ZoneImage(image.value);
}
