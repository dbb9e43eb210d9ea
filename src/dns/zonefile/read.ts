/** Master files to records (RFC 1035 section 5, RFC 2308 section 4 for $TTL, RFC 3597 section 5). */
import { fail, ok, type Result, toLatin1 } from "#bytes";
import { type Name, readName } from "#name";
import { classCode, isMetaType, type RdataError, RRClass, RRType, readRdata, readSoa, readTtl, typeCode } from "#rdata";
import { expandTemplate, type GenerateError, readRange } from "./generate.ts";
import { type Entry, type LexError, Lexer } from "./lexer.ts";

export type ZoneFileRecord = {
  readonly owner: Name;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly rdata: Uint8Array;
};

export type ZoneFileReason =
  | LexError
  | GenerateError
  | RdataError
  | "bad-owner"
  | "no-owner"
  | "no-ttl"
  | "bad-ttl"
  | "no-type"
  | "unknown-type"
  | "meta-type"
  | "other-class"
  | "unknown-directive"
  | "bad-directive"
  | "include-refused"
  | "include-too-deep"
  | "too-many-records";

export type ZoneFileError = {
  /** Of the entry's first line, counted from 1, in `file`. */
  readonly line: number;
  readonly reason: ZoneFileReason;
  /** The included file's name; undefined in the outermost text. */
  readonly file?: string;
};

export type ZoneFileOptions = {
  /** Text of an included file; undefined refuses it. Without this function every $INCLUDE is refused. */
  readonly include?: (file: string) => string | Uint8Array | undefined;
  /** For records before any TTL is known, in seconds; otherwise that is an error. */
  readonly defaultTtl?: number;
  /** Counts included and generated records too. */
  readonly maxRecords?: number;
};

export const MAX_INCLUDE_DEPTH = 8;
/** An included file may include several: the depth alone would not bound the sum. */
export const MAX_INCLUDES = 1000;
/** Records of one $GENERATE. */
export const MAX_GENERATED = 65_536;
export const DEFAULT_MAX_RECORDS = 20_000_000;
/** RFC 2181 section 8. */
const MAX_TTL = 0x7fff_ffff;

/**
 * All records of a master file, in order, as they stand: names outside the zone, repeated records and everything else
 * that a zone would not take is for `#zone` to judge. A string has one octet a character (read files as "latin1"); octets
 * are taken as they are. `origin` is absolute; relative names get it until an $ORIGIN.
 */
export function readZoneFile(
  text: string | Uint8Array,
  origin: Name,
  options: ZoneFileOptions = {},
): Result<ZoneFileRecord[], ZoneFileError> {
  const records: ZoneFileRecord[] = [];
  const error = eachZoneRecord(text, origin, options, (record) => records.push(record));
  return error ? fail(error) : ok(records);
}

/** The same without an array: calls back for each record until the first error, which it returns. */
export function eachZoneRecord(
  text: string | Uint8Array,
  origin: Name,
  options: ZoneFileOptions,
  onRecord: (record: ZoneFileRecord) => void,
): ZoneFileError | undefined {
  return new ZoneFileReader(origin, options, onRecord).readText(text, undefined, 0);
}

class ZoneFileReader {
  private origin: Name;
  private readonly options: ZoneFileOptions;
  private readonly onRecord: (record: ZoneFileRecord) => void;
  private owner: Name | undefined;
  /** From $TTL; then the last explicit one of a record (RFC 1035) counts no more. */
  private directiveTtl: number | undefined;
  private lastTtl: number | undefined;
  private recordCount = 0;
  private includeCount = 0;

  constructor(origin: Name, options: ZoneFileOptions, onRecord: (record: ZoneFileRecord) => void) {
    this.origin = origin;
    this.options = options;
    this.onRecord = onRecord;
  }

  readText(text: string | Uint8Array, file: string | undefined, depth: number): ZoneFileError | undefined {
    const lexer = new Lexer(typeof text === "string" ? text : latin1Text(text));
    for (;;) {
      const entry = lexer.next();
      if (!entry.ok) return { line: lexer.line, reason: entry.error, file };
      if (!entry.value) return undefined;
      const problem = this.entry(entry.value, depth);
      if (typeof problem === "string") return { line: entry.value.line, reason: problem, file };
      if (problem) return problem;
    }
  }

  /** A reason belongs to this entry; a whole error comes from an included file. */
  private entry(entry: Entry, depth: number): ZoneFileReason | ZoneFileError | undefined {
    const first = entry.tokens[0]!;
    if (entry.indented || !first.startsWith("$")) return this.record(entry.tokens, entry.indented);
    const rest = entry.tokens.slice(1);
    switch (first.toUpperCase()) {
      case "$ORIGIN":
        return this.setOrigin(rest);
      case "$TTL":
        return this.setTtl(rest);
      case "$INCLUDE":
        return this.include(rest, depth);
      case "$GENERATE":
        return this.generate(rest);
      default:
        return "unknown-directive";
    }
  }

  private setOrigin(tokens: readonly string[]): ZoneFileReason | undefined {
    const name = tokens.length === 1 ? readName(tokens[0]!, this.origin) : undefined;
    if (!name?.ok) return "bad-directive";
    this.origin = name.value;
    return undefined;
  }

  private setTtl(tokens: readonly string[]): ZoneFileReason | undefined {
    const ttl = tokens.length === 1 ? readTtl(tokens[0]!) : undefined;
    if (ttl === undefined || ttl > MAX_TTL) return "bad-ttl";
    this.directiveTtl = ttl;
    return undefined;
  }

  /** Origin and owner come back behind the included file (RFC 1035 section 5.1). */
  private include(tokens: readonly string[], depth: number): ZoneFileReason | ZoneFileError | undefined {
    if (tokens.length < 1 || tokens.length > 2) return "bad-directive";
    if (depth === MAX_INCLUDE_DEPTH || ++this.includeCount > MAX_INCLUDES) return "include-too-deep";
    const file = tokens[0]!.replace(/^"(.*)"$/, "$1");
    const { origin, owner } = this;
    if (tokens[1] !== undefined) {
      const problem = this.setOrigin([tokens[1]]);
      if (problem) return problem;
    }
    const text = this.options.include?.(file);
    if (text === undefined) return "include-refused";
    const problem = this.readText(text, file, depth + 1);
    this.origin = origin;
    this.owner = owner;
    return problem;
  }

  private generate(tokens: readonly string[]): ZoneFileReason | undefined {
    const range = readRange(tokens[0] ?? "");
    if (!range || tokens.length < 4) return "bad-generate";
    if ((range.stop - range.start) / range.step >= MAX_GENERATED) return "too-many-records";
    for (let value = range.start; value <= range.stop; value += range.step) {
      const expanded: string[] = [];
      for (const template of tokens.slice(1)) {
        const text = expandTemplate(template, value);
        if (!text.ok) return text.error;
        expanded.push(text.value);
      }
      const problem = this.record(expanded, false);
      if (problem) return problem;
    }
    return undefined;
  }

  /** `[owner] [TTL] [class] type RDATA`, TTL and class in either order. */
  private record(tokens: readonly string[], indented: boolean): ZoneFileReason | undefined {
    let at = 0;
    if (!indented) {
      const owner = readName(tokens[at++]!, this.origin);
      if (!owner.ok || tokens[0]!.startsWith('"')) return "bad-owner";
      this.owner = owner.value;
    }
    if (!this.owner) return "no-owner";
    let explicitTtl: number | undefined;
    let rrClass: number | undefined;
    // Twice at most: one TTL, one class.
    for (; at < tokens.length; at++) {
      const token = tokens[at]!;
      if (explicitTtl === undefined && /^[0-9]/.test(token)) {
        explicitTtl = readTtl(token);
        if (explicitTtl === undefined || explicitTtl > MAX_TTL) return "bad-ttl";
      } else if (rrClass === undefined && classCode(token) !== undefined && !isType(token)) {
        rrClass = classCode(token);
      } else {
        break;
      }
    }
    if (rrClass !== undefined && rrClass !== RRClass.IN) return "other-class";
    if (at === tokens.length) return "no-type";
    return this.emit(this.owner, tokens[at]!, tokens.slice(at + 1), explicitTtl);
  }

  private emit(
    owner: Name,
    typeText: string,
    rdataTokens: readonly string[],
    explicitTtl: number | undefined,
  ): ZoneFileReason | undefined {
    const type = typeCode(typeText);
    if (type === undefined) return "unknown-type";
    if (isMetaType(type)) return "meta-type";
    const rdata = readRdata(type, rdataTokens, this.origin);
    if (!rdata.ok) return rdata.error;
    if (explicitTtl !== undefined) this.lastTtl = explicitTtl;
    let ttl = explicitTtl ?? this.directiveTtl ?? this.lastTtl ?? this.options.defaultTtl;
    // Files older than RFC 2308 have no $TTL: their SOA's MINIMUM was the default.
    if (ttl === undefined && type === RRType.SOA) {
      ttl = Math.min(readSoa(rdata.value).minimum, MAX_TTL);
      this.lastTtl = ttl;
    }
    if (ttl === undefined) return "no-ttl";
    if (++this.recordCount > (this.options.maxRecords ?? DEFAULT_MAX_RECORDS)) return "too-many-records";
    this.onRecord({ owner, type, ttl, rdata: rdata.value });
    return undefined;
  }
}

/** "ANY" is a class and a type; where both could stand it is the type, and then refused as such. */
function isType(token: string): boolean {
  return typeCode(token) !== undefined;
}

function latin1Text(octets: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < octets.length; at += 65_536) {
    parts.push(toLatin1(octets, at, Math.min(at + 65_536, octets.length)));
  }
  return parts.join("");
}
