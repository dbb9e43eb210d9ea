/** The signing modes of a zone, by name. */
export const SIGNING_MODES = ["unsigned", "live", "presigned", "multisigner"] as const;
