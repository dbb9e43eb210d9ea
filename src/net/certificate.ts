/** X.509 certificates as TLS peers show them and operators configure them: the facts that records, pins and warnings go by. */
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { fail, ok, type Result } from "#bytes";

export type CertificateFacts = {
  /** One line, for people. */
  readonly subject: string;
  readonly issuer: string;
  /** dNSName entries of the subject alternative names: at most `MAX_NAMES`. */
  readonly names: readonly string[];
  /** Unix milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the SubjectPublicKeyInfo, base64: what a pin is compared with (RFC 7858 section 4.2). */
  readonly spki: string;
};

/** What the handshake showed, for the record of an attempt. */
export type TlsFacts = {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly cipher: string;
  /** How we know who it is. */
  readonly authenticated: "name" | "pin" | "name-and-pin" | "none";
  readonly certificate: CertificateFacts;
  /** SPKI hash of the certificate that we showed on request. */
  readonly own: string | undefined;
};

/** A certificate is the other side's to fill: what is kept of it has an end. */
const MAX_NAMES = 20;
const MAX_TEXT = 256;
/** Of one PEM text. */
const MAX_CERTIFICATES = 1000;

export const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: dnsNames(certificate.subjectAltName ?? ""),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    spki: spkiHash(certificate),
  };
}

/** OpenSSL may take a certificate that can't be taken apart, one with a key of an unknown kind for example. */
export function shownCertificateFacts(certificate: X509Certificate | undefined): Result<CertificateFacts, string> {
  if (!certificate) return fail("no certificate was shown");
  try {
    return ok(certificateFacts(certificate));
  } catch (error) {
    return fail(`the certificate can't be read (${reason(error)})`);
  }
}

function spkiHash(certificate: X509Certificate): string {
  return createHash("sha256")
    .update(certificate.publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}

/** Of every certificate in a PEM text, in its order. Fails when there is none, or one that can't be read. */
export function readCertificates(pem: string): Result<readonly CertificateFacts[], string> {
  const blocks = pem.match(PEM_BLOCK) ?? [];
  if (blocks.length === 0) return fail("there is no certificate in it (PEM, BEGIN CERTIFICATE)");
  if (blocks.length > MAX_CERTIFICATES) return fail(`it has more than ${MAX_CERTIFICATES} certificates`);
  const facts: CertificateFacts[] = [];
  for (const [i, block] of blocks.entries()) {
    try {
      facts.push(certificateFacts(new X509Certificate(block)));
    } catch (error) {
      return fail(`certificate ${i + 1} can't be read (${reason(error)})`);
    }
  }
  return ok(facts);
}

/** A chain with its first certificate's private key, as PEM. Fails when the key is another one's, or sealed with a passphrase. */
export function readIdentity(certificate: string, key: string): Result<CertificateFacts, string> {
  const chain = readCertificates(certificate);
  if (!chain.ok) return chain;
  try {
    const own = new X509Certificate(certificate.match(PEM_BLOCK)![0]);
    if (!own.checkPrivateKey(createPrivateKey(key))) return fail("the private key is not the certificate's");
  } catch (error) {
    return fail(`the private key can't be read (${reason(error)})`);
  }
  return ok(chain.value[0]!);
}

/** 32 octets in base64, which is what SHA-256 gives. */
export function isPin(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

function oneLine(name: string | undefined): string {
  return (name ?? "").replaceAll("\n", ", ").slice(0, MAX_TEXT);
}

/** `DNS:a.example, IP Address:192.0.2.1, DNS:"odd, one"`: quoted entries hold what is no host name, and are left out. */
function dnsNames(text: string): string[] {
  const names = text.split(", ").flatMap((entry) => (entry.startsWith("DNS:") ? [entry.slice(4)] : []));
  return names.filter((name) => !name.startsWith('"') && name.length <= MAX_TEXT).slice(0, MAX_NAMES);
}

/** OpenSSL's word for it; never the text itself, which may be a key. */
function reason(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "not understood";
}
