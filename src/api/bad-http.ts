/**
 * What HTTP asks of a request's head before anybody looks at what is wanted (RFC 9110, RFC 9112), and the answers to what never
 * becomes a request: those are written by hand, in the envelope like all others.
 *
 *   octets ─ no HTTP, too slow ▶ 400 408 431   method that Node does not know ▶ 405   CONNECT ▶ 405
 *     └▶ request ─ Expect ▶ 417 ─ Host ▶ 400 ─ coding of the body ▶ 415 ─▶ route
 */
import { randomBytes } from "node:crypto";
import { type IncomingMessage, METHODS, type ServerResponse } from "node:http";
import type { FastifyRequest } from "fastify";
import type { ControlError } from "#contract";
import { envelopeOfError } from "./answer.ts";

export const newRequestId = (): string => randomBytes(8).toString("hex");

/** What a Host header may hold (RFC 9112 section 3.2: uri-host, and a port perhaps); empty where the target has no authority. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/** What the head of a request has wrong, whatever it asks for. */
export function refusalOfHead({ raw, headers, method }: FastifyRequest): ControlError | undefined {
  const hosts = raw.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts > 1) return { code: "request.invalid", about: "more than one Host header" };
  if (hosts === 0 && raw.httpVersion === "1.1") return { code: "request.invalid", about: "no Host header" };
  if (!HOST.test(headers.host ?? "")) return { code: "request.invalid", about: "the Host header holds no host" };
  // Of these nobody reads a body.
  if (method === "GET" || method === "HEAD") return undefined;
  const unread =
    unreadCoding(headers["content-encoding"], "identity") ?? unreadCoding(headers["transfer-encoding"], "chunked");
  return unread === undefined ? undefined : { code: "request.content-encoding", about: unread.slice(0, 80) };
}

/** The header, when it names any coding but the one that changes nothing here. */
function unreadCoding(header: string | undefined, read: string): string | undefined {
  const codings = (header ?? "").split(",").map((coding) => coding.trim().toLowerCase());
  return codings.every((coding) => coding === "" || coding === read) ? undefined : header;
}

/** The part of a socket that is used here; sockets themselves belong to #net. */
type Connection = {
  readonly destroyed: boolean;
  readonly writable: boolean;
  destroy(): void;
  end(text: string): void;
};

const BAD_HTTP: Readonly<Record<string, { readonly status: string; readonly about: string }>> = {
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", about: "the headers are too large" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", about: "it did not come in time" },
};

type HttpFault = Error & { readonly code?: string; readonly rawPacket?: unknown };

/** What is no HTTP at all, or too slow: no request object exists. `methodsOf`: those of a path. */
export function refuseBadHttp(
  error: HttpFault,
  socket: Connection,
  methodsOf: (path: string) => readonly string[],
): void {
  // A handshake that failed comes here as well, and nothing can be said there.
  const isTls = /^ERR_(SSL|TLS)_/.test(error.code ?? "");
  if (socket.destroyed || isTls || error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const unknown = error.code === "HPE_INVALID_METHOD" ? strangeMethod(error.rawPacket) : undefined;
  if (unknown) {
    refuseMethod(socket, unknown.method, unknown.path, methodsOf(unknown.path));
    return;
  }
  const bad = BAD_HTTP[error.code ?? ""] ?? { status: "400 Bad Request", about: "not HTTP/1.1 as it should be" };
  socket.end(writtenAnswer(bad.status, { code: "request.invalid", about: bad.about }));
}

/** A request line as it should be, with a method that Node does not know: the sort of packet that is no HTTP has none. */
function strangeMethod(packet: unknown): { method: string; path: string } | undefined {
  if (!(packet instanceof Uint8Array)) return undefined;
  const line = Buffer.from(packet.subarray(0, 512)).toString("latin1");
  const [, method, path] =
    /^([!#$%&'*+.^`|~\w-]{1,40}) (\/[\x21-\x3e\x40-\x7e]*)\S* HTTP\/1\.[01]\r?\n/.exec(line) ?? [];
  return method === undefined || path === undefined || METHODS.includes(method) ? undefined : { method, path };
}

/** CONNECT asks for a tunnel, and Node hangs up on it without a word. */
export function refuseMethod(socket: Connection, method: string, path: string, allowed: readonly string[]): void {
  const error = { code: "route.method", about: `${method} ${path}` } as const;
  socket.end(writtenAnswer("405 Method Not Allowed", error, [`allow: ${allowed.join(", ")}`]));
}

/** Anything but 100-continue (RFC 9110 section 10.1.1). */
export function refuseExpectation(_: IncomingMessage, response: ServerResponse): void {
  const { body } = envelopeOfError({ code: "request.invalid", about: "of Expect only 100-continue is understood" });
  const fields = Object.fromEntries(ownHeaders().map((line) => line.split(": ") as [string, string]));
  // What was to come with the request is not waited for.
  response.writeHead(417, { ...fields, "content-length": Buffer.byteLength(body), connection: "close" }).end(body);
}

function writtenAnswer(status: string, error: ControlError, more: readonly string[] = []): string {
  const { body } = envelopeOfError(error);
  const length = `content-length: ${Buffer.byteLength(body)}`;
  return `${[`HTTP/1.1 ${status}`, ...ownHeaders(), ...more, length, "connection: close"].join("\r\n")}\r\n\r\n${body}`;
}

function ownHeaders(): string[] {
  return [
    `x-request-id: ${newRequestId()}`,
    "content-type: application/json; charset=utf-8",
    "x-content-type-options: nosniff",
    "cache-control: no-store",
  ];
}
