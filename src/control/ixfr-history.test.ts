/**
 * Random histories of a zone: what an IXFR makes of the stored image is, octet for octet, the image of an AXFR of the same
 * serial; derived structures (empty non-terminals, cuts, wildcards, both chains, additional data) are part of it.
 *
 *   history ─┬─ AXFR messages ─▶ AxfrInterpreter ────────────────────────────▶ compile ─▶ image ┐
 *            └─ IXFR messages ─▶ IxfrInterpreter ─▶ "apply" to the last image ▶ compile ─▶ image ┴ equal
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesEqual, type Result, toHex } from "#bytes";
import { openCrypto } from "#crypto";
import { compileImage } from "#image";
import { makeKeyPair, type OpenKey, openKeyPair, signZone, type ZoneDenial } from "#keys";
import { Flag, writeMessage } from "#message";
import { type Name, nameKey, readName } from "#name";
import { RRType, readRdata, typeCode } from "#rdata";
import { type IxfrOutcome, openInterpreter } from "#transfer";
import { DEFAULT_ZONE_LIMITS, firstDifference, ttlsDiffered, type ZoneColumns, ZoneVersion } from "#zone";
import { type JobAnswer, performJob } from "./jobs.ts";
import { postChanges } from "./posted-changes.ts";
import type { Fault } from "./work.ts";

const crypto = openCrypto("node");
const APEX = name("history.test.");
const ID = 9;
const NOW = 1_800_000_000;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

type Entry = { readonly owner: Name; readonly type: number; readonly ttl: number; readonly rdata: Uint8Array };
type Version = readonly Entry[];

function entry(owner: string, type: string, ttl: number, ...tokens: string[]): Entry {
  const rdata = readRdata(typeCode(type)!, tokens, APEX);
  if (!rdata.ok) throw new Error(`${owner} ${type} ${tokens}: ${rdata.error}`);
  return { owner: name(owner), type: typeCode(type)!, ttl, rdata: rdata.value };
}

const soa = (serial: number) =>
  entry("history.test.", "SOA", 300, "ns.history.test.", "h.history.test.", `${serial}`, "3600", "600", "86400", "300");

// ---- the primary ----

const OWNERS = ["", "www.", "ent.", "a.ent.", "b.a.ent.", "*.wild.", "sub.", "ns.sub.", "dn.", "x.dn.", "ns."];
const DATA: readonly (readonly [string, readonly string[]])[] = [
  ["A", ["192.0.2.1"]],
  ["A", ["192.0.2.2"]],
  ["A", ["192.0.2.3"]],
  ["AAAA", ["2001:db8::1"]],
  ["TXT", ["one"]],
  ["TXT", ["ONE"]],
  ["MX", ["10", "www.history.test."]],
  ["NS", ["ns.sub.history.test."]],
  ["NS", ["ns.history.test."]],
  ["DNAME", ["www.history.test."]],
  ["DS", ["1", "13", "2", "00".repeat(32)]],
  ["TYPE65280", ["\\#", "2", "0102"]],
];
/** Only where the primary does not sign: odd, and taken as it is. */
const STRAY: typeof DATA = [
  ["RRSIG", ["A", "13", "3", "300", "20300101000000", "20200101000000", "1", "history.test.", "AAAA"]],
  ["RRSIG", ["TXT", "13", "3", "300", "20300101000000", "20200101000000", "1", "history.test.", "AAAA"]],
  ["NSEC", ["a.history.test.", "A", "NSEC"]],
  ["NSEC3", ["1", "0", "0", "-", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "A", "RRSIG"]],
];

type Op =
  | { readonly kind: "add"; readonly owner: number; readonly data: number; readonly ttl: number }
  | { readonly kind: "delete" | "retime" | "recase" | "respell" | "mix"; readonly at: number };

/** Of the first so many of `OWNERS` and of the pool: fewer make fuller sets. */
const op = (data: number, owners = OWNERS.length): fc.Arbitrary<Op> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), ...addParts(data, owners) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          "delete" as const,
          "delete" as const,
          "retime" as const,
          "recase" as const,
          "respell" as const,
        ),
        at: fc.nat(1000),
      }),
    },
  );
const addParts = (data: number, owners: number) => ({
  owner: fc.nat(owners - 1),
  data: fc.nat(data - 1),
  ttl: fc.constantFrom(60, 300, 3600),
});

const setOf = ({ owner, type, rdata }: Entry) =>
  `${nameKey(owner)} ${type} ${type === RRType.RRSIG ? toHex(rdata.subarray(0, 2)) : ""}`;
const lower = (octets: Uint8Array) =>
  toHex(octets.map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 32 : octet)));
/** Types of the pool whose RDATA holds names that compare without case. */
const NAMED: ReadonlySet<number> = new Set([RRType.MX, RRType.NS, RRType.DNAME]);
const identity = (one: Entry) => `${setOf(one)} ${NAMED.has(one.type) ? lower(one.rdata) : toHex(one.rdata)}`;
const exact = ({ owner, type, ttl, rdata }: Entry) => `${toHex(owner)} ${type} ${ttl} ${toHex(rdata)}`;

/** Changes the case of every letter; at the first octet of a label that is its length, below 64, nothing happens. */
const swapCase = (octets: Uint8Array) =>
  octets.map((octet) => ((octet | 32) >= 0x61 && (octet | 32) <= 0x7a && octet >= 64 ? octet ^ 32 : octet));

function change(version: Version, doing: Op, pool: typeof DATA): Version {
  if (doing.kind === "add") {
    const [type, tokens] = pool[doing.data]!;
    const fresh = entry(`${OWNERS[doing.owner]}history.test.`, type, doing.ttl, ...tokens);
    const mate = version.find((one) => setOf(one) === setOf(fresh));
    const named = version.find((one) => nameKey(one.owner) === nameKey(fresh.owner));
    const added = { ...fresh, ttl: mate?.ttl ?? fresh.ttl, owner: named?.owner ?? fresh.owner };
    return version.some((one) => identity(one) === identity(added)) ? version : [...version, added];
  }
  const target = version[doing.at % Math.max(1, version.length)];
  if (!target) return version;
  switch (doing.kind) {
    case "delete":
      return version.filter((one) => one !== target);
    case "retime":
      return version.map((one) => (setOf(one) === setOf(target) ? { ...one, ttl: target.ttl + 1 } : one));
    case "mix":
      return version.map((one) => (one === target ? { ...one, ttl: one.ttl + 7 } : one));
    case "recase":
      return version.map((one) => (one === target && NAMED.has(one.type) ? { ...one, rdata: recased(one) } : one));
    case "respell": {
      const owner = spelled(target.owner);
      return version.map((one) => (nameKey(one.owner) === nameKey(owner) ? { ...one, owner } : one));
    }
  }
}

/** The apex keeps its case: its SOA is spelled once. */
function spelled(owner: Name): Name {
  const own = owner.length - APEX.length;
  return Uint8Array.from([...swapCase(owner.subarray(0, own)), ...owner.subarray(own)]);
}

function recased({ type, rdata }: Entry): Uint8Array {
  const at = type === RRType.MX ? 2 : 0;
  return Uint8Array.from([...rdata.subarray(0, at), ...swapCase(rdata.subarray(at))]);
}

function axfr(version: Version, serial: number): Entry[] {
  return [soa(serial), ...version, soa(serial)];
}

/** One difference sequence; `again` is deleted and added though it stays. */
function difference(old: Version, to: Version, from: number, serial: number, again: number): Entry[] {
  const before = new Set(old.map(exact));
  const after = new Set(to.map(exact));
  const gone = old.filter((one) => !after.has(exact(one)));
  const fresh = to.filter((one) => !before.has(exact(one)));
  const twice = to.filter((one) => before.has(exact(one))).slice(0, again);
  return [soa(from), ...gone, ...twice, soa(serial), ...twice, ...fresh];
}

function receive(records: readonly Entry[], size: number, serial?: number): IxfrOutcome {
  const type = serial === undefined ? RRType.AXFR : RRType.IXFR;
  const interpreter = openInterpreter({ apex: APEX, id: ID, serial });
  let outcome: IxfrOutcome = { kind: "more" };
  for (let at = 0; at < records.length && outcome.kind === "more"; at += size) {
    const question = [{ name: APEX, type, class: 1 }];
    const answer = records.slice(at, at + size);
    outcome = interpreter.accept(writeMessage({ id: ID, flags: Flag.QR | Flag.AA, question, answer }).octets);
  }
  return outcome;
}

// ---- the secondary ----

function image(version: ZoneVersion): SharedArrayBuffer {
  const made = compileImage(version, { treatment: "as-is" });
  if (!made.ok) throw new Error(made.error.text);
  return made.value;
}

function whole(version: Version, serial: number, size: number): ZoneVersion {
  const outcome = receive(axfr(version, serial), size);
  if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.zone;
}

function apply(base: SharedArrayBuffer, outcome: IxfrOutcome): Result<ZoneColumns, Fault> {
  if (outcome.kind !== "changes") throw new Error(JSON.stringify(outcome));
  const job = {
    kind: "apply",
    image: base,
    changes: postChanges(outcome.changes),
    limits: DEFAULT_ZONE_LIMITS,
  } as const;
  return performJob(job, crypto) as JobAnswer["apply"];
}

type Play = {
  readonly versions: readonly Version[];
  /** Serials that the secondary misses before each fetch. */
  readonly skips: readonly number[];
  readonly condensed: boolean;
  readonly again: number;
  readonly size: number;
};

/** Follows the history; gives how many versions came by IXFR. */
function follow({ versions, skips, condensed, again, size }: Play): number {
  let at = 0;
  let zone = whole(versions[0]!, 1, size);
  let held = image(zone);
  let incremental = 0;
  for (let fetch = 0; at < versions.length - 1; fetch++) {
    const to = Math.min(versions.length - 1, at + 1 + (skips[fetch % skips.length] ?? 0));
    const expected = whole(versions[to]!, to + 1, size);
    // As `Origin.exact` has it: such a version is no base.
    if (ttlsDiffered(zone)) {
      zone = expected;
    } else {
      const steps = condensed ? [at, to] : Array.from({ length: to - at + 1 }, (_, i) => at + i);
      const chain = steps
        .slice(1)
        .flatMap((step, i) => difference(versions[steps[i]!]!, versions[step]!, steps[i]! + 1, step + 1, again));
      const outcome = receive([soa(to + 1), ...chain, soa(to + 1)], size, at + 1);
      const applied = apply(held, outcome);
      if (!applied.ok) throw new Error(`${applied.error.code}: ${applied.error.text}`);
      zone = ZoneVersion.open(applied.value);
      incremental++;
    }
    expect(firstDifference(zone, expected)).toBeUndefined();
    held = image(zone);
    expect(bytesEqual(new Uint8Array(held), new Uint8Array(image(expected)))).toBe(true);
    at = to;
  }
  return incremental;
}

const rest = {
  skips: fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }),
  condensed: fc.boolean(),
  again: fc.nat(3),
  size: fc.constantFrom(1, 3, 50),
};

function history(first: Version, steps: readonly (readonly Op[])[], pool: typeof DATA): Version[] {
  const versions = [first];
  for (const ops of steps)
    versions.push(ops.reduce((version, doing) => change(version, doing, pool), versions.at(-1)!));
  return versions;
}

const FIRST: Version = [
  entry("history.test.", "NS", 300, "ns.history.test."),
  entry("ns.history.test.", "A", 300, "192.0.2.53"),
  entry("b.a.ent.history.test.", "TXT", 300, "deep"),
  entry("sub.history.test.", "NS", 300, "ns.sub.history.test."),
  entry("ns.sub.history.test.", "A", 300, "192.0.2.54"),
];

/** Sets of three, so that what stays of one shows which TTL was kept. */
const FULL: Version = ["history.test.", "www.history.test."].flatMap((owner) =>
  ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((address) => entry(owner, "A", 300, address)),
);

describe("IXFR leads to what AXFR brings", () => {
  test("unsigned, with stray DNSSEC records, changes of case, of TTL, of whole names", () => {
    const pool = [...DATA, ...STRAY];
    const steps = fc.array(fc.array(op(pool.length), { maxLength: 6 }), { minLength: 1, maxLength: 8 });
    let incremental = 0;
    fc.assert(
      fc.property(fc.record({ steps, ...rest }), ({ steps, ...play }) => {
        incremental += follow({ versions: history(FIRST, steps, pool), ...play });
      }),
      { numRuns: 150 },
    );
    expect(incremental).toBeGreaterThan(150);
  });

  test("TTLs that differ within a set: the lowest, and the next version comes whole", () => {
    const mixing = fc.array(fc.oneof(op(3, 2), fc.record({ kind: fc.constant("mix" as const), at: fc.nat(1000) })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        fc.record({ steps: fc.array(mixing, { minLength: 2, maxLength: 8 }), ...rest }),
        ({ steps, ...play }) => {
          follow({ versions: history(FULL, steps, DATA), ...play });
        },
      ),
      { numRuns: 100 },
    );
  });

  test("signed by NSEC or NSEC3, signed anew with other salts, unsigned again, opt-out on and off", () => {
    const keys = [openKey("ksk"), openKey("zsk")];
    const denial = fc.constantFrom<ZoneDenial | undefined>(
      undefined,
      { kind: "nsec" },
      { kind: "nsec3" },
      { kind: "nsec3", optOut: true },
      { kind: "nsec3", params: { algorithm: 1, iterations: 0, salt: Uint8Array.of(0xab) } },
    );
    const step = fc.record({ ops: fc.array(op(DATA.length), { maxLength: 4 }), denial });
    fc.assert(
      fc.property(
        fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 4 }), ...rest }),
        ({ steps, ...play }) => {
          const plain = history(
            FIRST,
            steps.map(({ ops }) => ops),
            DATA,
          );
          const versions = plain.map((version, i) => signedBy(version, i, keys, steps[i - 1]?.denial));
          follow({ versions, ...play });
        },
      ),
      { numRuns: 25 },
    );
  });
});

function openKey(role: "ksk" | "zsk"): OpenKey {
  const opened = openKeyPair(crypto, makeKeyPair(role));
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

function signedBy(version: Version, index: number, keys: OpenKey[], denial: ZoneDenial | undefined): Version {
  if (!denial) return version;
  const sets = [...Map.groupBy([soa(index + 1), ...version], setOf).values()].map((mates) => ({
    ...mates[0]!,
    rdatas: mates.map((mate) => mate.rdata),
  }));
  const made = signZone(APEX, sets, keys, { window: { inception: NOW - 3600, expiration: NOW + 86_400 }, denial });
  if (!made.ok) throw new Error(made.error);
  return made.value
    .flatMap(({ owner, type, ttl, rdatas }) => rdatas.map((rdata) => ({ owner, type, ttl, rdata })))
    .filter(({ type }) => type !== RRType.SOA);
}
