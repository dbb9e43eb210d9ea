/** Sessions over a real store, with passwords that cost nothing and a clock of the test's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newId, openStore, type Store } from "#store";
import type { Deps } from "./deps.ts";
import type { PasswordHasher } from "./password.ts";
import { Sessions } from "./sessions.ts";

const IDLE_SECONDS = 600;
const WHOLE_SECONDS = 3600;
const USER = {
  email: "ann@example.com",
  name: "Ann",
  role: "operator" as const,
  subject: null,
  disabled: false,
  createdAt: 0,
  modifiedAt: 0,
  signedInAt: null,
};
const RIGHT = "the right password";

let directory: string;
let store: Store;
let now: number;
let sessions: Sessions;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "countersign-sessions-"));
  const plain = { seal: (octets: Uint8Array) => octets, open: (octets: Uint8Array) => octets };
  store = openStore(directory, plain);
  now = 1_790_000_000_000;
  await store.users.put({ ...USER, id: newId(), password: RIGHT });
  // The kept text is the password itself: what is looked at here is when somebody may try, not how it is hashed.
  const hasher = {
    hash: async (text: string) => text,
    check: async (text: string, kept: string | undefined) => (text === kept ? "right" : "wrong"),
  } as unknown as PasswordHasher;
  const deps: Deps = {
    store,
    hasher,
    settings: () => ({
      email: "a@b",
      sessionIdleSeconds: IDLE_SECONDS,
      sessionSeconds: WHOLE_SECONDS,
      provider: undefined,
    }),
    operator: async () => ({ id: newId(), email: "a@b" }),
    tell: () => undefined,
    nowMs: () => now,
  };
  sessions = new Sessions(deps);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function tryAt(address: string, password: string) {
  const tried = await sessions.signIn({ email: USER.email, password }, { address, agent: "" });
  return tried.ok ? tried.value : tried.error.code;
}

async function opened(address = "192.0.2.1") {
  const signedIn = await tryAt(address, RIGHT);
  if (typeof signedIn === "string") throw new Error(signedIn);
  return signedIn;
}

it("slows guessing at an account from many addresses, but not where its owner was before", async () => {
  await opened("192.0.2.1");
  const answers: unknown[] = [];
  for (let i = 0; i < 12; i++) answers.push(await tryAt(`198.51.100.${i}`, "wrong"));
  expect(answers.slice(0, 10)).toEqual(Array(10).fill("session.refused"));
  expect(answers.slice(10)).toEqual(["session.wait", "session.wait"]);
  // The right password from a new place has to wait, too; from home it does not.
  expect(await tryAt("203.0.113.1", RIGHT)).toBe("session.wait");
  expect(await tryAt("192.0.2.1", RIGHT)).toMatchObject({ secret: expect.any(String) });
});

it("takes no more tries from one address, for longer and longer, and forgets when it is quiet", async () => {
  for (let i = 0; i < 5; i++) expect(await tryAt("198.51.100.1", "wrong")).toBe("session.refused");
  expect(await tryAt("198.51.100.1", RIGHT)).toBe("session.wait");
  now += 20 * 60_000;
  expect(await tryAt("198.51.100.1", RIGHT)).toMatchObject({ secret: expect.any(String) });
});

it("ends without use, and with use at its absolute end", async () => {
  const idle = await opened();
  now += IDLE_SECONDS * 1000;
  expect(await sessions.find(idle.secret)).toBeUndefined();
  const used = await opened();
  for (let passed = 0; passed < WHOLE_SECONDS; passed += 300) {
    expect([passed, (await sessions.find(used.secret)) !== undefined]).toEqual([passed, true]);
    now += 300_000;
  }
  expect(await sessions.find(used.secret)).toBeUndefined();
});

it("keeps the newest sessions of a user, and none of those that ended", async () => {
  const [user] = await store.users.list();
  const first = await opened();
  for (let i = 0; i < 55; i++) {
    now += 1000;
    await opened();
  }
  expect(await store.sessions.listOf({ userId: user!.id })).toHaveLength(50);
  expect(await sessions.find(first.secret)).toBeUndefined();
  now += IDLE_SECONDS * 1000;
  await opened();
  expect(await store.sessions.listOf({ userId: user!.id })).toHaveLength(1);
});

it("ends with its user, even where its row outlived that: disabled in between, a session is none", async () => {
  const { secret } = await opened();
  const [user] = await store.users.list();
  await store.users.put({ ...user!, disabled: true });
  expect(await sessions.find(secret)).toBeUndefined();
  const [row] = await store.sessions.listOf({ userId: user!.id });
  expect(await sessions.isGood(row!.id)).toBe(false);
});
