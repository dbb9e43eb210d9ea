/** The parts of a DS record, in the words of registrars' forms. */
export const DS_TEXTS = {
  keyTag: "Key tag",
  algorithm: "Algorithm",
  digestType: "Digest type",
  digest: "Digest",
  line: "The whole record in one line",
} as const;
