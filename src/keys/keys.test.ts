import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { toBase64, toHex } from "#bytes";
import { openCrypto } from "#crypto";
import { keyTag } from "#dnssec";
import {
  MasterKey,
  makeKeyPair,
  openKeyPair,
  openMasterKey,
  readKeyText,
  SecretOctets,
  sealKeyPair,
  unsealKeyPair,
} from "./index.ts";

const crypto = openCrypto();
const master = new MasterKey(new Uint8Array(32).fill(7));
const directory = mkdtempSync(join(tmpdir(), "countersign-keys-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("key pairs", () => {
  it("are of algorithm 13, with the flags of their role and a tag that fits", () => {
    const ksk = makeKeyPair("ksk");
    const zsk = makeKeyPair("zsk", { takenTags: [ksk.keyTag] });
    expect([...ksk.dnskey.subarray(0, 4)]).toEqual([1, 1, 3, 13]);
    expect([...zsk.dnskey.subarray(0, 4)]).toEqual([1, 0, 3, 13]);
    expect(ksk.dnskey.length).toBe(68);
    expect(ksk.keyTag).toBe(keyTag(ksk.dnskey));
    expect(zsk.keyTag).not.toBe(ksk.keyTag);
  });

  it("survive sealing, and open only in their place", () => {
    const pair = makeKeyPair("ksk");
    const sealed = sealKeyPair(master, "zone-1", pair);
    const stored = { role: pair.role, dnskey: pair.dnskey, sealed };
    const opened = unsealKeyPair(master, "zone-1", stored);
    expect(opened.ok && toHex(opened.value.privateKey.expose())).toBe(toHex(pair.privateKey.expose()));
    expect(opened.ok && opened.value).toMatchObject({ role: "ksk", algorithm: 13, keyTag: pair.keyTag });
    const error = (given: ReturnType<typeof unsealKeyPair>): unknown => (given.ok ? "opened" : given.error);
    expect(error(unsealKeyPair(master, "zone-2", stored))).toBe("not-authentic");
    expect(error(unsealKeyPair(master, "zone-1", { ...stored, role: "zsk" }))).toBe("not-authentic");
    expect(error(unsealKeyPair(master, "zone-1", { ...stored, dnskey: makeKeyPair("ksk").dnskey }))).toBe(
      "not-authentic",
    );
    expect(error(unsealKeyPair(new MasterKey(new Uint8Array(32)), "zone-1", stored))).toBe("other-master-key");
  });

  it("sign only with the DNSKEY they belong to", () => {
    const pair = makeKeyPair("zsk");
    const opened = openKeyPair(crypto, pair);
    expect(opened.ok && opened.value.signer.keyTag).toBe(pair.keyTag);
    expect(openKeyPair(crypto, { ...pair, dnskey: makeKeyPair("zsk").dnskey })).toEqual({
      ok: false,
      error: "dnskey-mismatch",
    });
    const broken = { ...pair, privateKey: new SecretOctets(new Uint8Array(5)) };
    expect(openKeyPair(crypto, broken)).toEqual({ ok: false, error: "malformed-private-key" });
  });

  it("show no private octets in JSON, templates and on the console", () => {
    const pair = makeKeyPair("ksk");
    const hex = toHex(pair.privateKey.expose()).slice(60, 100);
    const shown = [
      JSON.stringify(pair),
      `${pair.privateKey}`,
      inspect(pair, { depth: 9, showHidden: true }),
      JSON.stringify({ master }),
      inspect(master, { showHidden: true }),
    ];
    for (const text of shown) expect(text.toLowerCase()).not.toContain(hex);
    expect(shown[0]).toContain('"privateKey":"[secret]"');
    expect(inspect(new SecretOctets(Uint8Array.of(200, 201)), { showHidden: true })).toBe("[secret]");
    pair.privateKey.wipe();
    expect(pair.privateKey.expose().every((octet) => octet === 0)).toBe(true);
  });
});

describe("sealing", () => {
  const plain = Uint8Array.from({ length: 50 }, (_, i) => i);

  it("never gives the same octets twice, and nothing of the plain ones", () => {
    const a = master.seal(plain, "x");
    const b = master.seal(plain, "x");
    expect(toHex(a)).not.toBe(toHex(b));
    expect(toHex(a)).not.toContain(toHex(plain.subarray(0, 6)));
    expect(toHex(a.subarray(0, 4))).toBe("43534b01");
    expect(master.open(a, "x")).toEqual(plain);
    expect(master.open(a, "y")).toBeUndefined();
    expect(master.open(master.seal(new Uint8Array(0), ""), "")).toEqual(new Uint8Array(0));
  });

  it("notices a change of any octet, and any cut", () => {
    const sealed = master.seal(plain, "x");
    const errors = new Set<string>();
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      const opened = master.unseal(changed, "x");
      errors.add(opened.ok ? "opened" : opened.error);
    }
    expect([...errors].sort()).toEqual(["not-authentic", "not-sealed", "other-master-key", "unknown-version"]);
    for (let length = 0; length < sealed.length; length++)
      expect(master.open(sealed.subarray(0, length), "x")).toBeUndefined();
  });
});

describe("the master key", () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);

  it("comes as hex or base64, blanks around it allowed, of 32 octets exactly", () => {
    expect(readKeyText(` ${toHex(key).toUpperCase()}\n`)).toEqual(key);
    expect(readKeyText(`${toBase64(key)}\n`)).toEqual(key);
    for (const text of [
      "",
      "abc",
      toHex(key.subarray(1)),
      toBase64(key.subarray(1)),
      `${toHex(key)}00`,
      "z".repeat(64),
    ]) {
      expect(readKeyText(text), text).toBeUndefined();
    }
    expect(openMasterKey({ text: "short" })).toMatchObject({ ok: false, error: { code: "malformed" } });
    expect(openMasterKey({})).toMatchObject({ ok: false, error: { code: "no-source" } });
  });

  it("is made once, for its owner alone, and read again afterwards", () => {
    const file = join(directory, "master-key");
    expect(openMasterKey({ file })).toMatchObject({ ok: false, error: { code: "not-found" } });
    const made = openMasterKey({ file, create: true });
    if (!made.ok) throw new Error(made.error.text);
    expect(made.value.made).toBe(true);
    expect(made.value.warning).toBeUndefined();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = openMasterKey({ file, create: true });
    expect(again.ok && [again.value.made, again.value.key.mark]).toEqual([false, made.value.key.mark]);
    expect(readdirSync(directory)).toEqual(["master-key"]);
    const sealed = made.value.key.seal(key, "c");
    expect(again.ok && again.value.key.open(sealed, "c")).toEqual(key);
  });

  it("in a file may be bare octets; a file open to others is named; a wrong one is left alone", () => {
    const file = join(directory, "bare");
    writeFileSync(file, key, { mode: 0o600 });
    expect(openMasterKey({ file })).toMatchObject({ ok: true, value: { warning: undefined } });
    chmodSync(file, 0o644);
    expect(openMasterKey({ file })).toMatchObject({
      ok: true,
      value: { warning: expect.stringContaining("chmod 600") },
    });
    writeFileSync(file, "not a key\n");
    expect(openMasterKey({ file, create: true })).toMatchObject({ ok: false, error: { code: "malformed" } });
    expect(readFileSync(file, "utf8")).toBe("not a key\n");
    expect(openMasterKey({ file: join(directory, "no", "such"), create: true })).toMatchObject({
      ok: false,
      error: { code: "unwritable" },
    });
    expect(openMasterKey({ file: directory })).toMatchObject({ ok: false, error: { code: "unreadable" } });
  });
});
