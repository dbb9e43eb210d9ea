/** The files of DNS over TLS and of HTTPS, read and looked at: at the start, on SIGHUP, and when they change. Part of the composition root. */
import { readFileSync } from "node:fs";
import { fail, ok, type Result } from "#bytes";
import type { Config } from "#config";
import { type CertificateFacts, openTlsServerSettings, type TlsServerSettings } from "#net";

export type TlsFiles = { readonly settings: TlsServerSettings; readonly certificate: CertificateFacts };

/** Undefined where DNS over TLS is not configured. The error is a sentence for the operator, without what is in the files. */
export function readTlsFiles(config: Config): Result<TlsFiles | undefined, string> {
  const { dnsTls, dnsTlsCertificate, dnsTlsKey, dnsTlsClientCa } = config;
  if (dnsTls.length === 0) return ok(undefined);
  if (dnsTlsCertificate === undefined || dnsTlsKey === undefined) {
    return fail("DNS over TLS needs a certificate and its key: give --dns-tls-certificate and --dns-tls-key.");
  }
  const texts = readTexts([
    ["--dns-tls-certificate", dnsTlsCertificate],
    ["--dns-tls-key", dnsTlsKey],
    ...(dnsTlsClientCa === undefined ? [] : [["--dns-tls-client-ca", dnsTlsClientCa] as const]),
  ]);
  if (!texts.ok) return texts;
  const [certificate, key, clientCa] = texts.value as [string, string, string?];
  const settings = { certificate, key, ...(clientCa === undefined ? {} : { clientCa }) };
  const facts = openTlsServerSettings(settings);
  if (!facts.ok) return fail(`DNS over TLS can't use ${dnsTlsCertificate} with ${dnsTlsKey}: ${facts.error}. ${PAIR}`);
  return ok({ settings, certificate: facts.value });
}

export type HttpTlsFiles = {
  readonly settings: Omit<TlsServerSettings, "clientCa">;
  readonly certificate: CertificateFacts;
};

/** Undefined where the API speaks HTTP. */
export function readHttpTlsFiles(config: Config): Result<HttpTlsFiles | undefined, string> {
  const { httpTlsCertificate, httpTlsKey } = config;
  if (httpTlsCertificate === undefined && httpTlsKey === undefined) return ok(undefined);
  if (httpTlsCertificate === undefined || httpTlsKey === undefined) {
    return fail("HTTPS needs a certificate and its key: give --http-tls-certificate and --http-tls-key.");
  }
  const texts = readTexts([
    ["--http-tls-certificate", httpTlsCertificate],
    ["--http-tls-key", httpTlsKey],
  ]);
  if (!texts.ok) return texts;
  const [certificate, key] = texts.value as [string, string];
  const facts = openTlsServerSettings({ certificate, key });
  if (!facts.ok) return fail(`HTTPS can't use ${httpTlsCertificate} with ${httpTlsKey}: ${facts.error}. ${PAIR}`);
  return ok({ settings: { certificate, key }, certificate: facts.value });
}

/** Everything that is read from here. */
export function tlsPaths(config: Config): string[] {
  const { dnsTls, dnsTlsCertificate, dnsTlsKey, dnsTlsClientCa, httpTlsCertificate, httpTlsKey } = config;
  const ofDns = dnsTls.length > 0 ? [dnsTlsCertificate, dnsTlsKey, dnsTlsClientCa] : [];
  return [...ofDns, httpTlsCertificate, httpTlsKey].filter((path) => path !== undefined);
}

/** What fits, whatever did not. */
const PAIR = "Give a certificate and its own private key, both as PEM, the key without a passphrase.";

/** By option: where the path came from, which is where it is mended. */
function readTexts(files: readonly (readonly [option: string, path: string])[]): Result<readonly string[], string> {
  const texts: string[] = [];
  for (const [option, path] of files) {
    try {
      texts.push(readFileSync(path, "utf8"));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      return fail(`${path} of ${option} ${READ_TEXTS[code] ?? "can't be read"} (${code}).`);
    }
  }
  return ok(texts);
}

const READ_TEXTS: Readonly<Record<string, string>> = {
  ENOENT: "is not there: look at the path",
  EACCES: "can't be read by this user: give it to the server's user",
  EISDIR: "is a directory: name a file",
};
