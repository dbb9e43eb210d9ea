/** Catalog zones (RFC 9432): what one says, what follows from it, and how one is made. The door of the room. */
export { buildCatalog, CATALOG_GROUP_MAX, type CatalogEntry } from "./build.ts";
export {
  type KnownMember,
  type PlanInput,
  type PlannedStep,
  planCatalog,
  type RefusalCode,
  type RefusedMember,
} from "./plan.ts";
export {
  type Catalog,
  type CatalogFault,
  type CatalogFaultCode,
  type CatalogMember,
  MAX_GROUPS,
  readCatalog,
} from "./read.ts";
