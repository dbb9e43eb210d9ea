/** The helper that starts the product: it is ready when it says so itself, not when somebody answers where it would. */
import { expect, test } from "vitest";
import { startCountersign } from "./index.ts";

test("a product of another test on the port is not taken for the one that was started", async () => {
  const other = await startCountersign();
  try {
    // As it happens when two test files pick one port: the other product answers /readyz, and has the same token.
    await expect(startCountersign({ httpPort: other.httpPort })).rejects.toThrow(/The API can't listen on/);
  } finally {
    await other.stop();
  }
});
