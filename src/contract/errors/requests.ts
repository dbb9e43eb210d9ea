/** Refusals of the request itself and of who makes it: sessions, users, tokens, accounts. */
import type { ErrorEntry } from "./entry.ts";

export const REQUEST_ERRORS = {
  // The request itself (made by the API, before the service is called)
  "request.malformed": { status: 400, number: 6007, sentence: "Malformed JSON in request body: {about}" },
  "request.invalid": { status: 400, number: 1004, sentence: "Invalid request: {about}" },
  "request.too-large": { status: 413, number: 20001, sentence: "The request body is larger than {about} octets." },
  "request.content-type": {
    status: 415,
    number: 20002,
    sentence: "Content-Type {about} is not understood here; send application/json.",
  },
  "request.content-encoding": {
    status: 415,
    number: 20004,
    sentence: "A body that is encoded ({about}) is not read here; send it as it is.",
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
} as const satisfies Record<string, ErrorEntry>;
