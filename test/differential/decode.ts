/**
 * Replies taken apart for comparison, on purpose without the product's parser: what both could get wrong in the same way
 * would not be seen. Names in lower case, names in RDATA uncompressed; anything malformed throws.
 */

export type Rr = {
  /** Lower-cased wire octets as hex: a key. */
  readonly owner: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Hex, names uncompressed and in lower case. */
  readonly rdata: string;
};

export type Reply = {
  readonly id: number;
  readonly rcode: number;
  readonly opcode: number;
  readonly flags: {
    readonly qr: boolean;
    readonly aa: boolean;
    readonly tc: boolean;
    readonly rd: boolean;
    readonly ra: boolean;
    readonly ad: boolean;
    readonly cd: boolean;
  };
  /** Octets of the question section as hex, case kept. */
  readonly question: string;
  readonly answer: readonly Rr[];
  readonly authority: readonly Rr[];
  readonly additional: readonly Rr[];
  readonly edns:
    | { readonly size: number; readonly version: number; readonly do: boolean; readonly options: readonly number[] }
    | undefined;
  readonly length: number;
};

export const OPT = 41;

export function decodeReply(message: Uint8Array): Reply {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  const bit = (mask: number): boolean => (flags & mask) !== 0;
  let at = 12;
  for (let i = 0; i < view.getUint16(4); i++) at = nameAt(message, at).next + 4;
  const question = hex(message.subarray(12, at));
  const sections: Rr[][] = [[], [], []];
  let edns: Reply["edns"];
  let extended = 0;
  for (const [s, section] of sections.entries()) {
    for (let i = 0; i < view.getUint16(6 + 2 * s); i++) {
      const owner = nameAt(message, at);
      const [type, rrClass] = [view.getUint16(owner.next), view.getUint16(owner.next + 2)];
      const ttl = view.getUint32(owner.next + 4);
      const start = owner.next + 10;
      const end = start + view.getUint16(owner.next + 8);
      if (end > message.length) throw new Error("RDATA beyond the message");
      if (type === OPT) {
        if (edns) throw new Error("two OPT records");
        extended = ttl >>> 24;
        edns = {
          size: rrClass,
          version: (ttl >>> 16) & 255,
          do: (ttl & 0x8000) !== 0,
          options: optionCodes(view, start, end),
        };
      } else {
        section.push({ owner: owner.name, type, class: rrClass, ttl, rdata: rdataAt(message, type, start, end) });
      }
      at = end;
    }
  }
  if (at !== message.length) throw new Error(`${message.length - at} octets behind the last record`);
  return {
    id: view.getUint16(0),
    rcode: (flags & 15) | (extended << 4),
    opcode: (flags >> 11) & 15,
    flags: {
      qr: bit(0x8000),
      aa: bit(0x400),
      tc: bit(0x200),
      rd: bit(0x100),
      ra: bit(0x80),
      ad: bit(0x20),
      cd: bit(0x10),
    },
    question,
    answer: sections[0]!,
    authority: sections[1]!,
    additional: sections[2]!,
    edns,
    length: message.length,
  };
}

/** One line a record, for people. */
export function showRr(rr: Rr): string {
  return `${showName(rr.owner)} ${rr.ttl} TYPE${rr.type} ${rr.rdata.length > 160 ? `${rr.rdata.slice(0, 160)}…` : rr.rdata}`;
}

export function showName(key: string): string {
  const octets = Buffer.from(key, "hex");
  let text = "";
  for (let at = 0; at < octets.length && octets[at] !== 0; at += octets[at]! + 1) {
    for (const o of octets.subarray(at + 1, at + 1 + octets[at]!)) {
      text += o > 32 && o < 127 && o !== 46 && o !== 92 ? String.fromCharCode(o) : `\\${String(o).padStart(3, "0")}`;
    }
    text += ".";
  }
  return text === "" ? "." : text;
}

function optionCodes(view: DataView, start: number, end: number): number[] {
  const codes: number[] = [];
  let at = start;
  for (; at + 4 <= end; at += 4 + view.getUint16(at + 2)) codes.push(view.getUint16(at));
  if (at !== end) throw new Error("malformed EDNS options");
  return codes;
}

/** Fixed octets (a number), a name ("n") or a character-string ("s") in RDATA; the rest is opaque. */
const SHAPES: Readonly<Record<number, readonly (number | "n" | "s")[]>> = {
  2: ["n"],
  3: ["n"],
  4: ["n"],
  5: ["n"],
  6: ["n", "n"],
  7: ["n"],
  8: ["n"],
  9: ["n"],
  12: ["n"],
  14: ["n", "n"],
  15: [2, "n"],
  17: ["n", "n"],
  18: [2, "n"],
  21: [2, "n"],
  26: [2, "n", "n"],
  33: [6, "n"],
  35: [4, "s", "s", "s", "n"],
  36: [2, "n"],
  39: ["n"],
  46: [18, "n"],
  47: ["n"],
  64: [2, "n"],
  65: [2, "n"],
  107: [2, "n"],
};

function rdataAt(message: Uint8Array, type: number, start: number, end: number): string {
  let text = "";
  let at = start;
  for (const part of SHAPES[type] ?? []) {
    if (part === "n") {
      const name = nameAt(message, at);
      text += name.name;
      at = name.next;
      continue;
    }
    const length = part === "s" ? message[at]! + 1 : part;
    text += hex(message.subarray(at, at + length));
    at += length;
  }
  if (at > end) throw new Error(`RDATA of type ${type} reads past its end`);
  return text + hex(message.subarray(at, end));
}

/** At most this many pointers in a name: there can't be more labels. */
const MAX_JUMPS = 128;

function nameAt(message: Uint8Array, offset: number): { name: string; next: number } {
  let text = "";
  let at = offset;
  let next = -1;
  for (let jumps = 0; jumps < MAX_JUMPS; ) {
    if (at >= message.length) throw new Error("name beyond the message");
    const octet = message[at]!;
    if (octet >= 0xc0) {
      const target = ((octet & 63) << 8) | message[at + 1]!;
      if (target >= at) throw new Error("compression pointer not backwards");
      if (next < 0) next = at + 2;
      at = target;
      jumps++;
      continue;
    }
    if (octet > 63) throw new Error("reserved label type");
    text += hex(message.subarray(at, at + octet + 1), true);
    at += octet + 1;
    if (text.length > 510) throw new Error("name over 255 octets");
    if (octet === 0) return { name: text, next: next < 0 ? at : next };
  }
  throw new Error("too many compression pointers");
}

function hex(octets: Uint8Array, lower = false): string {
  let text = "";
  for (const o of octets) text += (lower && o >= 65 && o <= 90 ? o + 32 : o).toString(16).padStart(2, "0");
  return text;
}
