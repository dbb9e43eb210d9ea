/** Digests and HMAC by Node: what DS, NSEC3 owners of odd lengths and TSIG need. Same on both paths. */
import { createHash, createHmac, hash } from "node:crypto";
import type { StartDigest } from "#dnssec";
import type { HmacState, StartHmac, TsigAlgorithm } from "#tsig";

export type DigestName = "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

/** 20, 28, 32, 48 or 64 octets. */
export function digest(name: DigestName, data: Uint8Array): Uint8Array {
  return plain(hash(name, data, "buffer"));
}

const HMAC_DIGESTS: Readonly<Record<TsigAlgorithm, DigestName>> = {
  "hmac-sha1": "sha1",
  "hmac-sha224": "sha224",
  "hmac-sha256": "sha256",
  "hmac-sha384": "sha384",
  "hmac-sha512": "sha512",
};

/** What #tsig wants handed in. */
export const startHmac: StartHmac = (algorithm: TsigAlgorithm, secret: Uint8Array): HmacState => {
  const hmac = createHmac(HMAC_DIGESTS[algorithm], secret);
  return {
    update(octets: Uint8Array): void {
      hmac.update(octets);
    },
    digest(): Uint8Array {
      return plain(hmac.digest());
    },
  };
};

/** What the check of ZONEMD wants handed in. */
export const startDigest: StartDigest = (name) => {
  const state = createHash(name);
  return {
    update(octets: Uint8Array): void {
      state.update(octets);
    },
    digest(): Uint8Array {
      return plain(state.digest());
    },
  };
};

/** Octets of their own: a Buffer prints, compares and serialises differently, and may share a pool. */
export function plain(buffer: Uint8Array): Uint8Array {
  return Uint8Array.from(buffer);
}
