/** DS and DNSKEY records as the API prints them, taken apart into the fields that registrars' forms have. */

export type DsFields = {
  readonly keyTag: string;
  readonly algorithm: string;
  readonly digestType: string;
  readonly digest: string;
};

export type DnskeyFields = {
  readonly flags: string;
  readonly protocol: string;
  readonly algorithm: string;
  readonly publicKey: string;
};

export function readDs(line: string): DsFields | undefined {
  const match = /\sDS\s+(\d+)\s+(\d+)\s+(\d+)\s+([0-9A-Fa-f\s]+)$/.exec(line.trim());
  if (!match) return undefined;
  const [, keyTag = "", algorithm = "", digestType = "", digest = ""] = match;
  return { keyTag, algorithm, digestType, digest: digest.replace(/\s+/g, "").toUpperCase() };
}

export function readDnskey(line: string): DnskeyFields | undefined {
  const match = /\sDNSKEY\s+(\d+)\s+(\d+)\s+(\d+)\s+(.+)$/.exec(line.trim());
  if (!match) return undefined;
  const [, flags = "", protocol = "", algorithm = "", key = ""] = match;
  return { flags, protocol, algorithm, publicKey: key.replace(/\s+/g, "") };
}
