/** What to try when a primary can't be asked or a transfer fails, by the stable code of what went wrong. */

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^no-answer|^net\.(refused|timeout|unreachable)/,
    "Nobody answers there. Are the address and the port right, and is the name server running? A firewall may be in the way: Countersign asks by UDP and TCP.",
  ],
  [/^net\.closed/, "The primary closed the connection. Many do that when transfers are not allowed from this address."],
  [/^net\./, "The network said no. Is the address reachable from the machine on which Countersign runs?"],
  [/^tls\.wrong-name/, "Give one of the names in its certificate, or have it made anew for this one."],
  [/^tls\.untrusted/, "Give the certificate of the authority that signed it, or go by its key."],
  [/^tls\.(expired|not-yet-valid)/, "It needs a new certificate; or one of the two clocks is wrong."],
  [/^tls\.wrong-pin/, "If the change of its key was meant, give the new pin that is named here."],
  [/^tls\.client-certificate/, "It wants a certificate of ours, from an authority that it believes."],
  [/^tls\./, "The encrypted connection could not be made. Look at the peer's certificate settings."],
  [
    /bad-key|wrong-key/,
    "The primary does not know this TSIG key. Its name has to be the same on both sides, to the letter.",
  ],
  [
    /bad-mac|wrong-algorithm|truncated-mac/,
    "The TSIG secret or algorithm differs. Paste the lines again, as they are.",
  ],
  [/bad-time/, "The clocks are too far apart for TSIG. Set both by NTP."],
  [
    /tsig-missing|last-unsigned/,
    "The primary answered without TSIG. It has to be told to use the key for transfers to Countersign.",
  ],
  [
    /rcode/,
    "The primary refused. It has to know this zone, and allow its transfer to Countersign's address with this key.",
  ],
  [
    /not-authoritative|no-soa/,
    "That server does not have this zone as its own. Is the name right, is the zone loaded?",
  ],
  [/zone-too-large|too_much|limit/, "The zone is larger than the limits allow; they can be raised in its settings."],
  [/presigned/, "The primary's signatures are not as pre-signed mode needs them."],
];

const ANY = "Look into the primary's log at the time of the attempt: it usually says why it refused.";

export function hintFor(code: string): string {
  return HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? ANY;
}
