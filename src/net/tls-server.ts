/**
 * TLS in front of the TCP server (RFC 7858, RFC 9103): handshakes with a deadline, and who the client showed itself to be.
 *
 *   socket ─▶ enter ─▶ handshake ─ secure ▶ facts, TLSSocket ─▶ TcpConnection        error │ time │ gone ▶ closed
 */
import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { fail, type Result } from "#bytes";
import { type CertificateFacts, readCertificates, readIdentity, shownCertificateFacts } from "./certificate.ts";
import { ALPN_DOT } from "./tls-client.ts";

/** PEM texts. Plain data: it crosses to worker threads. */
export type TlsServerSettings = {
  readonly certificate: string;
  readonly key: string;
  /** Who signs certificates of clients. Absent: their certificates are known by their key alone. */
  readonly clientCa?: string;
};

/** How a client of a handshake is known. All of it was proved: it holds the key of the certificate that it showed. */
export type TlsClientIdentity = Pick<CertificateFacts, "subject" | "issuer" | "names" | "notAfter" | "spki"> & {
  /** It chains to `clientCa` and is within its dates: `subject` and `names` may be believed. `spki` may be in any case. */
  readonly verified: boolean;
};

export type TlsClientFacts = {
  readonly protocol: string;
  /** ALPN `dot` was negotiated; without it there are no transfers (RFC 9103 section 7.1). */
  readonly dot: boolean;
  /** Absent: it showed no certificate. */
  readonly client?: TlsClientIdentity;
};

/** Looks whether texts of files can be used; the facts of our own certificate. */
export function openTlsServerSettings(settings: TlsServerSettings): Result<CertificateFacts, string> {
  const own = readIdentity(settings.certificate, settings.key);
  if (!own.ok || settings.clientCa === undefined) return own;
  const authorities = readCertificates(settings.clientCa);
  return authorities.ok ? own : fail(`the CA of clients: ${authorities.error}`);
}

export type Secured = { readonly socket: TLSSocket; readonly facts: TlsClientFacts };

/** Keeps the sockets that are in their handshake, each with whom to tell. */
export class TlsGate {
  readonly #server: Server;
  #verifies: boolean;
  readonly #waiting = new Map<string, (secured: Secured | undefined) => void>();

  constructor(settings: TlsServerSettings, handshakeTimeoutMs: number) {
    this.#verifies = settings.clientCa !== undefined;
    this.#server = createServer({
      ...contextOf(settings),
      // A client that offers ALPN without `dot` is refused in the handshake; one without ALPN is asked for nothing more.
      ALPNProtocols: [ALPN_DOT],
      handshakeTimeout: handshakeTimeoutMs,
      // Everybody may show a certificate, nobody must: whom a zone is given to is decided zone by zone.
      requestCert: true,
      rejectUnauthorized: false,
    });
    this.#server.on("secureConnection", (socket) => this.#secured(socket));
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  renew(settings: TlsServerSettings): void {
    this.#verifies = settings.clientCa !== undefined;
    this.#server.setSecureContext(contextOf(settings));
  }

  /** `done` is called once: with the secured socket, or with nothing when there will be none. */
  enter(socket: Socket, done: (secured: Secured | undefined) => void): void {
    const key = connectionKey(socket);
    const finish = (secured: Secured | undefined): void => {
      if (!this.#waiting.delete(key)) return;
      socket.off("close", onClose);
      done(secured);
    };
    const onClose = (): void => finish(undefined);
    this.#waiting.set(key, finish);
    socket.on("close", onClose);
    // 'close' follows.
    socket.on("error", () => socket.destroy());
    this.#server.emit("connection", socket);
  }

  #secured(socket: TLSSocket): void {
    const finish = this.#waiting.get(connectionKey(socket));
    const facts = clientFacts(socket, this.#verifies);
    if (!finish || !facts) {
      socket.destroy();
      return;
    }
    finish({ socket, facts });
  }
}

/**
 * No session tickets: one made while a CA was trusted would bring its client back after that CA has gone. Connections are
 * kept, so that there are few handshakes anyway.
 */
function contextOf({ certificate, key, clientCa }: TlsServerSettings) {
  const ca = clientCa === undefined ? {} : { ca: clientCa };
  return { cert: certificate, key, ...ca, minVersion: "TLSv1.3", secureOptions: constants.SSL_OP_NO_TICKET } as const;
}

/** The four-tuple: TCP has each but once. */
function connectionKey(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`;
}

/** Undefined when the client showed a certificate that can't be read: nobody we could describe. */
function clientFacts(socket: TLSSocket, verifies: boolean): TlsClientFacts | undefined {
  const protocol = socket.getProtocol() ?? "none";
  const dot = socket.alpnProtocol === ALPN_DOT;
  const shown = socket.getPeerX509Certificate();
  if (!shown) return { protocol, dot };
  const facts = shownCertificateFacts(shown);
  if (!facts.ok) return undefined;
  const { subject, issuer, names, notAfter, spki } = facts.value;
  return { protocol, dot, client: { subject, issuer, names, notAfter, spki, verified: verifies && socket.authorized } };
}
