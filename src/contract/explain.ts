/** Why an answer is what it is: the answer as the edge gives it, and for each of its records where it came from. */
import { z } from "zod";
import { Id } from "./common.ts";
import { SIGNING_MODES } from "./modes.ts";
import { Time } from "./time.ts";

const YES = ["true", "1", "yes", "on"];
const NO = ["false", "0", "no", "off"];
/** As people write it in a query string. */
const Switch = z
  .string()
  .refine((text) => YES.includes(text.toLowerCase()) || NO.includes(text.toLowerCase()), "give true or false")
  .transform((text) => YES.includes(text.toLowerCase()));

export const ExplainQuery = z.object({
  /** `www` is www in the zone, `@` or nothing the zone itself; a name that ends in the zone's, or with a dot, is whole. */
  name: z.string().min(1).max(1023).default("@"),
  /** RR type: `A`, `TYPE65280`. */
  type: z.string().min(1).max(20).default("A"),
  /** Whether DNSSEC records are asked for (the DO bit). */
  do: Switch.default(true),
  transport: z.enum(["udp", "tcp"]).default("udp"),
});
export type ExplainQuery = z.infer<typeof ExplainQuery>;

export const EXPLAIN_STEPS = [
  "exact",
  "wildcard",
  "cname",
  "dname",
  "delegation",
  "empty-non-terminal",
  "no-such-type",
  "no-such-name",
] as const;

/**
 * `image`: of the zone version, as transferred (signed zones that we sign: prepared from it). `apex`: keys and what is signed by
 * the KSK, beside the version. `made`: made for this question. `synthesized`: the CNAME that a DNAME stands for. `edns`: OPT.
 */
export const RECORD_SOURCES = ["image", "apex", "made", "synthesized"] as const;

/**
 * `transferred`: came with the zone. `apex`: made beforehand with the KSK. `table`: kept in the signature table, made when it was
 * first asked for. `made`: made with this answer. `cache`: kept from an earlier question for the same made-up record.
 */
export const SIGNATURE_SOURCES = ["transferred", "apex", "table", "made", "cache"] as const;

const ExplainedSignature = z.object({
  covers: z.string(),
  key_tag: z.number(),
  algorithm: z.string(),
  signer: z.string(),
  /** By the key's SEP flag; `unknown`: no key of this tag is published. */
  role: z.enum(["ksk", "zsk", "unknown"]),
  /** Whose key it is: ours, or one that came with the zone. */
  ours: z.boolean(),
  inception_time: Time,
  expiration_time: Time,
  /** Until it expires; below 0 since it has. */
  left_seconds: z.number(),
  in_window: z.boolean(),
  from: z.enum(SIGNATURE_SOURCES),
});

export const ExplainedRecord = z.object({
  section: z.enum(["answer", "authority", "additional"]),
  name: z.string(),
  ttl: z.number(),
  type: z.string(),
  data: z.string(),
  from: z.enum(RECORD_SOURCES),
  /** One sentence: why it is there. */
  why: z.string(),
  /** Only of RRSIG. */
  signature: ExplainedSignature.nullable(),
});
export type ExplainedRecord = z.infer<typeof ExplainedRecord>;

export const ExplainedStep = z.object({
  step: z.enum(EXPLAIN_STEPS),
  name: z.string(),
  /** Where the data was found or is missing; null when there is no such name. */
  node: z.string().nullable(),
  closest_encloser: z.string(),
  /** The RRset that decided. */
  rrset: z.string().nullable(),
  sentence: z.string(),
});
export type ExplainedStep = z.infer<typeof ExplainedStep>;

export const PROOFS = [
  "name-missing",
  "type-missing",
  "name-covered",
  "encloser-matched",
  "next-closer-covered",
  "wildcard-covered",
  "wildcard-matched",
  "empty-non-terminal",
  "insecure-cut",
  "other",
] as const;

export const ExplainedProof = z.object({
  name: z.string(),
  type: z.string(),
  /** A record may prove more than one thing. */
  proves: z.array(z.object({ proof: z.enum(PROOFS), sentence: z.string() })),
});
export type ExplainedProof = z.infer<typeof ExplainedProof>;

export const Explanation = z
  .object({
    name: z.string(),
    type: z.string(),
    do: z.boolean(),
    transport: z.enum(["udp", "tcp"]),
    /** In one sentence. */
    summary: z.string(),
    rcode: z.string(),
    /** Of the header: `qr`, `aa`, `tc`, `rd`; of EDNS: `do`, `co`. */
    flags: z.array(z.string()),
    extended_errors: z.array(z.object({ code: z.number(), name: z.string(), text: z.string() })),
    octets: z.number(),
    /** The whole reply in hexadecimal, its ID zero. */
    message: z.string(),
    records: z.array(ExplainedRecord),
    steps: z.array(ExplainedStep),
    proofs: z.array(ExplainedProof),
    /** What answered; it may be another zone that is served here, such as a child. Null: none is served that has the name. */
    zone: z
      .object({
        id: Id,
        name: z.string(),
        state: z.enum(["serving", "not-ready", "expired"]),
        mode: z.enum(SIGNING_MODES),
        denial: z.enum(["none", "compact", "chain", "nsec3", "primary"]),
        /** Of the version that answered. */
        serial: z.number().nullable(),
        generation: z.number(),
        stored_serial: z.number().nullable(),
        primary_serial: z.number().nullable(),
        transferred_time: Time.nullable(),
      })
      .nullable(),
  })
  .meta({ id: "Explanation" });
export type Explanation = z.infer<typeof Explanation>;
