/** Which file holds the image that a zone signed here is given out as: a document of the store, so that a restart gives out the same. */

export const GIVEN_KIND = "given";

export type GivenNote = {
  readonly version: 1;
  readonly file: string;
  /** Of the overlay over it; absent: none. */
  readonly root?: number;
  /** File and serial of the served version that it was made of, and the ZSK that signed it. */
  readonly servedFile: string;
  readonly serial: number;
  readonly zskId: string;
  /** Unix seconds: of its signatures. */
  readonly expiration: number;
};

/** The same, when what is served has the file `to` in place of `from`, and the same content; undefined where it speaks of none of them. */
export function movedGivenNote(document: unknown, from: string, to: string): GivenNote | undefined {
  const note = readGivenNote(document);
  return note?.servedFile === from ? { ...note, servedFile: to } : undefined;
}

/** Undefined when the document is not one of this version. */
export function readGivenNote(document: unknown): GivenNote | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as Partial<GivenNote>;
  return note.version === 1 &&
    typeof note.file === "string" &&
    (note.root === undefined || typeof note.root === "number")
    ? (note as GivenNote)
    : undefined;
}
