/** Passwords as they are kept: the hash says how it was made, and an old one is known as such. */
import { scryptSync } from "node:crypto";
import { expect, it } from "vitest";
import { PasswordHasher } from "./password.ts";

const hasher = new PasswordHasher();

it("keeps no password, knows the right one in either spelling of its letters, and no other", async () => {
  const kept = (await hasher.hash("pässwörter sind lang"))!;
  expect(kept).toMatch(/^scrypt\$1\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(await hasher.check("pässwörter sind lang".normalize("NFD"), kept)).toBe("right");
  expect(await hasher.check("passworter sind lang", kept)).toBe("wrong");
  expect(await hasher.check("anything", undefined)).toBe("wrong");
});

it("opens what was made with less, and says that it is old", async () => {
  const salt = Buffer.from("0123456789abcdef");
  const hash = scryptSync("old password", salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  const kept = ["scrypt", 1, 10, 8, 1, salt.toString("base64url"), hash.toString("base64url")].join("$");
  expect(await hasher.check("old password", kept)).toBe("right-but-old");
  expect(await hasher.check("other password", kept)).toBe("wrong");
});

it("does not take the memory that a hash from elsewhere asks for", async () => {
  expect(await hasher.check("x", "scrypt$1$40$8$3$AAAA$AAAA")).toBe("wrong");
});

it("turns away whom it can't serve in time", async () => {
  const all = await Promise.all(Array.from({ length: 60 }, () => hasher.check("x", "scrypt$1$10$8$1$AAAA$AAAA")));
  expect(all).toContain("busy");
  expect(all.filter((verdict) => verdict === "wrong").length).toBeGreaterThan(30);
});
