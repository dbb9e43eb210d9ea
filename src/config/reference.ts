/** The options as text: for `serve --help` and for the reference page, made from the table. */
import { flagOf, OPTION_NAMES, OPTIONS, type Option, type OptionName, variableOf } from "./options.ts";

/** One option in words. `fallback` is printed as it would be typed. */
export type OptionReference = {
  readonly name: OptionName;
  /** Undefined for secrets. */
  readonly flag: string | undefined;
  readonly variable: string;
  readonly form: string;
  readonly fallback: string | undefined;
  readonly sentence: string;
};

export function describeOptions(): readonly OptionReference[] {
  return OPTION_NAMES.map((name) => {
    const option = OPTIONS[name] as Option;
    return {
      name,
      flag: option.secret ? undefined : flagOf(name),
      variable: variableOf(name),
      form: option.kind.form,
      fallback: option.fallback === undefined ? undefined : printValue(option.fallback),
      sentence: option.sentence,
    };
  });
}

/** Markdown, one row an option: `docs/` keeps the output, a test compares. */
export function printOptionsPage(): string {
  const rows = describeOptions().map(
    (option) =>
      `| \`${option.name}\` | ${option.flag ? `\`${option.flag}\`` : "–"} | \`${option.variable}\` | ${option.form} | ${option.fallback ? `\`${option.fallback}\`` : "–"} | ${option.sentence} |`,
  );
  return ["| In the file | Flag | Environment | Form | Default | |", "|---|---|---|---|---|---|", ...rows, ""].join(
    "\n",
  );
}

function printValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(printValue).join(",");
  if (typeof value === "object" && value !== null && "address" in value && "port" in value) {
    const text = String(value.address);
    return text.includes(":") ? `[${text}]:${value.port}` : `${text}:${value.port}`;
  }
  return String(value);
}
