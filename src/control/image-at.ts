/** How a version crosses to a worker. */
import type { ImageBuffer, ZoneImage } from "#image";

/** The buffer, and the root of its overlay (none without). */
export type ImageAt = { readonly image: ImageBuffer; readonly root?: number };

export function imageAt({ buffer, root }: ZoneImage): ImageAt {
  return { image: buffer, root };
}
