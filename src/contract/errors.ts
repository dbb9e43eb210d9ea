/**
 * Every way in which a call can be refused: one closed set of codes, and the one table that maps code → HTTP status →
 * provider error number → sentence. Codes are stable and never reused; programs match on codes and numbers, never on text.
 *
 * Clients of the provider's API retry 408, 409, 429 and 5xx: no refusal has one of these but the rate limit (429), where
 * trying again after `retry-after` is the right thing. Numbers below 20000 and from 81000 are the provider's own where its number is known;
 * 20000 to 29999 are Countersign's.
 */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 412 | 413 | 415 | 429 | 500 | 503;

export type ErrorEntry = {
  readonly status: ErrorStatus;
  readonly number: number;
  /** `{about}` is replaced by the particular thing; says what to do next where that is not plain. */
  readonly sentence: string;
};

export const ERRORS = {
  // The request itself (made by the API, before the service is called)
  "request.malformed": { status: 400, number: 6007, sentence: "Malformed JSON in request body: {about}" },
  "request.invalid": { status: 400, number: 1004, sentence: "Invalid request: {about}" },
  "request.too-large": { status: 413, number: 20001, sentence: "The request body is larger than {about} octets." },
  "request.content-type": {
    status: 415,
    number: 20002,
    sentence: "Content-Type {about} is not understood here; send application/json.",
  },
  "request.plain-http": {
    status: 400,
    number: 20003,
    sentence:
      "This port speaks TLS: ask by https://, not http://. What was sent in the clear may have been read on the way; a token among it should be replaced.",
  },
  "rate.limited": {
    status: 429,
    number: 10429,
    sentence: "Rate limited: {about}. Please wait and consider throttling your request speed.",
  },
  "precondition.failed": {
    status: 412,
    number: 20041,
    sentence:
      "{about} was changed in between: what If-Match names is not what is there now. Read it again, then write.",
  },
  "precondition.not-here": {
    status: 400,
    number: 20042,
    sentence: "If-Match has nothing to compare with at {about}: there is no resource to read there.",
  },
  "idempotency.key-invalid": {
    status: 400,
    number: 20043,
    sentence: "Idempotency-Key has to be 1 to 255 printable ASCII characters.",
  },
  "idempotency.key-reused": {
    status: 400,
    number: 20044,
    sentence: "This Idempotency-Key was used for another request at {about}; take a new key for each thing to be done.",
  },
  "idempotency.cut-off": {
    status: 400,
    number: 20045,
    sentence:
      "The request with this Idempotency-Key was cut off by a stop of the server at {about}, and may be done or not: look at the resource, then use a new key.",
  },
  "idempotency.not-kept": {
    status: 400,
    number: 20046,
    sentence:
      "The request with this Idempotency-Key was answered at {about}, by more than is kept for a second time: look at the resource.",
  },
  "route.unknown": {
    status: 404,
    number: 7003,
    sentence: "Could not route to {about}, perhaps your object identifier is invalid?",
  },
  "route.method": { status: 405, number: 10405, sentence: "Method not allowed: {about}" },
  "auth.missing": { status: 401, number: 9106, sentence: "Missing X-Auth-Key, X-Auth-Email or Authorization headers" },
  "auth.headers": { status: 400, number: 6003, sentence: "Invalid request headers" },
  "auth.token-invalid": { status: 401, number: 1000, sentence: "Invalid API Token" },
  "auth.key-unknown": { status: 403, number: 9103, sentence: "Unknown X-Auth-Key or X-Auth-Email" },
  "auth.refused": { status: 403, number: 10000, sentence: "Authentication error" },
  "auth.permission": {
    status: 403,
    number: 10000,
    sentence: "Authentication error: this call needs the permission {about}.",
  },
  "auth.resource": { status: 403, number: 9109, sentence: "Unauthorized to access requested resource: {about}" },
  "auth.address": { status: 403, number: 9109, sentence: "Cannot use the access token from location: {about}" },
  "auth.csrf": {
    status: 403,
    number: 20010,
    sentence: "A write by cookie needs the header x-csrf-token with the value that GET /countersign/v1/session gives.",
  },
  "auth.origin": {
    status: 403,
    number: 20011,
    sentence: "A page of another site asked for this ({about}); only the dashboard itself may use the cookie.",
  },
  internal: {
    status: 500,
    number: 20500,
    sentence: "Internal error; the server's log has it under this request's id (header x-request-id).",
  },
  "store.busy": {
    status: 503,
    number: 20598,
    sentence: "Another program holds the server's database; nothing was done, try again in a moment.",
  },
  "service.stopping": { status: 503, number: 20599, sentence: "The server is stopping; try again in a moment." },

  // Sessions and users
  "session.none": {
    status: 401,
    number: 20012,
    sentence: "Nobody is signed in, or the session is over. Sign in again.",
  },
  "session.refused": {
    status: 403,
    number: 20013,
    sentence: "The e-mail address, the password or the token is not right, or the user is disabled.",
  },
  "session.wait": {
    status: 403,
    number: 20014,
    sentence: "Too many tries in a short time. Try again in {about} seconds.",
  },
  "session.no-password": {
    status: 400,
    number: 20015,
    sentence: "Only a user who is signed in by a session of his own has a password to change.",
  },
  "session.password-wrong": { status: 400, number: 20016, sentence: "The current password is not right." },
  "session.not-found": { status: 404, number: 20017, sentence: "You have no session {about}." },
  "sso.off": { status: 404, number: 20181, sentence: "Signing in at an OpenID provider is not set up here." },
  "sso.unreachable": {
    status: 400,
    number: 20182,
    sentence:
      "The sign-in provider can't be used now: {about}. Passwords and the admin token work; try again in a moment.",
  },
  "sso.begin-again": {
    status: 403,
    number: 20183,
    sentence: "This sign-in was begun in another browser or too long ago, or was finished already. Begin again.",
  },
  "sso.refused": { status: 403, number: 20184, sentence: "The sign-in provider did not let you in ({about})." },
  "sso.invalid": {
    status: 403,
    number: 20185,
    sentence:
      "What the sign-in provider sent is not valid: {about}. Begin again; if it stays so, tell an administrator.",
  },
  "sso.unknown": {
    status: 403,
    number: 20186,
    sentence:
      "The sign-in provider knows you, but there is no user for you here. Ask an administrator to tie one to the subject {about}.",
  },
  "sso.no-role": {
    status: 403,
    number: 20187,
    sentence: "The sign-in provider knows you, but none of your groups may do anything here. Ask an administrator.",
  },
  "sso.email": {
    status: 403,
    number: 20188,
    sentence: "The sign-in provider knows you, but your e-mail address can't be used here: {about}.",
  },
  "sso.disabled": { status: 403, number: 20189, sentence: "Your user is disabled here. Ask an administrator." },
  "sso.not-tied": { status: 400, number: 20190, sentence: "{about} is tied to another user already." },

  "user.not-found": { status: 404, number: 20021, sentence: "There is no user {about}." },
  "user.exists": { status: 400, number: 20022, sentence: "There is a user with the e-mail address {about} already." },
  "user.last-admin": {
    status: 400,
    number: 20023,
    sentence: "{about} is the last admin; make another user admin first.",
  },
  "user.too-many": { status: 400, number: 20024, sentence: "The limit of {about} users is reached; delete one first." },

  // Tokens
  "token.not-found": { status: 404, number: 20031, sentence: "There is no token {about} here." },
  "token.group-unknown": {
    status: 400,
    number: 20032,
    sentence: "There is no permission group {about}; GET /user/tokens/permission_groups lists them.",
  },
  "token.resource-unknown": {
    status: 400,
    number: 20033,
    sentence:
      'The resource {about} is not understood. A zone is "com.cloudflare.api.account.zone.<id>": "*", an account "com.cloudflare.api.account.<id>": "*", you "com.cloudflare.api.user.<id>": "*".',
  },
  "token.beyond": {
    status: 403,
    number: 20034,
    sentence: "A token can't give another one more than it has itself.",
  },
  "token.too-many": {
    status: 400,
    number: 20035,
    sentence: "The limit of {about} tokens is reached; delete one first.",
  },

  // Accounts
  "account.not-found": {
    status: 404,
    number: 7003,
    sentence: "There is no account {about}; GET /accounts lists them.",
  },

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

  // Peers, TSIGs, ACLs
  "peer.not-found": { status: 404, number: 20301, sentence: "There is no peer {about}." },
  "peer.in-use": {
    status: 400,
    number: 20302,
    sentence: "The peer is linked to {about}; take it out of their incoming and outgoing configuration first.",
  },
  "peer.tsig-unknown": { status: 400, number: 20303, sentence: "tsig_id {about} is not a TSIG of this account." },
  "tsig.not-found": { status: 404, number: 20311, sentence: "There is no TSIG {about}." },
  "tsig.in-use": { status: 400, number: 20312, sentence: "The TSIG is attached to {about}; detach it there first." },
  "tsig.algorithm-unsupported": {
    status: 400,
    number: 20313,
    sentence:
      "TSIG algorithm {about} is not supported; use hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha224 or hmac-sha1. hmac-md5 is refused on purpose.",
  },
  "tsig.name-invalid": {
    status: 400,
    number: 20314,
    sentence: '"{about}" is no name that a TSIG can have: words with dots between them, and no blanks.',
  },
  "tsig.secret-invalid": { status: 400, number: 20315, sentence: "The TSIG secret is not base64, or it is empty." },
  "acl.not-found": { status: 404, number: 20321, sentence: "There is no ACL {about}." },
  "acl.range-invalid": {
    status: 400,
    number: 20322,
    sentence: "{about} is not an address range such as 192.0.2.0/28.",
  },
  "acl.range-too-large": {
    status: 400,
    number: 20323,
    sentence: "{about} is too large: an ACL holds at most a /24 of IPv4 or a /64 of IPv6.",
  },

  // Transport of a peer
  "transport.host-name-needed": {
    status: 400,
    number: 20331,
    sentence: "mode strict needs host_name: the name that the certificate of the peer is for.",
  },
  "transport.pins-needed": {
    status: 400,
    number: 20332,
    sentence: "mode pinned needs pins: the base64 of the SHA-256 of the peer's SubjectPublicKeyInfo.",
  },
  "transport.unusable": { status: 400, number: 20333, sentence: "TLS can't be used with this: {about}." },

  // Incoming transfers
  "incoming.not-found": {
    status: 404,
    number: 20401,
    sentence: "The zone {about} has no incoming transfer configuration; POST secondary_dns/incoming makes one.",
  },
  "incoming.exists": {
    status: 400,
    number: 20402,
    sentence: "The zone {about} has an incoming transfer configuration already; PUT replaces it.",
  },
  "incoming.name-mismatch": {
    status: 400,
    number: 20403,
    sentence: 'name must be the name of the zone, with or without the final dot; got "{about}".',
  },
  "incoming.peer-unknown": { status: 400, number: 20404, sentence: "{about} is not a peer of this account." },
  "incoming.too-many-peers": { status: 400, number: 20405, sentence: "A zone can have at most {about} peers." },
  "incoming.refresh-out-of-range": {
    status: 400,
    number: 20406,
    sentence: "auto_refresh_seconds must be within {about} seconds.",
  },
  "incoming.no-peers": {
    status: 400,
    number: 20407,
    sentence: "The zone {about} has no peer with an address to transfer from; link one in secondary_dns/incoming.",
  },

  // Outgoing transfers
  "outgoing.not-found": {
    status: 404,
    number: 20421,
    sentence: "The zone {about} has no outgoing transfer configuration; POST secondary_dns/outgoing makes one.",
  },
  "outgoing.exists": {
    status: 400,
    number: 20422,
    sentence: "The zone {about} has an outgoing transfer configuration already; PUT replaces it.",
  },
  "outgoing.name-mismatch": {
    status: 400,
    number: 20423,
    sentence: 'name must be the name of the zone, with or without the final dot; got "{about}".',
  },
  "outgoing.peer-unknown": { status: 400, number: 20424, sentence: "{about} is not a peer of this account." },
  "outgoing.too-many-peers": { status: 400, number: 20425, sentence: "A zone can have at most {about} peers." },
  "outgoing.tsig-mixed": {
    status: 400,
    number: 20426,
    sentence:
      "The peer {about} has no TSIG and another one has: with one peer that has a TSIG every transfer must be signed, so give it one too.",
  },
  "outgoing.disabled": {
    status: 400,
    number: 20427,
    sentence: "Outgoing transfers of {about} are disabled; POST secondary_dns/outgoing/enable first.",
  },

  // Held versions and frozen zones
  "held.nothing": { status: 404, number: 20601, sentence: "No version of {about} is held." },
  "held.busy": { status: 400, number: 20602, sentence: "{about} is being worked on; try again when it is at rest." },
  "held.not-releasable": { status: 400, number: 20603, sentence: "The held version can't be released: {about}" },
  "held.needs-force": { status: 400, number: 20604, sentence: 'Only with "force": true: {about}' },
  "held.again": { status: 400, number: 20605, sentence: "The version is held again: {about}" },
  "zone.frozen": {
    status: 400,
    number: 20611,
    sentence: "The transfers of {about} are frozen; thaw them first (POST thaw).",
  },

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

export type ErrorCode = keyof typeof ERRORS;

export type ControlError = {
  readonly code: ErrorCode;
  /** The particular thing: a zone's name, an id, the names of the users of a peer. Never a secret. */
  readonly about?: string;
  /** JSON pointer into the request body or `/query/…`, when one field is at fault. */
  readonly pointer?: string;
  /** What else is wrong with the same request, in the order of the schema's fields. */
  readonly also?: readonly ControlError[];
};

/** The error's sentence with `about` set in. */
export function errorSentence(error: ControlError): string {
  return ERRORS[error.code].sentence.replaceAll("{about}", () => error.about ?? "(unnamed)");
}
