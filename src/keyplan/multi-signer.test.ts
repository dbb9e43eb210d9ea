import { expect, test } from "vitest";
import {
  type MultiSignerFacts,
  planJoining,
  planLeaving,
  type Sight,
  seenAll,
  seenBy,
  stepSince,
} from "./multi-signer.ts";

const NOTHING: Sight = {
  keysExchanged: false,
  bothDs: false,
  bothNameServers: false,
  ourNameServersGone: false,
  partnerNameServersGone: false,
  ourDsGone: false,
  partnerDsGone: false,
};

const FACTS: MultiSignerFacts = {
  transferred: true,
  multiSigner: true,
  partnerKeysHere: false,
  ourKeyAtPartner: false,
  partnerKeysGone: false,
  sight: NOTHING,
  since: {},
  ttl: { keys: 3600, ds: 86_400, nameServers: 7200 },
  now: 1_000_000,
};

const states = (steps: readonly { code: string; state: string }[]) =>
  steps.map(({ code, state }) => `${code} ${state}`);

test("joining begins with the keys, both at the same time, and nothing after them", () => {
  expect(states(planJoining(FACTS))).toEqual([
    "transfer done",
    "mode done",
    "partner-keys todo",
    "our-key todo",
    "keys-wait later",
    "ds later",
    "ds-wait later",
    "name-servers later",
    "name-servers-wait later",
  ]);
});

test("the wait for old DNSKEY answers holds up the DS until it is over", () => {
  const sight = { ...NOTHING, keysExchanged: true };
  const facts = { ...FACTS, partnerKeysHere: true, ourKeyAtPartner: true, sight, since: { keysExchanged: 999_000 } };
  const steps = planJoining(facts);
  expect(steps[4]).toEqual({
    code: "keys-wait",
    state: "waiting",
    wait: { seconds: 3600, since: 999_000, until: 1_002_600 },
  });
  expect(steps[5]!.state).toBe("later");
  expect(planJoining({ ...facts, now: 1_002_600 })[5]!.state).toBe("todo");
  const unknown = { ...facts, now: 1_002_600, sight: { ...sight, bothDs: undefined } };
  expect(planJoining(unknown)[5]!.state).toBe("unknown");
});

test("what is seen to be done is done, although a step before it is not", () => {
  const sight = { ...NOTHING, bothNameServers: true };
  expect(planJoining({ ...FACTS, sight })[7]).toMatchObject({ code: "name-servers", state: "done" });
});

test("who leaves takes his name servers out first, and his DS after the wait", () => {
  expect(states(planLeaving("ours", FACTS)).slice(0, 3)).toEqual([
    "name-servers todo",
    "name-servers-wait later",
    "ds later",
  ]);
  const sight = { ...NOTHING, ourNameServersGone: true };
  const gone = { ...FACTS, sight, since: { ourNameServersGone: 1_000_000 - 7200 } };
  expect(states(planLeaving("ours", gone)).slice(0, 3)).toEqual([
    "name-servers done",
    "name-servers-wait done",
    "ds todo",
  ]);
  expect(states(planLeaving("partner", gone))[0]).toBe("name-servers todo");
  expect(planLeaving("ours", { ...gone, multiSigner: false }).every(({ state }) => state === "later")).toBe(true);
});

test("a moment is kept while a thing holds or nobody can say, and forgotten when it is seen not to hold", () => {
  const since = stepSince({ bothDs: 5 }, { ...NOTHING, bothDs: true, keysExchanged: true }, 9);
  expect(since).toEqual({ bothDs: 5, keysExchanged: 9 });
  expect(stepSince(since, { ...NOTHING, bothDs: undefined, keysExchanged: false }, 11)).toEqual({ bothDs: 5 });
});

test("several servers agree, disagree, or are not there", () => {
  expect(seenBy([1, 1], (n) => n === 1)).toBe(true);
  expect(seenBy([1, 2], (n) => n === 1)).toBeUndefined();
  expect(seenBy([2, 2], (n) => n === 1)).toBe(false);
  expect(seenBy([], () => true)).toBeUndefined();
  expect(seenAll(true, undefined, false)).toBe(false);
  expect(seenAll(true, undefined)).toBeUndefined();
});
