/**
 * TLS to a primary (RFC 9103): TLS 1.3 alone, ALPN `dot`, and whoever is at the other end shown before a message leaves.
 *
 *   TCP connect ─▶ handshake ─▶ TLS 1.3? ─▶ ALPN dot? ─▶ name / pin? ─▶ session        any "no": closed, with its code
 *
 * There is no way from here to clear text: what fails, fails.
 */
import { createHash, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { fail, ok, type Result } from "#bytes";
import { addressOctets, printSocketAddress } from "./address.ts";
import {
  type CertificateFacts,
  isPin,
  readCertificates,
  readIdentity,
  shownCertificateFacts,
  type TlsFacts,
} from "./certificate.ts";
import { type DialOptions, TcpSession } from "./client.ts";
import { fromNodeError, type NetError } from "./errors.ts";

/** DNS over TLS (RFC 7858), and with it zone transfer over TLS (RFC 9103 section 7.1). */
export const ALPN_DOT = "dot";

export type TlsSettings = {
  /**
   * `strict`: the certificate chains to a CA and has the host name; pins, when there are any, hold too. `pinned`: the key is
   * one of `pins`, whatever the certificate says. `opportunistic`: encrypted, and to whom is not known.
   */
  readonly mode: "strict" | "pinned" | "opportunistic";
  /** What the certificate must be for: a name or an IP address. Needed when `strict`; sent as SNI when it is a name. */
  readonly hostName?: string;
  /** SHA-256 of SubjectPublicKeyInfo, base64; one of them has to be the server's. */
  readonly pins: readonly string[];
  /** CAs in PEM; absent: those that come with Node. */
  readonly ca?: string;
  /** For mutual TLS, in PEM. */
  readonly identity?: { readonly certificate: string; readonly key: string };
};

/** Settings that were found usable, with what OpenSSL makes of them. */
export type TlsClient = {
  readonly settings: TlsSettings;
  /** Tells settings apart: connections made under one are not used under another. */
  readonly fingerprint: string;
  /** Our own certificate, where there is one. */
  readonly own: CertificateFacts | undefined;
  readonly context: SecureContext;
};

export function openTlsClient(settings: TlsSettings): Result<TlsClient, string> {
  const { mode, hostName, pins, ca, identity } = settings;
  if (mode === "strict" && !hostName) return fail("strict needs a host name");
  if (mode === "pinned" && pins.length === 0) return fail("pinned needs a pin");
  const bad = pins.find((pin) => !isPin(pin));
  if (bad !== undefined) return fail(`${bad} is not the base64 of a SHA-256`);
  const authorities = ca === undefined ? undefined : readCertificates(ca);
  if (authorities && !authorities.ok) return fail(`CA: ${authorities.error}`);
  const own = identity && readIdentity(identity.certificate, identity.key);
  if (own && !own.ok) return fail(`client certificate: ${own.error}`);
  const fingerprint = createHash("sha256").update(JSON.stringify(settings)).digest("base64");
  const context = createSecureContext({
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    ...(ca === undefined ? {} : { ca }),
    ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
  });
  return ok({ settings, fingerprint, own: own?.value, context });
}

/** `connectTimeoutMs` covers the handshake. The session's `tls` says what it showed. */
export function dialTls(options: DialOptions, client: TlsClient): Promise<Result<TcpSession, NetError>> {
  const { server, source, signal } = options;
  const bad = [server.address, ...(source === undefined ? [] : [source])].find((at) => addressOctets(at) === undefined);
  if (bad !== undefined) return Promise.resolve(fail({ code: "net.bad_address", detail: bad }));
  return new Promise((resolve) => {
    const where = printSocketAddress(server);
    const socket = connectTls({
      host: server.address,
      port: server.port,
      ...(source === undefined ? {} : { localAddress: source }),
      secureContext: client.context,
      ALPNProtocols: [ALPN_DOT],
      ...serverName(client.settings),
      // Judged below, each reason with its own code, before anything is sent.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    socket.setNoDelay(true);
    const giveUp = (error: NetError): void => {
      settle();
      socket.destroy();
      resolve(fail(error));
    };
    const onError = (error: Error) => giveUp(fromNodeError(error, where));
    const onEnd = () => giveUp({ code: "net.closed", detail: `${where}: during the TLS handshake` });
    const onAbort = () => giveUp({ code: "net.aborted", detail: where });
    const timer = setTimeout(
      () => giveUp({ code: "net.timeout", detail: `connecting to ${where} with TLS` }),
      options.connectTimeoutMs,
    );
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      socket.off("close", onEnd);
      socket.on("error", ignoreAfterEnd);
    };
    socket.on("error", onError);
    socket.once("close", onEnd);
    socket.once("secureConnect", () => {
      const facts = judge(socket, client, where);
      if (!facts.ok) {
        giveUp(facts.error);
        return;
      }
      settle();
      socket.off("error", ignoreAfterEnd);
      resolve(ok(new TcpSession(socket, options, { tls: facts.value })));
    });
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** No SNI for addresses (RFC 6066 section 3). */
function serverName({ hostName }: TlsSettings): { servername: string } {
  return { servername: hostName !== undefined && isIP(hostName) === 0 ? hostName : "" };
}

function judge(socket: TLSSocket, { settings, own }: TlsClient, where: string): Result<TlsFacts, NetError> {
  const no = (code: NetError["code"], why: string) => fail({ code, detail: `${where}: ${why}` });
  const protocol = socket.getProtocol() ?? "none";
  if (protocol !== "TLSv1.3") return no("tls.version", protocol);
  if (socket.alpnProtocol !== ALPN_DOT) return no("tls.no-alpn", "ALPN dot was not selected");
  const shown = socket.getPeerX509Certificate();
  const facts = shownCertificateFacts(shown);
  if (!shown || !facts.ok) return no("tls.untrusted", facts.ok ? "" : facts.error);
  const certificate = facts.value;
  const { mode, hostName, pins } = settings;
  if (mode === "strict") {
    const refused = judgeName(socket.authorizationError, shown, hostName!);
    if (refused) return no(refused.code, refused.why);
  }
  const pinned = mode !== "opportunistic" && pins.length > 0;
  // The server's own key alone: of any other certificate it only claims that it has to do with it.
  if (pinned && !pins.includes(certificate.spki)) return no("tls.wrong-pin", `its key is ${certificate.spki}`);
  const authenticated = mode === "strict" ? (pinned ? "name-and-pin" : "name") : pinned ? "pin" : "none";
  return ok({ protocol, cipher: socket.getCipher().name, authenticated, certificate, own: own?.spki });
}

/** PKIX, then the name among the subject alternative names; the common name counts for nothing (RFC 9525 section 6.3). */
function judgeName(
  error: unknown,
  shown: X509Certificate,
  hostName: string,
): { readonly code: NetError["code"]; readonly why: string } | undefined {
  const dates = `valid ${shown.validFrom} to ${shown.validTo}`;
  if (error === "CERT_HAS_EXPIRED") return { code: "tls.expired", why: dates };
  if (error === "CERT_NOT_YET_VALID") return { code: "tls.not-yet-valid", why: dates };
  if (error) return { code: "tls.untrusted", why: String(error) };
  const found =
    isIP(hostName) === 0
      ? shown.checkHost(hostName, { subject: "never", partialWildcards: false })
      : shown.checkIP(hostName);
  if (found !== undefined) return undefined;
  return { code: "tls.wrong-name", why: `not for ${hostName} but for ${oneOf(shown.subjectAltName)}` };
}

/** Both names in the sentence: an operator has to see which is wrong. */
function oneOf(names: string | undefined): string {
  return names === undefined ? "no name" : names.slice(0, 200);
}

function ignoreAfterEnd(): void {
  // The caller has its answer already.
}
