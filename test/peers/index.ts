/** The other people's servers and tools that judge us, started and stopped by tests, demo and bench: the door. */

export { bindVersion, startBind } from "./bind.ts";
export {
  type CertificateOptions,
  makeAuthority,
  makeCertificate,
  type TestAuthority,
  type TestCertificate,
} from "./certificates.ts";
export { askAllTcp, askAllUdp, encodeQuestion, type Question, queryTcp, queryUdp, type Server } from "./client.ts";
export {
  type Countersign,
  type CountersignOptions,
  SIGNING_MODES,
  type SigningMode,
  startCountersign,
  TEST_TOKEN,
  type ZoneStatus,
} from "./countersign.ts";
export { type KnotOptions, knotBase, knotVersion, startKnot } from "./knot.ts";
export { nsdBase, nsdVersion, startNsd } from "./nsd.ts";
export {
  bareName,
  makeTsigKey,
  type NotifyTarget,
  type Peer,
  type PeerOptions,
  type PeerZone,
  servedSerial,
  servesAll,
  soaSerial,
  type TsigAlgorithm,
  type TsigKey,
} from "./peer.ts";
export { type PowerDnsOptions, powerDnsBase, powerDnsVersion, startPowerDns } from "./powerdns.ts";
export { findProgram, getProgram, missingPrograms } from "./programs.ts";
export {
  type Secondary,
  type SecondaryKind,
  type SecondaryOptions,
  startSecondary,
} from "./secondaries.ts";
export {
  freePort,
  LOOPBACK,
  makeDirectory,
  removeDirectory,
  type ServerProcess,
  startProcess,
  writeIn,
} from "./server-process.ts";
export { flattenZone, type SignedZone, type SigningOptions, signZone } from "./sign.ts";
export { startUnbound, type Unbound, type UnboundOptions, unboundVersion } from "./unbound.ts";
export { until, untilServed } from "./until.ts";
