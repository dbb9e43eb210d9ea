/** Words that several pages use. */
const NUMBERS = new Intl.NumberFormat("en");

export const COMMON = {
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Copying is not allowed here: mark the text and copy it.",
  cancel: "Cancel",
  close: "Close",
  never: "never",
  none: "–",
  unknown: "not known",
  loading: (what: string) => `Loading ${what}…`,
  dismiss: "Dismiss",
  search: "Search",
  inUnicode: "The name in its own script",
  edit: "Edit",
  delete: "Delete",
  save: "Save",
  actions: "Actions",
  nothing: "nothing",
  showAll: (many: number) => `Show all ${NUMBERS.format(many)}`,
  showFewer: "Show fewer",
  andMore: (many: number) => `and ${many} more`,
  editOne: (name: string) => `Edit ${name}`,
  deleteOne: (name: string) => `Delete ${name}`,
  deleteQuestion: (name: string) => `Delete ${name}?`,
  deleted: (name: string) => `${name} was deleted.`,
  saved: (name: string) => `${name} was saved.`,
} as const;

/** `1,234 zones`, `1 zone` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${NUMBERS.format(number)} ${number === 1 ? one : many}`;
}

/** What the server says in half a sentence, such as `the parent has no DS`, on its own. A name at its beginning stays as it is. */
export function printSentence(sentence: string): string {
  const text = withoutRootDot(sentence);
  const begun = /^[a-z]+,? /.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return withFullStop(begun);
}

/** The same behind a colon. */
export function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `www.example.com.: no address` is read as a mistake: the dot of the root goes where a colon follows. */
export function withoutRootDot(text: string): string {
  return text.replace(/(?<=[\w-])\.(?=:(\s|$))/g, "");
}

/** A summary that begins with the name of its zone, in a place where everybody knows which: `example.com.: not signed` is `Not signed.` */
export function printSummary(summary: string, name: string): string {
  const begin = `${name.replace(/\.$/, "")}.: `;
  return printSentence(summary.toLowerCase().startsWith(begin.toLowerCase()) ? summary.slice(begin.length) : summary);
}

export function printNumber(number: number): string {
  return NUMBERS.format(number);
}

/** `1.2 MB`; thousands, as disks and networks are sold. */
export function printOctets(octets: number): string {
  const units = ["bytes", "kB", "MB", "GB"] as const;
  const step = octets < 1000 ? 0 : Math.min(Math.floor(Math.log10(octets) / 3), units.length - 1);
  const value = octets / 1000 ** step;
  return `${step === 0 || value >= 100 ? NUMBERS.format(Math.round(value)) : value.toFixed(1)} ${units[step]}`;
}
