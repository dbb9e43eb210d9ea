/** All zones of this process, by id and by apex. */
import { lowerName, type Name, printName } from "#name";
import type { Refresher } from "./refresher.ts";
import type { Zone } from "./zone.ts";

export type Unit = { readonly zone: Zone; readonly refresher: Refresher };

/** Keeps: both indexes hold the same units. */
export class Registry {
  readonly #byId = new Map<string, Unit>();
  readonly #byApex = new Map<string, Unit>();
  readonly #parentChanged: (zone: Zone) => void;
  #revision = 0;

  /** `parentChanged`: a zone's keys or status changed such that the parent has to be looked at anew. */
  constructor(parentChanged: (zone: Zone) => void) {
    this.#parentChanged = parentChanged;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Another one whenever a zone came or went. */
  get revision(): number {
    return this.#revision;
  }

  add(unit: Unit): void {
    this.#revision++;
    this.#byId.set(unit.zone.id, unit);
    this.#byApex.set(keyOfZone(unit.zone), unit);
  }

  remove(zone: Zone): void {
    this.#revision++;
    this.#byId.delete(zone.id);
    this.#byApex.delete(keyOfZone(zone));
  }

  find(zoneId: string): Zone | undefined {
    return this.#byId.get(zoneId)?.zone;
  }

  findUnit(zoneId: string): Unit | undefined {
    return this.#byId.get(zoneId);
  }

  /** The zone with exactly this apex. */
  findByApex(apex: Name): Unit | undefined {
    return this.#byApex.get(keyOf(apex));
  }

  all(): IterableIterator<Unit> {
    return this.#byId.values();
  }

  parentChanged(zone: Zone): void {
    this.#parentChanged(zone);
  }
}

/** The name in lower case, without the final dot. */
function keyOf(apex: Name): string {
  return printName(lowerName(apex)).replace(/(?<=.)\.$/, "");
}

/** In which the text of a name is the only one there is: nothing is escaped, no letter has another form. */
const PLAIN_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** As a rule the very text that is there already, which then costs nothing. */
function keyOfZone({ name, apex }: Zone): string {
  if (PLAIN_NAME.test(name)) return name;
  const text = keyOf(apex);
  return text === name ? name : text;
}
