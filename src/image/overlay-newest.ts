/** Which overlays stand behind an image, when nobody says which of them is wanted. */
import { Header, OverlayHeader } from "./layout.ts";
import { checkSegments } from "./overlay-verify.ts";

/** Root of the newest whole segment; 0 without one. What was thrown away and not written over yet counts, too. */
export function newestOverlay(buffer: SharedArrayBuffer): number {
  const words = new Uint32Array(buffer);
  let root = 0;
  // Each segment begins behind the one before, so the octets bound the walk.
  for (let end = words[Header.Words] ?? words.length; ; end = words[root + OverlayHeader.End]!) {
    const next = end + (end % 2);
    if (next + OverlayHeader.Size > words.length || checkSegments(words, next, root)) return root;
    root = next;
  }
}
