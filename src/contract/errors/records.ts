/** Refusals about what a zone holds and answers: explanations, records, DNS settings. */
import type { ErrorEntry } from "./entry.ts";

export const RECORD_ERRORS = {
  // Why an answer is what it is
  "explain.name-invalid": {
    status: 400,
    number: 20651,
    sentence: "{about} is no domain name; write it as in a master file, without blanks.",
  },
  "explain.name-outside": {
    status: 400,
    number: 20652,
    sentence: "{about} is not at or below the zone; ask the zone that has it.",
  },
  "explain.type-unknown": {
    status: 400,
    number: 20653,
    sentence: "{about} is no RR type; write a mnemonic such as AAAA, or TYPE65280.",
  },
  "explain.not-answered": {
    status: 400,
    number: 20654,
    sentence: "Questions of type {about} are not answered from the zone's data: they belong to transfers and messages.",
  },
  "explain.no-worker": {
    status: 503,
    number: 20655,
    sentence: "No worker that answers DNS said anything in time; try again in a moment.",
  },

  // Records and settings
  "record.too-many-to-sort": {
    status: 400,
    number: 20502,
    sentence: "More than {about} records would have to be sorted; narrow the list, or leave out order.",
  },
  "record.not-found": { status: 404, number: 81044, sentence: "Record {about} does not exist." },
  "record.read-only": {
    status: 400,
    number: 20501,
    sentence:
      "The records of a secondary zone come from its primary and can't be changed here ({about}); change them at the primary.",
  },
  "override.not-offered": {
    status: 400,
    number: 20503,
    sentence:
      "Secondary DNS overrides (proxied records, a CNAME at the apex) are not offered by this version of Countersign; records are served as the primary has them. {about} is refused.",
  },
  "load-balancing.not-offered": {
    status: 400,
    number: 20504,
    sentence:
      "Load balancing is not offered by this version of Countersign: {about} is refused, and nothing was changed.",
  },
  "settings.nameservers-fixed": {
    status: 400,
    number: 1003,
    sentence:
      "The setting {about} is not available here: nameservers.type is cloudflare.standard, and the names come from the option nameServers.",
  },
  "settings.internal-dns": { status: 400, number: 1029, sentence: "Internal DNS is not available here ({about})." },
  "settings.fixed": {
    status: 400,
    number: 1003,
    sentence:
      "The setting {about} is not available here: records are served as the primary has them, without flattening or a proxy.",
  },
  "settings.primary-zones-only": {
    status: 400,
    number: 1003,
    sentence:
      "The default {about} would be for primary zones, and this service has secondary zones alone: theirs comes from the primary.",
  },
  "settings.not-offered": {
    status: 400,
    number: 1003,
    sentence: "The setting {about} is not available on a secondary zone: its value comes from the primary.",
  },
} as const satisfies Record<string, ErrorEntry>;
