/** DNSSEC without keys and without I/O: what is signed, chains of denial, and the validation of a whole zone. The door of the room. */

export type { RRset } from "#zone";
export {
  algorithmName,
  type Digests,
  DigestType,
  DnssecAlgorithm,
  type DnssecCrypto,
  isVerifiableAlgorithm,
  isWeakAlgorithm,
} from "./algorithm.ts";
export {
  buildNsec3Chain,
  buildNsecChain,
  type ChainLink,
  hasNsec,
  isAuthoritativeName,
  isInsecureCut,
  nsec3Bitmap,
  nsecBitmap,
} from "./chain.ts";
export { MAX_KEYS_OF_A_TAG, MAX_SIGNATURES, MAX_ZONE_KEYS } from "./check-signatures.ts";
export { canonicalSuccessor, compactNext, referralNext, subtreeSuccessor } from "./compact.ts";
export {
  DnskeyFlag,
  dnskeyAlgorithm,
  dnskeyFlags,
  dnskeyRdata,
  dsDigest,
  dsMatches,
  isSecureEntryPoint,
  isZoneKey,
  KSK_FLAGS,
  keyTag,
  makeDs,
  ZSK_FLAGS,
} from "./dnskey.ts";
export {
  type Finding,
  FindingList,
  MAX_FINDINGS,
  mergeReports,
  type ValidationCode,
  ValidationError,
  type ValidationReport,
  ValidationWarning,
} from "./findings.ts";
export {
  hashOfNsec3Owner,
  MAX_NSEC3_APEX,
  MAX_NSEC3_ITERATIONS,
  NSEC3_OPT_OUT,
  NSEC3_SHA1,
  type Nsec3Params,
  nextHash,
  nsec3Hash,
  nsec3HashOf,
  nsec3Owner,
  nsec3paramRdata,
  nsec3Rdata,
  PLAIN_NSEC3_PARAMS,
  previousHash,
  sameNsec3Params,
} from "./nsec3.ts";
export {
  absoluteTime,
  canonicalRdatas,
  isInWindow,
  RRSIG_FIXED,
  type RrsigFields,
  rrsigHead,
  rrsigLabels,
  rrsigPreimage,
  serialDistance,
  signedOwner,
} from "./rrsig.ts";
export { SHA1_LENGTH, sha1 } from "./sha1.ts";
export {
  apexItems,
  type Denial,
  finishValidation,
  planValidation,
  type SignatureHorizon,
  signatureHorizon,
  type ValidationOptions,
  type ValidationPlan,
  validateApex,
  validateSlice,
  validateZone,
} from "./validate.ts";
export { type DeltaShare, validateDelta, type ZoneDelta } from "./validate-delta.ts";
export {
  findRRset,
  ViewFlag,
  type ViewNode,
  type ViewRRset,
  viewRRsets,
  viewVersion,
  type ZoneView,
} from "./zone-view.ts";
export {
  type DigestState,
  MAX_ZONEMD,
  type StartDigest,
  verifyZonemd,
  ZONEMD_SIMPLE,
  type ZonemdFault,
  type ZonemdHash,
  type ZonemdVerdict,
} from "./zonemd.ts";
