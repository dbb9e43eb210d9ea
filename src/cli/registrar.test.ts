import { expect, test } from "vitest";
import { isDsOf, printRegistrarFields, readDnskeyLine, readDnskeyText, readDsLine } from "./registrar.ts";

/** RFC 4509 section 2.3 (SHA-256) and RFC 4034 section 5.4 (SHA-1): one key, two digests. */
const KEY =
  "dskey.example.com. 86400 IN DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9Xz fwJr1AYtsmx3TGkJaNXVbfi/ 2pHm822aJ5iI9BMzNXxeYCmZ DRD99WYwYqUSdjMmmAphXdvx egXd/M5+X7OrzKBaMbCVdFLU Uh6DhweJBjEVv5f2wwjM9Xzc nOf+EPbtG9DMBmADjFDc2w/r ljwvFw==";
const DS_SHA256 =
  "dskey.example.com. 86400 IN DS 60485 5 2 ( D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A )".replace(
    /[()] ?/g,
    "",
  );
const DS_SHA1 = "dskey.example.com. 86400 IN DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118";

test("a DS line falls into its four fields", () => {
  expect(readDsLine("example.com. 3600 IN DS 2371 13 2 c988 EC42")).toEqual({
    keyTag: "2371",
    algorithm: "13",
    digestType: "2",
    digest: "C988EC42",
  });
  expect(readDsLine("example.com. IN DS 1 8 2 AB")).toMatchObject({ keyTag: "1" });
  expect(readDsLine("example.com. 3600 IN A 192.0.2.1")).toBeUndefined();
});

test("a DNSKEY line gives one word of base64", () => {
  const key = readDnskeyLine(KEY)!;
  expect(key).toMatchObject({ flags: 256, protocol: 3, algorithm: 5 });
  expect(key.publicKey).not.toContain(" ");
  expect(key.rdata.length).toBe(4 + Buffer.from(key.publicKey, "base64").length);
  expect(readDnskeyText("257 3 13 ???")).toBeUndefined();
});

test.each([DS_SHA1, DS_SHA256])("the digest of the RFCs' key is recognised: %s", (line) => {
  const key = readDnskeyLine(KEY)!;
  const ds = readDsLine(line)!;
  expect(isDsOf(ds, "dskey.example.com.", key)).toBe(true);
  // Case does not count; another owner, another digest, another algorithm do.
  expect(isDsOf(ds, "DSKEY.Example.com", key)).toBe(true);
  expect(isDsOf(ds, "example.com.", key)).toBe(false);
  expect(isDsOf({ ...ds, digest: ds.digest.replace(/.$/, "0").replace(/^./, "0") }, "dskey.example.com.", key)).toBe(
    false,
  );
  expect(isDsOf({ ...ds, algorithm: "13" }, "dskey.example.com.", key)).toBe(false);
  expect(isDsOf({ ...ds, digestType: "3" }, "dskey.example.com.", key)).toBe(false);
});

test("both families of registrars find their fields, with names beside the numbers", () => {
  const line = "example.com. 3600 IN DS 2371 13 2 c988ec423e3880eb8dd8a46fe06ca230ee23f35b578d64e78b29c3e1c83d245a";
  const key = readDnskeyText(
    "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
  )!;
  const text = printRegistrarFields("example.com", line, key);
  expect(text).toMatch(/key tag +2371\n/);
  expect(text).toMatch(/algorithm +13 +ECDSA Curve P-256 with SHA-256 \(ECDSAP256SHA256\)\n/);
  expect(text).toMatch(/digest type +2 +SHA-256\n/);
  expect(text).toMatch(/digest +C988EC42[0-9A-F]+\n/);
  expect(text).toMatch(/in one line +example\.com\. 3600 IN DS 2371 13 2 C988[0-9A-F]+\n/);
  expect(text).toMatch(/flags +257 +key signing key \(KSK\)\n/);
  expect(text).toMatch(/public key +mdsswUyr\S+\n/);
  expect(printRegistrarFields("example.com", line, undefined)).not.toContain("public key");
});
