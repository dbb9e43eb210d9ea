/**
 * RFC 7583's very point: whatever a resolver may still hold validates together with everything else that it may hold. Worlds are
 * made at random: other modes and back, workers that lag, partners with DNSKEY sets of their own, TTLs raised and lowered, parents that are late, half changed, silent or lose the DS, restarts,
 * looks at any time. At every second at which something changed every combination of DNSKEY set, signer and DS is tried.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { beginRoll, PARENT_MARGIN_SECONDS, type ParentSight, type Roll, type RollKind, stepRoll } from "./rollover.ts";
import { heldSeconds, NO_PAST_TTL, rememberTtl } from "./ttl-memory.ts";

const T0 = 1_800_000_000;
const KEYS_TTL = 3600;
const DATA_TTLS = [300, 7200, 20_000];
const DS_TTL = 5400;
const PROPAGATION = 300;

/** What was so, each until the next one. */
type History<T> = { readonly at: number; readonly what: T }[];

type DnskeySet = { readonly ksks: readonly string[]; readonly zsks: readonly string[] };

/** What somebody may hold at `now`: what was so at some moment of the last `seconds`. */
function heldAt<T>(history: History<T>, now: number, seconds: number): T[] {
  const first = history.findLastIndex(({ at }) => at <= now - seconds);
  return history.filter(({ at }, i) => i >= first && at <= now).map(({ what }) => what);
}

/** The same where each has a TTL of its own. */
function heldByTtl<T>(history: History<{ readonly ttl: number; readonly what: T }>, now: number, margin: number): T[] {
  return history
    .filter(({ at, what }, i) => at <= now && (history[i + 1]?.at ?? now) + what.ttl + margin >= now)
    .map(({ what }) => what.what);
}

class World {
  now = T0;
  roll: Roll | undefined;
  readonly keys = new Map<string, "published" | "active" | "retired">([["old", "active"]]);
  readonly sets: History<DnskeySet> = [];
  readonly signers: History<{ readonly ttl: number; readonly what: string }> = [];
  dataTtl = 7200;
  pastTtl = NO_PAST_TTL;
  /** What another signer serves; undefined: there is none. */
  readonly theirs: History<DnskeySet | undefined> = [{ at: T0 - 1e6, what: undefined }];
  readonly ds: History<readonly string[]> = [{ at: T0 - 1e6, what: ["old"] }];
  /** Servers of the parent, two of them. */
  readonly parents: (readonly string[])[] = [["old"], ["old"]];
  served: DnskeySet | undefined;
  signer = "old";
  lag = 0;
  partners: boolean | "none" = "none";
  readonly kind: RollKind;

  constructor(kind: RollKind) {
    this.kind = kind;
    this.serve();
    this.sets[0] = { ...this.sets[0]!, at: T0 - 1e6 };
    this.signers[0] = { ...this.signers[0]!, at: T0 - 1e6 };
    this.roll = beginRoll(kind, { old: "old", new: "new" }, T0);
    this.keys.set("new", "published");
  }

  /** What the keys say is served from now on: `serve` of a product that got round to it. */
  serve(): void {
    const names = [...this.keys.keys()];
    const active = names.find((name) => this.keys.get(name) === "active")!;
    const isKsk = this.kind === "ksk";
    this.served = { ksks: isKsk ? names : ["k"], zsks: isKsk ? ["z"] : names };
    this.signer = isKsk ? "z" : active;
    this.sets.push({ at: this.now, what: this.served });
    this.signers.push({ at: this.now, what: { ttl: this.dataTtl, what: this.signer } });
  }

  changeTtl(ttl: number): void {
    this.pastTtl = rememberTtl(this.pastTtl, this.dataTtl, ttl, this.now);
    this.dataTtl = ttl;
    this.signers.push({ at: this.now, what: { ttl, what: this.signer } });
  }

  /** Theirs has the old key as long as we have; none takes the new one out when it signs, or comes without it then. */
  changePartners(have: boolean | "none"): void {
    const isKsk = this.kind === "ksk";
    if (!isKsk && have === false && this.keys.get("new") !== "published") return;
    this.partners = have;
    const zsks = isKsk ? ["z"] : ["old", ...(have === true ? ["new"] : [])];
    // Their own KSK is as good an anchor as ours.
    this.theirs.push({ at: this.now, what: have === "none" ? undefined : { ksks: ["old", "new", "k"], zsks } });
  }

  look(parent: ParentSight | undefined): void {
    if (!this.roll) return;
    const has = (this.kind === "ksk" ? this.served?.ksks : this.served?.zsks)?.includes("new") ?? false;
    const sight = {
      published: has,
      signer: this.signer,
      partners: this.partners,
      oldAskedFor: false,
      parent,
      seconds: {
        keys: KEYS_TTL,
        data: heldSeconds(this.pastTtl, this.dataTtl, this.now),
        propagation: PROPAGATION,
      },
    };
    const stepped = stepRoll(this.roll, { kind: "sight", sight }, this.now);
    if (!stepped.ok) throw new Error(stepped.error);
    this.roll = stepped.value.roll;
    if (stepped.value.act === "activate") {
      this.keys.set("old", "retired");
      this.keys.set("new", "active");
    }
    if (stepped.value.act === "remove") {
      this.keys.delete("old");
      this.roll = undefined;
    }
  }

  parentSight(silent: number): ParentSight {
    const spread = (key: string) => {
      const count = this.parents.filter((ds) => ds.includes(key)).length;
      return count === this.parents.length ? "all" : count > 0 ? "some" : "none";
    };
    const newDs = spread("new");
    return { at: this.now, direct: true, silent, newDs, oldDs: spread("old"), dsSeconds: DS_TTL };
  }

  /** A parent that follows CDS, and those who do not, change one server at a time, and never to a key that was not asked for. */
  changeParent(server: number, ds: readonly string[]): void {
    if (ds.includes("new") && this.keys.get("new") !== "active") return;
    if (ds.includes("old") && !this.keys.has("old")) return;
    this.parents[server] = ds;
    this.ds.push({ at: this.now, what: ds });
  }

  /** Whoever holds no DS validates nothing: he finds nothing wrong. */
  faults(): string[] {
    const theirs = heldAt(this.theirs, this.now, KEYS_TTL + PROPAGATION).filter((set) => set !== undefined);
    const sets = [...heldAt(this.sets, this.now, KEYS_TTL + PROPAGATION), ...theirs];
    const signers = heldByTtl(this.signers, this.now, PROPAGATION);
    const ds = [...this.parents, ...heldAt(this.ds, this.now, DS_TTL)].filter((each) => each.length > 0);
    const faults: string[] = [];
    for (const set of sets) {
      const anchors = this.kind === "ksk" ? ds : [["k"]];
      for (const each of anchors) {
        if (!set.ksks.some((key) => each.includes(key))) faults.push(`DS ${each} with ${JSON.stringify(set)}`);
      }
      for (const by of signers) if (!set.zsks.includes(by)) faults.push(`signed by ${by} with ${JSON.stringify(set)}`);
    }
    return faults;
  }
}

type Move =
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "serve" }
  | { readonly kind: "look"; readonly parent: boolean; readonly silent: number }
  | { readonly kind: "parent"; readonly server: number; readonly ds: readonly string[] }
  | { readonly kind: "ttl"; readonly ttl: number }
  | { readonly kind: "partners"; readonly have: boolean | "none" };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 6000 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "serve" as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("look" as const),
      parent: fc.boolean(),
      silent: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("parent" as const),
      server: fc.integer({ min: 0, max: 1 }),
      ds: fc.constantFrom(["old"], ["new"], ["new"], ["new", "old"], []),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ttl" as const), ttl: fc.constantFrom(...DATA_TTLS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("partners" as const),
      have: fc.constantFrom(true, false, "none" as const),
    }),
  },
);

function play(kind: RollKind, moves: readonly Move[]): World {
  const world = new World(kind);
  for (const each of moves) {
    if (each.kind === "pass") world.now += each.seconds;
    if (each.kind === "serve") world.serve();
    if (each.kind === "look") world.look(each.parent ? world.parentSight(each.silent) : undefined);
    if (each.kind === "parent") world.changeParent(each.server, each.ds);
    // One that goes back, and forth again before anybody looks, is nothing that could be known of: it is asked every ten minutes.
    if (each.kind === "parent" && each.ds.includes("old")) world.look(world.parentSight(0));
    if (each.kind === "ttl") world.changeTtl(each.ttl);
    if (each.kind === "partners") world.changePartners(each.have);
    // As often as they change they are looked at.
    if (each.kind === "partners") world.look(undefined);
    const faults = world.faults();
    if (faults.length > 0) throw new Error(`${world.now - T0} s: ${faults.join("; ")}`);
  }
  return world;
}

const runs = Number(process.env["ROLLOVER_RUNS"] ?? 3000);

test.each(["zsk", "ksk"] as const)("a %s: everything that may be held validates together, at every moment", (kind) => {
  let over = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 20, maxLength: 120 }), (moves) => {
      if (!play(kind, moves).roll) over++;
    }),
    { numRuns: runs },
  );
  // The worlds were such that some came to the end.
  expect(over).toBeGreaterThan(0);
});

test("the worlds are such that a wait that is left out is found", () => {
  const world = new World("zsk");
  world.keys.set("old", "retired");
  world.keys.set("new", "active");
  world.now += 10;
  world.serve();
  expect(world.faults()).toContainEqual(expect.stringContaining("signed by new"));
});

test("a DS that comes from nowhere while its margin is waited for is the parent's own", () => {
  expect(PARENT_MARGIN_SECONDS).toBeGreaterThan(PROPAGATION);
});
