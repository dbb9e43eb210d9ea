/** What the room knows of an RR type: a list of fields. One file in `rr/` for each type; `registry.ts` lists them. */
import type { Reader } from "#bytes";
import type { Copier } from "./copier.ts";
import type { Draft } from "./draft.ts";
import type { TokenReader } from "./tokens.ts";

/** One field of RDATA in its three forms. Values without state: shared by all types that have such a field. */
export type Field = {
  /** Wire to wire: checks and copies the field, following pointers where the type allows them. Sticky failure in `c`. */
  readonly copy: (c: Copier) => void;
  /** Wire to master-file text. Undefined: nothing to print. Sticky failure in `r`. */
  readonly print: (r: Reader) => string | undefined;
  /** Text to wire. Sticky failure in `t`. */
  readonly read: (t: TokenReader, d: Draft) => void;
  /** Offset behind the field in checked, uncompressed RDATA. */
  readonly skip: (rdata: Uint8Array, at: number) => number;
  /** Set when the field is a domain name that rules about names apply to. */
  readonly name?: NameRules;
};

export type NameRules = {
  /** May stand compressed in a message that we write: the types of RFC 1035 (RFC 3597 section 4). */
  readonly compressOut: boolean;
  /** Is lower-cased in canonical form (RFC 4034 section 6.2, RFC 6840 section 5.1). */
  readonly lower: boolean;
};

export type RRTypeSpec = {
  readonly code: number;
  readonly name: string;
  readonly fields: readonly Field[];
  /** Index of the field that additional-section processing follows. */
  readonly target?: number;
  /** False for types without a text form of their own: printed as RFC 3597 has it. */
  readonly text?: false;
};
