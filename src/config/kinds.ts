/** The kinds of values that options have: each reads text, and says in a phrase what it wants when the text is wrong. */
import { printAddress, printRange, readAddress, readRange } from "#contract";

export interface Kind<T> {
  /** For the reference page: "integer 1 to 10". */
  readonly form: string;
  /** Undefined when the text is not of this kind. */
  read(text: string): T | undefined;
}

/** `address` is an IP address in text form. */
export type ListenAddress = { readonly address: string; readonly port: number };

export const text: Kind<string> = { form: "text", read: (value) => (value === "" ? undefined : value) };

export const path: Kind<string> = { form: "path", read: text.read };

export function integer(min: number, max: number): Kind<number> {
  return {
    form: `integer ${min} to ${max}`,
    read(value) {
      if (!/^\d{1,15}$/.test(value)) return undefined;
      const number = Number(value);
      return number >= min && number <= max ? number : undefined;
    },
  };
}

export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  return { form: choices.join(", "), read: (value) => choices.find((each) => each === value) };
}

export const flag: Kind<boolean> = {
  form: "true, false",
  read: (value) => ({ true: true, false: false, "1": true, "0": false, yes: true, no: false })[value.toLowerCase()],
};

/** `127.0.0.1:53`, `[::1]:53`. Port 0 asks the system for a free one. */
export const address: Kind<ListenAddress> = {
  form: "address:port, IPv6 in brackets",
  read(value) {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(value.trim());
    if (match === null) return undefined;
    const octets = readAddress((match[1] ?? match[2])!);
    const port = Number(match[3]);
    if (octets === undefined || port > 65535 || (match[1] !== undefined) !== (octets.length === 16)) return undefined;
    return { address: printAddress(octets), port };
  },
};

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export const addressRange: Kind<string> = {
  form: "address range",
  read(value) {
    const text = value.trim();
    const whole = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
    const range = readRange(whole);
    return range && printRange(range);
  },
};

/** More than this in one option is a mistake. */
const LIST_MAX = 64;

export function list<T>(one: Kind<T>): Kind<readonly T[]> {
  return {
    form: `comma list of: ${one.form}`,
    read(value) {
      const parts = value.split(",").map((part) => part.trim());
      if (parts.length === 1 && parts[0] === "") return [];
      if (parts.length > LIST_MAX) return undefined;
      const values: T[] = [];
      for (const part of parts) {
        const read = one.read(part);
        if (read === undefined) return undefined;
        values.push(read);
      }
      return values;
    },
  };
}

/** A host name as the API prints it: lower case, without the final dot. */
export const hostName: Kind<string> = {
  form: "host name",
  read(value) {
    const name = value.toLowerCase().replace(/\.$/, "");
    const fits =
      name.length <= 253 &&
      /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/.test(name);
    return fits ? name : undefined;
  },
};

/** Octets as hex. */
export function hex(octets: number): Kind<string> {
  return {
    form: `${octets * 2} hex digits`,
    read: (value) => (value.length === octets * 2 && /^[0-9a-fA-F]+$/.test(value) ? value.toLowerCase() : undefined),
  };
}

/** Of a web server: without query, fragment and name of a user; clear text on this machine alone. As it was written. */
export const webAddress: Kind<string> = {
  form: "https://…, or http:// for this machine itself (127.0.0.1, [::1], localhost)",
  read(value) {
    if (!/^https?:\/\/[^\s?#@\\]+$/i.test(value) || !URL.canParse(value)) return undefined;
    const { protocol, hostname } = new URL(value);
    const local = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
    return protocol === "https:" || local ? value : undefined;
  },
};
