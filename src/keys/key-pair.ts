/** A zone's own keys: made, sealed for the store, unsealed, opened for signing. */
import { fail, ok, type Result } from "#bytes";
import { type Crypto, generateKeyPair, type KeyPairAlgorithm, type Signer, type SignerError } from "#crypto";
import { dnskeyAlgorithm, KSK_FLAGS, keyTag, ZSK_FLAGS } from "#dnssec";
import type { MasterKey, UnsealError } from "./sealer.ts";
import { SecretOctets } from "./secret.ts";

export type KeyRole = "ksk" | "zsk";

/** ECDSA P-256 with SHA-256: what every zone is signed with here. */
export const KEY_ALGORITHM = 13;

/** Tries for a key tag that is not taken: each fails once in thousands of times. */
const MAX_TRIES = 16;

export type ZoneKeyPair = {
  readonly role: KeyRole;
  readonly algorithm: number;
  readonly keyTag: number;
  /** DNSKEY RDATA: flags 257 for a KSK, 256 for a ZSK. */
  readonly dnskey: Uint8Array;
  /** PKCS#8 DER. */
  readonly privateKey: SecretOctets;
};

export type MakeKeyOptions = {
  /** Tags of the zone's other keys: a validator would have to try both (RFC 4034 appendix B). */
  readonly takenTags?: readonly number[];
  /** Default 13. */
  readonly algorithm?: KeyPairAlgorithm;
};

export function makeKeyPair(role: KeyRole, options: MakeKeyOptions = {}): ZoneKeyPair {
  const algorithm = options.algorithm ?? KEY_ALGORITHM;
  for (let tries = 1; ; tries++) {
    const made = generateKeyPair(algorithm);
    const dnskey = made.dnskey(role === "ksk" ? KSK_FLAGS : ZSK_FLAGS);
    const tag = keyTag(dnskey);
    const privateKey = new SecretOctets(made.privateKey);
    made.privateKey.fill(0);
    if (tries < MAX_TRIES && options.takenTags?.includes(tag)) continue;
    return { role, algorithm, keyTag: tag, dnskey, privateKey };
  }
}

/** What a sealed private key is bound to. */
function sealContext(zoneId: string, role: KeyRole, tag: number): string {
  return `key:${zoneId}:${role}:${tag}`;
}

/** For the store: opens only with the same zone, role and key tag. */
export function sealKeyPair(master: MasterKey, zoneId: string, pair: ZoneKeyPair): Uint8Array {
  return master.seal(pair.privateKey.expose(), sealContext(zoneId, pair.role, pair.keyTag));
}

export type StoredKey = { readonly role: KeyRole; readonly dnskey: Uint8Array; readonly sealed: Uint8Array };

export function unsealKeyPair(master: MasterKey, zoneId: string, stored: StoredKey): Result<ZoneKeyPair, UnsealError> {
  const tag = keyTag(stored.dnskey);
  const opened = master.unseal(stored.sealed, sealContext(zoneId, stored.role, tag));
  if (!opened.ok) return opened;
  const privateKey = new SecretOctets(opened.value);
  opened.value.fill(0);
  const algorithm = dnskeyAlgorithm(stored.dnskey);
  return ok({ role: stored.role, algorithm, keyTag: tag, dnskey: stored.dnskey, privateKey });
}

/** A key that can sign, and its DNSKEY. */
export type OpenKey = { readonly signer: Signer; readonly dnskey: Uint8Array };

/** A signer for the pair. Signs and verifies once: a DNSKEY that does not belong to the private key would make a zone bogus. */
export function openKeyPair(crypto: Crypto, pair: ZoneKeyPair): Result<OpenKey, SignerError | "dnskey-mismatch"> {
  const { algorithm, dnskey } = pair;
  const opened = crypto.openSigner({ keyTag: pair.keyTag, algorithm, privateKey: pair.privateKey.expose() });
  if (!opened.ok) return opened;
  const signer = opened.value;
  const signature = new Uint8Array(signer.signatureLength);
  signer.sign(dnskey, dnskey.length, signature, 0);
  if (crypto.verify(algorithm, dnskey, dnskey, signature) === true) return ok({ signer, dnskey });
  signer.close();
  return fail("dnskey-mismatch");
}
