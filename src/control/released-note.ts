/** Which stored version the operator released: a document of the store, so that it is taken after a restart, too. */
import type { StoredVersion } from "./versions.ts";

export const RELEASED_KIND = "released";

/** File of the version, and root of the overlay over it. */
type ReleasedNote = { readonly version: 1; readonly file: string; readonly overlay: number };

export function releasedNote({ file, image }: StoredVersion): ReleasedNote {
  return { version: 1, file, overlay: image.root };
}

/** A note about another version, or of another form, says nothing. */
export function isReleased(document: unknown, stored: StoredVersion | undefined): boolean {
  if (typeof document !== "object" || document === null || !stored) return false;
  const { version, file, overlay } = document as Partial<ReleasedNote>;
  return version === 1 && file === stored.file && overlay === stored.image.root;
}
