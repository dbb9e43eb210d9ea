import { expect, test } from "vitest";
import { printSentence } from "./common.ts";

test.each([
  ["the chain of trust is whole", "The chain of trust is whole."],
  ["signed, but the parent does not say so", "Signed, but the parent does not say so."],
  ["www.example.com.: no address", "www.example.com: no address."],
  ["key-1 signs it", "key-1 signs it."],
])("%s", (sentence, printed) => {
  expect(printSentence(sentence)).toBe(printed);
});
