/** All catalogs of this process and the zones that they brought, as the store has them. */
import type { KnownMember } from "#catalog";
import { type Name, nameKey, printName, readName } from "#name";
import type { CatalogMemberRow, CatalogRow, Store } from "#store";
import type { Zone } from "../zone.ts";
import { type CatalogSettings, readSettings } from "./settings.ts";

/** A member of the catalog that was not taken, and why. */
export type Refused = {
  readonly name: string;
  readonly node: string;
  readonly groups: readonly string[];
  readonly code: string;
  readonly text: string;
};

export type CatalogEntry = {
  row: CatalogRow;
  settings: CatalogSettings;
  /** Of the version that was applied last. */
  refused: readonly Refused[];
  applying: boolean;
};

/** Made here, for our own secondaries. */
export function isProduced(entry: CatalogEntry): boolean {
  return entry.settings.role === "producer";
}

/** Keeps: what is here is what the store has; `members` has zones that exist alone. */
export class CatalogBook {
  readonly #store: Store;
  readonly #catalogs = new Map<string, CatalogEntry>();
  readonly #members = new Map<string, CatalogMemberRow>();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const row of await this.#store.catalogs.list()) this.#enter(row);
    for (const row of await this.#store.catalogMembers.list()) this.#members.set(row.zoneId, row);
  }

  find(catalogId: string): CatalogEntry | undefined {
    return this.#catalogs.get(catalogId);
  }

  all(): IterableIterator<CatalogEntry> {
    return this.#catalogs.values();
  }

  member(zoneId: string): CatalogMemberRow | undefined {
    return this.#members.get(zoneId);
  }

  *membersOf(catalogId: string): Generator<CatalogMemberRow> {
    for (const row of this.#members.values()) if (row.catalogId === catalogId) yield row;
  }

  /** Answers to the world are given for other zones alone. */
  hiddenAs(zoneId: string): "catalog" | "kept" | undefined {
    if (this.#catalogs.has(zoneId)) return "catalog";
    return this.isKept(zoneId) ? "kept" : undefined;
  }

  isKept(zoneId: string): boolean {
    return (this.#members.get(zoneId)?.leftAt ?? null) !== null;
  }

  /** The store has it already. */
  entered(row: CatalogRow): CatalogEntry {
    return this.#enter(row);
  }

  async put(row: CatalogRow): Promise<void> {
    await this.#store.catalogs.put(row);
    this.#enter(row);
  }

  /** The store has lost it already. */
  forget(catalogId: string): void {
    this.#catalogs.delete(catalogId);
  }

  /** The store has them already. */
  memberEntered(row: CatalogMemberRow): void {
    this.#members.set(row.zoneId, row);
  }

  memberForgotten(zoneId: string): void {
    this.#members.delete(zoneId);
  }

  #enter(row: CatalogRow): CatalogEntry {
    const before = this.#catalogs.get(row.zoneId);
    const entry = { refused: [], applying: false, ...before, row, settings: readSettings(row.settings) };
    if (before) return Object.assign(before, entry);
    this.#catalogs.set(row.zoneId, entry);
    return entry;
  }
}

/** What the plan of #catalog wants to know of a member. */
export function knownMember(row: CatalogMemberRow, zone: Zone, catalog: Zone | undefined): KnownMember {
  return {
    zoneId: row.zoneId,
    catalogId: row.catalogId,
    catalogKey: catalog ? nameKey(catalog.apex) : "",
    zone: zone.apex,
    node: row.node,
    groups: row.groups,
    coo: row.coo === null ? undefined : nameOf(row.coo),
    kept: row.leftAt !== null,
  };
}

function nameOf(text: string): Name | undefined {
  const name = readName(text);
  return name.ok ? name.value : undefined;
}

export function cooText(coo: Name | undefined): string | null {
  return coo ? printName(coo) : null;
}
