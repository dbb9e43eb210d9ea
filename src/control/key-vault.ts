/** The private keys of zones: made and sealed for the store, opened for the moment in which they sign. */
import { fail, ok, type Result } from "#bytes";
import type { Crypto } from "#crypto";
import {
  type MasterKey,
  makeKeyPair,
  type OpenKey,
  openKeyPair,
  sealKeyPair,
  unsealKeyPair,
  type ZoneKeyPair,
} from "#keys";
import { type KeyRow, newId } from "#store";
import type { KeyState } from "./key-set.ts";
import type { Fault } from "./work.ts";

/** Keeps: a KSK's private octets never leave this object; those of a ZSK leave it for the seam alone. */
export class KeyVault {
  readonly #master: MasterKey;
  readonly #crypto: Crypto;

  constructor(master: MasterKey, crypto: Crypto) {
    this.#master = master;
    this.#crypto = crypto;
  }

  /** A KSK and a ZSK, sealed, with different tags. `now`: milliseconds since 1970. The second is said to be made one later: lists go by that. */
  make(zoneId: string, now: number): readonly KeyRow[] {
    const ksk = makeKeyPair("ksk");
    const zsk = makeKeyPair("zsk", { takenTags: [ksk.keyTag] });
    return [ksk, zsk].map((pair, i) => this.#row(pair, zoneId, "active", now + i));
  }

  #row(pair: ZoneKeyPair, zoneId: string, state: KeyState, now: number): KeyRow {
    const { role, algorithm, keyTag, dnskey } = pair;
    const sealed = sealKeyPair(this.#master, zoneId, pair);
    pair.privateKey.wipe();
    return { id: newId(), zoneId, role, algorithm, keyTag, dnskey, sealed, state, createdAt: now };
  }

  /**
   * One more beside these of the zone, published and not more than that, of a tag that is none of theirs nor taken. Made later than
   * all of them whatever the clock says, so that lists have one order for good. `now`: milliseconds since 1970.
   */
  makeOne(
    zoneId: string,
    role: KeyRow["role"],
    beside: { readonly keys: readonly KeyRow[]; readonly takenTags: readonly number[] },
    now: number,
  ): KeyRow {
    const takenTags = [...beside.keys.map((key) => key.keyTag), ...beside.takenTags];
    const after = Math.max(...beside.keys.map(({ createdAt }) => createdAt + 1), now);
    return this.#row(makeKeyPair(role, { takenTags }), zoneId, "published", after);
  }

  /** A key that signs, checked against its DNSKEY. The caller closes its signer. */
  open(row: KeyRow): Result<OpenKey, Fault> {
    const pair = unsealKeyPair(this.#master, row.zoneId, row);
    if (!pair.ok) return fail(keyFault(row, pair.error));
    const opened = openKeyPair(this.#crypto, pair.value);
    pair.value.privateKey.wipe();
    return opened.ok ? opened : fail(keyFault(row, opened.error));
  }

  /** PKCS#8 DER of a ZSK, for the edge. */
  exposeZsk(row: KeyRow): Result<Uint8Array, Fault> {
    if (row.role !== "zsk") throw new Error("only a ZSK may cross the seam");
    const pair = unsealKeyPair(this.#master, row.zoneId, row);
    return pair.ok ? ok(pair.value.privateKey.expose().slice()) : fail(keyFault(row, pair.error));
  }
}

function keyFault(row: KeyRow, error: string): Fault {
  const hint = error === "other-master-key" ? ": it was sealed with another master key" : "";
  return {
    code: `key.${error}`,
    text: `the ${row.role.toUpperCase()} ${row.keyTag} can't be opened (${error})${hint}`,
  };
}
