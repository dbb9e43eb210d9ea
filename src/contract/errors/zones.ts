/** Refusals about zones as such: their names and life, catalogs that bring them, DNSSEC. */
import type { ErrorEntry } from "./entry.ts";

export const ZONE_ERRORS = {
  // Zones
  "zone.not-found": { status: 404, number: 1001, sentence: "Invalid zone identifier: there is no zone {about}." },
  "zone.exists": { status: 400, number: 1061, sentence: "{about} already exists." },
  "zone.name-invalid": {
    status: 400,
    number: 1099,
    sentence: '"{about}" is no name that a zone can have: words with dots between them, and no blanks.',
  },
  "zone.type-unsupported": {
    status: 400,
    number: 20101,
    sentence: 'Zones of type "{about}" are not offered here: Countersign is a secondary. Send "type":"secondary".',
  },
  "zone.too-many": { status: 400, number: 20102, sentence: "The limit of {about} zones is reached; delete one first." },
  "zone.not-loaded": {
    status: 400,
    number: 20103,
    sentence: "{about} has no data yet: its first zone transfer has not succeeded.",
  },
  "zone.edit-one": {
    status: 400,
    number: 20104,
    sentence: "Send exactly one of paused, type and vanity_name_servers; got {about}.",
  },
  "zone.vanity-unsupported": {
    status: 400,
    number: 20105,
    sentence: "Vanity nameservers are not offered here; nameserver names come from the configuration (nameServers).",
  },

  "zone.is-catalog": {
    status: 400,
    number: 20106,
    sentence: "{about} is a catalog zone: DELETE /countersign/v1/catalogs/… gives it up.",
  },
  "zone.catalog-member": {
    status: 400,
    number: 20107,
    sentence: "{about} comes from a catalog and would come again: remove it there, or give up the catalog.",
  },

  // Catalog zones
  "catalog.not-found": { status: 404, number: 20701, sentence: "There is no catalog {about}." },
  "catalog.name-invalid": {
    status: 400,
    number: 20702,
    sentence: "{about} is not a domain name: words with dots between them, and no blanks.",
  },
  "catalog.group-twice": { status: 400, number: 20703, sentence: "The group {about} is in the table twice." },
  "catalog.peer-unknown": { status: 400, number: 20704, sentence: "{about} is not a peer of this account." },

  // DNSSEC
  "dnssec.status-invalid": {
    status: 400,
    number: 1002,
    sentence: 'Invalid or missing "status": it can be set to "active" or "disabled".',
  },
  "dnssec.delete-not-disabled": {
    status: 400,
    number: 20201,
    sentence:
      'DNSSEC can be deleted only when its status is "disabled"; it is "{about}". PATCH {"status":"disabled"} first, and take the DS away from the registrar.',
  },
  "dnssec.presigned-with-multi-signer": {
    status: 400,
    number: 20202,
    sentence:
      "dnssec_presigned and dnssec_multi_signer exclude each other: a pre-signed zone is served as the primary signed it, with nothing added.",
  },
  "dnssec.presigned-with-overrides": {
    status: 400,
    number: 20203,
    sentence:
      "dnssec_presigned and secondary_overrides exclude each other: an override would change records that the primary signed.",
  },
  "dnssec.key-failed": { status: 500, number: 20204, sentence: "The keys could not be made or opened: {about}" },
  "rollover.not-signed-here": {
    status: 400,
    number: 20205,
    sentence:
      "Nothing of {about} is signed here yet: keys can be rolled once the zone is served live-signed or multi-signed.",
  },
  "rollover.already": {
    status: 400,
    number: 20206,
    sentence: "The {about} is being rolled already; cancel that first, or wait until it is over.",
  },
  "rollover.none": { status: 400, number: 20207, sentence: "No {about} is being rolled." },
  "rollover.too-late": {
    status: 400,
    number: 20208,
    sentence:
      "The new {about} is in use already: taking it back would be another rollover. Let this one come to its end, then roll again.",
  },
  "rollover.disabled": {
    status: 400,
    number: 20209,
    sentence:
      "DNSSEC of {about} is being switched off: the parent is asked for no DS, so none could follow the old one. Enable DNSSEC first, or delete it with its keys.",
  },
} as const satisfies Record<string, ErrorEntry>;
