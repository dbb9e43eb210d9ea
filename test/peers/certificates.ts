/**
 * X.509 certificates for tests, made in the process: an authority, and what it signs, with any names and any dates. DER by
 * hand (RFC 5280 section 4.1), P-256 keys.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";

export type TestCertificate = {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** SHA-256 of the SubjectPublicKeyInfo, base64. */
  readonly pin: string;
  /** Common name; alone, for a peer that matches by it. */
  readonly name: string;
};

export type CertificateOptions = {
  /** Common name, and a dNSName unless `dnsNames` says otherwise. */
  readonly name: string;
  readonly dnsNames?: readonly string[];
  /** As iPAddress. */
  readonly addresses?: readonly Uint8Array[];
  /** Days from now; negative: in the past. */
  readonly fromDays?: number;
  readonly toDays?: number;
  readonly authority?: TestAuthority;
};

export type TestAuthority = TestCertificate & { readonly privateKey: KeyObject };

/** Signed by `above`, or by itself. */
export function makeAuthority(name: string, above?: TestAuthority): TestAuthority {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...make({ name, dnsNames: [] }, privateKey, above, true), privateKey };
}

/** Signed by `authority`, or by itself. */
export function makeCertificate(options: CertificateOptions): TestCertificate {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return make(options, privateKey, options.authority, false);
}

function make(
  options: CertificateOptions,
  own: KeyObject,
  authority: TestAuthority | undefined,
  isAuthority: boolean,
): TestCertificate {
  const spki = createPublicKey(own).export({ type: "spki", format: "der" });
  const names = options.dnsNames ?? [options.name];
  const body = sequence(
    tagged(0xa0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(0x40 | randomBytes(1)[0]!, ...randomBytes(8))),
    ECDSA_SHA256,
    distinguished(authority?.name ?? options.name),
    sequence(time(options.fromDays ?? -1), time(options.toDays ?? 90)),
    distinguished(options.name),
    spki,
    tagged(0xa3, sequence(...extensions(names, options.addresses ?? [], isAuthority))),
  );
  const signature = sign("sha256", body, authority?.privateKey ?? own);
  const der = sequence(body, ECDSA_SHA256, bits(signature));
  return {
    certificate: pem(der),
    key: own.export({ type: "pkcs8", format: "pem" }) as string,
    pin: createHash("sha256").update(spki).digest("base64"),
    name: options.name,
  };
}

function extensions(names: readonly string[], addresses: readonly Uint8Array[], isAuthority: boolean): Uint8Array[] {
  const basic = extension("551d13", isAuthority ? sequence(Uint8Array.of(1, 1, 0xff)) : sequence(), true);
  const list = [
    ...names.map((name) => tagged(0x82, Buffer.from(name, "latin1"))),
    ...addresses.map((octets) => tagged(0x87, octets)),
  ];
  if (list.length === 0) return [basic];
  return [basic, extension("551d11", sequence(...list), false)];
}

function extension(oid: string, value: Uint8Array, critical: boolean): Uint8Array {
  const parts = [tagged(6, Buffer.from(oid, "hex")), ...(critical ? [Uint8Array.of(1, 1, 0xff)] : [])];
  return sequence(...parts, tagged(4, value));
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Uint8Array.of(tag, ...head), content]);
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(octets: Uint8Array): Uint8Array {
  return tagged(2, octets[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), octets]) : octets);
}

function bits(octets: Uint8Array): Uint8Array {
  return tagged(3, Buffer.concat([Uint8Array.of(0), octets]));
}

/** CN alone. */
function distinguished(name: string): Uint8Array {
  return sequence(tagged(0x31, sequence(tagged(6, Buffer.from("550403", "hex")), tagged(12, Buffer.from(name)))));
}

/** UTCTime, good until 2049. */
function time(days: number): Uint8Array {
  const text = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`, "latin1"));
}

/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ECDSA_SHA256 = sequence(tagged(6, Buffer.from("2a8648ce3d040302", "hex")));

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g)!;
  const text = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  // A helper that makes nonsense should say so, not the server that reads it.
  new X509Certificate(text);
  return text;
}
