/** How a catalog and its members stand, by tone. */
import type { Catalog, CatalogMember } from "#contract";
import type { Tone } from "../../parts/tone.ts";

export const CATALOG_TONES: Readonly<Record<Catalog["state"], Tone>> = {
  waiting: "info",
  applying: "info",
  applied: "good",
  broken: "bad",
};

export const MEMBER_TONES: Readonly<Record<CatalogMember["state"], Tone>> = {
  member: "good",
  kept: "quiet",
  refused: "warn",
};
