/** What a bad primary does to an IXFR, and what the product then has to do and to record. AXFR is honest throughout. */
import type { ResourceRecord } from "#message";
import { readName } from "#name";
import { readRdata, typeCode } from "#rdata";
import { honestAxfr, type IxfrTrick, incremental, type MessageTricks, type Transfer, type Zone } from "./primary.ts";

export type IxfrCase = {
  readonly name: string;
  readonly ixfr: IxfrTrick;
  /** What came in the end. */
  readonly got: "ixfr" | "axfr" | "soa" | null;
  /** Why it was AXFR after all; undefined when nothing fell back. */
  readonly fallback?: string;
  readonly outcome?: "taken" | "unchanged" | "failed";
  /** With it, `outcome` is not "taken". */
  readonly error?: string;
  /** With a key alone. */
  readonly tsig?: true;
};

function named(text: string) {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}

/** `owner TTL TYPE rdata…`, the owner below the zone. */
function record(zone: Zone, line: string): ResourceRecord {
  const [owner, ttl, mnemonic, ...tokens] = line.split(" ");
  const rdata = readRdata(typeCode(mnemonic!)!, tokens, named(zone.name));
  if (!rdata.ok) throw new Error(line);
  const name = owner === "@" ? zone.name : owner!.endsWith(".") ? owner! : `${owner}.${zone.name}`;
  return { owner: named(name), type: typeCode(mnemonic!)!, ttl: Number(ttl), rdata: rdata.value };
}

/** The SOA with another serial. */
export function soaWith({ soa }: Zone, serial: number): ResourceRecord {
  const rdata = soa.rdata.slice();
  new DataView(rdata.buffer).setUint32(rdata.length - 20, serial);
  return { ...soa, rdata };
}

/** Sends what `make` makes of the honest records, ten a message. */
function records(make: (from: Zone, to: Zone, honest: ResourceRecord[]) => readonly ResourceRecord[]): IxfrTrick {
  return (transfer, from) => {
    const all = make(from!, transfer.zone, incremental(from!, transfer.zone));
    for (let at = 0; at < all.length; at += 10) transfer.send(transfer.message(all.slice(at, at + 10)));
  };
}

/** The honest records in one message, treated so. */
function treated(more: MessageTricks): IxfrTrick {
  return (transfer, from) => transfer.send(transfer.message(incremental(from!, transfer.zone), more));
}

/** The honest answer with this put behind the first deletion (the SOA), or behind the first addition. */
const deleting = (...lines: readonly string[]): IxfrTrick =>
  records((from, _, [newest, old, ...rest]) => [newest!, old!, ...lines.map((line) => record(from, line)), ...rest]);
const adding = (...lines: readonly string[]): IxfrTrick =>
  records((from, _, honest) => [...honest.slice(0, -1), ...lines.map((line) => record(from, line)), honest.at(-1)!]);

const HONEST: readonly IxfrCase[] = [
  { name: "an honest change", ixfr: records((_, __, honest) => honest), got: "ixfr" },
  { name: "one record a message", ixfr: (t, from) => singly(t, incremental(from!, t.zone)), got: "ixfr" },
  {
    name: "a change that leads backwards",
    ixfr: records((from, to) => [to.soa, from.soa, soaWith(to, 0xffffffff)]),
    got: "axfr",
    fallback: "transfer.broken-chain",
  },
  { name: "the whole zone", ixfr: (t) => honestAxfr(t), got: "axfr" },
  { name: "nothing newer", ixfr: records((from) => [from.soa]), got: "soa", outcome: "unchanged" },
  {
    name: "a change of case alone beside it",
    ixfr: records((from, _, honest) => [
      ...honest.slice(0, 2),
      record(from, "case 300 TXT x"),
      ...honest.slice(2, -1),
      record(from, "CASE 300 TXT x"),
      honest.at(-1)!,
    ]),
    got: "ixfr",
  },
];

function singly(transfer: Transfer, all: readonly ResourceRecord[]): void {
  for (const one of all) transfer.send(transfer.message([one]));
}

const CHAINS: readonly IxfrCase[] = (
  [
    ["a base that is not ours", (from, to) => [to.soa, soaWith(from, 77), to.soa, to.soa], "wrong-base"],
    [
      "our serial with another SOA",
      (from, to) => [to.soa, { ...from.soa, rdata: altered(from.soa.rdata) }, to.soa, to.soa],
      "base-differs",
    ],
    ["our SOA with another TTL", (from, to) => [to.soa, { ...from.soa, ttl: 1 }, to.soa, to.soa], "base-differs"],
    ["a broken chain", (from, to) => [to.soa, from.soa, soaWith(from, 2), soaWith(from, 3)], "broken-chain"],
    [
      "the SOA deleted and none added",
      (from, to) => [to.soa, from.soa, record(from, "www 300 A 192.0.2.10"), to.soa],
      "stream-ended",
      "net.timeout",
    ],
    ["the SOA deleted twice", (from, to) => [to.soa, from.soa, from.soa, to.soa, to.soa], "broken-chain"],
    [
      "the changes in the wrong order",
      (_, __, honest) => [honest[0]!, ...honest.slice(1, -1).reverse(), honest[0]!],
      "records-after-end",
    ],
    ["an older serial", (from) => [soaWith(from, 0)], "older-serial"],
    ["a serial 2^31 away", (from) => [soaWith(from, 1 + 2 ** 31)], "older-serial"],
    [
      "a SOA below the apex",
      (from, to) => [to.soa, from.soa, { ...to.soa, owner: named(`x.${from.name}`) }],
      "soa-below-apex",
    ],
    [
      "records behind the end",
      (from, _, honest) => [...honest, record(from, "late 300 A 192.0.2.1")],
      "records-after-end",
    ],
    ["no record", () => [], "empty-message"],
    [
      "two ends that differ",
      (_, to, honest) => [...honest.slice(0, -1), { ...to.soa, rdata: altered(to.soa.rdata) }],
      "soa-differs",
    ],
  ] satisfies readonly [string, Parameters<typeof records>[0], string, string?][]
).map(([name, make, code, net]) => ({
  name,
  ixfr: code === "empty-message" ? treatedEmpty : inOne(make),
  got: net ? null : ("axfr" as const),
  ...(net ? { outcome: "failed" as const, error: net } : { fallback: `transfer.${code}` }),
}));

function treatedEmpty(transfer: Transfer): void {
  transfer.send(transfer.message([]));
}

function inOne(make: Parameters<typeof records>[0]): IxfrTrick {
  return (transfer, from) =>
    transfer.send(transfer.message(make(from!, transfer.zone, incremental(from!, transfer.zone))));
}

/** MINIMUM, the last octets of it, another one. */
function altered(rdata: Uint8Array): Uint8Array {
  const other = rdata.slice();
  other[other.length - 1]! ^= 1;
  return other;
}

const WRONG_RECORDS: readonly IxfrCase[] = (
  [
    ["a deletion of what is not there", deleting("none 300 A 192.0.2.1"), "delete-missing"],
    ["a deletion of another address", deleting("www 300 A 192.0.2.99"), "delete-missing"],
    ["the same deletion twice", deleting("ns1 3600 A 192.0.2.1", "ns1 3600 A 192.0.2.1"), "delete-missing"],
    ["a deletion with another TTL", deleting("ns1 1 A 192.0.2.1"), "delete-other-ttl"],
    ["an addition of what is there", adding("ns1 3600 A 192.0.2.1"), "add-present"],
    ["an addition of what is there, in other letters", adding("@ 3600 NS NS1"), "add-present"],
    ["an addition from elsewhere", adding("www.elsewhere.example. 300 A 192.0.2.1"), "out-of-zone"],
    ["a deletion from elsewhere", deleting("www.elsewhere.example. 300 A 192.0.2.1"), "out-of-zone"],
  ] as const
).map(([name, ixfr, code]) => ({ name, ixfr, got: "axfr", fallback: `transfer.${code}` }));

const HEADERS: readonly IxfrCase[] = [
  ...(
    [
      ["FORMERR", 1],
      ["SERVFAIL", 2],
      ["NOTIMP", 4],
      ["REFUSED", 5],
    ] as const
  ).map(([name, rcode]) => ({
    name,
    ixfr: ((t) => t.send(t.message([], { rcode }))) satisfies IxfrTrick,
    got: "axfr" as const,
    fallback: "transfer.rcode",
  })),
  { name: "a wrong ID", ixfr: treated({ id: 0xfffe }), got: "axfr", fallback: "transfer.wrong-id" },
  { name: "another opcode", ixfr: treated({ opcode: 4 }), got: "axfr", fallback: "transfer.wrong-opcode" },
  { name: "a query for an answer", ixfr: treated({ flags: 0 }), got: "axfr", fallback: "transfer.not-a-response" },
  { name: "no question", ixfr: treated({ question: null }), got: "axfr", fallback: "transfer.question-missing" },
  {
    name: "another question",
    ixfr: treated({ question: { name: "elsewhere.example.", type: 251, class: 1 } }),
    got: "axfr",
    fallback: "transfer.wrong-question",
  },
  {
    name: "octets changed",
    ixfr: treated({ change: (octets) => octets.slice(0, octets.length - 3) }),
    got: "axfr",
    fallback: "transfer.malformed",
  },
  { name: "closes at once", ixfr: (t) => t.end(), got: null, outcome: "failed", error: "net.closed" },
  { name: "says nothing", ixfr: () => undefined, got: null, outcome: "failed", error: "net.timeout" },
  {
    name: "the newest SOA alone, and then silence",
    ixfr: (t) => t.send(t.message([t.zone.soa])),
    got: "axfr",
    fallback: "transfer.stream-ended",
  },
  {
    name: "a huge change",
    ixfr: async (transfer, from) => {
      transfer.send(transfer.message([transfer.zone.soa, from!.soa]));
      const many = Array.from({ length: 500 }, (_, i) => record(from!, `h${i} 300 A 192.0.2.1`));
      for (let i = 0; !transfer.gone && i < 1000; i++) {
        transfer.send(transfer.message(many));
        await transfer.drained();
      }
    },
    got: "axfr",
    fallback: "transfer.too-many-records",
  },
];

const SIGNED: readonly IxfrCase[] = [
  { name: "TSIG missing", ixfr: treated({ unsigned: true }), got: "axfr", fallback: "tsig-missing", tsig: true },
  { name: "a clock that is off", ixfr: treated({ clock: -600 }), got: "axfr", fallback: "tsig-bad-time", tsig: true },
  {
    name: "the right MAC over other octets",
    ixfr: treated({
      change: (octets) => {
        octets[octets.indexOf(0xc0, 40) + 11]! ^= 1;
        return octets;
      },
    }),
    got: "axfr",
    fallback: "tsig-bad-mac",
    tsig: true,
  },
];

export const IXFR_CASES: readonly IxfrCase[] = [...HONEST, ...CHAINS, ...WRONG_RECORDS, ...HEADERS, ...SIGNED];

export { record };
