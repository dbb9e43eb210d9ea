/** What secondaries are given of a zone: the version that is served, as one image that holds everything of it. */
import type { ZoneImage } from "#image";

export type GivenVersion = {
  readonly image: ZoneImage;
  /** What secondaries call it. */
  readonly serial: number;
};
