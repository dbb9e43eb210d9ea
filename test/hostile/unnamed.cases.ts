/** Enemies that nobody has named: what a primary may also do to a transfer, and what has to become of it. */
import type { ResourceRecord } from "#message";
import { readName } from "#name";
import { record, soaWith } from "./ixfr.cases.ts";
import { type AxfrTrick, honestAxfr, incremental, pieces, type Transfer, type Trick, type Zone } from "./primary.ts";

export type UnnamedCase = {
  readonly name: string;
  readonly trick: Trick;
  /** Of the attempt: taken, or a stable code. */
  readonly becomes: "taken" | readonly string[];
  /** IXFR: why the whole zone was fetched after all. */
  readonly fallback?: string;
  /** With a key alone, or without one alone. */
  readonly tsig?: boolean;
  /** Asked when it was taken: this name and type, and the TTL that its first answer has. */
  readonly ttl?: readonly [owner: string, type: number, ttl: number];
};

/** The zone as `make` makes it of the honest one, a hundred records a message. */
function made(make: (zone: Zone) => readonly ResourceRecord[]): AxfrTrick {
  return (transfer) => {
    const all = make(transfer.zone);
    for (let at = 0; at < all.length; at += 100) transfer.send(transfer.message(all.slice(at, at + 100)));
  };
}

const closing = (change: (soa: ResourceRecord) => ResourceRecord): AxfrTrick =>
  made(({ soa, records }) => [soa, ...records, change(soa)]);

function flipped(soa: ResourceRecord, at: number, bit: number): ResourceRecord {
  const rdata = soa.rdata.slice();
  rdata[at]! ^= bit;
  return { ...soa, rdata };
}

/** The first letter of the owner, and of MNAME, in the other case. */
const otherOwner = (soa: ResourceRecord): ResourceRecord => {
  const owner = soa.owner.slice();
  owner[1]! ^= 0x20;
  return { ...soa, owner };
};

/** One record more at `name`, in the first message. */
const beside = (make: (zone: Zone) => ResourceRecord): AxfrTrick =>
  made((zone) => [zone.soa, make(zone), ...zone.records, zone.soa]);

const DEEP_NAMES = 200;
const DEEP_LABELS = 100;

/** `i` below a hundred labels of its own: as many empty non-terminals. */
function deepRecord(zone: Zone, i: number): ResourceRecord {
  const labels = Array.from({ length: DEEP_LABELS }, () => "x").join(".");
  const owner = readName(`${labels}.d${i}.${zone.name}`);
  if (!owner.ok) throw new Error(zone.name);
  return { owner: owner.value, type: 16, ttl: 300, rdata: Uint8Array.of(1, 120) };
}

const SOAS: readonly UnnamedCase[] = [
  { name: "the closing SOA's owner in other letters", trick: { axfr: closing(otherOwner) }, becomes: "taken" },
  {
    name: "the closing SOA's MNAME in other letters",
    trick: { axfr: closing((soa) => flipped(soa, 1, 0x20)) },
    becomes: "taken",
  },
  {
    name: "the closing SOA with another TTL",
    trick: { axfr: closing((soa) => ({ ...soa, ttl: 1 })) },
    becomes: "taken",
  },
  {
    name: "two SOAs that differ in MINIMUM alone",
    trick: { axfr: closing((soa) => flipped(soa, soa.rdata.length - 1, 1)) },
    becomes: ["transfer.soa-in-the-middle"],
  },
  {
    name: "another serial in every message",
    trick: {
      axfr: (t) => {
        for (const [i, records] of pieces(t.zone, 20).entries())
          t.send(t.message([soaWith(t.zone, 2 + i), ...records.filter(({ type }) => type !== 6)]));
      },
    },
    becomes: ["transfer.soa-in-the-middle"],
  },
];

const MESSAGES: readonly UnnamedCase[] = [
  {
    name: "no question in the first message, one in all others",
    trick: {
      axfr: (t) => {
        for (const [i, records] of pieces(t.zone, 20).entries())
          t.send(t.message(records, i === 0 ? { question: null } : {}));
      },
    },
    becomes: ["transfer.question-missing"],
  },
  {
    name: "a question in the first message, none in the others",
    trick: {
      axfr: (t) => {
        for (const [i, records] of pieces(t.zone, 20).entries())
          t.send(t.message(records, i === 0 ? {} : { question: null }));
      },
    },
    becomes: "taken",
  },
  ...[0, 1, 2, 4, 5, 6, 9, 11].map((offset) => ({
    name: `an owner that points into the header, at ${offset}`,
    tsig: false,
    trick: {
      axfr: ((t) => {
        const change = (octets: Uint8Array) => {
          let at = 12;
          while (octets[at] !== 0) at += octets[at]! + 1;
          octets.set([0xc0, offset], at + 5);
          return octets;
        };
        for (const [i, records] of pieces(t.zone, 20).entries()) t.send(t.message(records, i === 1 ? { change } : {}));
      }) satisfies AxfrTrick,
    },
    becomes: ["transfer.malformed", "transfer.out-of-zone", "transfer.wrong-class"],
  })),
  {
    name: "half-closed behind the last message",
    trick: {
      axfr: (t) => {
        honestAxfr(t);
        t.end();
      },
    },
    becomes: "taken",
  },
];

const RECORDS: readonly UnnamedCase[] = [
  ...[0, 2, 254, 255, 65_535].map((rrClass) => ({
    name: `a record of class ${rrClass}`,
    trick: { axfr: beside((zone) => ({ ...record(zone, "odd 300 TXT x"), class: rrClass })) },
    becomes: ["transfer.wrong-class"],
  })),
  {
    name: "a TTL with the top bit set counts as zero",
    trick: { axfr: beside((zone) => ({ ...record(zone, "top 300 TXT x"), ttl: 0x8000_0001 })) },
    becomes: "taken",
    ttl: ["top", 16, 0],
  },
  ...[0, 65_280, 65_535].map((type) => ({
    name: `a record of type ${type} without RDATA`,
    trick: { axfr: beside((zone) => ({ ...record(zone, "empty 300 TXT x"), type, rdata: new Uint8Array(0) })) },
    becomes: type === 0 ? ["transfer.meta-type"] : ("taken" as const),
  })),
  {
    name: `${DEEP_NAMES} names below ${DEEP_LABELS} empty ones each`,
    trick: {
      axfr: made((zone) => [
        zone.soa,
        ...zone.records,
        ...Array.from({ length: DEEP_NAMES }, (_, i) => deepRecord(zone, i)),
        zone.soa,
      ]),
    },
    becomes: ["transfer.too-many-names"],
  },
  {
    name: "a set that no message holds",
    trick: {
      axfr: made((zone) => [
        zone.soa,
        ...zone.records,
        ...Array.from({ length: 4300 }, (_, i) => record(zone, `set 300 A 10.0.${i >> 8}.${i & 255}`)),
        zone.soa,
      ]),
    },
    becomes: "taken",
  },
];

const clocks = (...seconds: readonly number[]): AxfrTrick => {
  return (t) => {
    for (const [i, records] of pieces(t.zone, 30).entries())
      t.send(t.message(records, { clock: seconds[i % seconds.length]! }));
  };
};

const SIGNED: readonly UnnamedCase[] = [
  {
    name: "times of signing that go back and forth, all within the fudge",
    tsig: true,
    trick: { axfr: clocks(0, -250, 250) },
    becomes: "taken",
  },
  {
    name: "a time of signing that falls out of the fudge in the second message",
    tsig: true,
    trick: { axfr: clocks(0, -400) },
    becomes: ["tsig-bad-time"],
  },
  {
    name: "the whole zone signed twice over",
    tsig: true,
    trick: {
      axfr: (t) => {
        const first = t.message([t.zone.soa]);
        t.send(first);
        t.send(first);
      },
    },
    becomes: ["tsig-bad-mac"],
  },
];

const MANY_CHANGES = 10_500;
const TURNS = 200;

/** The steps from `from` to `serials` more, each with what `step` puts behind its two SOAs. */
function chain(
  { soa }: Zone,
  from: Zone,
  count: number,
  step: (i: number) => { readonly gone?: ResourceRecord; readonly come?: ResourceRecord },
): ResourceRecord[] {
  const serialed = (i: number): ResourceRecord =>
    i === 0 ? from.soa : i === count ? soa : soaWith({ ...from, soa }, 1 + i);
  const all: ResourceRecord[] = [soa];
  for (let i = 0; i < count; i++) {
    const { gone, come } = step(i);
    all.push(serialed(i), ...(gone ? [gone] : []), serialed(i + 1), ...(come ? [come] : []));
  }
  return [...all, soa];
}

async function sendAll(t: Transfer, all: readonly ResourceRecord[]): Promise<void> {
  for (let at = 0; at < all.length && !t.gone; at += 500) {
    t.send(t.message(all.slice(at, at + 500)));
    await t.drained();
  }
}

/** What the version that is served as serial `to` changes, behind `count` steps of this. */
const IXFRS: readonly (UnnamedCase & { readonly serial?: number })[] = [
  {
    name: `${MANY_CHANGES} changes of nothing`,
    serial: 1 + MANY_CHANGES,
    trick: {
      ixfr: (t, from) =>
        sendAll(
          t,
          chain(t.zone, from!, MANY_CHANGES, () => ({})),
        ),
    },
    becomes: "taken",
    fallback: "transfer.too-many-changes",
  },
  {
    name: `a record that comes and goes in ${TURNS} turns`,
    serial: 1 + TURNS,
    trick: {
      ixfr: (t, from) => {
        const turning = record(t.zone, "turn 300 A 192.0.2.7");
        const all = chain(t.zone, from!, TURNS, (i) => (i % 2 === 0 ? { come: turning } : { gone: turning }));
        const gone = incremental(from!, t.zone).slice(2, -1);
        const at = gone.findIndex(({ type }) => type === 6);
        // The last step also does what has changed in truth.
        const last = all.findLastIndex((one, i) => one.type === 6 && i < all.length - 1);
        all.splice(last, 0, ...gone.slice(0, at));
        all.splice(all.length - 1, 0, ...gone.slice(at + 1));
        return sendAll(t, all);
      },
    },
    becomes: "taken",
  },
  {
    name: "a record deleted and added in one change",
    trick: {
      ixfr: (t, from) => {
        const [newest, old, ...rest] = incremental(from!, t.zone);
        const same = record(t.zone, "ns1 3600 A 192.0.2.1");
        t.send(t.message([newest!, old!, same, ...rest.slice(0, -1), same, newest!]));
      },
    },
    becomes: "taken",
  },
  {
    name: "a record deleted in two changes",
    serial: 3,
    trick: {
      ixfr: (t, from) => {
        const gone = record(t.zone, "ns1 3600 A 192.0.2.1");
        return sendAll(
          t,
          chain(t.zone, from!, 2, () => ({ gone })),
        );
      },
    },
    becomes: "taken",
    fallback: "transfer.delete-missing",
  },
  ...[254, 255].map((rrClass) => ({
    name: `a deletion of class ${rrClass}, as updates have them`,
    trick: {
      ixfr: ((t, from) => {
        const [newest, old, ...rest] = incremental(from!, t.zone);
        const odd = { ...record(t.zone, "ns1 0 A 192.0.2.1"), class: rrClass };
        t.send(t.message([newest!, old!, odd, ...rest]));
      }) satisfies Trick["ixfr"],
    },
    becomes: "taken" as const,
    fallback: "transfer.wrong-class",
  })),
  {
    name: "a chain once around the clock of serials",
    trick: {
      ixfr: (t, from) => {
        const far = soaWith(t.zone, 2 ** 31);
        const back = soaWith(t.zone, 2 ** 32 - 2);
        t.send(t.message([t.zone.soa, from!.soa, far, far, back, back, t.zone.soa, t.zone.soa]));
      },
    },
    becomes: "taken",
    fallback: "transfer.broken-chain",
  },
  {
    name: "every message of a change begins with the newest SOA",
    trick: {
      ixfr: (t, from) => {
        const all = incremental(from!, t.zone);
        for (let at = 0; at < all.length; at += 2)
          t.send(t.message(at === 0 ? all.slice(0, 2) : [t.zone.soa, ...all.slice(at, at + 2)]));
      },
    },
    becomes: "taken",
    fallback: "transfer.add-present",
  },
];

export const UNNAMED_AXFR: readonly UnnamedCase[] = [...SOAS, ...MESSAGES, ...RECORDS, ...SIGNED];
export const UNNAMED_IXFR = IXFRS;
