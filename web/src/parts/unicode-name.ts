/**
 * What an internationalised name says (RFC 5891): shown beside its A-labels, never alone, and only where it can't be taken for
 * another name: each label of one script (UTS #39, "single script"), and no Cyrillic or Greek that reads as Latin.
 */

//--- Punycode, RFC 3492 section 5
const BASE = 36;
const [T_MIN, T_MAX] = [1, 26] as const;
const [SKEW, DAMP] = [38, 700] as const;
const FIRST_BIAS = 72;
const FIRST_CODE = 0x80;
const LAST_CODE = 0x10ffff;

const PREFIX = "xn--";

/** Undefined where no label is an A-label, or one of them is better not read. */
export function findUnicodeName(name: string): string | undefined {
  if (!/xn--/i.test(name)) return undefined;
  const labels = name.split(".").map(readLabel);
  const text = labels.includes(undefined) ? name : labels.join(".");
  return text === name ? undefined : text;
}

/** Names are typed in either form; a list of zones is searched by what they are called in DNS. */
export function toALabels(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is ASCII
  if (/^[\u0000-\u007f]*$/.test(name)) return name;
  return URL.parse(`http://${name}`)?.hostname ?? name;
}

function readLabel(label: string): string | undefined {
  const lower = label.toLowerCase();
  if (!lower.startsWith(PREFIX)) return label;
  const text = decodePunycode(lower.slice(PREFIX.length));
  if (text === undefined || !isPlain(text)) return undefined;
  // The browser's own tables (UTS #46) judge the rest: what does not lead back here is no A-label (RFC 5891 section 5.4).
  return URL.parse(`http://${text}.example`)?.hostname === `${lower}.example` ? text : undefined;
}

/** RFC 3492 section 6.2. A label has 63 octets at most, so each loop ends soon. */
function decodePunycode(encoded: string): string | undefined {
  const delimiter = encoded.lastIndexOf("-");
  const out = delimiter > 0 ? [...encoded.slice(0, delimiter)].map((each) => each.codePointAt(0)!) : [];
  let code = FIRST_CODE;
  let bias = FIRST_BIAS;
  let i = 0;
  for (let at = delimiter > 0 ? delimiter + 1 : 0; at < encoded.length; ) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(encoded.charCodeAt(at++));
      if (digit === undefined) return undefined;
      i += digit * weight;
      if (i > Number.MAX_SAFE_INTEGER / BASE) return undefined;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    bias = adapt(i - before, out.length + 1, before === 0);
    code += Math.floor(i / (out.length + 1));
    i %= out.length + 1;
    if (code > LAST_CODE || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    out.splice(i++, 0, code);
  }
  return String.fromCodePoint(...out);
}

/** a to z, 0 to 9; undefined behind the end, where the code is NaN. */
function digitOf(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  return code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : undefined;
}

/** RFC 3492 section 6.1. */
function adapt(delta: number, points: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

//--- What can be shown

/** Each as a whole label, with digits, hyphens and marks: one script, or those that one language is written in (UTS #39 section 5.1). */
const SCRIPTS = [
  /^[\p{scx=Latn}\p{scx=Zyyy}\p{scx=Zinh}]+$/u,
  /^[\p{sc=Grek}\p{scx=Zyyy}\p{scx=Zinh}]+$/u,
  /^[\p{sc=Cyrl}\p{scx=Zyyy}\p{scx=Zinh}]+$/u,
  /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{scx=Kana}\p{scx=Zyyy}\p{scx=Zinh}]+$/u,
  /^[\p{sc=Han}\p{sc=Hang}\p{scx=Zyyy}\p{scx=Zinh}]+$/u,
  /^[\p{sc=Han}\p{sc=Bopo}\p{scx=Zyyy}\p{scx=Zinh}]+$/u,
  ..."Arab Armn Beng Deva Ethi Geor Gujr Guru Hebr Khmr Knda Laoo Mlym Mymr Orya Sinh Taml Telu Thaa Thai Tibt"
    .split(" ")
    .map((script) => new RegExp(`^[\\p{scx=${script}}\\p{scx=Zyyy}\\p{scx=Zinh}]+$`, "u")),
];

/** Cyrillic and Greek letters that are drawn as Latin ones are: a label of these alone would be read as another name. */
const READ_AS_LATIN = /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡαικνορτυχωγ0-9-]+$/u;

/** Letters, marks and digits are what RFC 5892 lets in, with few exceptions that nobody misses here: no emoji, nothing invisible. */
const LETTERS = /^[\p{L}\p{M}\p{Nd}-]+$/u;

function isPlain(text: string): boolean {
  return LETTERS.test(text) && !READ_AS_LATIN.test(text) && SCRIPTS.some((script) => script.test(text));
}
