import { expect, test } from "vitest";
import { collectGarbage, LARGE_OCTETS } from "./memory.ts";

test("what nobody holds any more is given back", async () => {
  const gone = new WeakRef(new SharedArrayBuffer(LARGE_OCTETS));
  // A WeakRef holds until the end of the turn in which it was made.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  expect(gone.deref()).toBeUndefined();
});
