import { ROUTES } from "virtual:contract";
import { expect, test } from "vitest";
import { actionWords } from "./audit-actions.ts";

test("every operation that changes something has words", () => {
  const changing = Object.entries(ROUTES).filter(([, [method]]) => method !== "GET");
  expect(changing.map(([name]) => name).filter((name) => actionWords(name) === name)).toEqual([]);
  expect(changing.length).toBeGreaterThan(80);
});

test.each([
  ["peers.update", "replace a peer"],
  ["zones.edit", "change a zone"],
  ["session.create", "sign in"],
  ["loadBalancing.pools.edit", "set up load balancing"],
  ["later.create", "later.create"],
])("%s: %s", (action, words) => {
  expect(actionWords(action)).toBe(words);
});
