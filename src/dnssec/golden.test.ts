/** Vectors that others made: published DS records, a published RRSIG, the hashes of RFC 5155 appendix A. */
import { describe, expect, it } from "vitest";
import { fromBase64, fromHex, toHex } from "#bytes";
import { openCrypto } from "#crypto";
import { type Name, readName } from "#name";
import { base32hexEncode, RRType, readRdata, readRrsig } from "#rdata";
import {
  canonicalRdatas,
  dnskeyRdata,
  dsMatches,
  isInWindow,
  keyTag,
  makeDs,
  nsec3HashOf,
  rrsigPreimage,
  signedOwner,
} from "./index.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function rdata(type: number, ...tokens: string[]): Uint8Array {
  const read = readRdata(type, tokens);
  if (!read.ok) throw new Error(tokens.join(" "));
  return read.value;
}

const crypto = openCrypto("node");
const KSK = dnskeyRdata(
  257,
  13,
  fromBase64("mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==")!,
);

describe("published DS records", () => {
  it.each([
    ["cloudflare.com.", "32996839a6d808afe3eb4a795a0e6a7a39a76fc52ff228b22b76f6d63826f2b9"],
    ["Multisigner.INFO.", "227b4c7ff3e1d49d59baf39bda54ca0839de700dd9896076aa3e6ad719a0cf55"],
    ["soleur.ai.", "3eda296c18abfbd581f7de282c61ed8634b27651f1740ea68c9ff9faf6d1a66d"],
  ])("%s", (owner, digest) => {
    expect(keyTag(KSK)).toBe(2371);
    const ds = makeDs(name(owner), KSK, 2, crypto)!;
    expect(toHex(ds)).toBe(`${(2371).toString(16).padStart(4, "0")}0d02${digest}`);
    expect(dsMatches(name(owner), ds, KSK, crypto)).toBe(true);
    expect(dsMatches(name("other.example."), ds, KSK, crypto)).toBe(false);
  });

  it("key tag 16953 and digest of the key in the provider's OpenAPI example", () => {
    const key = fromBase64("oXiGYrSTO+LSCJ3mohc8EP+CzF9KxBj8/ydXJ22pKuZP3VAC3/Md/k7xZfz470CoRyZJ6gV6vml07IC3d8xqhA==")!;
    const ds = makeDs(name("example.com."), dnskeyRdata(257, 13, key), 2, crypto)!;
    expect((ds[0]! << 8) | ds[1]!).toBe(16953);
    expect(toHex(ds.subarray(4))).toBe("aff7958770db6792bd5d485239c72c95f296762586c647bc95ca71e138e69230");
  });

  it("knows SHA-1 (RFC 4034 5.4), refuses unknown digests", () => {
    const key = fromBase64(
      "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
    )!;
    const ds = makeDs(name("dskey.example.com."), dnskeyRdata(256, 5, key), 1, crypto)!;
    expect(toHex(ds)).toBe(`${(60485).toString(16)}05012bb183af5f22588179a53b0a98631fad1a292118`);
    expect(makeDs(name("a."), KSK, 3, crypto)).toBeUndefined();
  });
});

describe("a published RRSIG of www.cloudflare.com", () => {
  const zsk = dnskeyRdata(
    256,
    13,
    fromBase64("koPbw9wmYZ7ggcjnQ6ayHyhHaDNMYELKTqT+qRGrZpWSccr/lBcrm10Z1PuQHB3Azhii+sb0PYFkH1ruxLhe5g==")!,
  );
  const signature = "DYYZ/bhHSAIlpvu/HEUsxlzkC9NsswbCQ7dcfcuiNBrbhYV7k3AI8t46QMnOlfhwT6jqsfN7ePV6Fwpym3B0pg==";
  const rrsig = rdata(
    RRType.RRSIG,
    ..."A 13 3 300 20180927180434 20180925160434 35273 cloudflare.com.".split(" "),
    signature,
  );
  const rdatas = [
    rdata(RRType.A, "198.41.215.162"),
    rdata(RRType.A, "198.41.214.162"),
    rdata(RRType.A, "198.41.215.162"),
  ];

  function preimage(owner: string): Uint8Array {
    const { labels, originalTtl, signature: octets } = readRrsig(rrsig);
    const head = rrsig.subarray(0, rrsig.length - octets.length);
    return rrsigPreimage(
      head,
      signedOwner(name(owner), labels)!,
      RRType.A,
      originalTtl,
      canonicalRdatas(RRType.A, rdatas),
    );
  }

  it("has the octets that were signed, whatever order, case and duplicates the RRset came in", () => {
    expect(keyTag(zsk)).toBe(35273);
    const expected = "65530f8f246592cb71613403511b461926caf0ca4af72bc433d088bc2e4e9a20";
    expect(toHex(crypto.sha256(preimage("www.cloudflare.com.")))).toBe(expected);
    expect(toHex(crypto.sha256(preimage("WWW.CloudFlare.com.")))).toBe(expected);
    expect(toHex(crypto.sha256(preimage("w.cloudflare.com.")))).not.toBe(expected);
  });

  it.each(["node", "ffi"] as const)("verifies by %s", (choice) => {
    const { verify } = openCrypto(choice);
    const octets = fromBase64(signature)!;
    expect(verify(13, zsk, preimage("www.cloudflare.com."), octets)).toBe(true);
    expect(verify(13, zsk, preimage("ww.cloudflare.com."), octets)).toBe(false);
    octets[40]! ^= 1;
    expect(verify(13, zsk, preimage("www.cloudflare.com."), octets)).toBe(false);
  });

  it("holds at both ends of its window and not a second beyond", () => {
    const { inception, expiration } = readRrsig(rrsig);
    expect(isInWindow(inception, expiration, inception)).toBe(true);
    expect(isInWindow(inception, expiration, expiration)).toBe(true);
    expect(isInWindow(inception, expiration, inception - 1)).toBe(false);
    expect(isInWindow(inception, expiration, expiration + 1)).toBe(false);
    // Across 2106 (RFC 1982): begins before the wrap, ends behind it.
    expect(isInWindow(0xffff_ff00, 0x100, 2 ** 32 + 5)).toBe(true);
    expect(isInWindow(0xffff_ff00, 0x100, 2 ** 32 + 0x101)).toBe(false);
  });
});

it("gives the wildcard that an answer was expanded from, and nothing for too many labels", () => {
  expect(signedOwner(name("a.b.example."), 1)).toEqual(name("*.example."));
  expect(signedOwner(name("a.b.example."), 3)).toEqual(name("a.b.example."));
  expect(signedOwner(name("*.example."), 1)).toEqual(name("*.example."));
  expect(signedOwner(name("a.example."), 3)).toBeUndefined();
});

// RFC 5155 appendix A: salt aabbccdd, 12 iterations.
it.each([
  ["example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"],
  ["a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"],
  ["ai.example.", "gjeqe526plbf1g8mklp59enfd789njgi"],
  ["ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"],
  ["x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"],
  ["*.W.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"],
])("hashes %s as RFC 5155 does", (owner, hash) => {
  const params = { algorithm: 1, iterations: 12, salt: fromHex("aabbccdd")! };
  expect(base32hexEncode(nsec3HashOf(name(owner), params))).toBe(hash);
});
