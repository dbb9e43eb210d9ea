/** The examples of RFC 9018 appendix A. */
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "#bytes";
import { CookieCheck, Cookies } from "./cookies.ts";

const SECRET = fromHex("e5e973e5a6b2a43f48e7dc849e37bfcf")!;
const NEW_SECRET = fromHex("445536bcd2513298075a5d379663c962")!;
const OLD_SECRET = fromHex("dd3bdf9344b678b185a6f5cb60fca715")!;
const CLIENT = Uint8Array.of(198, 51, 100, 100);

function answer(cookies: Cookies, option: string, address: Uint8Array, now: number): [CookieCheck, string] {
  const octets = fromHex(option)!;
  const check = cookies.check(octets, 0, octets.length, address, now);
  const out = new Uint8Array(24);
  if (check !== CookieCheck.Malformed) cookies.write(octets, 0, check, address, now, out, 0);
  return [check, toHex(out)];
}

describe("RFC 9018 appendix A", () => {
  const cookies = new Cookies({ secrets: [SECRET], require: false });

  test("A.1 a new cookie", () => {
    expect(answer(cookies, "2464c4abcf10c957", CLIENT, 1559731985)).toEqual([
      CookieCheck.New,
      "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
    ]);
  });

  test("A.2 a renewed one after 40 minutes", () => {
    const old = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
    expect(answer(cookies, old, CLIENT, 1559734385)).toEqual([
      CookieCheck.Good,
      "2464c4abcf10c957010000005cf7a871d4a564a1442aca77",
    ]);
  });

  test("A.3 reserved octets are hashed as they came", () => {
    const old = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5";
    expect(answer(cookies, old, Uint8Array.of(203, 0, 113, 203), 1559727985)[0]).toBe(CookieCheck.Good);
    expect(answer(cookies, old, Uint8Array.of(203, 0, 113, 203), 1559734700)[0]).toBe(CookieCheck.New);
  });

  test("A.4 IPv6, and a change of secrets", () => {
    const address = fromHex("20010db80220000159ded0f4876982b8")!;
    const both = new Cookies({ secrets: [NEW_SECRET, OLD_SECRET], require: false });
    const old = "22681ab97d52c298010000005cf7c57926556bd0934c72f8";
    expect(answer(both, old, address, 1559741961)).toEqual([
      CookieCheck.Good,
      "22681ab97d52c298010000005cf7c609a6bb79d16625507a",
    ]);
  });
});

describe("what is checked", () => {
  const cookies = new Cookies({ secrets: [SECRET], require: false });
  const good = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
  const made = 0x5cf79f11;

  test("a young one goes back as it came", () => expect(answer(cookies, good, CLIENT, made + 600)[1]).toBe(good));
  test.each([
    ["an hour old", 3600, CookieCheck.Good],
    ["older", 3601, CookieCheck.New],
    ["five minutes ahead", -300, CookieCheck.Good],
    ["further ahead", -301, CookieCheck.New],
  ])("%s", (_, age, check) => expect(answer(cookies, good, CLIENT, made + age)[0]).toBe(check));

  test("another address, another client, a changed octet", () => {
    expect(answer(cookies, good, Uint8Array.of(198, 51, 100, 101), made)[0]).toBe(CookieCheck.New);
    expect(answer(cookies, good.replace(/^24/, "25"), CLIENT, made)[0]).toBe(CookieCheck.New);
    expect(answer(cookies, good.replace(/80$/, "81"), CLIENT, made)[0]).toBe(CookieCheck.New);
  });

  test("lengths", () => {
    for (const length of [0, 7, 9, 15, 41]) {
      expect(cookies.check(new Uint8Array(length), 0, length, CLIENT, made)).toBe(CookieCheck.Malformed);
    }
    for (const length of [8, 16, 32, 40]) {
      expect(cookies.check(new Uint8Array(length), 0, length, CLIENT, made)).toBe(CookieCheck.New);
    }
  });
});
