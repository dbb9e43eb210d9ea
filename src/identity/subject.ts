/** Whom of the OpenID provider a user is tied to, as the store keeps it: issuer and subject, which together are one person (OpenID Connect Core 1.0 section 2). */

/** What the store keeps of it; the same however the issuer's address is written. */
export function subjectKey(issuer: string, subject: string): string {
  return `${new URL(issuer).href} ${subject}`;
}

/** The subject alone. */
export function readSubject(key: string | null): string | null {
  return key === null ? null : key.slice(key.indexOf(" ") + 1);
}
