/** Private keys: made, sealed, unsealed, and signing with them. The door of the room. */

export {
  KEY_ALGORITHM,
  type KeyRole,
  type MakeKeyOptions,
  makeKeyPair,
  type OpenKey,
  openKeyPair,
  type StoredKey,
  sealKeyPair,
  unsealKeyPair,
  type ZoneKeyPair,
} from "./key-pair.ts";
export {
  type MasterKeyError,
  type MasterKeySource,
  type OpenedMasterKey,
  openMasterKey,
  readKeyText,
} from "./master-key.ts";
export { MASTER_KEY_OCTETS, MasterKey, SEALED_VERSION, type UnsealError } from "./sealer.ts";
export { SecretOctets } from "./secret.ts";
export { type SignatureWindow, signRRset } from "./sign-rrset.ts";
export { type SignZoneError, type SignZoneOptions, signZone, type ZoneDenial } from "./sign-zone.ts";
