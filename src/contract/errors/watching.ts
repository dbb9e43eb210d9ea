/** Refusals about what is followed: alerts and events, and the counts of what a zone was asked. */
import type { ErrorEntry } from "./entry.ts";

export const WATCH_ERRORS = {
  // Alerts and events
  "alert.policy-not-found": { status: 404, number: 20631, sentence: "There is no alert policy {about}." },
  "alert.destination-not-found": { status: 404, number: 20632, sentence: "There is no destination of alerts {about}." },
  "alert.destination-unknown": { status: 400, number: 20633, sentence: "{about} is no destination of alerts." },
  "alert.destination-in-use": {
    status: 400,
    number: 20634,
    sentence: "The destination is used by {about}; take it out of these policies first.",
  },
  "alert.secret-missing": {
    status: 400,
    number: 20635,
    sentence: "A webhook needs a secret of 16 characters or more, by which its receiver knows that an alert is ours.",
  },
  "alert.too-many": { status: 400, number: 20636, sentence: "There are {about} of them already; delete one first." },
  "alert.not-offered": {
    status: 400,
    number: 20637,
    sentence:
      "{about} is not offered here: alerts are told by webhook and by mail, and a policy that is switched off is silent.",
  },
  "events.too-many-streams": {
    status: 400,
    number: 20621,
    sentence: "There are {about} followers of events already; close one first.",
  },

  // What a zone was asked
  "analytics.filter": {
    status: 400,
    number: 20661,
    sentence:
      'The filter {about} is not understood: write a dimension, an operator and a value, as in "responseCode==NOERROR".',
  },
  "analytics.sort": {
    status: 400,
    number: 20662,
    sentence: "Nothing can be sorted by {about}: it has to be among the metrics or dimensions that are asked for.",
  },
  "analytics.not-together": {
    status: 400,
    number: 20663,
    sentence: "{about} are not counted together; ask for one or the other.",
  },
  "analytics.no-time": { status: 400, number: 20664, sentence: "There is no time between since and until." },
  "analytics.too-fine": {
    status: 400,
    number: 20665,
    sentence:
      "So far back there are no counts by {about}: minutes are kept for 6 hours, hours for 32 days. Ask for a longer time_delta.",
  },
  "analytics.too-many-intervals": {
    status: 400,
    number: 20666,
    sentence: "More than {about} intervals would be needed; ask for a longer time_delta or a shorter time.",
  },
} as const satisfies Record<string, ErrorEntry>;
