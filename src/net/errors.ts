/** What can go wrong on a socket, as codes. `detail` is for people (an errno's name, an address), never to be compared. */
export type NetErrorCode =
  | "net.bad_address" // not an IP address and port
  | "net.unsupported" // this platform has no such path (no FFI, no recvmmsg)
  | "net.address_in_use"
  | "net.not_permitted" // a port below 1024 without the right to it
  | "net.address_not_available" // no interface has this address
  | "net.refused" // the other side has nobody on this port
  | "net.unreachable"
  | "net.timeout" // connecting, one message, or the whole took too long
  | "net.closed" // the other side closed, reset, or sent part of a message only
  | "net.too_much" // more messages or octets than allowed
  | "net.aborted" // by the caller's own signal or close()
  | "net.failed" // any other errno: see detail
  | "tls.version" // the other side does not speak TLS 1.3
  | "tls.no-alpn" // it did not select ALPN `dot`
  | "tls.untrusted" // its certificate does not chain to a CA that we take
  | "tls.expired"
  | "tls.not-yet-valid"
  | "tls.wrong-name" // its certificate is for other names
  | "tls.wrong-pin" // its key is none of the pinned ones
  | "tls.client-certificate" // it wants a certificate from us, or does not take the one we have
  | "tls.unusable" // our own settings for it can't be used
  | "tls.failed"; // any other end of the handshake: see detail

export interface NetError {
  readonly code: NetErrorCode;
  readonly detail: string;
}

const BY_ERRNO: Readonly<Record<string, NetErrorCode>> = {
  EADDRINUSE: "net.address_in_use",
  EACCES: "net.not_permitted",
  EPERM: "net.not_permitted",
  EADDRNOTAVAIL: "net.address_not_available",
  EAFNOSUPPORT: "net.address_not_available",
  ECONNREFUSED: "net.refused",
  EHOSTUNREACH: "net.unreachable",
  ENETUNREACH: "net.unreachable",
  ENETDOWN: "net.unreachable",
  EHOSTDOWN: "net.unreachable",
  ETIMEDOUT: "net.timeout",
  ECONNRESET: "net.closed",
  EPIPE: "net.closed",
};

/** From an errno's name, as Node gives it in `error.code`. */
export function netError(errno: string | undefined, detail: string): NetError {
  const code = BY_ERRNO[errno ?? ""] ?? "net.failed";
  return { code, detail: errno === undefined ? detail : `${errno}: ${detail}` };
}

/** OpenSSL's words, as Node makes codes of them: `ERR_SSL_` and the reason. */
const BY_SSL: readonly (readonly [RegExp, NetErrorCode])[] = [
  [/NO_APPLICATION_PROTOCOL/, "tls.no-alpn"],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, "tls.version"],
  // Alerts alone: these are the other side's words about us.
  [/ALERT_(.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/, "tls.client-certificate"],
  [/./, "tls.failed"],
];

/** From whatever Node's socket gave with 'error'. */
export function fromNodeError(error: unknown, detail: string): NetError {
  const errno = (error as { code?: unknown }).code;
  if (typeof errno !== "string") return netError(undefined, detail);
  const ssl = /^ERR_SSL_|^EPROTO$/.test(errno) ? BY_SSL.find(([words]) => words.test(errno)) : undefined;
  return ssl ? { code: ssl[1], detail: `${detail}: ${errno.replace(/^ERR_SSL_/, "")}` } : netError(errno, detail);
}
