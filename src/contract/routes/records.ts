/** Records of a zone. */
import { z } from "zod";
import { Deleted } from "../common.ts";
import { DnsRecord, RecordQuery, RecordUsage } from "../record.ts";
import { ACCOUNT, Anything, type Route, route, ZONE } from "./route.ts";

export const recordsRoutes = {
  "records.list": route("GET", `${ZONE}/dns_records`, "List records", "page", DnsRecord, {
    query: RecordQuery,
    lists: ["type"],
  }),
  "records.create": route("POST", `${ZONE}/dns_records`, "Refused: records come from the primary", "one", DnsRecord, {
    body: Anything,
  }),
  "records.export": route("GET", `${ZONE}/dns_records/export`, "Master-file text of the zone", "text", z.string()),
  "records.batch": route("POST", `${ZONE}/dns_records/batch`, "Refused", "one", Anything, { body: Anything }),
  "records.import": route("POST", `${ZONE}/dns_records/import`, "Refused", "one", Anything, {
    body: Anything,
    multipart: true,
  }),
  "records.scan": route("POST", `${ZONE}/dns_records/scan`, "Refused", "one", Anything, { body: Anything }),
  "records.scanTrigger": route("POST", `${ZONE}/dns_records/scan/trigger`, "Refused", "one", Anything, {
    body: Anything,
  }),
  "records.scanReview": route("POST", `${ZONE}/dns_records/scan/review`, "Refused", "one", Anything, {
    body: Anything,
  }),
  "records.scanned": route(
    "GET",
    `${ZONE}/dns_records/scan/review`,
    "Nothing: no records are scanned",
    "list",
    DnsRecord,
  ),
  "records.usage": route("GET", `${ZONE}/dns_records/usage`, "Number of records", "one", RecordUsage),
  "recordUsage.account": route(
    "GET",
    `${ACCOUNT}/dns_records/usage`,
    "Number of records of all zones",
    "one",
    RecordUsage,
  ),
  "records.get": route("GET", `${ZONE}/dns_records/{recordId}`, "Record", "one", DnsRecord),
  "records.update": route("PUT", `${ZONE}/dns_records/{recordId}`, "Refused", "one", DnsRecord, { body: Anything }),
  "records.edit": route("PATCH", `${ZONE}/dns_records/{recordId}`, "Refused", "one", DnsRecord, { body: Anything }),
  "records.delete": route("DELETE", `${ZONE}/dns_records/{recordId}`, "Refused", "one", Deleted),
} as const satisfies Record<string, Route>;
