/** Zone versions as flat columns, the builder that fills them, serial arithmetic and semantic checks. The door of the room. */

export { applyChanges, type ChangeError, type ChangeErrorCode, ttlsDiffered, type ZoneSource } from "./apply.ts";
export { ZoneBuilder } from "./builder.ts";
export { type ChangeRecord, RecordBatch, ZoneChange } from "./change.ts";
export { MAX_PROBLEMS, type ProblemCode, semanticCheck, type ZoneProblem } from "./check.ts";
export { RRsetFlag, type ZoneColumns } from "./columns.ts";
export { firstDifference } from "./compare.ts";
export { zoneFromRRsets } from "./from-rrsets.ts";
export { DEFAULT_ZONE_LIMITS, type ZoneError, type ZoneErrorCode, type ZoneLimits } from "./limits.ts";
export { serialCompare, serialNewer } from "./serial.ts";
export { type RRset, ZoneVersion } from "./version.ts";
