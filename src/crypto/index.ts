/** Digests, HMAC, signing and verifying: what #dnssec, #tsig and #answer want handed in. The door of the room. */

export { type DigestName, digest, startHmac } from "./digests.ts";
export { generateKeyPair, type KeyPair, type KeyPairAlgorithm } from "./key-pair.ts";
export { type Crypto, type CryptoChoice, type CryptoPath, openCrypto } from "./open.ts";
export { MAX_RSA_EXPONENT_OCTETS, MAX_RSA_OCTETS, MIN_RSA_OCTETS } from "./public-key.ts";
export { isPlainKey, type Signer, type SignerError, type SigningKey } from "./signer.ts";
