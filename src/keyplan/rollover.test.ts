/** Rollovers: no moment at which a resolver that holds anything that it may hold could not validate. Each table is a world. */
import { describe, expect, test } from "vitest";
import {
  beginRoll,
  PARENT_MARGIN_SECONDS,
  type ParentSight,
  type Roll,
  type RollKind,
  type RollSight,
  SILENT_SECONDS,
  stepRoll,
} from "./rollover.ts";

const T0 = 1_800_000_000;
const SECONDS = { keys: 3600, data: 86_400, propagation: 300 };
const NOTHING: RollSight = {
  published: false,
  signer: "old",
  partners: "none",
  oldAskedFor: false,
  parent: undefined,
  seconds: SECONDS,
};

function look(roll: Roll, sight: Partial<RollSight>, now: number) {
  const stepped = stepRoll(roll, { kind: "sight", sight: { ...NOTHING, ...sight } }, now);
  if (!stepped.ok) throw new Error(stepped.error);
  return stepped.value;
}

const begin = (kind: RollKind) => beginRoll(kind, { old: "old", new: "new" }, T0);
const parentAt = (at: number, newDs: ParentSight["newDs"], oldDs: ParentSight["oldDs"], more = {}): ParentSight => {
  return { at, direct: true, silent: 0, newDs, oldDs, dsSeconds: 7200, ...more };
};

describe("a ZSK", () => {
  test("is published, waited for, signs, is waited for, and the old one goes", () => {
    let { roll, act } = look(begin("zsk"), {}, T0 + 5);
    expect([roll.step, act]).toEqual(["publishing", undefined]);
    ({ roll, act } = look(roll, { published: true }, T0 + 10));
    expect([roll.step, roll.since, roll.waitSeconds]).toEqual(["keys-wait", T0 + 10, 3900]);
    expect(look(roll, { published: true }, T0 + 3909).act).toBeUndefined();
    ({ roll, act } = look(roll, { published: true }, T0 + 3910));
    expect([roll.step, act]).toEqual(["switching", "activate"]);
    expect(look(roll, { published: true }, T0 + 900_000).act).toBeUndefined();
    ({ roll, act } = look(roll, { published: true, signer: "new" }, T0 + 4000));
    expect([roll.step, act]).toEqual(["signatures-wait", undefined]);
    expect(look(roll, { published: true, signer: "new" }, T0 + 4000 + 86_699).act).toBeUndefined();
    expect(look(roll, { published: true, signer: "new" }, T0 + 4000 + 86_700).act).toBe("remove");
  });

  test("a look that shows nothing new changes nothing: it is not written down", () => {
    const { roll } = look(begin("zsk"), { published: true }, T0);
    expect(look(roll, { published: true }, T0 + 60).roll).toBe(roll);
  });

  test("that is not served any more begins its wait anew: another mode, and back", () => {
    let { roll } = look(begin("zsk"), { published: true }, T0);
    ({ roll } = look(roll, { published: false, signer: undefined }, T0 + 3000));
    expect(roll.step).toBe("publishing");
    ({ roll } = look(roll, { published: true }, T0 + 5000));
    expect([roll.step, roll.since]).toEqual(["keys-wait", T0 + 5000]);
  });

  test("waits for the partners, and begins its wait anew when they lose it", () => {
    let { roll } = look(begin("zsk"), { published: true, partners: false }, T0);
    expect(roll.step).toBe("partners");
    expect(look(roll, { published: true, partners: undefined }, T0 + 1e6).roll.step).toBe("partners");
    ({ roll } = look(roll, { published: true, partners: true }, T0 + 1e6));
    expect([roll.step, roll.since]).toEqual(["keys-wait", T0 + 1e6]);
    expect(look(roll, { published: true, partners: false }, T0 + 1e6 + 9).roll.step).toBe("partners");
    // Nobody can say for a moment: what was seen stays.
    expect(look(roll, { published: true, partners: undefined }, T0 + 1e6 + 9).roll.step).toBe("keys-wait");
  });

  test("partners that turn up while the old set is waited for are asked, and the wait begins anew", () => {
    let { roll } = look(begin("zsk"), { published: true }, T0);
    for (const partners of [false, undefined]) {
      expect(look(roll, { published: true, partners }, T0 + 9000)).toMatchObject({
        roll: { step: "partners" },
        act: undefined,
      });
    }
    ({ roll } = look(roll, { published: true, partners: true }, T0 + 9000));
    expect([roll.step, roll.since]).toEqual(["keys-wait", T0 + 9000]);
    expect(look(roll, { published: true, partners: true }, T0 + 9000 + 3900).act).toBe("activate");
  });

  test("a TTL that is raised meanwhile makes the wait longer, one that is lowered does not make it shorter", () => {
    let { roll } = look(begin("zsk"), { published: true }, T0);
    const raised = { ...SECONDS, keys: 7200 };
    ({ roll } = look(roll, { published: true, seconds: raised }, T0 + 100));
    expect(roll.waitSeconds).toBe(7500);
    expect(look(roll, { published: true }, T0 + 7499).act).toBeUndefined();
    expect(look(roll, { published: true }, T0 + 7500).act).toBe("activate");
  });

  test("can be cancelled until it signs", () => {
    const { roll } = look(begin("zsk"), { published: true }, T0);
    expect(stepRoll(roll, { kind: "cancel" }, T0 + 9)).toMatchObject({ ok: true, value: { act: "withdraw" } });
    const { roll: active } = look(roll, { published: true }, T0 + 3900);
    expect(stepRoll(active, { kind: "cancel" }, T0 + 3901)).toEqual({ ok: false, error: "too-late" });
  });

  test("a clock that was ahead and is set back: the wait begins anew and ends within its length", () => {
    const year = 365 * 86_400;
    const { roll } = look(begin("zsk"), { published: true }, T0 + year);
    const { roll: back, act } = look(roll, { published: true }, T0);
    expect([back.since, act]).toEqual([T0, undefined]);
    expect(look(back, { published: true }, T0 + 3900).act).toBe("activate");
  });

  test("in an emergency waits for no cache, but for what is served", () => {
    const hurried = stepRoll(begin("zsk"), { kind: "hurry" }, T0);
    let { roll, act } = look(hurried.ok ? hurried.value.roll : begin("zsk"), {}, T0);
    expect(act).toBeUndefined();
    ({ roll, act } = look(roll, { published: true }, T0 + 1));
    expect(act).toBe("activate");
    expect(look(roll, { published: true, signer: "old" }, T0 + 1).act).toBeUndefined();
    expect(look(roll, { published: true, signer: "new" }, T0 + 1).act).toBe("remove");
  });
});

describe("a KSK", () => {
  const asked = () => look(look(begin("ksk"), { published: true }, T0).roll, { published: true }, T0 + 3900);
  const sees = (roll: Roll, parent: ParentSight) => look(roll, { published: true, parent }, parent.at);

  test("is asked for at the parent, and the old one goes when its DS is out of all caches", () => {
    let { roll, act } = asked();
    expect([roll.step, act]).toEqual(["parent", "activate"]);
    const t = T0 + 5000;
    expect(sees(roll, parentAt(t, "none", "all")).roll.step).toBe("parent");
    ({ roll, act } = sees(roll, parentAt(t, "all", "none", { dsSeconds: 600 })));
    expect([roll.step, roll.waitSeconds]).toEqual(["ds-wait", 600 + PARENT_MARGIN_SECONDS]);
    expect(sees(roll, parentAt(t + 4199, "all", "none")).act).toBeUndefined();
  });

  test.each([
    ["a parent that never updates", parentAt(T0 + 1e7, "none", "all")],
    ["a parent that has both", parentAt(T0 + 1e7, "all", "all")],
    ["some servers only", parentAt(T0 + 1e7, "some", "some")],
    ["a parent that lost all DS", parentAt(T0 + 1e7, "none", "none")],
    ["a resolver's word", parentAt(T0 + 1e7, "all", "none", { direct: false })],
    ["what was seen before the CDS was there", parentAt(T0 + 3000, "all", "none")],
  ])("%s: it stays", (_, parent) => {
    const { roll } = asked();
    expect(look(roll, { published: true, parent }, T0 + 1e7)).toMatchObject({
      roll: { step: "parent" },
      act: undefined,
    });
  });

  test("the longest DS TTL that was seen counts", () => {
    let { roll } = sees(asked().roll, parentAt(T0 + 5000, "none", "all", { dsSeconds: 86_400 }));
    ({ roll } = sees(roll, parentAt(T0 + 6000, "all", "none", { dsSeconds: 300 })));
    expect(roll.waitSeconds).toBe(86_400 + PARENT_MARGIN_SECONDS);
  });

  test("the old DS comes back while its TTL is waited for: back to the parent, and a whole wait after that", () => {
    let { roll } = sees(asked().roll, parentAt(T0 + 5000, "all", "none"));
    ({ roll } = sees(roll, parentAt(T0 + 9000, "some", "some")));
    expect(roll.step).toBe("parent");
    ({ roll } = sees(roll, parentAt(T0 + 9100, "all", "none")));
    expect([roll.step, roll.since]).toEqual(["ds-wait", T0 + 9100]);
  });

  test("the parent is silent when the wait is over: the old key stays until it has been seen once more", () => {
    const { roll } = sees(asked().roll, parentAt(T0 + 5000, "all", "none"));
    const stale = parentAt(T0 + 5000, "all", "none");
    expect(look(roll, { published: true, parent: stale }, T0 + 1e6).act).toBeUndefined();
    expect(look(roll, { published: true, parent: undefined }, T0 + 1e6).act).toBeUndefined();
    expect(sees(roll, parentAt(T0 + 1e6, "all", "none")).act).toBe("remove");
  });

  test("another signer's CDS asks for the old key: it stays as long as that is so", () => {
    const { roll } = sees(asked().roll, parentAt(T0 + 5000, "all", "none"));
    const parent = parentAt(T0 + 1e6, "all", "none");
    expect(look(roll, { published: true, parent, oldAskedFor: true }, T0 + 1e6).act).toBeUndefined();
    expect(look(roll, { published: true, parent }, T0 + 1e6).act).toBe("remove");
  });

  test("a server of the parent that does not answer is waited for for a day", () => {
    let { roll } = sees(asked().roll, parentAt(T0 + 5000, "all", "none", { silent: 1 }));
    expect(roll.step).toBe("parent");
    ({ roll } = sees(roll, parentAt(T0 + 5000 + SILENT_SECONDS - 1, "all", "none", { silent: 1 })));
    expect(roll.step).toBe("parent");
    ({ roll } = sees(roll, parentAt(T0 + 5000 + SILENT_SECONDS, "all", "none", { silent: 1 })));
    expect(roll.step).toBe("ds-wait");
  });

  test("in an emergency, too, what the parent's DS refers to stays", () => {
    const hurried = stepRoll(begin("ksk"), { kind: "hurry" }, T0);
    let { roll, act } = look(hurried.ok ? hurried.value.roll : begin("ksk"), { published: true }, T0 + 1);
    expect([roll.step, act]).toEqual(["parent", "activate"]);
    ({ roll, act } = sees(roll, parentAt(T0 + 2, "all", "all")));
    expect(act).toBeUndefined();
    ({ roll, act } = sees(roll, parentAt(T0 + 3, "all", "none")));
    expect(act).toBe("remove");
  });
});
