/** A change of a signed zone while it is made: records and signatures that go and that come. */
import type { Signer } from "#crypto";
import { unpackSet, type ZoneImage } from "#image";
import { type SignatureWindow, signRRset } from "#keys";
import type { Name } from "#name";
import { RRType } from "#rdata";
import { RecordBatch, ZoneChange } from "#zone";

/** What goes and what comes, in any order but for the SOA, which is first. Keeps: what goes stands in the given image. */
export class ChangeDraft {
  readonly change = new ZoneChange(new RecordBatch(), new RecordBatch());
  readonly #signer: Signer;
  readonly #window: SignatureWindow;
  readonly #apex: Name;

  constructor(signer: Signer, window: SignatureWindow, apex: Name) {
    this.#signer = signer;
    this.#window = window;
    this.#apex = apex;
  }

  add(owner: Name, type: number, ttl: number, rdata: Uint8Array): void {
    this.change.additions.append(owner, owner.length, type, ttl, rdata, rdata.length);
  }

  /** A set and the signatures over it. */
  remove(image: ZoneImage, owner: Name, ref: number): void {
    for (const set of unpackSet(image, owner, ref)) this.#gone(set);
  }

  removeSignatures(image: ZoneImage, owner: Name, ref: number): void {
    for (const set of unpackSet(image, owner, ref)) if (set.type === RRType.RRSIG) this.#gone(set);
  }

  sign(owner: Name, type: number, ttl: number, rdatas: readonly Uint8Array[]): void {
    this.add(owner, RRType.RRSIG, ttl, signRRset(this.#signer, this.#apex, { owner, type, ttl, rdatas }, this.#window));
  }

  #gone({ owner, type, ttl, rdatas }: { owner: Name; type: number; ttl: number; rdatas: readonly Uint8Array[] }): void {
    for (const rdata of rdatas) this.change.deletions.append(owner, owner.length, type, ttl, rdata, rdata.length);
  }
}
