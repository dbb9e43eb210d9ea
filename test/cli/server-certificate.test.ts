/** A server's certificate that can't be trusted is told with what to do. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, test } from "vitest";
import { makeAuthority, makeCertificate } from "../peers/certificates.ts";
import { countersign } from "./command-line.ts";

const UNREACHABLE = 3;

test.each([
  ["expired", { name: "localhost", fromDays: -9, toDays: -1 }, /CERT_HAS_EXPIRED.*renew it/],
  ["for another name", { name: "other.example" }, /for another name; use the name in it/],
  [
    "of an authority that nobody knows",
    { name: "localhost" },
    /a CA that is not known here; give .* with --ca FILE or COUNTERSIGN_CA/,
  ],
] as const)("%s", async (what, options, sentence) => {
  const authority = makeAuthority("Test CA");
  const { certificate, key } = makeCertificate({ ...options, authority });
  const server = createServer({ cert: certificate, key }, (_, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const before = getCACertificates("default");
  if (what !== "of an authority that nobody knows") setDefaultCACertificates([...before, authority.certificate]);
  try {
    const ran = await countersign(["zone", "list"], { COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: "token" });
    expect(ran).toMatchObject({ code: UNREACHABLE, out: "", err: expect.stringMatching(sentence) as string });
  } finally {
    setDefaultCACertificates(before);
    server.closeAllConnections();
    server.close();
  }
});
