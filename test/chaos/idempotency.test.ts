/**
 * Idempotency-Key on the running product: whatever comes twice under one key is done once, over `kill -9`, at the same instant,
 * and beside others who happen to use the same key.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  freePort,
  makeDirectory,
  removeDirectory,
  startCountersign,
  TEST_TOKEN,
} from "../peers/index.ts";

const ROUNDS = 1;
const WRITERS = 6;

type Said = { readonly status: number; readonly text: string; readonly replayed: boolean; readonly code: number };

/** A request under a key. Throws when the server goes away. */
async function send(url: string, path: string, key: string, body: object, token = TEST_TOKEN): Promise<Said> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { errors } = JSON.parse(text) as { errors: { code: number }[] };
  const replayed = response.headers.get("idempotent-replayed") === "true";
  return { status: response.status, text, replayed, code: errors[0]?.code ?? 0 };
}

async function peersPath(product: Countersign): Promise<string> {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  return `/client/v4/accounts/${account!.id}/secondary_dns/peers`;
}

async function countByName(product: Countersign, path: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of (await product.call("GET", path)) as { name: string }[])
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const REUSED = 20044;
const CUT_OFF = 20045;
const NOT_KEPT = 20046;

test("kill -9 at any moment: the same request again is never done twice", { timeout: 300_000 }, async () => {
  const directory = makeDirectory("keys");
  const [port, httpPort] = [await freePort(), await freePort()];
  /** Every key that was sent, with what was answered; undefined: the kill came first. */
  const sent = new Map<string, Said | undefined>();
  for (let round = 0; round < ROUNDS; round++) {
    const product = await startCountersign({ directory, port, httpPort });
    const path = await peersPath(product);
    let here = 0;
    let isOver = false;
    const writer = async (): Promise<void> => {
      try {
        while (!isOver) {
          const name = `peer-${sent.size}`;
          sent.set(name, undefined);
          sent.set(name, await send(product.url, path, name, { name }));
          if (++here >= 20 + 7 * round && !isOver) {
            isOver = true;
            product.process.signal("SIGKILL");
          }
        }
      } catch (error) {
        if (!isOver) throw error;
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    await product.process.ended;
  }
  const product = await startCountersign({ directory, port, httpPort });
  try {
    const path = await peersPath(product);
    const before = await countByName(product, path);
    for (const [name, first] of sent) {
      const again = await send(product.url, path, name, { name });
      if (first) expect([again.text, again.replayed], name).toEqual([first.text, true]);
      else if (before.has(name)) expect(again.replayed || again.code === CUT_OFF, `${name}: ${again.text}`).toBe(true);
    }
    const after = await countByName(product, path);
    expect([...after].filter(([, count]) => count > 1)).toEqual([]);
    expect([...sent].filter(([name, first]) => first?.status === 200 && !after.has(name))).toEqual([]);
    expect([...sent.values()].filter((first) => first !== undefined).length).toBeGreaterThan(15);
  } finally {
    await product.stop();
    removeDirectory(directory);
  }
});

describe("one server", () => {
  let product: Countersign;
  let path: string;
  beforeAll(async () => {
    product = await startCountersign();
    path = await peersPath(product);
  });
  afterAll(() => product?.stop());

  test("two hundred at the same instant: done once, all have the one answer, and one of them did it", async () => {
    const all = await Promise.all(
      Array.from({ length: 200 }, () => send(product.url, path, "at-once", { name: "at-once" })),
    );
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect((await countByName(product, path)).get("at-once")).toBe(1);
  });

  test("another body, path or query under the same key is an error and does nothing, and the first stays", async () => {
    const first = await send(product.url, path, "one", { name: "one" });
    expect(await send(product.url, path, "one", { name: "other" })).toMatchObject({ status: 400, code: REUSED });
    expect(await send(product.url, path, "one", { name: "one", port: 53 })).toMatchObject({ code: REUSED });
    expect(await send(product.url, `${path}?x=1`, "one", { name: "one" })).toMatchObject({ status: 400 });
    expect(await send(product.url, "/client/v4/zones", "one", { name: "one.test" })).toMatchObject({ code: REUSED });
    expect((await send(product.url, path, "one", { name: "one" })).text).toBe(first.text);
    const counts = await countByName(product, path);
    expect([counts.get("one"), counts.get("other")]).toEqual([1, undefined]);
  });

  test("two tokens and a user with one key do not meet, nor see each other's answer", async () => {
    const groups = (await product.call("GET", "/client/v4/user/tokens/permission_groups")) as {
      id: string;
      name: string;
    }[];
    const write = groups.find(({ name }) => name === "Account Settings Write") ?? groups[0]!;
    const all = groups.filter(({ name }) => /Write$/.test(name)).map(({ id }) => ({ id }));
    const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
    const policy = {
      effect: "allow",
      permission_groups: all.length > 0 ? all : [write],
      resources: { [`com.cloudflare.api.account.${account!.id}`]: "*" },
    };
    const tokenOf = async (name: string): Promise<string> =>
      ((await product.call("POST", "/client/v4/user/tokens", { name, policies: [policy] })) as { value: string }).value;
    const tokens = [TEST_TOKEN, await tokenOf("a"), await tokenOf("b")];
    const tsigs = path.replace(/peers$/, "tsigs");
    const made = [];
    for (const [i, token] of tokens.entries()) {
      const body = { name: `key-${i}.`, algo: "hmac-sha256.", secret: Buffer.alloc(32, i).toString("base64") };
      made.push(await send(product.url, tsigs, "shared", body, token));
    }
    expect(made.map(({ status, replayed }) => [status, replayed])).toEqual(tokens.map(() => [200, false]));
    expect(new Set(made.map(({ text }) => text)).size).toBe(tokens.length);
  });

  test("an answer too large to be kept: not done twice either, and it is said", async () => {
    const groups = (await product.call("GET", "/client/v4/user/tokens/permission_groups")) as { id: string }[];
    const resources = Object.fromEntries(
      Array.from({ length: 900 }, (_, i) => [
        `com.cloudflare.api.account.zone.${i.toString(16).padStart(32, "0")}`,
        "*",
      ]),
    );
    const policies = [1, 2].map(() => ({ effect: "allow", permission_groups: [{ id: groups[0]!.id }], resources }));
    const first = await send(product.url, "/client/v4/user/tokens", "large", { name: "large", policies });
    expect([first.status, first.text.length > 65_536]).toEqual([200, true]);
    expect(await send(product.url, "/client/v4/user/tokens", "large", { name: "large", policies })).toMatchObject({
      status: 400,
      code: NOT_KEPT,
    });
    const tokens = (await product.call("GET", "/client/v4/user/tokens?per_page=50")) as { name: string }[];
    expect(tokens.filter(({ name }) => name === "large")).toHaveLength(1);
  });

  test("a refusal is kept as well; who does not say who he is keeps nothing here", async () => {
    const wrong = { name: "wrong", ip: "not an address" };
    const first = await send(product.url, path, "wrong", wrong);
    expect(first.status).toBe(400);
    const stranger = () => send(product.url, "/client/v4/zones", "stranger", { name: "x.test" }, "no-such-token");
    expect([(await stranger()).replayed, (await stranger()).replayed]).toEqual([false, false]);
  });
});
