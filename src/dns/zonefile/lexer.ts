/**
 * Master-file text cut into entries (RFC 1035 section 5.1): one entry is a line, or several held together by
 * parentheses. Tokens stay raw, escapes and quotes in them, because what they mean depends on the RR type.
 */
import { fail, ok, type Result } from "#bytes";

export type LexError = "unclosed-quote" | "unclosed-parenthesis" | "stray-parenthesis" | "too-many-tokens";

export type Entry = {
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** Starts with a blank: the owner is the one before. */
  readonly indented: boolean;
  readonly tokens: readonly string[];
};

/** A record's RDATA is at most 65535 octets and a token stands for at least one, but for empty strings. */
export const MAX_TOKENS = 70_000;

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

export class Lexer {
  private readonly text: string;
  private at = 0;
  /** Of the cursor, counted from 1: where an error is. */
  line = 1;

  constructor(text: string) {
    this.text = text;
  }

  /** The next entry with at least one token; undefined at the end. */
  next(): Result<Entry | undefined, LexError> {
    while (this.at < this.text.length) {
      const line = this.line;
      const first = this.text.charCodeAt(this.at);
      const tokens = this.entry();
      if (!tokens.ok) return tokens;
      if (tokens.value.length > 0) return ok({ line, indented: isBlank(first), tokens: tokens.value });
    }
    return ok(undefined);
  }

  /** Up to a newline outside parentheses, or the end. */
  private entry(): Result<string[], LexError> {
    const { text } = this;
    const tokens: string[] = [];
    let depth = 0;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === NEWLINE) {
        this.at++;
        this.line++;
        if (depth === 0) return ok(tokens);
      } else if (isBlank(code)) {
        this.at++;
      } else if (code === SEMICOLON) {
        const newline = text.indexOf("\n", this.at);
        this.at = newline < 0 ? text.length : newline;
      } else if (code === OPEN || code === CLOSE) {
        this.at++;
        depth += code === OPEN ? 1 : -1;
        if (depth < 0) return fail("stray-parenthesis");
      } else {
        const end = code === QUOTE ? this.quotedEnd(this.at) : this.bareEnd(this.at);
        if (end < 0) return fail("unclosed-quote");
        if (tokens.length === MAX_TOKENS) return fail("too-many-tokens");
        tokens.push(text.slice(this.at, end));
        this.at = end;
      }
    }
    return depth > 0 ? fail("unclosed-parenthesis") : ok(tokens);
  }

  /** Offset behind the closing quote of the string that opens at `start`; -1 when the line ends first. */
  private quotedEnd(start: number): number {
    for (let i = start + 1; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === QUOTE) return i + 1;
      if (code === NEWLINE) return -1;
      if (code === BACKSLASH && this.text.charCodeAt(i + 1) !== NEWLINE) i++;
    }
    return -1;
  }

  /** Offset behind the token at `start`. `key="value"` is one token (RFC 9460 section 2.1). */
  private bareEnd(start: number): number {
    for (let i = start; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === QUOTE && this.text.charCodeAt(i - 1) === EQUALS) {
        const end = this.quotedEnd(i);
        if (end < 0) return -1;
        i = end - 1;
      } else if (
        isBlank(code) ||
        code === NEWLINE ||
        code === SEMICOLON ||
        code === QUOTE ||
        code === OPEN ||
        code === CLOSE
      ) {
        return i;
      } else if (code === BACKSLASH && this.text.charCodeAt(i + 1) !== NEWLINE) {
        i++;
      }
    }
    return this.text.length;
  }
}

/** The tokens of a single record's text, as `readRdata` takes them. */
export function splitTokens(text: string): Result<readonly string[], LexError> {
  const lexer = new Lexer(text.replaceAll("\n", " "));
  const entry = lexer.next();
  return entry.ok ? ok(entry.value?.tokens ?? []) : entry;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === RETURN;
}
