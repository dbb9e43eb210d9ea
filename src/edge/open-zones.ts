/**
 * The records of the zones that a worker serves, as its zone table asks for them: opened when somebody asks, closed with their
 * signers when there are many or when something newer comes.
 */
import type { RecordSource, ServedZone } from "#answer";
import type { RecordShelf } from "#publish";
import type { CounterBlock } from "#telemetry";
import type { SignerShelf } from "./signer-shelf.ts";
import { closeZone, type OpenZone, openZone } from "./zones.ts";

/** A zone that could not be opened: it is served as one that is not ready, and somebody has to be told. */
export type ZoneTrouble = (zoneId: string, reason: string) => void;

/** Keeps: an open zone for each entry that the table made of a record. */
export class OpenZones implements RecordSource {
  private readonly shelf: RecordShelf;
  private readonly signers: SignerShelf;
  private readonly counters: CounterBlock;
  private readonly trouble: ZoneTrouble;
  private readonly zones = new Map<number, OpenZone>();
  /** Is being replaced, and by what: a signer goes on where the key is the same. */
  private before: OpenZone | undefined = undefined;
  private after: OpenZone | undefined = undefined;

  constructor(shelf: RecordShelf, signers: SignerShelf, counters: CounterBlock, trouble: ZoneTrouble) {
    this.shelf = shelf;
    this.signers = signers;
    this.counters = counters;
    this.trouble = trouble;
  }

  has(ref: number): boolean {
    return this.shelf.has(ref);
  }

  isSigned(ref: number): boolean {
    return this.shelf.reader(ref).isSigned(this.shelf.placeOf(ref));
  }

  hashOf(ref: number): number {
    return this.shelf.reader(ref).apexHash(this.shelf.placeOf(ref));
  }

  octetsOf(ref: number): Uint8Array {
    return this.shelf.reader(ref).octets;
  }

  apexAt(ref: number): number {
    return this.shelf.reader(ref).apexAt(this.shelf.placeOf(ref));
  }

  apexLength(ref: number): number {
    return this.shelf.reader(ref).apexLength(this.shelf.placeOf(ref));
  }

  /** Whatever is wrong with one zone must not take all the others down with the worker, again and again. */
  open(ref: number): ServedZone {
    const { shelf } = this;
    let zone: OpenZone | undefined;
    try {
      const opened = openZone(shelf.read(ref), this.before, this.signers, this.counters);
      if (opened.ok) zone = opened.value;
      else this.tell(ref, opened.error);
    } catch (error) {
      this.tell(ref, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    zone ??= {
      served: { apex: shelf.reader(ref).apex(shelf.placeOf(ref)), state: "not-ready" },
      signer: undefined,
      privateKey: undefined,
    };
    this.after = zone;
    this.zones.set(ref, zone);
    return zone.served;
  }

  close(ref: number): void {
    const zone = this.zones.get(ref);
    this.zones.delete(ref);
    if (zone) closeZone(zone, zone === this.before ? this.after : undefined);
  }

  /** `put` puts what replaces the record `before`, 0 when there is none. */
  replacing(before: number, put: () => void): void {
    this.before = this.zones.get(before);
    this.after = undefined;
    put();
    this.before = undefined;
    this.after = undefined;
  }

  /** True when the two say the same, and the one stands for the other from now on. */
  moved(before: number, ref: number): boolean {
    if (!this.shelf.has(before) || !this.shelf.same(before, ref)) return false;
    const zone = this.zones.get(before);
    this.zones.delete(before);
    if (zone) this.zones.set(ref, zone);
    return true;
  }

  private tell(ref: number, reason: string): void {
    this.trouble(this.shelf.reader(ref).zoneId(this.shelf.placeOf(ref)), reason);
  }
}
