/**
 * `kill -9` between each two durable steps of what a zone goes through. The steps are found out by a run that is only watched;
 * then each has a zone of its own, held up just behind it by `stepper.ts`, and one kill is a kill between all of them.
 *
 *   one zone of each play ▶ started ▶ goes to its end, watched ▶ the steps ▶ a zone for each of them ▶ started ─┐
 *   ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *   └▶ each goes on until it is held behind its step ▶ kill ▶ started ▶ each is looked at
 *
 * Behind each commit that files came before stands a second zone, for which the kill is a power cut: what was not synced is undone
 * before the next start.
 */
import { expect } from "vitest";
import { until } from "../peers/index.ts";
import { inTurns, type Orders, type Stage } from "./stage.ts";
import { cutPower, type Done, type Target } from "./steps.ts";
import { killHard } from "./world.ts";

/** A zone in a play: all of a play begin from the same state. */
export type Actor = {
  readonly id: string;
  /** Of one that is not there yet: its name, without the final dot, in place of the id. */
  readonly madeAs?: string;
  readonly name: string;
  /** What has to be done after a start, before the play begins. */
  readonly ready: () => Promise<void>;
  /** Begins it; what it is answered, or that it never is, is nobody's concern. */
  readonly act: () => Promise<unknown>;
  /** What others see of it while it is held behind its step. */
  readonly look?: () => Promise<void>;
  /** It has come to its end, without having been held. */
  readonly isDone: () => Promise<boolean>;
  /** What it has come to then. */
  readonly checkDone: () => Promise<void>;
  /** What others offer from the kill on. */
  readonly killed: () => void;
  /** After the next start. */
  readonly check: () => Promise<void>;
};

export type Play = {
  /** Part of the names of its zones. */
  readonly key: string;
  /** They are below it; `between.` when left out. */
  readonly below?: string;
  readonly title: string;
  /** Steps that it has to have, or it would show nothing. */
  readonly does: readonly string[];
  /** Those behind which it is killed; all of them when left out. */
  readonly cuts?: RegExp;
  /** Its zones, in the state from which all begin. */
  readonly make: (stage: Stage, names: readonly string[]) => Promise<readonly Actor[]>;
  /** Done to what is on the disk before the start at which the play begins: steps of that start are counted, too. */
  readonly whileDown?: (stage: Stage, actors: readonly Actor[]) => void | Promise<void>;
  /** When each was looked at: with all of those plays that have the same one. */
  readonly afterwards?: (stage: Stage, actors: readonly Actor[]) => Promise<void>;
};

/** A step as the watched run had it. */
type Cut = Target & {
  readonly play: Play;
  /** A commit with files before it: a power cut may undo what of them was not synced. */
  readonly hasFiles: boolean;
};

const WAIT_MILLISECONDS = 120_000;
/** A zone that makes no further step for so long has passed the one it was to be held at. */
const PASSED_MILLISECONDS = 15_000;
const AGAIN_MILLISECONDS = 3000;
const MOST_ROUNDS = 4;

const textOf = ({ what, nth }: Target): string => (nth === 1 ? what : `${what} (${nth})`);
const orderOf = ({ id, madeAs }: Actor): string => madeAs ?? id;
const isStep = ({ what }: Done): boolean => what !== "held";

/** Begins the play, again until it has begun: a NOTIFY may get lost. */
async function begin(stage: Stage, actor: Actor): Promise<void> {
  await until(
    `${actor.name} begins`,
    async () => {
      void actor.act().catch(() => undefined);
      const begun = () => stage.done(orderOf(actor)).length > 0;
      return until(actor.name, begun, AGAIN_MILLISECONDS).catch(() => false);
    },
    WAIT_MILLISECONDS,
  );
}

/** What a play does when nothing disturbs it. */
async function watch(stage: Stage, play: Play, actor: Actor): Promise<readonly Cut[]> {
  await begin(stage, actor);
  await until(`${actor.name} is done`, () => actor.isDone(), WAIT_MILLISECONDS);
  await actor.checkDone();
  const steps = stage.done(orderOf(actor)).filter(isStep);
  const whats = steps.map(({ what }) => what);
  for (const what of play.does) expect(whats, `${play.title}: ${whats.join(" ▶ ")}`).toContain(what);
  expect(whats.filter((what) => what.startsWith("unwatched"))).toEqual([]);
  const isCommit = (what: string): boolean => what.startsWith("commit");
  return steps.flatMap(({ what, nth }, i) => {
    const hasFiles = isCommit(what) && whats.slice(0, i).some((before) => !isCommit(before));
    return play.cuts?.test(what) === false ? [] : [{ what, nth, play, hasFiles }];
  });
}

/** `power`: the kill is a power cut. */
type Role = { readonly cut: Cut; readonly actor: Actor; readonly power: boolean };

/** Down, and up again; from there on, or from the start on, orders count. */
async function raise(stage: Stage, casts: ReadonlyMap<Play, readonly Actor[]>, orders: Orders): Promise<void> {
  await stage.product.process.stop();
  for (const [play, actors] of casts) await play.whileDown?.(stage, actors);
  const early = [...casts.keys()].some(({ whileDown }) => whileDown);
  await stage.start(early ? orders : undefined);
  await inTurns([...casts.values()].flat(), (actor) => actor.ready());
  if (!early) stage.give(orders);
}

/** Those that were not held, and so were not looked at. */
async function playRound(stage: Stage, roles: readonly Role[]): Promise<Role[]> {
  let over = false;
  void stage.product.process.ended.then(() => {
    over = true;
  });
  const isHeld = (id: string) => stage.done(id).some(({ what }) => what === "held");
  const held = async ({ actor }: Role): Promise<void> => {
    let seen = -1;
    let since = 0;
    await until(
      `${actor.name} at its step`,
      () => {
        const steps = stage.done(orderOf(actor));
        if (steps.length !== seen) [seen, since] = [steps.length, Date.now()];
        return over || isHeld(orderOf(actor)) || (seen > 0 && Date.now() - since > PASSED_MILLISECONDS);
      },
      WAIT_MILLISECONDS,
    );
  };
  await inTurns(roles, ({ actor }) => begin(stage, actor));
  for (const role of roles) await held(role);
  await inTurns(roles, async ({ actor }) => actor.look?.());
  await killHard(stage.product);
  // Not by itself.
  expect(await stage.product.process.ended, stage.product.process.log().slice(-2000)).toBeNull();
  for (const { actor } of roles) actor.killed();
  for (const { actor, power } of roles) if (power) cutPower(stage.done(orderOf(actor)));
  const [there, passed] = [
    roles.filter(({ actor }) => isHeld(orderOf(actor))),
    roles.filter(({ actor }) => !isHeld(orderOf(actor))),
  ];
  const told = new Map(
    there.map(({ actor }) => [orderOf(actor), stage.done(orderOf(actor)).filter(isStep).map(textOf)]),
  );
  await stage.start();
  const faults: Error[] = [];
  await inTurns(there, async ({ actor, cut, power }) => {
    await actor.check().catch((error: Error) => {
      const how = power ? "power cut" : "killed";
      const steps = told.get(orderOf(actor))!.join(" ▶ ");
      const where = `${cut.play.title}, ${how} behind “${textOf(cut)}” (${steps}, ${actor.name})`;
      faults.push(new Error(`${where}: ${error.message}`, { cause: error }));
    });
  });
  await goOn(stage, there, faults);
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join("\n"), { cause: faults[0]!.cause });
  return passed;
}

/** What a kill must not have stopped. */
async function goOn(stage: Stage, roles: readonly Role[], faults: readonly Error[]): Promise<void> {
  if (faults.length > 0) return;
  for (const afterwards of new Set(roles.map(({ cut }) => cut.play.afterwards))) {
    const all = roles.filter(({ cut }) => cut.play.afterwards === afterwards);
    await afterwards?.(
      stage,
      all.map(({ actor }) => actor),
    );
  }
}

const nameOf = (label: string, { key, below = "between." }: Play): string => `${label}-${key}.${below}`;

/** What each play does when nothing disturbs it: the steps to be cut at. */
async function watchAll(stage: Stage, plays: readonly Play[]): Promise<readonly Cut[]> {
  const casts = new Map<Play, readonly Actor[]>();
  for (const play of plays) casts.set(play, await play.make(stage, [nameOf("w", play)]));
  const all = [...casts].flatMap(([play, actors]) => actors.map((actor) => [play, actor] as const));
  await raise(stage, casts, new Map(all.map(([, actor]) => [orderOf(actor), null])));
  const cuts: Cut[] = [];
  await inTurns(all, async ([play, actor]) => void cuts.push(...(await watch(stage, play, actor))));
  return cuts;
}

/** Every step of every play, killed and with its power cut. */
export async function playAll(stage: Stage, plays: readonly Play[]): Promise<void> {
  let needed = (await watchAll(stage, plays)).flatMap((cut) => [
    { cut, power: false },
    ...(cut.hasFiles ? [{ cut, power: true }] : []),
  ]);
  // One is enough, unless the order of two things that go on side by side was another than when they were watched.
  for (let round = 0; needed.length > 0 && round < MOST_ROUNDS; round++) {
    const roles: Role[] = [];
    const casts = new Map<Play, readonly Actor[]>();
    for (const play of plays) {
      const own = needed.filter(({ cut }) => cut.play === play);
      const names = own.map((_, i) => nameOf(`z${i}-r${round}`, play));
      const actors = own.length === 0 ? [] : await play.make(stage, names);
      casts.set(play, actors);
      roles.push(...own.map((role, i) => ({ ...role, actor: actors[i]! })));
    }
    await raise(stage, casts, new Map(roles.map(({ actor, cut }) => [orderOf(actor), cut])));
    needed = await playRound(stage, roles);
  }
  expect(needed.map(({ cut }) => `${cut.play.title}: ${textOf(cut)}`)).toEqual([]);
}
