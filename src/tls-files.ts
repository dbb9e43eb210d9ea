/** The files of DNS over TLS, read and looked at: at the start, and again on SIGHUP. Part of the composition root. */
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
  const texts: string[] = [];
  for (const path of [dnsTlsCertificate, dnsTlsKey, ...(dnsTlsClientCa === undefined ? [] : [dnsTlsClientCa])]) {
    try {
      texts.push(readFileSync(path, "utf8"));
    } catch (error) {
      return fail(`${path} can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`);
    }
  }
  const [certificate, key, clientCa] = texts as [string, string, string?];
  const settings = { certificate, key, ...(clientCa === undefined ? {} : { clientCa }) };
  const facts = openTlsServerSettings(settings);
  if (!facts.ok) return fail(`${dnsTlsCertificate} and ${dnsTlsKey}: ${facts.error}.`);
  return ok({ settings, certificate: facts.value });
}
