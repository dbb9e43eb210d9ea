/** Whom TLS clients of this process believe that say nothing else: for the command line, which asks by `fetch`. */
import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { fail, ok, type Result } from "#bytes";
import { PEM_BLOCK, readCertificates } from "./certificate.ts";

/**
 * The CAs of the system beside those that come with Node and, with `path`, those of a PEM file. For connections from now on. The error
 * is a sentence without its subject.
 */
export function trustAuthorities(path: string | undefined): Result<void, string> {
  let pem: string | undefined;
  try {
    pem = path === undefined ? undefined : readFileSync(path, "utf8");
  } catch (error) {
    return fail(`can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
  const read = pem === undefined ? ok([]) : readCertificates(pem);
  if (!read.ok) return fail(read.error);
  // Since Node 24.5. Before, there is Node's own list and what NODE_EXTRA_CA_CERTS names.
  if (typeof tls.setDefaultCACertificates !== "function") {
    return pem === undefined ? ok(undefined) : fail("needs Node 24.5 or later; before, name it in NODE_EXTRA_CA_CERTS");
  }
  const all = [
    ...tls.getCACertificates("default"),
    ...tls.getCACertificates("system"),
    ...(pem?.match(PEM_BLOCK) ?? []),
  ];
  tls.setDefaultCACertificates([...new Set(all)]);
  return ok(undefined);
}
