/** The records of a zone. */
import { count, printNumber } from "./common.ts";

export const RECORDS = {
  title: "Records",
  windowTitle: (zone: string) => `Records of ${zone}`,
  lead: "What your primary server transferred, as it came. Records are changed there, not here: the next transfer brings the change.",
  records: "records",
  failed: "The records could not be listed",
  search: "Search in names and values",
  types: "Types",
  allTypes: "All types",
  dnssec: "Show DNSSEC records",
  dnssecHint: "Signatures, keys and proofs that signing adds: RRSIG, NSEC, NSEC3, NSEC3PARAM, DNSKEY, CDS, CDNSKEY.",
  export: "Export as a zone file",
  exporting: "Preparing the file…",
  exportFailed: "The zone could not be exported",
  found: (many: number, most: number) =>
    many > most
      ? `${count(many, "record")}; the first ${printNumber(most)} can be scrolled to: search to see others`
      : count(many, "record"),
  columns: { name: "Name", type: "Type", ttl: "TTL", content: "Value" },
  none: {
    title: "No records yet",
    text: "Nothing has been transferred. The page on transfers says how each attempt went and why.",
    action: "Go to the transfers",
  },
  noneFound: { title: "No record fits", text: "No record has that in its name or value.", action: "Show all records" },
  details: (name: string, type: string) => `${type} record of ${name}`,
  open: (name: string, type: string) => `Details of the ${type} record of ${name}`,
  fields: {
    name: "Name",
    type: "Type",
    ttl: "TTL in seconds",
    priority: "Priority",
    content: "Value",
  },
} as const;
