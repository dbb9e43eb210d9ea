/** Refusals whose next step is another command of this program: said in its words instead of the API's. */
import type { ErrorCode } from "#contract";

const HINTS: { readonly [K in ErrorCode]?: string } = {
  "auth.missing": "The server wants a token: set COUNTERSIGN_TOKEN, or give --data DIR, the server's data directory.",
  "auth.refused":
    "The server does not know this token: set COUNTERSIGN_TOKEN to the one that it shows at its first start, or give --data DIR, its data directory.",
  "auth.headers": "The token has not the form of one: look at COUNTERSIGN_TOKEN, --token and the file admin-token.",
  "dnssec.delete-not-disabled":
    'DNSSEC can be deleted only when its status is "disabled": run "countersign dnssec disable ZONE", take the DS away at the registrar, and wait until "countersign dnssec show ZONE" says disabled.',
  "zone.frozen": 'The transfers of the zone are frozen: "countersign zone thaw ZONE" lets them go on.',
  "held.needs-force":
    'The held version fails validation: resolvers that validate would refuse (part of) the zone. "countersign zone held ZONE" shows why; "countersign zone release ZONE --force" serves it all the same.',
  "alert.secret-missing":
    'A webhook needs a secret of 16 characters or more, by which its receiver knows that an alert is ours: --secret-file FILE, "-" is standard input.',
  "incoming.not-found": 'The zone has no peers: give it some with "countersign zone set ZONE --peer ADDRESS".',
  "incoming.no-peers":
    'None of the zone\'s peers has an address: look at "countersign peer list", or give the zone others with "countersign zone set ZONE --peer ADDRESS".',
};

/** Undefined when the server's own sentence says all. */
export function hintFor(reason: string): string | undefined {
  return Object.hasOwn(HINTS, reason) ? HINTS[reason as ErrorCode] : undefined;
}
