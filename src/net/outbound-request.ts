/**
 * One request to where an operator said, with its answer read: bounded in time and in octets, redirects not followed, clear
 * text to this machine alone. For the sign-in provider; webhooks have `postOutbound`.
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { fail, ok, type Result } from "#bytes";
import type { OutboundError } from "./outbound.ts";

export type OutboundRequest = {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** For all of it. */
  readonly timeoutMs: number;
  /** Of the answer's body. */
  readonly octetsMax: number;
};

export type OutboundAnswer = {
  readonly status: number;
  /** Repeated ones in one, as `node:http` joins them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** End of the certificate that was shown, milliseconds since 1970; undefined without TLS. */
  readonly certificateEndsAt: number | undefined;
};

/** `localhost` is this machine's name for itself (RFC 6761 section 6.3). */
export function isLoopbackHost(hostname: string): boolean {
  const plain = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

export function requestOutbound(asked: OutboundRequest): Promise<Result<OutboundAnswer, OutboundError>> {
  const { url, method, headers, body, timeoutMs } = asked;
  const secure = url.protocol === "https:";
  if (!secure && !(url.protocol === "http:" && isLoopbackHost(url.hostname))) {
    const text = `${url.protocol}//${url.host} is in the clear, which is taken for this machine alone; use https`;
    return Promise.resolve(fail({ code: "outbound.address-forbidden", text }));
  }
  return new Promise((resolve) => {
    const time = AbortSignal.timeout(timeoutMs);
    const send = secure ? requestHttps : requestHttp;
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const request = send(url, { method, headers: { ...headers, ...length }, agent: false, signal: time });
    const failed = (error: unknown): void => {
      if (time.aborted) resolve(fail({ code: "outbound.timeout", text: `no answer within ${timeoutMs / 1000} s` }));
      else resolve(fail({ code: "outbound.failed", text: `it can't be reached (${codeOf(error)})` }));
    };
    request.on("error", failed);
    request.on("response", (response) => {
      // Before the body is read: with its end the socket may be gone.
      const certificateEndsAt = secure ? certificateEnd(response.socket as TLSSocket) : undefined;
      readBody(response, asked.octetsMax).then((octets) => {
        request.destroy();
        if (octets === undefined) {
          resolve(fail({ code: "outbound.failed", text: `its answer has more than ${asked.octetsMax} octets` }));
        } else {
          const status = response.statusCode ?? 0;
          resolve(ok({ status, headers: headersOf(response), body: octets, certificateEndsAt }));
        }
      }, failed);
    });
    request.end(body);
  });
}

/** Undefined when there is more than may be. */
async function readBody(response: IncomingMessage, octetsMax: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > octetsMax) return undefined;
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const text = ([name, value]: [string, string | string[] | undefined]) => [name, String(value)];
  return Object.fromEntries(Object.entries(headers).map(text));
}

function certificateEnd(socket: TLSSocket): number | undefined {
  const end = Date.parse(socket.getPeerCertificate().valid_to ?? "");
  return Number.isNaN(end) ? undefined : end;
}

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code ?? message ?? String(error);
}
