/** How the provider's API shows RDATA: `content`, `priority`, and `data` for the types that have fields. */
import { toBase64, toHex, toLatin1 } from "#bytes";
import { RRType, readDnskey, readDs } from "#rdata";

/** Positions of names among the words of the text form: shown without the final dot. */
const NAME_WORDS: Readonly<Record<number, readonly number[]>> = {
  [RRType.NS]: [0],
  [RRType.CNAME]: [0],
  [RRType.DNAME]: [0],
  [RRType.PTR]: [0],
  [RRType.SOA]: [0, 1],
  [RRType.MX]: [1],
  [RRType.SRV]: [3],
  [RRType.NAPTR]: [5],
  [RRType.SVCB]: [1],
  [RRType.HTTPS]: [1],
};

/** Types whose first word is the priority, which the API has in a field of its own. */
const PRIORITY_FIRST: ReadonlySet<number> = new Set([RRType.MX, RRType.SRV, RRType.URI]);

export function withoutPriority(type: number, text: string): { content: string; priority?: number } {
  if (text.startsWith("\\#")) return { content: text };
  const names = NAME_WORDS[type];
  const content = names ? withoutDots(text, names) : text;
  if (!PRIORITY_FIRST.has(type)) return { content };
  const space = content.indexOf(" ");
  return { content: content.slice(space + 1), priority: Number(content.slice(0, space)) };
}

/** Types with names have no quoted words with spaces before them but NAPTR, whose name is the last word. */
function withoutDots(text: string, positions: readonly number[]): string {
  const words = text.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  for (const at of positions) {
    const word = words[at];
    if (word !== undefined && word.length > 1 && word.endsWith(".") && !word.endsWith("\\."))
      words[at] = word.slice(0, -1);
  }
  return words.join(" ");
}

/** `data` of the types that the API takes apart; undefined for all others. RDATA is well-formed. */
export function recordData(type: number, rdata: Uint8Array): Record<string, unknown> | undefined {
  const u16 = (at: number) => (rdata[at]! << 8) | rdata[at + 1]!;
  switch (type) {
    case RRType.CAA: {
      const end = 2 + rdata[1]!;
      return { flags: rdata[0], tag: toLatin1(rdata, 2, end), value: toLatin1(rdata, end) };
    }
    case RRType.DNSKEY: {
      const { flags, protocol, algorithm, publicKey } = readDnskey(rdata);
      return { flags, protocol, algorithm, public_key: toBase64(publicKey) };
    }
    case RRType.DS: {
      const { keyTag, algorithm, digestType, digest } = readDs(rdata);
      return { key_tag: keyTag, algorithm, digest_type: digestType, digest: toHex(digest).toUpperCase() };
    }
    case RRType.SRV:
      return { priority: u16(0), weight: u16(2), port: u16(4), target: nameAt(rdata, 6) };
    case RRType.SSHFP:
      return { algorithm: rdata[0], type: rdata[1], fingerprint: toHex(rdata.subarray(2)) };
    case RRType.TLSA:
    case RRType.SMIMEA:
      return {
        usage: rdata[0],
        selector: rdata[1],
        matching_type: rdata[2],
        certificate: toHex(rdata.subarray(3)),
      };
    case RRType.URI:
      return { weight: u16(2), target: toLatin1(rdata, 4) };
    case RRType.CERT:
      return { type: u16(0), key_tag: u16(2), algorithm: rdata[4], certificate: toBase64(rdata.subarray(5)) };
    default:
      return undefined;
  }
}

function nameAt(rdata: Uint8Array, at: number): string {
  const labels: string[] = [];
  for (let i = at; i < rdata.length && rdata[i]! > 0; i += rdata[i]! + 1)
    labels.push(toLatin1(rdata, i + 1, i + 1 + rdata[i]!));
  return labels.length === 0 ? "." : labels.join(".");
}
