/** Takes secrets out of what the audit log keeps, and bounds it. A secret that was changed is told as changed, no more. */

const HIDDEN = "(hidden)";
const CHANGED = "(hidden, changed)";

/** Names of fields that hold secrets, in requests and in answers. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "secret",
  "secrets",
  "password",
  "current",
  "current_password",
  "new_password",
  "old_password",
  "passphrase",
  "token",
  "access_token",
  "refresh_token",
  "id_token",
  "value",
  "csrf",
  "api_key",
  "auth_key",
  "private_key",
  "private_key_pem",
  "client_secret",
  "recovery_codes",
  "authorization",
  "code",
  "returned",
]);

/** More octets of JSON than this are not kept. */
const OCTETS_MAX = 16_384;
const DEPTH_MAX = 12;

/** The field at `pointer` was refused, and is not kept whatever it is called. */
export function maskRequest(request: unknown, pointer?: string): unknown {
  const [first] = pointer?.split("/").slice(1) ?? [];
  const isObject = typeof request === "object" && request !== null && !Array.isArray(request);
  const kept = first !== undefined && isObject && first in request ? { ...request, [first]: HIDDEN } : request;
  return bounded(mask(kept, undefined, 0));
}

/** A result that is one long word is a secret that is shown this once; short ones are words such as OK. */
const WORD_MAX = 16;

/** `after` says where a secret is another one than before. */
export function maskAfter(after: unknown, before: unknown): unknown {
  if (typeof after === "string" && after.length > WORD_MAX) return HIDDEN;
  return bounded(mask(after, before, 0));
}

function mask(value: unknown, before: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return "(too deep)";
  if (Array.isArray(value)) {
    const old: readonly unknown[] = Array.isArray(before) ? before : [];
    return value.map((item, i) => mask(item, old[i], depth + 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const old = typeof before === "object" && before !== null ? (before as Record<string, unknown>) : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (!SECRET_FIELDS.has(key.toLowerCase()) || inner === null || inner === undefined || typeof inner === "boolean")
        return [key, mask(inner, old?.[key], depth + 1)];
      const changed = old !== undefined && JSON.stringify(old[key]) !== JSON.stringify(inner);
      return [key, changed ? CHANGED : HIDDEN];
    }),
  );
}

function bounded(value: unknown): unknown {
  if (value === undefined) return null;
  const octets = Buffer.byteLength(JSON.stringify(value) ?? "");
  return octets <= OCTETS_MAX ? value : `(${octets} octets, too many to keep)`;
}
