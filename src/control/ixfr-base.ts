/**
 * Whether a primary may be asked for what has changed (IXFR), and from which version on. The base is what is stored, and it
 * is pinned to the primary that it came from: another one may have reached the same serial in another way.
 *
 *   asked by IXFR   when the peer's `ixfr_enable` says so, its SOA is newer than what is stored, and what is stored
 *                   came from this primary, or this primary was seen with the same SOA (and the same signatures over it)
 *   asked by AXFR   in all other cases; after a version made of changes was held; after an IXFR broken off by the network
 *                   (a server that does not know IXFR may just close), until an AXFR from there has gone well; for an hour
 *                   after the primary answered an IXFR with an error and then gave the zone by AXFR
 */
import { bytesEqual } from "#bytes";
import { rrsetSignatures } from "#image";
import { canonicalRdata, RRType } from "#rdata";
import type { SoaAnswer } from "#transfer";
import { serialNewer } from "#zone";
import type { Fetched } from "./fetch.ts";
import { apexSoaRdata } from "./image-facts.ts";
import type { Primary } from "./primary-client.ts";
import type { StoredVersion } from "./versions.ts";

export type SeenSoa = Pick<Extract<SoaAnswer, { kind: "serial" }>, "serial" | "rdata" | "signatures">;

/** A primary that was given another configuration, or another version of itself, is soon asked again. */
const REFUSED_MS = 3_600_000;

/** Keeps: what was seen of primaries is about `#about`, the stored version of that time. In memory alone: AXFR is always right. */
export class IxfrBase {
  #about: string | undefined;
  /** Beside the one that it came from. */
  #equal: Set<string> | undefined;
  #brokenOff: Set<string> | undefined;
  /** Until when each primary that has no IXFR for us is asked for none. */
  #refusedUntilMs: Map<string, number> | undefined;
  #heldChanges = false;

  /** Undefined: AXFR. `newerSerial` is what the primary has announced. */
  choose(
    primary: Primary,
    newerSerial: number | undefined,
    stored: StoredVersion | undefined,
    nowMs: number,
  ): StoredVersion | undefined {
    if (newerSerial === undefined || !stored?.origin?.exact || !serialNewer(newerSerial, stored.serial))
      return undefined;
    if (!primary.ixfr || this.#heldChanges || this.#brokenOff?.has(primary.id)) return undefined;
    if (nowMs < (this.#refusedUntilMs?.get(primary.id) ?? 0)) return undefined;
    return stored.origin.peer === primary.id || this.#isEqual(primary.id, stored) ? stored : undefined;
  }

  /** A primary's answer to the SOA question. */
  saw(peer: string, stored: StoredVersion | undefined, answer: SeenSoa): void {
    if (!stored || !mattersToBase(peer, stored, answer)) return;
    if (this.#about !== versionKey(stored)) this.#equal = undefined;
    this.#about = versionKey(stored);
    if (isSame(stored, answer)) this.#equal = (this.#equal ?? new Set()).add(peer);
    else this.#equal?.delete(peer);
  }

  fetched(peer: string, { asked, got, result, fallback }: Fetched, nowMs: number): void {
    if (got === "axfr" && fallback?.code === "transfer.rcode")
      this.#refusedUntilMs = (this.#refusedUntilMs ?? new Map()).set(peer, nowMs + REFUSED_MS);
    if (got === "axfr") this.#brokenOff?.delete(peer);
    else if (asked === "ixfr" && !result.ok && result.error.code.startsWith("net."))
      this.#brokenOff = (this.#brokenOff ?? new Set()).add(peer);
  }

  /** How the round of a version ended. */
  ended(outcome: "taken" | "held", byChanges: boolean): void {
    if (outcome === "taken") this.#heldChanges = false;
    else if (byChanges) this.#heldChanges = true;
  }

  #isEqual(peer: string, stored: StoredVersion): boolean {
    return this.#about === versionKey(stored) && (this.#equal?.has(peer) ?? false);
  }
}

/** Whether the answer can say anything about who has what is stored. */
export function mattersToBase(peer: string, stored: StoredVersion | undefined, answer: SeenSoa): boolean {
  if (!stored || stored.serial !== answer.serial) return false;
  // No base in any case, or one for this primary in any case.
  return stored.origin?.exact === true && stored.origin.peer !== peer;
}

function versionKey({ file, image }: StoredVersion): string {
  return `${file} ${image.root}`;
}

function isSame({ image }: StoredVersion, { rdata, signatures }: SeenSoa): boolean {
  const ours = rrsetSignatures(image, image.findRRset(image.apexNode, RRType.SOA));
  return (
    bytesEqual(canonicalRdata(RRType.SOA, apexSoaRdata(image)), canonicalRdata(RRType.SOA, rdata)) &&
    ours.length === signatures.length &&
    signatures.every((signature) => ours.some((own) => bytesEqual(own, signature)))
  );
}
