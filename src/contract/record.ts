/** Resource records as the API lists them, and the lazy source that the service hands out: a zone may hold a million. */
import { z } from "zod";
import { Id, PageQuery } from "./common.ts";
import { Time } from "./time.ts";

export const DnsRecord = z
  .object({
    id: Id,
    name: z.string(),
    type: z.string(),
    content: z.string(),
    proxiable: z.boolean(),
    proxied: z.boolean(),
    ttl: z.number(),
    priority: z.number().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    settings: z.record(z.string(), z.unknown()),
    meta: z.record(z.string(), z.unknown()),
    comment: z.string().nullable(),
    tags: z.array(z.string()),
    created_on: Time,
    modified_on: Time,
  })
  .meta({ id: "DnsRecord" });
export type DnsRecord = z.infer<typeof DnsRecord>;

export const RecordUsage = z
  .object({
    record_quota: z.number().nullable(),
    /** As they were transferred, DNSSEC records among them. */
    record_usage: z.number(),
  })
  .meta({ id: "RecordUsage" });
export type RecordUsage = z.infer<typeof RecordUsage>;

/**
 * One record before it is printed: what is dear (the content's text, the id's hash, the whole object) is made when asked for.
 * The object may be reused by the iterator for the next record: keep `print()`, not the entry.
 */
export interface RecordEntry {
  /** Without the final dot, lower case; the root is ".". */
  readonly name: string;
  /** Mnemonic: "A", "TYPE65280". */
  readonly type: string;
  readonly ttl: number;
  /** 32 hex, a hash over owner, type and RDATA, so that it stays the same over transfers. */
  id(): string;
  /** RDATA in the API's form: for MX without the preference, names without the final dot. */
  content(): string;
  print(): DnsRecord;
}

/** Every transferred record of a zone, in canonical order, once for each iteration. */
export interface RecordSource extends Iterable<RecordEntry> {
  readonly count: number;
}

const Text = z.string().max(8192).optional();
const textFilters = (field: string) => ({
  [field]: Text,
  [`${field}.exact`]: Text,
  [`${field}.contains`]: Text,
  [`${field}.startswith`]: Text,
  [`${field}.endswith`]: Text,
});
const presence = (field: string) => ({ [`${field}.present`]: Text, [`${field}.absent`]: Text });

/** Left out by `dnssec=hide`. DS is not among them: it is data of the delegation. */
export const DNSSEC_TYPES = ["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"] as const;

/** Dotted keys, case-insensitive matches. Secondary zones have no comments and no tags: those filters match accordingly. */
export const RecordQuery = PageQuery.extend({
  type: z.array(z.string()).optional(),
  proxied: z.enum(["true", "false"]).optional(),
  search: Text,
  /** Countersign's own: `hide` leaves out what signing has added. */
  dnssec: z.enum(["show", "hide"]).default("show"),
  match: z.enum(["any", "all"]).default("all"),
  tag_match: z.enum(["any", "all"]).default("all"),
  order: z.enum(["type", "name", "content", "ttl", "proxied"]).optional(),
  direction: z.enum(["asc", "desc"]).default("asc"),
  /** Nothing is shadowed here: `true` adds nothing. */
  include_shadow_metadata: z.enum(["true", "false"]).optional(),
  /** Records that shadow or are shadowed by others: there are none. */
  shadowed_by_name: Text,
  shadowing_name: Text,
}).and(
  z.object({
    ...textFilters("name"),
    ...textFilters("content"),
    ...textFilters("comment"),
    ...presence("comment"),
    ...textFilters("tag"),
    ...presence("tag"),
  } as Record<string, typeof Text>),
);
