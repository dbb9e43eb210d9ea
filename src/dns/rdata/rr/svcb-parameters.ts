/**
 * Service parameters of SVCB and HTTPS: the value formats of the registered keys, wire and text (RFC 9460 section 7, RFC
 * 9461 section 5, RFC 9540 section 4; text syntax in RFC 9460 section 2.1 and appendix A).
 */
import { concatBytes, fromBase64, fromLatin1, toBase64, toLatin1 } from "#bytes";
import { printIpv4, printIpv6, readIpv4, readIpv6 } from "../fields/addresses.ts";
import { printCharacters, readCharacters, readNumber } from "../tokens.ts";

export type ParameterFormat = {
  readonly name: string;
  /** Whether the octets are a value of this key. */
  readonly check: (value: Uint8Array) => boolean;
  /** The text behind `name=`; undefined for no value. */
  readonly print: (value: Uint8Array) => string | undefined;
  /** Octets of the decoded character-string to the wire value; undefined when malformed. */
  readonly read: (text: Uint8Array) => Uint8Array | undefined;
};

const MANDATORY = 0;

/** The format of any key that is not registered here: octets. */
const opaque = {
  check: () => true,
  print: (value: Uint8Array) => (value.length === 0 ? undefined : printCharacters(value)),
  read: (text: Uint8Array) => text,
};

const noValue = {
  check: (value: Uint8Array) => value.length === 0,
  print: () => undefined,
  read: (text: Uint8Array) => (text.length === 0 ? text : undefined),
};

const mandatory = {
  check: (value: Uint8Array) => {
    if (value.length < 2 || value.length % 2 !== 0) return false;
    // Strictly ascending, and never `mandatory` itself (RFC 9460 section 8).
    for (let i = 0, last = MANDATORY; i < value.length; i += 2) {
      const key = (value[i]! << 8) | value[i + 1]!;
      if (key <= last) return false;
      last = key;
    }
    return true;
  },
  print: (value: Uint8Array) => mandatoryKeys(value).map(keyName).join(","),
  read: (text: Uint8Array) => {
    const keys = toLatin1(text).split(",").map(keyCode);
    if (keys.includes(undefined)) return undefined;
    const sorted = (keys as number[]).sort((a, b) => a - b);
    return Uint8Array.from(sorted.flatMap((key) => [key >> 8, key & 255]));
  },
};

/** The keys in a `mandatory` value that `check` accepts. */
function mandatoryKeys(value: Uint8Array): number[] {
  const keys: number[] = [];
  for (let i = 0; i + 1 < value.length; i += 2) keys.push((value[i]! << 8) | value[i + 1]!);
  return keys;
}

const alpn = {
  check: (value: Uint8Array) => {
    let at = 0;
    while (at < value.length && value[at] !== 0) at += 1 + value[at]!;
    return value.length > 0 && at === value.length;
  },
  print: (value: Uint8Array) => {
    const escaped: number[] = [];
    for (let at = 0; at < value.length; at += 1 + value[at]!) {
      if (at > 0) escaped.push(COMMA);
      for (const octet of value.subarray(at + 1, at + 1 + value[at]!)) {
        if (octet === COMMA || octet === BACKSLASH) escaped.push(BACKSLASH);
        escaped.push(octet);
      }
    }
    return printCharacters(Uint8Array.from(escaped));
  },
  read: (text: Uint8Array) => {
    const octets: number[] = [];
    for (const item of splitList(text)) {
      if (item.length < 1 || item.length > 255) return undefined;
      octets.push(item.length, ...item);
    }
    return Uint8Array.from(octets);
  },
};

const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** RFC 9460 appendix A.1: items between commas; `\,` and `\\` are a comma and a backslash in an item. */
function splitList(text: Uint8Array): number[][] {
  const items: number[][] = [[]];
  for (let i = 0; i < text.length; i++) {
    let octet = text[i]!;
    if (octet === COMMA) {
      items.push([]);
      continue;
    }
    if (octet === BACKSLASH && i + 1 < text.length) octet = text[++i]!;
    items[items.length - 1]!.push(octet);
  }
  return items;
}

const port = {
  check: (value: Uint8Array) => value.length === 2,
  print: (value: Uint8Array) => String((value[0]! << 8) | value[1]!),
  read: (text: Uint8Array) => {
    const value = readNumber(toLatin1(text), 65535);
    return value === undefined ? undefined : Uint8Array.of(value >> 8, value & 255);
  },
};

const ech = {
  check: (value: Uint8Array) => value.length > 0,
  print: (value: Uint8Array) => toBase64(value),
  read: (text: Uint8Array) => fromBase64(toLatin1(text)),
};

const dohpath = { ...opaque, check: (value: Uint8Array) => value.length > 0 };

function addressList(
  length: number,
  print: (octets: Uint8Array) => string,
  read: (text: string) => Uint8Array | undefined,
): Omit<ParameterFormat, "name"> {
  return {
    check: (value) => value.length > 0 && value.length % length === 0,
    print: (value) => {
      const texts: string[] = [];
      for (let at = 0; at < value.length; at += length) texts.push(print(value.subarray(at, at + length)));
      return texts.join(",");
    },
    read: (text) => {
      const addresses = toLatin1(text).split(",").map(read);
      return addresses.includes(undefined) ? undefined : concatBytes(addresses as Uint8Array[]);
    },
  };
}

/** By key number. */
const REGISTERED: readonly ParameterFormat[] = [
  { name: "mandatory", ...mandatory },
  { name: "alpn", ...alpn },
  { name: "no-default-alpn", ...noValue },
  { name: "port", ...port },
  { name: "ipv4hint", ...addressList(4, printIpv4, readIpv4) },
  { name: "ech", ...ech },
  { name: "ipv6hint", ...addressList(16, printIpv6, readIpv6) },
  { name: "dohpath", ...dohpath },
  { name: "ohttp", ...noValue },
];

/** "alpn", or "key65280". */
function keyName(key: number): string {
  return REGISTERED[key]?.name ?? `key${key}`;
}

/** "alpn" or "key1" to the number; undefined for anything else. Key names are lower case (RFC 9460 section 14.3.1). */
function keyCode(text: string): number | undefined {
  const registered = REGISTERED.findIndex((format) => format.name === text);
  if (registered >= 0) return registered;
  const digits = /^key(0|[1-9][0-9]{0,4})$/.exec(text)?.[1];
  return digits === undefined ? undefined : readNumber(digits, 65535);
}

export function checkParameter(key: number, value: Uint8Array): boolean {
  return REGISTERED[key]?.check(value) ?? true;
}

export function printParameter(key: number, value: Uint8Array): string {
  const text = (REGISTERED[key] ?? opaque).print(value);
  return text === undefined ? keyName(key) : `${keyName(key)}=${text}`;
}

/** `name`, `name=value`, `name="value"`; with `keyNNNNN` the value is the wire octets. */
export function readParameter(token: string): { readonly key: number; readonly value: Uint8Array } | undefined {
  const equals = token.indexOf("=");
  const name = equals < 0 ? token : token.slice(0, equals);
  const key = keyCode(name);
  const text = equals < 0 ? fromLatin1("") : readCharacters(token.slice(equals + 1));
  if (key === undefined || text === undefined) return undefined;
  const value = (name.startsWith("key") ? opaque : (REGISTERED[key] ?? opaque)).read(text);
  return value === undefined || value.length > 65535 ? undefined : { key, value };
}
