import fc from "fast-check";
import { expect, test } from "vitest";
import { AT_REST, type Round, type Step, stepWork, type Work, type WorkEvent } from "./work.ts";

const NOW = 1_790_000_000;
const fault = { code: "broken", text: "broken" };

function run(work: Work, ...events: WorkEvent[]) {
  const effects: string[] = [];
  let state = work;
  for (const event of events) {
    const stepped = stepWork(state, event, NOW);
    state = stepped.work;
    for (const effect of stepped.effects) {
      effects.push(effect.kind === "perform" ? effect.step : effect.kind);
    }
  }
  return { work: state, effects };
}

const begin = (round: Round): WorkEvent => ({ kind: "begin", round });
const done = (step: Step): WorkEvent => ({ kind: "done", step });
const failed = (step: Step, serial?: number): WorkEvent => ({ kind: "failed", step, fault, serial });
const ALL: Step[] = ["checking", "storing", "compiling", "validating", "approving", "signing", "saving", "publishing"];

test("a transferred version goes through every step", () => {
  const { work, effects } = run(AT_REST, begin("transferred"), ...ALL.map(done));
  expect(effects).toEqual([...ALL, "finished"]);
  expect(work).toEqual(AT_REST);
});

test("a rework begins at compiling, a re-signing at signing", () => {
  expect(run(AT_REST, begin("rework")).effects).toEqual(["compiling"]);
  expect(run(AT_REST, begin("resign")).effects).toEqual(["signing"]);
});

test("a failed step holds the zone with step, serial and time; the next round that gets through releases it", () => {
  const first = run(
    AT_REST,
    begin("transferred"),
    done("checking"),
    done("storing"),
    done("compiling"),
    failed("validating", 7),
  );
  expect(first.effects.at(-1)).toBe("held");
  expect(first.work).toEqual({
    doing: undefined,
    next: undefined,
    held: { ...fault, round: "transferred", step: "validating", serial: 7, since: NOW },
  });
  const second = run(first.work, begin("transferred"), ...ALL.map(done));
  expect(second.effects).toEqual([...ALL, "released", "finished"]);
  expect(second.work).toEqual(AT_REST);
});

test("re-signing what is served does not release what is held", () => {
  const held = run(AT_REST, begin("transferred"), failed("checking", 7)).work;
  const after = run(held, begin("resign"), done("signing"), done("saving"), done("publishing"));
  expect(after.work.held).toBeDefined();
  expect(after.effects).toEqual(["signing", "saving", "publishing", "finished"]);
});

test("a rework tries a stored version again, but cannot release one that was never stored", () => {
  const rest: WorkEvent[] = ALL.slice(2).map(done);
  const unstored = run(AT_REST, begin("transferred"), failed("checking", 7)).work;
  expect(run(unstored, begin("rework"), ...rest).work.held).toBeDefined();
  const stored = run(AT_REST, begin("transferred"), done("checking"), done("storing"), failed("compiling", 7)).work;
  expect(run(stored, begin("rework"), ...rest).work.held).toBeUndefined();
  const resign = run(AT_REST, begin("resign"), failed("signing")).work;
  expect(run(resign, begin("resign"), ...ALL.slice(4).map(done)).work.held).toBeUndefined();
});

test("while a round runs, the strongest of those asked for waits", () => {
  const { work } = run(AT_REST, begin("resign"), begin("rework"), begin("transferred"), begin("resign"));
  expect(work.next).toBe("transferred");
  expect(work.doing).toEqual({ round: "resign", step: "signing" });
  const then = run(work, done("signing"), done("saving"), done("publishing"));
  expect(then.effects.slice(-2)).toEqual(["finished", "checking"]);
  expect(then.work.next).toBeUndefined();
  // After a failure too.
  expect(run(work, failed("signing")).effects).toEqual(["held", "checking"]);
});

test("a change of mode that came while the first version was on its way is done behind it, and is void when that one fails", () => {
  const waiting = run(AT_REST, begin("transferred"), begin("rework"));
  expect(run(waiting.work, ...ALL.map(done)).effects.slice(-2)).toEqual(["finished", "compiling"]);
  const nothing = run(waiting.work, { kind: "failed", step: "checking", fault, serial: 1, nothingStored: true });
  expect(nothing.effects).toEqual(["held"]);
  expect(nothing.work.next).toBeUndefined();
  expect(run(waiting.work, failed("checking", 2)).effects).toEqual(["held", "compiling"]);
});

test("late answers change nothing", () => {
  const { work } = run(AT_REST, begin("rework"));
  expect(run(work, done("checking"), failed("publishing"), done("validating")).work).toBe(work);
  expect(run(AT_REST, done("publishing"), failed("checking")).work).toBe(AT_REST);
});

test("whatever happens, exactly one step is performed at a time, and it is the one the state names", () => {
  const events = fc.array(
    fc.oneof(
      fc.constantFrom<Round>("transferred", "rework", "resign").map(begin),
      fc.constantFrom("finish", "fail").map((kind) => kind as "finish" | "fail"),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(events, (script) => {
      let work = AT_REST;
      let open = 0;
      for (const item of script) {
        if (typeof item === "string" && !work.doing) continue;
        const event =
          typeof item !== "string" ? item : item === "finish" ? done(work.doing!.step) : failed(work.doing!.step);
        if (typeof item === "string") open--;
        const stepped = stepWork(work, event, NOW);
        work = stepped.work;
        open += stepped.effects.filter((effect) => effect.kind === "perform").length;
        expect(open).toBe(work.doing ? 1 : 0);
      }
    }),
  );
});
