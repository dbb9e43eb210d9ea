/**
 * Verifying many signatures of one P-256 key: a table of the key's multiples, as OpenSSL has one of the generator's. Without it
 * `ECDSA_verify` spends two thirds of its time on the multiple of the key; with it a signature costs less than half.
 *
 * ```
 *  digest e, r, s ─▶ w = 1/s ─▶ u1 = e·w, u2 = r·w ─▶ u1·G (OpenSSL's table) + u2·Q (ours) ─▶ x = r ?   (FIPS 186-5, 6.4.2)
 *
 *  a key ── WORTH_A_TABLE signatures within WITHIN_MS ──▶ its table is made (some 20 ms, 150 KiB) ── not used for a while ──▶ freed
 * ```
 * The arithmetic is OpenSSL's: a group whose generator is the key keeps a table as that of any generator. A worker that is ended
 * frees nothing, so tables go while it is idle. A table's "no" is left to `ECDSA_verify` to say.
 */
import type { Pointer, TableFunctions } from "./openssl.ts";

/** Signatures after which a table pays: the time of making it is what so many lose by not having it. */
const WORTH_A_TABLE = 600;
/** So many in a row are a zone's; those of its small changes, spread over an hour, are not worth stopping a thread for. */
const WITHIN_MS = 5_000;
/** Of one thread: zones have few keys. */
const MAX_TABLES = 8;
/** One that was not used between two looks is freed: well before an idle worker is ended (20 s). */
const LOOK_MS = 5_000;

const OCTETS = 32;
/** Of P-256 (SEC 2, 2.4.2). */
const ORDER = Uint8Array.from(
  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551".match(/../g)!,
  (octet) => Number.parseInt(octet, 16),
);
const P256_NID = 415;

/** What a table may be kept for. `octets`: 04 | x | y, found to be on the curve. `uses` since `since` (milliseconds). */
export type TabledKey = { readonly octets: Uint8Array; uses: number; since: number; table: KeyTable | undefined };

export function tabledKey(octets: Uint8Array): TabledKey {
  return { octets, uses: 0, since: 0, table: undefined };
}

/** Keeps: a table is freed once, and no key has one that is. */
export class KeyTables {
  readonly #functions: () => TableFunctions | undefined;
  readonly #after: number;
  readonly #now: () => number;
  readonly #having = new Set<TabledKey>();
  #looking: ReturnType<typeof setInterval> | undefined;

  /** `functions` is asked when the first table is worth it: undefined where this OpenSSL has no such thing. */
  constructor(functions: () => TableFunctions | undefined, after = WORTH_A_TABLE, now = () => performance.now()) {
    this.#functions = functions;
    this.#after = after;
    this.#now = now;
  }

  /** The table of a key that is about to be used, where it has one or is worth one by now. */
  find(key: TabledKey): KeyTable | undefined {
    if (key.table === undefined) {
      if (!this.#isWorthIt(key)) return undefined;
      this.#make(key);
    }
    if (key.table) key.table.isUsed = true;
    return key.table;
  }

  #isWorthIt(key: TabledKey): boolean {
    if (key.uses === 0) key.since = this.#now();
    key.uses++;
    if (key.uses < this.#after) return false;
    key.uses = 0;
    return this.#now() - key.since <= WITHIN_MS && this.#having.size < MAX_TABLES;
  }

  #make(key: TabledKey): void {
    const functions = this.#functions();
    key.table = functions && KeyTable.make(functions, key.octets);
    if (!key.table) return;
    this.#having.add(key);
    this.#looking ??= setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Frees what was not used since the last look. */
  look(): void {
    for (const key of this.#having) {
      if (key.table?.isUsed) {
        key.table.isUsed = false;
        continue;
      }
      key.table?.free();
      key.table = undefined;
      this.#having.delete(key);
    }
    if (this.#having.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}

const NUMBERS = ["e", "r", "s", "w", "u1", "u2", "x"] as const;

/** Keeps: everything that it points to is its own, until `free`. */
export class KeyTable {
  isUsed = false;
  readonly #functions: TableFunctions;
  /** The curve's own group, and that whose generator is the key. */
  readonly #curve: Pointer;
  readonly #group: Pointer;
  readonly #context: Pointer;
  readonly #order: Pointer;
  readonly #numbers: Readonly<Record<(typeof NUMBERS)[number], Pointer>>;
  readonly #byGenerator: Pointer;
  readonly #byKey: Pointer;
  readonly #half = new Uint8Array(OCTETS);

  private constructor(functions: TableFunctions) {
    this.#functions = functions;
    this.#curve = had(functions.newGroup(P256_NID));
    this.#group = had(functions.newGroup(P256_NID));
    this.#context = had(functions.newContext());
    this.#order = had(functions.orderOf(this.#curve));
    this.#numbers = Object.fromEntries(NUMBERS.map((name) => [name, had(functions.newNumber())])) as never;
    this.#byGenerator = had(functions.newPoint(this.#curve));
    this.#byKey = had(functions.newPoint(this.#curve));
  }

  /** Undefined: this OpenSSL makes no tables, or the octets are no point. */
  static make(functions: TableFunctions, octets: Uint8Array): KeyTable | undefined {
    const table = new KeyTable(functions);
    if (table.#fill(octets)) return table;
    functions.clearErrors();
    table.free();
    return undefined;
  }

  /** Whether `signature` (r | s) is the key's over this digest. False is to be asked again elsewhere. */
  verify(digest: Uint8Array, signature: Uint8Array): boolean {
    if (!isScalar(signature, 0) || !isScalar(signature, OCTETS)) return false;
    const functions = this.#functions;
    const [curve, order, context] = [this.#curve, this.#order, this.#context];
    const { e, r, s, w, u1, u2, x } = this.#numbers;
    this.#read(digest, 0, e);
    this.#read(signature, 0, r);
    this.#read(signature, OCTETS, s);
    const [sum, byKey] = [this.#byGenerator, this.#byKey];
    const isPoint =
      functions.invert(w, s, order, context) !== null &&
      functions.multiplyModulo(u1, e, w, order, context) === 1 &&
      functions.multiplyModulo(u2, r, w, order, context) === 1 &&
      functions.multiplyPoint(curve, sum, u1, null, null, context) === 1 &&
      functions.multiplyPoint(this.#group, byKey, u2, null, null, context) === 1 &&
      functions.addPoints(curve, sum, sum, byKey, context) === 1 &&
      // Refused at infinity.
      functions.coordinates(curve, sum, x, null, context) === 1 &&
      functions.remainder(x, x, order, context) === 1;
    if (isPoint) return functions.compare(x, r) === 0;
    functions.clearErrors();
    return false;
  }

  free(): void {
    const functions = this.#functions;
    functions.freePoint(this.#byGenerator);
    functions.freePoint(this.#byKey);
    for (const name of NUMBERS) functions.freeNumber(this.#numbers[name]);
    functions.freeContext(this.#context);
    functions.freeGroup(this.#group);
    functions.freeGroup(this.#curve);
  }

  #fill(octets: Uint8Array): boolean {
    const functions = this.#functions;
    const [group, point, context] = [this.#group, this.#byKey, this.#context];
    const cofactor = functions.cofactorOf(this.#curve);
    return (
      cofactor !== null &&
      functions.setPoint(group, point, octets, octets.length, context) === 1 &&
      functions.setGenerator(group, point, this.#order, cofactor) === 1 &&
      functions.makeTable(group, context) === 1 &&
      functions.hasTable(group) === 1
    );
  }

  #read(octets: Uint8Array, at: number, into: Pointer): void {
    for (let i = 0; i < OCTETS; i++) this.#half[i] = octets[at + i]!;
    this.#functions.setNumber(this.#half, OCTETS, into);
  }
}

/** OpenSSL gives nothing when there is no memory. */
function had(pointer: Pointer | null): Pointer {
  if (pointer === null) throw new Error("OpenSSL has no memory.");
  return pointer;
}

/** From 1 to the order less 1. */
function isScalar(octets: Uint8Array, at: number): boolean {
  let some = 0;
  let less = 0;
  for (let i = 0; i < OCTETS; i++) {
    some |= octets[at + i]!;
    if (less === 0) less = ORDER[i]! - octets[at + i]!;
  }
  return some !== 0 && less > 0;
}
