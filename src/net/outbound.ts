/**
 * Requests to where an operator said (webhooks, mail servers): the name is resolved once, every address is looked at before
 * anything is sent to it, and the connection goes to that very address, so that a name which changes its mind meanwhile
 * (DNS rebinding) leads nowhere else. Redirects are not followed.
 */
import { lookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { fail, ok, type Result } from "#bytes";

export type OutboundError = {
  readonly code:
    | "outbound.no-address"
    | "outbound.address-forbidden"
    | "outbound.timeout"
    | "outbound.failed"
    | "outbound.status";
  readonly text: string;
};

/** The first address of `host` (a name or an address) that `allows` takes. */
export async function findOutboundAddress(
  host: string,
  allows: (address: string) => boolean,
): Promise<Result<string, OutboundError>> {
  const plain = host.replace(/^\[|\]$/g, "");
  let addresses: readonly string[];
  try {
    addresses = isIP(plain) ? [plain] : (await lookup(plain, { all: true })).map(({ address }) => address);
  } catch (error) {
    return fail({ code: "outbound.no-address", text: `${plain} has no address (${codeOf(error)})` });
  }
  const found = addresses.find(allows);
  if (found !== undefined) return ok(found);
  const text = `${plain} is at ${addresses.join(", ") || "no address"}: not a public address, and not in a range of the option alertRanges`;
  return fail({ code: "outbound.address-forbidden", text });
}

export type OutboundPost = {
  readonly url: URL;
  /** Where `url.hostname` is, as `findOutboundAddress` found it. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For all of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** The answer's body is not read. Anything but a status of 200 to 299 is an error. */
export function postOutbound(post: OutboundPost): Promise<Result<true, OutboundError>> {
  const { url, address, headers, body, timeoutMs } = post;
  const secure = url.protocol === "https:";
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const time = AbortSignal.timeout(timeoutMs);
    const send = secure ? requestHttps : requestHttp;
    const request = send({
      host: address,
      port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: "POST",
      headers: { ...headers, host: url.host, "content-length": String(body.length) },
      agent: false,
      signal: AbortSignal.any([time, post.signal]),
      // The certificate has to be the name's, whatever address was dialed.
      ...(secure && !isIP(name) ? { servername: name } : {}),
    });
    request.on("response", (response) => {
      const status = response.statusCode ?? 0;
      request.destroy();
      const good = status >= 200 && status < 300;
      resolve(good ? ok(true) : fail({ code: "outbound.status", text: `the receiver answered with HTTP ${status}` }));
    });
    request.on("error", (error) => {
      if (time.aborted) resolve(fail({ code: "outbound.timeout", text: `no answer within ${timeoutMs / 1000} s` }));
      else resolve(fail({ code: "outbound.failed", text: `the receiver can't be reached (${codeOf(error)})` }));
    });
    request.end(body);
  });
}

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code ?? message ?? String(error);
}
