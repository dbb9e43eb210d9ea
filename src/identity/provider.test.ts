/** What is kept of a provider's description: a question that fails in a way nobody thought of is asked again. */
import { expect, test } from "vitest";
import { Provider } from "./provider.ts";

test("a question that ended in an accident does not stand in the way of the next one", async () => {
  let asked = 0;
  const settings = {
    // Nobody's mistake that is known here: what is thrown is not one of the library's errors.
    get issuer(): string {
      asked++;
      if (asked === 1) throw new RangeError("an accident");
      return "http://127.0.0.1:1";
    },
    clientId: "countersign",
    clientSecret: undefined,
  };
  const provider = new Provider(settings as never, () => 0);
  await expect(provider.describe(0)).rejects.toThrow("an accident");
  expect(await provider.describe(0)).toMatchObject({ ok: false, fault: { kind: "unreachable" } });
});
