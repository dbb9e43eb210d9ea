/** $GENERATE: a series of records from one template, as BIND has it (not in an RFC). */
import { fail, ok, type Result } from "#bytes";

export type GenerateError = "bad-generate";

export type GenerateRange = { readonly start: number; readonly stop: number; readonly step: number };

/** `0-255`, `0-255/2`. */
export function readRange(text: string): GenerateRange | undefined {
  const parts = /^([0-9]{1,9})-([0-9]{1,9})(?:\/([0-9]{1,9}))?$/.exec(text);
  if (!parts) return undefined;
  const range = { start: Number(parts[1]), stop: Number(parts[2]), step: Number(parts[3] ?? 1) };
  return range.step < 1 || range.stop < range.start ? undefined : range;
}

/** `$` is the number, `${offset,width,base}` the number changed, `$$` and `\$` a dollar sign. Base: d, o, x, X, n or N. */
export function expandTemplate(template: string, value: number): Result<string, GenerateError> {
  let malformed = false;
  const text = template.replace(/\\\$|\$\$|\$\{([^}]*)\}|\$/g, (match, modifier: string | undefined) => {
    if (match === "\\$" || match === "$$") return "$";
    if (modifier === undefined) return String(value);
    const number = printModified(modifier, value);
    malformed ||= number === undefined;
    return number ?? "";
  });
  return malformed ? fail("bad-generate") : ok(text);
}

function printModified(modifier: string, value: number): string | undefined {
  const parts = /^(-?[0-9]{1,9})(?:,([0-9]{1,2})(?:,([doxXnN]))?)?$/.exec(modifier);
  if (!parts) return undefined;
  const number = value + Number(parts[1]);
  const width = Number(parts[2] ?? 0);
  const base = parts[3] ?? "d";
  if (number < 0) return undefined;
  if (base === "d") return String(number).padStart(width, "0");
  if (base === "o") return number.toString(8).padStart(width, "0");
  const hex = number.toString(16).padStart(base === "n" || base === "N" ? (width + 1) >> 1 : width, "0");
  const cased = base === "X" || base === "N" ? hex.toUpperCase() : hex;
  // Nibbles, lowest first, with dots between: the labels of ip6.arpa.
  return base === "n" || base === "N" ? [...cased].reverse().join(".") : cased;
}
