/** What a bad primary does to a transfer or to a SOA question, and what the zone then has to say. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ResourceRecord, writeMessage } from "#message";
import { readName } from "#name";
import { type AxfrTrick, honestAxfr, pieces, type Trick, type Zone } from "./primary.ts";

export type TrickCase = {
  readonly name: string;
  readonly trick: Trick;
  /** Stable code of the last transfer's error. */
  readonly code: string | readonly string[];
  /** Part of the sentence for the operator. */
  readonly says?: RegExp;
  /** With a key alone. */
  readonly tsig?: boolean;
  /** Octets of a signed message are altered. */
  readonly altered?: true;
};

const TXT = 16;
const TSIG_EVERY_MESSAGE = 1;

function record(owner: string, type: number, rdata: Uint8Array, more: Partial<ResourceRecord> = {}): ResourceRecord {
  const name = readName(owner);
  if (!name.ok) throw new Error(owner);
  return { owner: name.value, type, ttl: 300, rdata, ...more };
}

const txt = (owner: string, text = "x"): ResourceRecord =>
  record(owner, TXT, Uint8Array.from([text.length, ...Buffer.from(text)]));

/** SOA, these records before the rest, SOA. */
function withRecords(make: (zone: Zone) => readonly ResourceRecord[]): AxfrTrick {
  return (transfer) => {
    const { zone } = transfer;
    honestAxfr({ ...transfer, zone: { ...zone, records: [...make(zone), ...zone.records] } });
  };
}

/** The honest messages, with the octets of one of them changed. */
function changed(which: number, change: (octets: Uint8Array) => Uint8Array): AxfrTrick {
  return (transfer) =>
    pieces(transfer.zone, 10).forEach((records, i) => {
      transfer.send(transfer.message(records, i === which ? { change } : {}));
    });
}

/** Offset behind the question of our own messages. */
function answerAt(octets: Uint8Array): number {
  let at = 12;
  while (octets[at] !== 0) at += octets[at]! + 1;
  return at + 5;
}

function patch(octets: Uint8Array, at: number, ...values: number[]): Uint8Array {
  octets.set(values, at);
  return octets;
}

/** Messages of `count` records each, without an end but the client's. */
function endless(count: number, make: (i: number, zone: Zone) => ResourceRecord): AxfrTrick {
  return async (transfer) => {
    transfer.send(transfer.message([transfer.zone.soa]));
    for (let i = 0; !transfer.gone && i < 10_000_000; i += count) {
      transfer.send(transfer.message(Array.from({ length: count }, (_, j) => make(i + j, transfer.zone))));
      await transfer.drained();
    }
  };
}

/** One octet at a time, each after a pause. */
function dripped(pauseMs: number): AxfrTrick {
  return async (transfer) => {
    const message = transfer.message([transfer.zone.soa, ...transfer.zone.records, transfer.zone.soa]);
    const framed = [message.length >> 8, message.length & 255, ...message];
    for (const octet of framed) {
      if (transfer.gone) return;
      transfer.raw(Uint8Array.of(octet));
      await sleep(pauseMs);
    }
  };
}

/** The first `count` messages, `rest` octets of the next one, and then the end of the connection. */
function cutOff(count: number, rest: number): AxfrTrick {
  return (transfer) => {
    const messages = pieces(transfer.zone, 10).map((records) => transfer.message(records));
    for (const message of messages.slice(0, count)) transfer.send(message);
    const next = messages[count]!;
    if (rest > 0) transfer.raw(Uint8Array.from([next.length >> 8, next.length & 255, ...next]).subarray(0, rest));
    transfer.end();
  };
}

const CUTS: readonly TrickCase[] = [0, 1, 2, 3, 5, 7].flatMap((count) => [
  {
    name: `ends after ${count} messages`,
    trick: { axfr: cutOff(count, 0) },
    code: "net.closed",
    says: count === 0 ? undefined : /before the closing SOA/,
  },
  { name: `ends within message ${count + 1}`, trick: { axfr: cutOff(count, 30) }, code: "net.closed" },
  { name: `ends within the length of message ${count + 1}`, trick: { axfr: cutOff(count, 1) }, code: "net.closed" },
]);

const STREAMS: readonly TrickCase[] = [
  { name: "says nothing", trick: { axfr: () => undefined }, code: "net.timeout" },
  { name: "closes at once", trick: { axfr: (transfer) => transfer.end() }, code: "net.closed" },
  {
    name: "never ends: sends one message and waits",
    trick: { axfr: (transfer) => transfer.send(transfer.message([transfer.zone.soa, ...transfer.zone.records])) },
    code: "net.timeout",
  },
  { name: "one octet, then another", trick: { axfr: dripped(150) }, code: "net.timeout" },
  {
    name: "a record a second, within every message's time",
    trick: {
      axfr: async (transfer) => {
        transfer.send(transfer.message([transfer.zone.soa]));
        for (let i = 0; !transfer.gone && i < 60; i++) {
          await sleep(500);
          transfer.send(transfer.message([txt(`slow${i}.${transfer.zone.name}`)]));
        }
      },
    },
    code: "net.timeout",
    says: /whole session/,
  },
  {
    name: "endless records of new names",
    trick: { axfr: endless(200, (i, zone) => txt(`n${i}.${zone.name}`)) },
    code: "transfer.too-many-names",
  },
  {
    name: "endless records of one name",
    trick: { axfr: endless(200, (i, zone) => txt(`same.${zone.name}`, String(i))) },
    code: "transfer.too-many-records",
  },
  {
    name: "endless octets",
    trick: {
      axfr: endless(1, (i, zone) => record(`big${i % 50}.${zone.name}`, 65_280, new Uint8Array(60_000).fill(i))),
    },
    code: ["transfer.too-many-octets", "net.too_much"],
  },
  {
    name: "endless messages without records",
    trick: { axfr: endless(0, () => txt("never.")) },
    code: ["transfer.empty-message", "net.too_much"],
  },
  {
    name: "only a header",
    trick: { axfr: (t) => t.send(t.message([], { question: null })) },
    code: "transfer.question-missing",
  },
  { name: "11 octets", altered: true, trick: { axfr: (t) => t.send(new Uint8Array(11)) }, code: "transfer.malformed" },
  {
    name: "an empty frame",
    altered: true,
    trick: { axfr: (t) => t.send(new Uint8Array(0)) },
    code: "transfer.malformed",
  },
];

const HEADERS: readonly TrickCase[] = [
  {
    name: "wrong ID in the second message",
    altered: true,
    trick: { axfr: changed(1, (octets) => patch(octets, 1, octets[1]! ^ 1)) },
    code: "transfer.wrong-id",
  },
  {
    name: "another question in the second message",
    trick: {
      axfr: (t) =>
        pieces(t.zone, 10).forEach((records, i) => {
          t.send(t.message(records, i === 1 ? { question: { name: "other.example.", type: 252, class: 1 } } : {}));
        }),
    },
    code: "transfer.wrong-question",
  },
  {
    name: "a question of another type",
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { question: { name: t.zone.name, type: 251, class: 1 } })) },
    code: "transfer.wrong-question",
  },
  {
    name: "a question of another class",
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { question: { name: t.zone.name, type: 252, class: 3 } })) },
    code: "transfer.wrong-question",
  },
  {
    name: "opcode NOTIFY",
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { opcode: 4 })) },
    code: "transfer.wrong-opcode",
  },
  {
    name: "a query",
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { flags: 0 })) },
    code: "transfer.not-a-response",
  },
  {
    name: "TC over TCP",
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { flags: 0x8600 })) },
    code: "transfer.truncated",
  },
  {
    name: "REFUSED",
    trick: { axfr: (t) => t.send(t.message([], { rcode: 5 })) },
    code: "transfer.rcode",
    says: /REFUSED/,
  },
  {
    name: "SERVFAIL in the middle",
    altered: true,
    trick: { axfr: changed(1, (octets) => patch(octets, 3, 2)) },
    code: "transfer.rcode",
    says: /SERVFAIL/,
  },
];

const RECORDS: readonly TrickCase[] = [
  {
    name: "a SOA in the middle",
    trick: {
      axfr: withRecords(({ soa }) => {
        const rdata = Uint8Array.from(soa.rdata);
        rdata[rdata.length - 17]! ^= 1;
        return [{ ...soa, rdata }];
      }),
    },
    code: "transfer.soa-in-the-middle",
  },
  {
    name: "a SOA below the apex",
    trick: { axfr: withRecords(({ soa, name }) => [record(`sub.${name}`, 6, soa.rdata)]) },
    code: "transfer.soa-below-apex",
  },
  {
    name: "records behind the closing SOA",
    trick: {
      axfr: (t) => t.send(t.message([t.zone.soa, ...t.zone.records, t.zone.soa, txt(`late.${t.zone.name}`)])),
    },
    code: "transfer.records-after-end",
  },
  {
    name: "no SOA first",
    trick: { axfr: (t) => t.send(t.message([...t.zone.records, t.zone.soa])) },
    code: "transfer.first-not-soa",
  },
  {
    name: "the SOA of another zone first",
    trick: { axfr: (t) => t.send(t.message([record("other.example.", 6, t.zone.soa.rdata)])) },
    code: "transfer.first-not-soa",
  },
  {
    name: "out of the zone",
    trick: { axfr: withRecords(() => [txt("www.elsewhere.test.")]) },
    code: "transfer.out-of-zone",
  },
  {
    name: "the parent's name",
    trick: { axfr: withRecords(() => [txt("example.")]) },
    code: "transfer.out-of-zone",
  },
  {
    name: "class CH",
    trick: { axfr: withRecords(({ name }) => [{ ...txt(`ch.${name}`), class: 3 }]) },
    code: "transfer.wrong-class",
  },
  ...[41, 249, 250, 251, 252, 255].map((type) => ({
    name: `a record of meta-type ${type}`,
    // 250 is a TSIG that is not last.
    ...(type === 250 ? { altered: true as const } : {}),
    trick: { axfr: withRecords(({ name }) => [record(`meta.${name}`, type, new Uint8Array(20))]) },
    code: ["transfer.meta-type", "transfer.bad-rdata"],
  })),
  {
    name: "an A record of 3 octets",
    trick: { axfr: withRecords(({ name }) => [record(`a.${name}`, 1, new Uint8Array(3))]) },
    code: "transfer.bad-rdata",
  },
  {
    name: "a name of 256 octets",
    altered: true,
    trick: {
      axfr: changed(1, (octets) => {
        const at = answerAt(octets);
        const apex = octets.subarray(12, at - 4);
        // In the zone, so that nothing but its length is wrong: 64, 64, 64 and the rest.
        const label = (length: number) => [length, ...Buffer.from("x".repeat(length))];
        const owner = [...label(63), ...label(63), ...label(63), ...label(256 - apex.length - 3 * 64 - 1), ...apex];
        if (owner.length !== 256) throw new Error(`a name of ${owner.length} octets`);
        const head = patch(octets.subarray(0, at), 6, 0, 1);
        return Uint8Array.from([...head, ...owner, 0, 16, 0, 1, 0, 0, 0, 1, 0, 2, 1, 120]);
      }),
    },
    code: "transfer.malformed",
  },
  {
    name: "a label of type 01",
    altered: true,
    trick: { axfr: changed(1, (octets) => patch(octets, answerAt(octets), 0x41)) },
    code: "transfer.malformed",
  },
  {
    name: "RDLENGTH short of the name in it",
    trick: { axfr: withRecords(({ name }) => [record(`ns.${name}`, 2, Uint8Array.of(3, 110, 115))]) },
    code: ["transfer.bad-rdata", "transfer.malformed"],
  },
  {
    name: "RDLENGTH beyond the name in it",
    trick: { axfr: withRecords(({ name }) => [record(`ns.${name}`, 2, Uint8Array.of(1, 120, 0, 0))]) },
    code: ["transfer.bad-rdata", "transfer.malformed"],
  },
  {
    name: "CNAME beside other data",
    trick: { axfr: withRecords(({ name }) => [record(`www.${name}`, 5, Uint8Array.of(1, 120, 0))]) },
    code: "zone.broken",
    says: /CNAME/,
  },
  {
    name: "RDLENGTH beyond the message",
    altered: true,
    trick: {
      axfr: changed(1, (octets) => {
        const at = answerAt(octets);
        let name = at;
        while (octets[name]! > 0 && octets[name]! < 192) name += octets[name]! + 1;
        name += octets[name] === 0 ? 1 : 2;
        return patch(octets, name + 8, 0xff, 0xff);
      }),
    },
    code: "transfer.malformed",
  },
  {
    name: "more records counted than there are",
    altered: true,
    trick: { axfr: changed(1, (octets) => patch(octets, 7, octets[7]! + 1)) },
    code: "transfer.malformed",
  },
  {
    name: "fewer records counted than there are",
    altered: true,
    trick: { axfr: changed(1, (octets) => patch(octets, 7, octets[7]! - 1)) },
    code: "transfer.malformed",
  },
  {
    name: "an owner that points to itself",
    altered: true,
    trick: {
      axfr: changed(1, (octets) => {
        const at = answerAt(octets);
        return patch(octets, at, 0xc0 | (at >> 8), at & 255);
      }),
    },
    code: "transfer.malformed",
  },
  {
    name: "an owner that points forward",
    altered: true,
    trick: {
      axfr: changed(1, (octets) => {
        const at = answerAt(octets);
        return patch(octets, at, 0xc0 | ((at + 12) >> 8), (at + 12) & 255);
      }),
    },
    code: "transfer.malformed",
  },
];

const SIGNED: readonly TrickCase[] = [
  {
    name: "no TSIG on the first message",
    tsig: true,
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { unsigned: true })) },
    code: "tsig-missing",
  },
  {
    name: "TSIG missing from message 2 on, a hundred messages long",
    tsig: true,
    trick: {
      axfr: async (t) => {
        t.send(t.message([t.zone.soa]));
        for (let i = 0; i < 101 && !t.gone; i++) t.send(t.message([txt(`n${i}.${t.zone.name}`)], { unsigned: true }));
      },
    },
    code: "tsig-too-many-unsigned",
  },
  {
    name: "a hundred messages signed, TSIG missing from message 101 on",
    tsig: true,
    trick: {
      axfr: (t) => {
        t.send(t.message([t.zone.soa]));
        for (let i = 1; i < 100; i++) t.send(t.message([txt(`n${i}.${t.zone.name}`)]));
        t.send(t.message([...t.zone.records, t.zone.soa], { unsigned: true }));
      },
    },
    code: "tsig.last-unsigned",
  },
  {
    name: "every hundred-and-first message signed, and 101 is not",
    tsig: true,
    trick: {
      axfr: (t) => {
        t.send(t.message([t.zone.soa]));
        for (let i = 1; i < 101; i++) t.send(t.message([txt(`n${i}.${t.zone.name}`)], { unsigned: true }));
        t.send(t.message([...t.zone.records, t.zone.soa]));
      },
    },
    code: "tsig-too-many-unsigned",
  },
  {
    name: "the right MAC over other octets",
    tsig: true,
    trick: {
      axfr: (t) => {
        t.send(t.message([t.zone.soa]));
        t.send(t.message([...t.zone.records, t.zone.soa], { change: lastOctetChanged }));
      },
    },
    code: "tsig-bad-mac",
  },
  {
    name: "a message left out",
    tsig: true,
    trick: {
      axfr: (t) => {
        const messages = pieces(t.zone, 10).map((records) => t.message(records));
        for (const message of messages.toSpliced(2, 1)) t.send(message);
      },
    },
    code: "tsig-bad-mac",
  },
  {
    name: "an unsigned message put in",
    tsig: true,
    trick: {
      axfr: (t) => {
        t.send(t.message([t.zone.soa]));
        // The signer has not seen it.
        const { octets } = writeMessage({ id: t.id, flags: 0x8400, answer: [txt(`smuggled.${t.zone.name}`)] });
        t.send(octets);
        t.send(t.message([...t.zone.records, t.zone.soa]));
      },
    },
    code: "tsig-bad-mac",
  },
  {
    name: "the last message is not signed",
    tsig: true,
    trick: {
      axfr: (t) => {
        t.send(t.message([t.zone.soa]));
        t.send(t.message([...t.zone.records, t.zone.soa], { unsigned: true }));
      },
    },
    code: "tsig.last-unsigned",
  },
  {
    name: "a MAC of 16 octets",
    tsig: true,
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { change: shortenMac })) },
    code: "tsig-truncated-mac",
  },
  {
    name: "an altered octet",
    tsig: true,
    trick: {
      axfr: (t) => {
        t.send(t.message([t.zone.soa]));
        const last = [...t.zone.records, t.zone.soa];
        t.send(t.message(last, { change: (octets) => patch(octets, octets.length - 100, 0x55, 0xaa) }));
      },
    },
    code: ["tsig-bad-mac", "tsig-form-error", "tsig-wrong-key"],
  },
  {
    name: "messages in another order",
    tsig: true,
    trick: {
      axfr: (t) => {
        const messages = pieces(t.zone, 10).map((records) => t.message(records));
        for (const i of [0, 2, 1, 3]) t.send(messages[i]!);
      },
    },
    code: "tsig-bad-mac",
  },
  ...[-600, 600].map((clock) => ({
    name: `a clock that is ${clock} s off`,
    tsig: true,
    trick: { axfr: ((t) => t.send(t.message([t.zone.soa], { clock }))) satisfies AxfrTrick },
    code: "tsig-bad-time",
  })),
  {
    name: "another key's name",
    tsig: true,
    trick: { axfr: (t) => t.send(t.message([t.zone.soa], { change: renameKey })) },
    code: "tsig-wrong-key",
  },
];

/** TSIG is last: RDATA ends MAC (32), original ID, error, other length. */
function shortenMac(octets: Uint8Array): Uint8Array {
  const macAt = octets.length - 6 - 32;
  const short = Uint8Array.from([...octets.subarray(0, macAt + 16), ...octets.subarray(macAt + 32)]);
  short[macAt - 1] = 16;
  // RDLENGTH stands before the algorithm (13 octets), time (6), fudge (2) and MAC length (2).
  const lengthAt = macAt - 2 - 2 - 6 - 13 - 2;
  short[lengthAt + 1]! -= 16;
  return short;
}

/** The octet before TSIG: its key's name takes 18 octets, the fixed part 10, its RDATA 61 with SHA-256. */
function lastOctetChanged(octets: Uint8Array): Uint8Array {
  octets[octets.length - 18 - 10 - 61 - 1]! ^= 1;
  return octets;
}

function renameKey(octets: Uint8Array): Uint8Array {
  const at = Buffer.from(octets).lastIndexOf("transfer");
  return patch(octets, at, 0x58);
}

export const AXFR_CASES: readonly TrickCase[] = [...CUTS, ...STREAMS, ...HEADERS, ...RECORDS, ...SIGNED];

export { honestAxfr, TSIG_EVERY_MESSAGE };
