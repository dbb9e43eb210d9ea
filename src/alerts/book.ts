/** Policies and destinations in memory as they are in the store: looked at for every event. */
import type { AlertDestinationRow, AlertPolicyRow, AlertTable } from "#store";

/** Keeps: what is here is what is on the disk. */
export class AlertBook {
  readonly #table: AlertTable;
  readonly #destinations = new Map<string, AlertDestinationRow>();
  readonly #policies = new Map<string, AlertPolicyRow>();

  constructor(table: AlertTable) {
    this.#table = table;
  }

  async load(): Promise<void> {
    for (const row of await this.#table.destinations()) this.#destinations.set(row.id, row);
    for (const row of await this.#table.policies()) this.#policies.set(row.id, row);
  }

  /** Whether any event could be told to anybody. */
  get listens(): boolean {
    return this.#policies.size > 0;
  }

  destinations(): readonly AlertDestinationRow[] {
    return [...this.#destinations.values()];
  }

  destination(id: string): AlertDestinationRow | undefined {
    return this.#destinations.get(id);
  }

  policies(): readonly AlertPolicyRow[] {
    return [...this.#policies.values()];
  }

  policy(id: string): AlertPolicyRow | undefined {
    return this.#policies.get(id);
  }

  policiesFor(kind: string, zoneId: string | null): readonly AlertPolicyRow[] {
    return this.policies().filter(
      ({ enabled, kinds, zones }) =>
        enabled && kinds.includes(kind) && (zones.length === 0 || (zoneId !== null && zones.includes(zoneId))),
    );
  }

  async putDestination(row: AlertDestinationRow): Promise<void> {
    await this.#table.putDestination(row);
    this.#destinations.set(row.id, row);
  }

  async removeDestination(id: string): Promise<void> {
    await this.#table.removeDestination(id);
    this.#destinations.delete(id);
  }

  async putPolicy(row: AlertPolicyRow): Promise<void> {
    await this.#table.putPolicy(row);
    this.#policies.set(row.id, row);
  }

  async removePolicy(id: string): Promise<void> {
    await this.#table.removePolicy(id);
    this.#policies.delete(id);
  }
}
