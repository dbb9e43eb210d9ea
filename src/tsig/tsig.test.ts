import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64, fromHex, fromLatin1, toHex, Writer } from "#bytes";
import { parseMessage, Rcode, writeMessage } from "#message";
import { type Name, nameEquals, readName } from "#name";
import { RRType } from "#rdata";
import {
  findTsig,
  finishRefusal,
  MAC_LENGTH,
  MAX_UNSIGNED,
  readTsigAlgorithm,
  type StartHmac,
  signMessage,
  TSIG_ALGORITHMS,
  TsigError,
  type TsigKey,
  TsigSigner,
  TsigVerifier,
  tsigLength,
  verifyRequest,
} from "./index.ts";
import { appendTsig } from "./record.ts";
import { RECORDED, RECORDED_SECRET, RECORDED_STREAM } from "./recorded.cases.ts";

const startHmac: StartHmac = (algorithm, secret) => {
  const hmac = createHmac(algorithm.slice("hmac-".length), secret);
  return { update: (octets) => void hmac.update(octets), digest: () => Uint8Array.from(hmac.digest()) };
};

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const NOW = 1_800_000_000;
const key: TsigKey = { name: name("transfer.key."), algorithm: "hmac-sha256", secret: fromBase64(RECORDED_SECRET)! };
const other: TsigKey = { ...key, secret: fromLatin1("another secret") };
const findKey = (wanted: Name) => (nameEquals(wanted, key.name) ? key : undefined);

function message(id: number, answers = 1): Uint8Array {
  const owner = name("example.");
  const record = { owner, type: RRType.A, ttl: 60, rdata: Uint8Array.of(192, 0, 2, id) };
  return writeMessage({
    id,
    question: [{ name: owner, type: RRType.AXFR, class: 1 }],
    answer: Array.from({ length: answers }, () => record),
  }).octets.slice();
}

describe("recorded queries of other people's tools", () => {
  test.each(RECORDED.filter(([, algorithm]) => algorithm !== "hmac-md5"))("%s %s", (_, text, hex) => {
    const octets = fromHex(hex)!;
    const algorithm = readTsigAlgorithm(text);
    if (!algorithm.ok) throw new Error(text);
    const record = findTsig(octets);
    if (!record.ok || !record.value) throw new Error("no TSIG");
    const held = { ...key, algorithm: algorithm.value };
    const find = () => held;
    const verified = verifyRequest(octets, find, record.value.timeSigned, startHmac);
    expect(verified.kind).toBe("signed");
    // And we sign the same octets the same way.
    if (verified.kind !== "signed") return;
    expect(toHex(signMessage(verified.message, held, record.value.timeSigned, startHmac).mac)).toBe(
      toHex(record.value.mac),
    );
    for (const at of [12, 20, octets.length - 40]) {
      const changed = octets.slice();
      changed[at]! ^= 1;
      expect(verifyRequest(changed, find, record.value.timeSigned, startHmac).kind).toBe("refused");
    }
  });

  test.each(RECORDED.filter(([, algorithm]) => algorithm === "hmac-md5"))("%s %s is refused by name", (_, __, hex) => {
    expect(verifyRequest(fromHex(hex)!, () => key, NOW, startHmac)).toMatchObject({
      kind: "refused",
      code: "md5-refused",
      rcode: Rcode.NotAuth,
    });
  });
});

test("a recorded stream with unsigned messages in it", () => {
  const { secret, timeSigned, requestMac, messages } = RECORDED_STREAM;
  const held: TsigKey = { name: name("k.example."), algorithm: "hmac-sha256", secret: fromLatin1(secret) };
  const verifier = new TsigVerifier(held, fromHex(requestMac)!, startHmac);
  const signed = messages.map((hex) => {
    const verified = verifier.accept(fromHex(hex)!, timeSigned);
    return verified.ok && verified.value.signed;
  });
  expect(signed).toEqual([true, false, false, true]);
  expect(verifier.complete).toBe(true);
});

test("algorithm names", () => {
  expect(readTsigAlgorithm("HMAC-SHA512.")).toEqual({ ok: true, value: "hmac-sha512" });
  for (const md5 of ["hmac-md5", "HMAC-MD5.SIG-ALG.REG.INT."])
    expect(readTsigAlgorithm(md5)).toEqual({ ok: false, error: "md5-refused" });
  for (const no of ["", "sha256", "hmac-sha256-128", "gss-tsig", "hmac-sha"])
    expect(readTsigAlgorithm(no)).toEqual({ ok: false, error: "unknown-algorithm" });
});

describe("verifyRequest", () => {
  const signed = (about: Partial<TsigKey> = {}, now = NOW) =>
    signMessage(message(7), { ...key, ...about }, now, startHmac).message;

  test.each(TSIG_ALGORITHMS)("signed and verified with %s", (algorithm) => {
    const held = { ...key, algorithm };
    const out = signMessage(message(7), held, NOW, startHmac);
    expect(out.mac).toHaveLength(MAC_LENGTH[algorithm]);
    expect(out.message).toHaveLength(message(7).length + tsigLength(held));
    const verified = verifyRequest(out.message, () => held, NOW, startHmac);
    expect(verified).toMatchObject({ kind: "signed", message: message(7) });
  });

  test("a Buffer, whose slice is a view, is not changed", () => {
    const octets = Buffer.from(signed());
    const before = octets.toString("hex");
    const verified = verifyRequest(octets, findKey, NOW, startHmac);
    expect(verified).toMatchObject({ kind: "signed", message: message(7) });
    expect(octets.toString("hex")).toBe(before);
  });

  test("unsigned", () => {
    expect(verifyRequest(message(1), findKey, NOW, startHmac)).toEqual({ kind: "unsigned" });
  });

  test("the key's name without regard to case", () => {
    expect(verifyRequest(signed({ name: name("TRANSFER.key.") }), findKey, NOW, startHmac).kind).toBe("signed");
  });

  test("an ID changed by a forwarder: the original ID was signed", () => {
    const forwarded = signed();
    forwarded[0] = 99;
    expect(verifyRequest(forwarded, findKey, NOW, startHmac).kind).toBe("signed");
  });

  const refusals: [string, Uint8Array, number, string, number, number][] = [
    ["unknown key", signed({ name: name("no.key.") }), NOW, "bad-key", Rcode.NotAuth, TsigError.BadKey],
    [
      "another algorithm of ours",
      signed({ algorithm: "hmac-sha512" }),
      NOW,
      "bad-key",
      Rcode.NotAuth,
      TsigError.BadKey,
    ],
    ["another secret", signed(other), NOW, "bad-mac", Rcode.NotAuth, TsigError.BadSig],
    ["signed too long ago", signed(), NOW + 301, "bad-time", Rcode.NotAuth, TsigError.BadTime],
    ["signed in the future", signed(), NOW - 301, "bad-time", Rcode.NotAuth, TsigError.BadTime],
    ["MAC cut to half", cutMac(16), NOW, "truncated-mac", Rcode.NotAuth, TsigError.BadTrunc],
    ["MAC cut too short", cutMac(15), NOW, "form-error", Rcode.FormErr, -1],
    ["no MAC", cutMac(0), NOW, "form-error", Rcode.FormErr, -1],
    ["MAC too long", cutMac(33), NOW, "form-error", Rcode.FormErr, -1],
    ["TSIG twice", appendTsig(signed(), fields()), NOW, "form-error", Rcode.FormErr, -1],
    ["octets behind", Uint8Array.from([...signed(), 0]), NOW, "form-error", Rcode.FormErr, -1],
    ["cut off", signed().subarray(0, -1), NOW, "form-error", Rcode.FormErr, -1],
    ["no header", signed().subarray(0, 11), NOW, "form-error", Rcode.FormErr, -1],
  ];
  test.each(refusals)("%s", (_, octets, now, code, rcode, error) => {
    const refused = verifyRequest(octets, findKey, now, startHmac);
    expect(refused).toMatchObject({ kind: "refused", code, rcode });
    if (refused.kind !== "refused") return;
    const reply = finishRefusal(message(7), refused, now, startHmac);
    const record = findTsig(reply);
    if (!record.ok) throw new Error("reply malformed");
    if (error < 0) expect(record.value).toBeUndefined();
    else expect(record.value?.error).toBe(error);
    // Only BADTIME is signed, and it says our time (RFC 8945 section 5.2.3).
    const signedReply = record.value !== undefined && record.value.mac.length > 0;
    expect(signedReply).toBe(error === TsigError.BadTime);
    if (!signedReply) return;
    const ours = new Writer(new Uint8Array(6));
    ours.u48(now);
    expect(record.value?.other).toEqual(ours.written());
    expect(record.value?.timeSigned).toBe(NOW);
  });

  test("301 seconds within a wider fudge are fine, and the fudge is signed", () => {
    const wide = signed();
    const at = wide.length - 16 - 32 + 8 - 2;
    expect(verifyRequest(wide, findKey, NOW + 300, startHmac).kind).toBe("signed");
    wide[at]! ^= 0xff;
    expect(verifyRequest(wide, findKey, NOW, startHmac)).toMatchObject({ kind: "refused" });
  });

  function fields() {
    return {
      keyName: key.name,
      algorithm: name("hmac-sha256."),
      timeSigned: NOW,
      fudge: 300,
      mac: new Uint8Array(32),
      originalId: 7,
      error: 0,
      other: new Uint8Array(0),
    };
  }

  function cutMac(length: number): Uint8Array {
    const full = signMessage(message(7), key, NOW, startHmac);
    const mac = new Uint8Array(length);
    mac.set(full.mac.subarray(0, length));
    return appendTsig(message(7), { ...fields(), mac });
  }
});

describe("a TSIG record that is not last", () => {
  test("is a form error, also when what follows is OPT", () => {
    const signed = signMessage(message(7), key, NOW, startHmac).message;
    const more = Uint8Array.from([...signed, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    more[11]!++;
    expect(findTsig(more)).toEqual({ ok: false, error: "form-error" });
  });

  test("of class IN, or with a TTL, is a form error", () => {
    for (const back of [0, 4]) {
      const signed = signMessage(message(7), key, NOW, startHmac).message;
      const record = findTsig(signed);
      if (!record.ok || !record.value) throw new Error("no TSIG");
      signed[record.value.at + key.name.length + 3 + back]! ^= 1;
      expect(findTsig(signed)).toEqual({ ok: false, error: "form-error" });
    }
  });

  test("never walks out of a message, whatever the octets", () => {
    const whole = signMessage(message(7, 3), key, NOW, startHmac).message;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, octet, length) => {
        const octets = whole.slice(0, length);
        if (at < length) octets[at] = octet;
        const found = findTsig(octets);
        if (found.ok && found.value) expect(found.value.at).toBeLessThan(length);
        verifyRequest(octets, findKey, NOW, startHmac);
        new TsigVerifier(key, new Uint8Array(32), startHmac).accept(octets, NOW);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("streams", () => {
  const requestMac = signMessage(message(1), key, NOW, startHmac).mac;

  /** `signedAt` says which messages (from 0) carry TSIG; made by hand, as no peer of ours leaves any out. */
  function stream(count: number, signedAt: (i: number) => boolean, now = (_: number) => NOW): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let mac = requestMac;
    let hmac = chain(mac);
    for (let i = 0; i < count; i++) {
      const plain = message(i & 255);
      hmac.update(plain);
      if (!signedAt(i)) {
        messages.push(plain);
        continue;
      }
      const timers = new Writer(new Uint8Array(200));
      if (i === 0) {
        timers.bytes(key.name);
        timers.u16(255);
        timers.u32(0);
        timers.bytes(name("hmac-sha256."));
      }
      timers.u48(now(i));
      timers.u16(300);
      if (i === 0) timers.u32(0);
      hmac.update(timers.written());
      mac = hmac.digest();
      const about = { keyName: key.name, algorithm: name("hmac-sha256."), timeSigned: now(i), fudge: 300 };
      messages.push(appendTsig(plain, { ...about, mac, originalId: i & 255, error: 0, other: new Uint8Array(0) }));
      hmac = chain(mac);
    }
    return messages;
  }

  function chain(mac: Uint8Array) {
    const hmac = startHmac(key.algorithm, key.secret);
    hmac.update(Uint8Array.of(0, mac.length));
    hmac.update(mac);
    return hmac;
  }

  function verify(messages: readonly Uint8Array[], now = NOW) {
    const verifier = new TsigVerifier(key, requestMac, startHmac);
    for (const [i, octets] of messages.entries()) {
      const verified = verifier.accept(octets, now);
      if (!verified.ok) return { at: i, code: verified.error.code };
      expect(verified.value.message).toEqual(message(i & 255));
    }
    return { complete: verifier.complete };
  }

  test("every message signed", () => {
    expect(verify(stream(5, () => true))).toEqual({ complete: true });
  });

  test("TsigSigner makes the same octets", () => {
    const signer = new TsigSigner(key, requestMac, startHmac);
    const signed = Array.from({ length: 3 }, (_, i) => signer.sign(message(i), NOW));
    expect(signed.map(toHex)).toEqual(stream(3, () => true).map(toHex));
  });

  test("99 unsigned between two signed ones are fine, the 100th is not", () => {
    expect(verify(stream(101, (i) => i % (MAX_UNSIGNED + 1) === 0))).toEqual({ complete: true });
    expect(verify(stream(101, (i) => i === 0))).toEqual({ at: 100, code: "tsig-too-many-unsigned" });
    expect(verify(stream(102, (i) => i % (MAX_UNSIGNED + 2) === 0))).toEqual({
      at: 100,
      code: "tsig-too-many-unsigned",
    });
  });

  test("an unsigned end is not complete", () => {
    expect(verify(stream(4, (i) => i !== 3))).toEqual({ complete: false });
    expect(verify([])).toEqual({ complete: false });
  });

  test("the first must be signed", () => {
    expect(verify(stream(2, (i) => i === 1))).toEqual({ at: 0, code: "tsig-missing" });
  });

  test("an unsigned message changed, left out, or swapped breaks the next MAC", () => {
    const whole = stream(6, (i) => i % 5 === 0);
    const changed = whole.slice();
    changed[2] = message(2, 2);
    const verifier = new TsigVerifier(key, requestMac, startHmac);
    const results = changed.map((octets) => verifier.accept(octets, NOW).ok);
    expect(results).toEqual([true, true, true, true, true, false]);
    for (const broken of [whole.toSpliced(2, 1), [whole[0]!, whole[2]!, whole[1]!, ...whole.slice(3)]]) {
      const fresh = new TsigVerifier(key, requestMac, startHmac);
      const last = broken.map((octets) => fresh.accept(octets, NOW)).at(-1)!;
      expect(last).toMatchObject({ ok: false, error: { code: "tsig-bad-mac" } });
    }
  });

  test("a signed message replayed or swapped breaks the chain", () => {
    const whole = stream(3, () => true);
    const swapped = new TsigVerifier(key, requestMac, startHmac);
    expect(swapped.accept(whole[0]!, NOW).ok).toBe(true);
    expect(swapped.accept(whole[0]!, NOW)).toMatchObject({ error: { code: "tsig-bad-mac" } });
  });

  test("the answer to another request", () => {
    const verifier = new TsigVerifier(key, new Uint8Array(32), startHmac);
    expect(verifier.accept(stream(1, () => true)[0]!, NOW)).toMatchObject({ error: { code: "tsig-bad-mac" } });
  });

  test("clocks apart, in a later message too", () => {
    expect(
      verify(
        stream(1, () => true),
        NOW + 301,
      ),
    ).toEqual({ at: 0, code: "tsig-bad-time" });
    expect(
      verify(
        stream(
          3,
          () => true,
          (i) => (i === 2 ? NOW + 1000 : NOW),
        ),
      ),
    ).toEqual({ at: 2, code: "tsig-bad-time" });
  });

  test("wrong key, wrong algorithm", () => {
    const accept = (about: Partial<TsigKey>) =>
      new TsigVerifier(key, requestMac, startHmac).accept(
        signMessage(message(0), { ...key, ...about }, NOW, startHmac, { requestMac }).message,
        NOW,
      );
    expect(accept({ name: name("a.key.") })).toMatchObject({ error: { code: "tsig-wrong-key" } });
    expect(accept({ algorithm: "hmac-sha1" })).toMatchObject({ error: { code: "tsig-wrong-algorithm" } });
  });

  test("what the primary says is wrong with our request", () => {
    const cases = [
      [TsigError.BadKey, "tsig-peer-bad-key"],
      [TsigError.BadSig, "tsig-peer-bad-mac"],
      [TsigError.BadTime, "tsig-peer-bad-time"],
      [TsigError.BadTrunc, "tsig-peer-error"],
    ] as const;
    for (const [error, code] of cases) {
      const octets = appendTsig(message(0), {
        keyName: key.name,
        algorithm: name("hmac-sha256."),
        timeSigned: NOW,
        fudge: 300,
        mac: new Uint8Array(0),
        originalId: 0,
        error,
        other: new Uint8Array(0),
      });
      expect(new TsigVerifier(key, requestMac, startHmac).accept(octets, NOW)).toMatchObject({ error: { code } });
    }
  });
});

test("a signed message still parses as a message, TSIG at its end", () => {
  const parsed = parseMessage(signMessage(message(7), key, NOW, startHmac).message);
  expect(parsed).toMatchObject({ ok: true, value: { id: 7, tsig: { type: RRType.TSIG } } });
});
