/**
 * The one writer of zone images: ZoneVersion ▶ plan (nodes, RRsets) ▶ own chain ▶ hash index ▶ NSEC3 ▶ additional ▶
 * places ▶ octets. Deterministic: the same version and options give the same octets.
 */
import { fail, ok, type Result } from "#bytes";
import { RRType, readSoa } from "#rdata";
import type { ZoneVersion } from "#zone";
import { planAdditional } from "./additional.ts";
import { commonKeyOf } from "./common-key.ts";
import { overlayRoom } from "./layout.ts";
import { buildNameIndex } from "./name-index.ts";
import { planNsec3 } from "./nsec3-plan.ts";
import { addOwnChain } from "./own-chain.ts";
import { placeImage } from "./place.ts";
import { planImage, type Treatment } from "./plan.ts";
import type { Unwanted } from "./wanted.ts";
import { writeImage } from "./write.ts";

export type CompileOptions = {
  /** `as-is`: every record; `strip`: without the primary's DNSSEC records (DS stays) and ZONEMD. */
  readonly treatment: Treatment;
  /** With `strip`: make a full NSEC chain; the types that the apex has beside the image. */
  readonly ownChain?: { readonly apexTypes: readonly number[] };
  /** Octets behind the image for overlays; default: as much as is fit for its size. */
  readonly roomOctets?: number;
};

export type CompileError = {
  readonly code: "no-soa" | "too-large" | "name-collisions";
  readonly text: string;
};

/** The image, not yet verified; or why there can be none. `unwanted` is told which RDATA of `version` is not read again. */
export function compileImage(
  version: ZoneVersion,
  options: CompileOptions,
  unwanted?: Unwanted,
): Result<SharedArrayBuffer, CompileError> {
  const plan = planImage(version.columns, options.treatment);
  const soaSet = plan.nodeCount > 0 ? plan.findSet(0, RRType.SOA) : -1;
  if (soaSet < 0) return fail({ code: "no-soa", text: "the zone has no SOA record at its apex" });
  const soaAt = plan.columns.recordOffsets[plan.records[plan.setFirst[soaSet]!]!]!;
  const soa = readSoa(
    plan.columns.rdata.subarray(soaAt, soaAt + plan.columns.recordLengths[plan.records[plan.setFirst[soaSet]!]!]!),
  );
  const soaTtl = plan.setTtl[soaSet]!;
  if (options.ownChain) addOwnChain(plan, Math.min(soaTtl, soa.minimum), options.ownChain.apexTypes);
  const index = buildNameIndex(plan);
  if (!index) return fail({ code: "name-collisions", text: "too many owner names with one hash: built to collide" });
  const nsec3 = planNsec3(plan);
  const additional = planAdditional(plan, index);
  const commonKey = commonKeyOf(plan);
  const places = placeImage(plan, index, nsec3, additional, commonKey.length);
  if (!places) return fail({ code: "too-large", text: "the image would pass 4 GiB" });
  return ok(
    writeImage({
      plan,
      index,
      nsec3,
      additional,
      commonKey,
      places,
      soaTtl,
      soa,
      ownChain: options.ownChain !== undefined,
      unwanted,
      roomOctets: options.roomOctets ?? overlayRoom(4 * places.words),
    }),
  );
}
