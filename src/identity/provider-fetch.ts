/** How the OpenID library asks the provider: through #net, bounded in time and octets, no redirects. */
import type { CustomFetch, FetchBody } from "openid-client";
import { type OutboundError, requestOutbound } from "#net";

const ANSWER_SECONDS = 8;
/** Descriptions have some thousands of octets, key sets and tokens some tens of thousands. */
const ANSWER_OCTETS_MAX = 512 * 1024;

/** Passes through the library, which knows nothing of it. */
export class ProviderUnreachable extends Error {
  readonly outbound: OutboundError;

  constructor(outbound: OutboundError) {
    super(outbound.text);
    this.outbound = outbound;
  }
}

/** `seen` is told the end of the certificate that was shown. */
export function makeProviderFetch(seen: (certificateEndsAt: number | undefined) => void): CustomFetch {
  return async (address, { method, headers, body }) => {
    const answer = await requestOutbound({
      url: new URL(address),
      method: method === "POST" ? "POST" : "GET",
      headers,
      body: octetsOf(body),
      timeoutMs: ANSWER_SECONDS * 1000,
      octetsMax: ANSWER_OCTETS_MAX,
    });
    if (!answer.ok) throw new ProviderUnreachable(answer.error);
    const { status, headers: got, body: octets, certificateEndsAt } = answer.value;
    seen(certificateEndsAt);
    // Statuses without a body can't be made with one, and none is of use here.
    if (status < 200 || status > 599 || status === 204 || status === 205 || status === 304)
      throw new ProviderUnreachable({ code: "outbound.status", text: `it answered with HTTP ${status}` });
    return new Response(octets, { status, headers: got });
  };
}

function octetsOf(body: FetchBody): Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof URLSearchParams) return new TextEncoder().encode(String(body));
  throw new Error("the library sends a body of a kind that is not known here");
}
