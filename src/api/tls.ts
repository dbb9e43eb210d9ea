/**
 * HTTPS (TLS 1.2 and later) on the port of the API. The first octet of a connection tells TLS from plain HTTP, which is told where
 * it went wrong and nothing else: whatever came with it was readable on the way.
 *
 *   connection ─▶ first octet ─ 22 (handshake) ▶ TLS ▶ HTTP        else ▶ 400 request.plain-http, to browsers 308 ▶ https://
 *                     └ none in time ▶ closed
 */
import { createServer, type Server, type ServerOptions } from "node:https";
import type { FastifyServerFactory } from "fastify";
import { envelopeOfError } from "./answer.ts";

/** PEM texts. */
export type ApiTls = { readonly certificate: string; readonly key: string };

/** A year: a browser that came by HTTPS once comes by nothing else (RFC 6797). */
export const STRICT_TRANSPORT = "max-age=31536000";

const HANDSHAKE = 22;
const DEFAULT_PATIENCE_MS = 10_000;

/** The part of a socket that is used here; sockets themselves belong to #net. */
type Accepted = {
  read(): Uint8Array | null;
  unshift(octets: Uint8Array): void;
  setTimeout(ms: number, gone?: () => void): void;
  once(event: "readable" | "error" | "close", heard: () => void): void;
  resume(): void;
  end(text: string): void;
  destroy(): void;
};

export type HttpTimes = Pick<
  ServerOptions,
  "headersTimeout" | "requestTimeout" | "keepAliveTimeout" | "connectionsCheckingInterval" | "requireHostHeader"
>;

export function tlsServerFactory(tls: ApiTls, times: HttpTimes): FastifyServerFactory {
  return (handler) => {
    const patienceMs = times.headersTimeout ?? DEFAULT_PATIENCE_MS;
    const server = createServer({ ...contextOf(tls), ...times, handshakeTimeout: patienceMs }, handler);
    const secure = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (accepted) => {
      const socket: Accepted = accepted;
      socket.setTimeout(patienceMs, () => socket.destroy());
      socket.once("error", () => socket.destroy());
      socket.once("readable", () => {
        const first = socket.read();
        socket.setTimeout(0);
        if (first === null) socket.destroy();
        else if (first[0] !== HANDSHAKE) refusePlain(socket, first, patienceMs);
        else {
          socket.unshift(first);
          for (const listener of secure) listener.call(server, accepted);
        }
      });
    });
    return server;
  };
}

/** What else comes is thrown away, so that the other side's end is seen; who does not end is cut off. */
function refusePlain(socket: Accepted, first: Uint8Array, patienceMs: number): void {
  const cut = setTimeout(() => socket.destroy(), patienceMs);
  socket.once("close", () => clearTimeout(cut));
  socket.end(plainRefusal(Buffer.from(first).toString("latin1")));
  socket.resume();
}

/** For connections from now on. The settings have been looked at. */
export function renewTls(server: object, tls: ApiTls): void {
  (server as Server).setSecureContext(contextOf(tls));
}

function contextOf({ certificate, key }: ApiTls) {
  return { cert: certificate, key, minVersion: "TLSv1.2" } as const;
}

/** A browser is led on; to programs it is said, as whoever follows by himself sends his token in the clear again and again. */
function plainRefusal(head: string): string {
  const { body } = envelopeOfError({ code: "request.plain-http" });
  const target = /^(?:GET|HEAD) (\/[\x21-\x7e]*) HTTP\/1\.[01]\r\n/.exec(head)?.[1];
  const host = /\r\nhost: *([a-z0-9.-]+(?::\d+)?|\[[0-9a-f:.]+\](?::\d+)?)\r\n/i.exec(head)?.[1];
  const isBrowser = /\r\naccept:[^\r\n]*text\/html/i.test(head);
  const led = target !== undefined && host !== undefined && isBrowser;
  const lines = [
    led ? "HTTP/1.1 308 Permanent Redirect" : "HTTP/1.1 400 Bad Request",
    ...(led ? [`location: https://${host}${target}`] : []),
    "content-type: application/json; charset=utf-8",
    "x-content-type-options: nosniff",
    "cache-control: no-store",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
