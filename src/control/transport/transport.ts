/**
 * How a primary is spoken to: in the clear (UDP, TCP), or over TLS alone. Everything that is asked of a primary goes through
 * here, so that "TLS is required" has one place.
 *
 *   clear     ─▶ UDP, TCP as asked
 *   tls       ─▶ TLS whatever was asked; no way back to clear when that fails (RFC 9103 section 9.3)
 *   unusable  ─▶ nothing is asked: TLS was required, and what is needed for it can't be used
 */
import { fail, ok, type Result } from "#bytes";
import {
  answersQuery,
  askTcp,
  askUdp,
  type DialOptions,
  dialTcp,
  dialTls,
  type NetError,
  openTlsClient,
  printSocketAddress,
  type Session,
  type SessionPool,
  type SocketAddress,
  type TlsClient,
  type TlsFacts,
} from "#net";
import type { TransportRow } from "#store";

export type Transport =
  | { readonly kind: "clear" }
  | { readonly kind: "tls"; readonly client: TlsClient }
  | { readonly kind: "unusable"; readonly reason: string };

export const CLEAR: Transport = { kind: "clear" };

/** As much of a primary as matters here. `address` has the port that goes with the transport. */
export type Reached = { readonly id: string; readonly address: SocketAddress; readonly transport: Transport };

export type TransportOptions = {
  readonly sessions: SessionPool;
  /** Told of every handshake that was accepted. */
  readonly seen: (peerId: string, facts: TlsFacts) => void;
  readonly signal?: AbortSignal;
};

export function openTransport(row: TransportRow | undefined): Transport {
  if (!row || row.mode === "clear") return CLEAR;
  const { mode, hostName, pins, ca, identity } = row;
  const client = openTlsClient({
    mode,
    pins,
    ...(hostName === null ? {} : { hostName }),
    ...(ca === null ? {} : { ca }),
    ...(identity === null ? {} : { identity }),
  });
  return client.ok ? { kind: "tls", client: client.value } : { kind: "unusable", reason: client.error };
}

/** For a transfer. Give it back with `release` when the exchange is complete, end it with `close` when it is not. */
export async function openSession(
  primary: Reached,
  options: Omit<DialOptions, "server" | "signal">,
  talk: TransportOptions,
): Promise<Result<Session, NetError>> {
  const { transport, address: server } = primary;
  const dial = { ...options, server, ...(talk.signal ? { signal: talk.signal } : {}) };
  switch (transport.kind) {
    case "clear":
      return dialTcp(dial);
    case "unusable":
      return fail({ code: "tls.unusable", detail: transport.reason });
    case "tls": {
      const { client } = transport;
      const key = `${client.fingerprint} ${printSocketAddress(server)}`;
      const session = await talk.sessions.open(key, dial, (again) => dialTls(again, client));
      if (session.ok && session.value.tls) talk.seen(primary.id, session.value.tls);
      return session;
    }
  }
}

/** One question. `asked` is for the clear; a primary with TLS gets it on the channel of its transfers. */
export async function askPrimary(
  query: Uint8Array,
  primary: Reached,
  asked: "udp" | "tcp",
  timeoutMs: number,
  talk: TransportOptions,
): Promise<Result<Uint8Array, NetError>> {
  if (primary.transport.kind === "clear") {
    const ask = asked === "udp" ? askUdp : askTcp;
    return ask(query, { server: primary.address, timeoutMs, ...(talk.signal ? { signal: talk.signal } : {}) });
  }
  const bounds = { connectTimeoutMs: timeoutMs, messageTimeoutMs: timeoutMs, totalTimeoutMs: timeoutMs };
  const session = await openSession(primary, { ...bounds, maxMessages: MAX_STRAY + 1 }, talk);
  if (!session.ok) return session;
  session.value.send(query);
  for (;;) {
    const answer = await session.value.next();
    if (!answer.ok) {
      session.value.close();
      return answer;
    }
    if (!answersQuery(query, answer.value)) continue;
    // The view holds until the next message of whoever has the session next.
    const own = new Uint8Array(answer.value);
    session.value.release();
    return ok(own);
  }
}

/** Messages that are no answer to what was asked are passed over, so many of them. */
const MAX_STRAY = 7;

/** What an attempt went over, for its record. */
export function transportOf(primary: Reached, asked: "udp" | "tcp"): "udp" | "tcp" | "tls" {
  return primary.transport.kind === "clear" ? asked : "tls";
}

/** Who the other side was shown to be, and how, in one line for the record of an attempt. */
export function tlsIdentity(primary: Reached, facts: TlsFacts | undefined): string | null {
  if (!facts || primary.transport.kind !== "tls") return null;
  const { hostName } = primary.transport.client.settings;
  const { certificate, authenticated, protocol, own } = facts;
  const how = {
    name: `name ${hostName}`,
    pin: "pin",
    "name-and-pin": `name ${hostName} and pin`,
    none: "not authenticated",
  };
  const until = new Date(certificate.notAfter).toISOString().slice(0, 10);
  const parts = [
    how[authenticated],
    certificate.subject,
    `issuer ${certificate.issuer}`,
    `until ${until}`,
    `sha256/${certificate.spki}`,
    protocol,
    ...(own === undefined ? [] : [`we are sha256/${own}`]),
  ];
  return parts.join("; ");
}
