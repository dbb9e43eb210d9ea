/** Sign-ins under way: each good once and for a time, bounded in all and by place. */
import { expect, test } from "vitest";
import { PENDING_SECONDS, PendingSignIns } from "./pending.ts";

const ONE = { state: "s", nonce: "n", codeVerifier: "v", issuer: "https://login.example", returnTo: "/" };

test("is given out once, to who has the secret, within its time", () => {
  const pending = new PendingSignIns();
  const secret = pending.add(ONE, "place", 0);
  expect(pending.take("another", 1)).toBeUndefined();
  expect(pending.take("x".repeat(10_000), 1)).toBeUndefined();
  expect(pending.take(secret, PENDING_SECONDS - 1)).toMatchObject(ONE);
  expect(pending.take(secret, 1)).toBeUndefined();
  const late = pending.add(ONE, "place", 0);
  expect(pending.take(late, PENDING_SECONDS)).toBeUndefined();
});

test("one place can't push out others, and what is too old goes by itself", () => {
  const pending = new PendingSignIns();
  const other = pending.add(ONE, "other", 0);
  const first = pending.add(ONE, "place", 0);
  for (let i = 0; i < 500; i++) pending.add(ONE, "place", 1);
  expect(pending.size).toBe(101);
  expect(pending.take(first, 2)).toBeUndefined();
  expect(pending.take(other, 2)).toMatchObject(ONE);
  pending.add(ONE, "place", PENDING_SECONDS + 2);
  expect(pending.size).toBe(1);
});
