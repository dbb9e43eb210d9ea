/** What is shown of internationalised names: RFC 3492's own samples, and names that were made to be taken for others. */
import { expect, test } from "vitest";
import { findUnicodeName, toALabels } from "./unicode-name.ts";

test.each([
  ["xn--bcher-kva.example", "bücher.example"],
  ["XN--Bcher-KVA.Example", "bücher.Example"],
  ["www.xn--mnchen-3ya.xn--zckzah", "www.münchen.テスト"],
  ["xn--fiqs8s", "中国"],
  ["xn--e1afmkfd.xn--p1ai", "пример.рф"],
  ["xn--hxajbheg2az3al.xn--jxalpdlp", "παράδειγμα.δοκιμή"],
  ["xn--mgbh0fb.xn--kgbechtv", "مثال.إختبار"],
  ["xn--fdbk5d8ap9b8a8d.xn--deba0ad", "בײַשפּיל.טעסט"],
  ["xn--9n2bp8q.xn--9t4b11yi5a", "실례.테스트"],
  ["xn--p1b6ci4b4b3a", "उदाहरण"],
  // RFC 3492 section 7.1 (G).
  ["xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa", "なぜみんな日本語を話してくれないのか"],
])("%s says %s", (name, text) => {
  expect(findUnicodeName(name)).toBe(text);
});

test.each([
  ["nothing to say", "www.example.com"],
  ["Cyrillic that reads as apple", "xn--80ak6aa92e.com"],
  ["Latin with a Cyrillic a", "xn--pypal-4ve.com"],
  ["Latin with Greek", toALabels("αbc.com")],
  ["Greek that reads as Latin", toALabels("ουχ.com")],
  ["Latin with Han", toALabels("中国bank.com")],
  ["one label plain, another not", `xn--bcher-kva.${toALabels("раyраl.com")}`],
  ["no Punycode", "xn--99999999.com"],
  ["nothing behind the prefix", "xn--.com"],
  ["ASCII that was dressed up", "xn--abc-.com"],
  ["a surrogate", "xn--ph8c.com"],
  ["beyond Unicode", "xn--zzzzzzzzz.com"],
  ["more than one label", "xn--a.b-kva.com"],
  ["a question mark of Arabic (RFC 3492 section 7.1 A)", "xn--egbpdaj6bu4bxfgehfvwxn"],
  ["an emoji", toALabels("💩.com")],
  ["an invisible joiner", "xn--ab-m1t.com"],
])("only the A-label is shown: %s (%s)", (_, name) => {
  expect(name).toMatch(/^[ -~]+$/);
  expect(findUnicodeName(name)).toBeUndefined();
});

test("what is typed becomes A-labels; what is ASCII stays as it is, also what a browser would rewrite", () => {
  expect(toALabels("Bücher.example")).toBe("xn--bcher-kva.example");
  expect(toALabels("bücher")).toBe("xn--bcher-kva");
  expect(toALabels("UPPER.example")).toBe("UPPER.example");
  expect(toALabels("127.1")).toBe("127.1");
  expect(toALabels("ü ü")).toBe("ü ü");
});
