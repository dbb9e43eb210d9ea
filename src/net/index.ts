/** All sockets of the project: UDP by batches or by `node:dgram`, the TCP server, and the clients. The door of the room. */

export {
  addressOctets,
  isWildcardAddress,
  printAddress,
  printSocketAddress,
  readSocketAddress,
  type SocketAddress,
  unmapAddress,
} from "./address.ts";
export { type CertificateFacts, isPin, readCertificates, readIdentity, type TlsFacts } from "./certificate.ts";
export {
  type AskOptions,
  answersQuery,
  askTcp,
  askUdp,
  type DialOptions,
  dialTcp,
  randomId,
  type Session,
  TcpSession,
} from "./client.ts";
export type { NetError, NetErrorCode } from "./errors.ts";
export { frame, MessageFramer } from "./framing.ts";
export { findOutboundAddress, type OutboundError, type OutboundPost, postOutbound } from "./outbound.ts";
export {
  isLoopbackHost,
  type OutboundAnswer,
  type OutboundRequest,
  requestOutbound,
} from "./outbound-request.ts";
export { SESSION_POOL, SessionPool, type SessionPoolOptions } from "./session-pool.ts";
export { TCP_LIMITS, type TcpConnection, type TcpLimits } from "./tcp-connection.ts";
export { openTcpServer, type TcpCounters, type TcpServer, type TcpServerOptions } from "./tcp-server.ts";
export { ALPN_DOT, dialTls, openTlsClient, type TlsClient, type TlsSettings } from "./tls-client.ts";
export {
  openTlsServerSettings,
  type TlsClientFacts,
  type TlsClientIdentity,
  type TlsServerSettings,
} from "./tls-server.ts";
export { trustAuthorities } from "./trust.ts";
export {
  MAX_UDP_QUERY,
  MAX_UDP_REPLY,
  type ReturnPath,
  type UdpCounters,
  type UdpHandler,
  type UdpPath,
  type UdpSource,
} from "./udp.ts";
export { openUdpAsker, type UdpAsker, type UdpAskerOptions } from "./udp-asker.ts";
export { closeDescriptors, openUdpBatch, type UdpBatch, type UdpBatchOptions } from "./udp-batch.ts";
export { openUdpDgram, type UdpDgram, type UdpDgramOptions } from "./udp-dgram.ts";
