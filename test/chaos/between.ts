/**
 * `kill -9` between each two durable steps of what a zone goes through. The steps are found out by a run that is only watched;
 * then each has a zone of its own, held up just behind it by `stepper.ts`, and one kill is a kill between all of them.
 *
 *   one zone of each play ▶ started ▶ goes to its end, watched ▶ the steps ▶ a zone for each of them ▶ started ─┐
 *   ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *   └▶ each goes on until it is held behind its step ▶ kill ▶ started ▶ each is looked at
 *
 * Behind each commit stands a second zone, for which the kill is a power cut: what was not synced is undone before the next start.
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, freePort, makeDirectory, removeDirectory, startCountersign, until } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { cutPower, type Done, readDone, type Target } from "./steps.ts";
import { killHard } from "./world.ts";

/** A zone in a play: all of a play begin from the same state. */
export type Actor = {
  readonly id: string;
  readonly name: string;
  /** What has to be done after a start, before the play begins. */
  readonly ready: () => Promise<void>;
  /** Begins it; what it is answered, or that it never is, is nobody's concern. */
  readonly act: () => Promise<unknown>;
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
  readonly title: string;
  /** Steps that it has to have, or it would show nothing. */
  readonly does: readonly string[];
  /** Those behind which it is killed; all of them when left out. */
  readonly cuts?: RegExp;
  /** Its zones, in the state from which all begin. */
  readonly make: (stage: Stage, names: readonly string[]) => Promise<readonly Actor[]>;
};

/** A step as the watched run had it. */
type Cut = Target & { readonly play: Play };

const WAIT_MILLISECONDS = 120_000;
/** A zone that makes no further step for so long has passed the one it was to be held at. */
const PASSED_MILLISECONDS = 15_000;
const AGAIN_MILLISECONDS = 3000;
const AT_ONCE = 8;
const MOST_ROUNDS = 4;

/** The product and its primary. Keeps: one process on the directory, watched by `stepper.ts`. */
export class Stage {
  readonly directory = makeDirectory("between");
  readonly order = join(this.directory, "hold");
  readonly #env: Readonly<Record<string, string>>;
  #primary: HostilePrimary | undefined;
  #product: Countersign | undefined;
  #port = 0;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
  }

  get primary(): HostilePrimary {
    return this.#primary!;
  }

  get product(): Countersign {
    return this.#product!;
  }

  get port(): number {
    return this.#port;
  }

  async open(): Promise<void> {
    this.#port = await freePort();
    this.#primary = await startHostilePrimary();
    await this.start();
    const [account] = (await this.product.call("GET", "/client/v4/accounts")) as { id: string }[];
    const acls = `/client/v4/accounts/${account!.id}/secondary_dns/acls`;
    await this.product.call("POST", acls, { name: "here", ip_range: "127.0.0.1/32" });
  }

  async start(): Promise<void> {
    rmSync(this.order, { force: true });
    const env = {
      ...ALONE,
      COUNTERSIGN_MAX_TRANSFERS: "1000",
      NODE_OPTIONS: `--import=${pathToFileURL(join(ROOT, "test/chaos/stepper.ts")).href}`,
      COUNTERSIGN_TEST_HOLD: this.order,
      ...this.#env,
    };
    this.#product = await startCountersign({ directory: this.directory, port: this.#port, env });
  }

  /** From now on steps of these zones are counted, and each is held behind its own. */
  give(targets: ReadonlyMap<string, Target | null>): void {
    rmSync(`${this.order}.steps`, { force: true });
    rmSync(`${this.order}.removed`, { recursive: true, force: true });
    writeFileSync(`${this.order}.new`, JSON.stringify(Object.fromEntries(targets)));
    renameSync(`${this.order}.new`, this.order);
  }

  done(id: string): readonly Done[] {
    return readDone(this.order).filter(({ zone }) => zone === id);
  }

  async close(): Promise<void> {
    await this.#product?.process.stop();
    await this.#primary?.stop();
    removeDirectory(this.directory);
  }
}

/** At most some at a time: the machine is small. */
export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const one = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

const textOf = ({ what, nth }: Target): string => (nth === 1 ? what : `${what} (${nth})`);
const isStep = ({ what }: Done): boolean => what !== "held";

/** Begins the play, again until it has begun: a NOTIFY may get lost. */
async function begin(stage: Stage, actor: Actor): Promise<void> {
  await until(
    `${actor.name} begins`,
    async () => {
      void actor.act().catch(() => undefined);
      const begun = () => stage.done(actor.id).length > 0;
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
  const steps = stage.done(actor.id).filter(isStep);
  const whats = steps.map(({ what }) => what);
  for (const what of play.does) expect(whats, `${play.title}: ${whats.join(" ▶ ")}`).toContain(what);
  expect(whats.filter((what) => what.startsWith("unwatched"))).toEqual([]);
  return steps.flatMap(({ what, nth }) => (play.cuts?.test(what) === false ? [] : [{ what, nth, play }]));
}

/** `power`: the kill is a power cut. */
type Role = { readonly cut: Cut; readonly actor: Actor; readonly power: boolean };

/** Those that were not held, and so were not looked at. */
async function playRound(stage: Stage, roles: readonly Role[]): Promise<Role[]> {
  await inTurns(roles, ({ actor }) => actor.ready());
  stage.give(new Map(roles.map(({ actor, cut }) => [actor.id, cut])));
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
        const steps = stage.done(actor.id);
        if (steps.length !== seen) [seen, since] = [steps.length, Date.now()];
        return over || isHeld(actor.id) || (seen > 0 && Date.now() - since > PASSED_MILLISECONDS);
      },
      WAIT_MILLISECONDS,
    );
  };
  await inTurns(roles, ({ actor }) => begin(stage, actor));
  for (const role of roles) await held(role);
  await killHard(stage.product);
  // Not by itself.
  expect(await stage.product.process.ended, stage.product.process.log().slice(-2000)).toBeNull();
  for (const { actor } of roles) actor.killed();
  for (const { actor, power } of roles) if (power) cutPower(stage.done(actor.id));
  const [there, passed] = [
    roles.filter(({ actor }) => isHeld(actor.id)),
    roles.filter(({ actor }) => !isHeld(actor.id)),
  ];
  const told = new Map(there.map(({ actor }) => [actor.id, stage.done(actor.id).filter(isStep).map(textOf)]));
  await stage.start();
  await inTurns(there, async ({ actor, cut, power }) => {
    await actor.check().catch((error: Error) => {
      const how = power ? "power cut" : "killed";
      const steps = told.get(actor.id)!.join(" ▶ ");
      throw new Error(`${cut.play.title}, ${how} behind “${textOf(cut)}” (${steps}): ${error.message}`, {
        cause: error,
      });
    });
  });
  return passed;
}

/** Every step of every play, killed and with its power cut. */
export async function playAll(stage: Stage, plays: readonly Play[]): Promise<void> {
  const watched: [Play, Actor][] = [];
  for (const play of plays) watched.push([play, (await play.make(stage, [`w.${play.key}.between.`]))[0]!]);
  await stage.product.process.stop();
  await stage.start();
  await inTurns(watched, ([, actor]) => actor.ready());
  stage.give(new Map(watched.map(([, actor]) => [actor.id, null])));
  const cuts: Cut[] = [];
  await inTurns(watched, async ([play, actor]) => void cuts.push(...(await watch(stage, play, actor))));
  let needed = cuts.flatMap((cut) => [
    { cut, power: false },
    ...(cut.what.startsWith("commit") ? [{ cut, power: true }] : []),
  ]);
  // One is enough, unless the order of two things that go on side by side was another than when they were watched.
  for (let round = 0; needed.length > 0 && round < MOST_ROUNDS; round++) {
    const roles: Role[] = [];
    for (const play of plays) {
      const own = needed.filter(({ cut }) => cut.play === play);
      const actors = await play.make(
        stage,
        own.map((_, i) => `z${i}.r${round}.${play.key}.between.`),
      );
      roles.push(...own.map((role, i) => ({ ...role, actor: actors[i]! })));
    }
    await stage.product.process.stop();
    await stage.start();
    needed = await playRound(stage, roles);
  }
  expect(needed.map(({ cut }) => `${cut.play.title}: ${textOf(cut)}`)).toEqual([]);
}
