/** ZONEMD (RFC 8976): the RFC's own vectors, zones digested by ldns-signzone, and each way in which a digest can be no good. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { verifyZonemd, type ZonemdVerdict } from "#dnssec";
import { compileImage, streamForDigest, verifyImage, verifyImageZonemd, type ZoneImage } from "#image";
import { isSubdomain, type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { type RRset, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { missingPrograms, signZone } from "../peers/index.ts";
import { makeDirectory, removeDirectory, writeIn } from "../peers/server-process.ts";
import { COMPLEX, ROOT_SERVERS_NET, SEVERAL, SIMPLE, URI_ARPA } from "./vectors.ts";

const crypto = openCrypto();

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

/** What a transfer would leave of the text: nothing outside of the zone. */
function imageOf(text: string, origin: string): ZoneImage {
  const apex = name(origin);
  const read = readZoneFile(text, apex);
  if (!read.ok) throw new Error(`${read.error.line}: ${read.error.reason}`);
  const sets: RRset[] = read.value
    .filter(({ owner }) => isSubdomain(owner, apex))
    .map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const version = zoneFromRRsets(apex, sets);
  if (!version.ok) throw new Error(version.error.text);
  const compiled = compileImage(version.value, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(verified.error.text);
  return verified.value;
}

function verdict(text: string, origin = "example."): ZonemdVerdict {
  return verifyImageZonemd(imageOf(text, origin), crypto.startDigest);
}

const fault = (text: string) => {
  const found = verdict(text);
  return found.kind === "verified" ? "verified" : found.fault;
};

describe("the vectors of RFC 8976 appendix A", () => {
  test.each([
    ["A.1 simple", SIMPLE, "example."],
    [
      "A.2 complex: occluded, duplicate, outside, capitals, wildcard, order, ZONEMD below the apex",
      COMPLEX,
      "example.",
    ],
    ["A.3 several digests", SEVERAL, "example."],
    ["A.4 URI.ARPA, signed", URI_ARPA, "uri.arpa."],
    ["A.5 ROOT-SERVERS.NET", ROOT_SERVERS_NET, "root-servers.net."],
  ])("%s", (_, text, origin) => {
    expect(verdict(text, origin)).toEqual({ kind: "verified", hash: "sha384" });
  });

  test("A.3, the SHA-512 digest alone", () => {
    const alone = SEVERAL.replace(/.*ZONEMD {2}2018031900 1 1 .*\n/, "");
    expect(alone).not.toEqual(SEVERAL);
    expect(verdict(alone)).toEqual({ kind: "verified", hash: "sha512" });
  });
});

describe("section 4, step by step", () => {
  const zonemd = (fields: string) => SIMPLE.replace(/ZONEMD .*/, `ZONEMD ${fields}`);
  const right = "c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c";

  test.each([
    ["no ZONEMD", SIMPLE.replace(/.*ZONEMD.*\n/, ""), "missing"],
    ["ZONEMD below the apex only", SIMPLE.replace(/ +86400 +IN +ZONEMD/, "sub 86400 IN ZONEMD"), "missing"],
    ["one record changed", SIMPLE.replace("::63", "::64"), "digest-mismatch"],
    ["one TTL changed", SIMPLE.replace("ns2           3600", "ns2           3601"), "digest-mismatch"],
    ["one record more", `${SIMPLE}ns3 3600 IN A 203.0.113.64\n`, "digest-mismatch"],
    ["one record less", SIMPLE.replace(/^ns2.*\n/m, ""), "digest-mismatch"],
    ["another spelling of a name is the same", SIMPLE.replace("ns2           3600", "NS2           3600"), "verified"],
    ["another serial", zonemd(`2018031901 1 1 ${right}`), "serial-mismatch"],
    ["a scheme that is not known", zonemd(`2018031900 2 1 ${right}`), "unsupported"],
    ["a private scheme", zonemd(`2018031900 240 1 ${right}`), "unsupported"],
    ["a hash that is not known", zonemd(`2018031900 1 3 ${right}`), "unsupported"],
    ["a digest cut off", zonemd(`2018031900 1 1 ${right.slice(0, 48)}`), "malformed"],
    ["a SHA-384 digest called SHA-512", zonemd(`2018031900 1 2 ${right}`), "malformed"],
    ["two of one scheme and hash", `${SIMPLE}@ 86400 IN ZONEMD 2018031900 1 1 ${"00".repeat(48)}\n`, "ambiguous"],
    [
      "a wrong one of the other hash beside",
      `${SIMPLE}@ 86400 IN ZONEMD 2018031900 1 2 ${"00".repeat(64)}\n`,
      "verified",
    ],
    ["one of another serial and hash beside", `${SIMPLE}@ 86400 IN ZONEMD 7 1 2 ${"00".repeat(64)}\n`, "verified"],
  ])("%s: %s", (_, text, expected) => {
    expect(fault(text)).toBe(expected);
  });

  test("the zone is gone over only when a record can be checked, and once for both hashes", () => {
    const asked: string[][] = [];
    const digests = (hashes: readonly string[]) => {
      asked.push([...hashes]);
      return hashes.map(() => new Uint8Array(64));
    };
    const record = (text: string) => {
      const read = readRdata(RRType.ZONEMD, text.split(" "));
      if (!read.ok) throw new Error(text);
      return read.value;
    };
    verifyZonemd([record(`1 2 1 ${right}`), record(`2 1 1 ${right}`)], 1, digests);
    expect(asked).toEqual([]);
    verifyZonemd([record(`1 1 1 ${right}`), record(`1 1 2 ${"00".repeat(64)}`)], 1, digests);
    expect(asked).toEqual([["sha384", "sha512"]]);
  });

  test("more records than the limit are not looked at", () => {
    const many = Array.from({ length: 65 }, (_, i) => Uint8Array.of(0, 0, 0, 1, 1, i, ...new Uint8Array(48)));
    expect(verifyZonemd(many, 1, () => [])).toMatchObject({ kind: "unverified", fault: "malformed" });
  });
});

const LDNS = missingPrograms("ldns-signzone", "ldns-keygen");

/** Digests made by ldns; `signed` says how the zone is signed, if at all. */
function digestedByLdns(text: string, hash: string, signed: readonly string[] | undefined): string {
  const directory = makeDirectory("zonemd");
  try {
    const file = writeIn(directory, "zone", text);
    const keys = signed
      ? [["-k"], []].map((flags) =>
          execFileSync("ldns-keygen", ["-a", "ECDSAP256SHA256", ...flags, "odd.test."], {
            cwd: directory,
            encoding: "utf8",
          }).trim(),
        )
      : [];
    const args = ["-o", "odd.test.", "-f", join(directory, "out"), "-z", `1:${hash}`, ...(signed ?? ["-Z"])];
    execFileSync("ldns-signzone", [...args, file, ...keys.map((key) => join(directory, key))], {
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
    return readFileSync(join(directory, "out"), "utf8");
  } finally {
    removeDirectory(directory);
  }
}

const ODD = `$ORIGIN odd.test.
$TTL 300
@ IN SOA Ns Hostmaster 7 3600 600 86400 300
@ IN NS Ns
@ IN MX 10 Mail.Elsewhere.TEST.
Ns IN A 192.0.2.1
* IN TXT "wild"
a.b.C IN SRV 1 2 3 Ns
sub IN NS ns.sub
sub IN DS 4711 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub IN AAAA 2001:db8::1
moved IN DNAME Elsewhere.Test.
under.moved IN A 192.0.2.5
odd IN TYPE65280 \\# 3 010203
h IN HTTPS 1 Svc.Odd.Test. alpn=h2
many IN A 192.0.2.9
many IN A 192.0.2.30
many IN A 192.0.2.1
many IN CAA 0 issue "x"
`;

describe.skipIf(LDNS.length > 0)("digested by ldns-signzone", () => {
  test.each([
    ["unsigned, SHA-384", "1", undefined, "sha384"],
    ["unsigned, SHA-512", "2", undefined, "sha512"],
    ["signed with NSEC", "1", [], "sha384"],
    ["signed with NSEC3: its owners stand among the names", "1", ["-n"], "sha384"],
    ["signed with NSEC3, opt-out, salt", "2", ["-n", "-p", "-s", "abcd"], "sha512"],
  ] as const)("%s", (_, hash, signed, found) => {
    const text = digestedByLdns(ODD, hash, signed);
    expect(verdict(text, "odd.test.")).toEqual({ kind: "verified", hash: found });
    const changed = text.replace("192.0.2.30", "192.0.2.31");
    expect(changed).not.toEqual(text);
    expect(verdict(changed, "odd.test.")).toMatchObject({ kind: "unverified", fault: "digest-mismatch" });
  });
});

describe.skipIf(missingPrograms("dnssec-signzone").length > 0)("the stream", () => {
  const signed = signZone({ name: "odd.test.", text: ODD }, { denial: "nsec3" });
  const collect = (text: string) => {
    const parts: number[] = [];
    streamForDigest(imageOf(text, "odd.test."), (octets) => {
      for (const octet of octets) parts.push(octet);
    });
    return parts;
  };

  test("is the same in whatever order the records come", () => {
    const lines = signed.text.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
    const expected = collect(lines.join("\n"));
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        expect(collect(shuffled.join("\n"))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
