/** Messages parsed with suspicion, walked without objects, written with compression. */

import packet from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, fromHex, toHex } from "#bytes";
import {
  buildQuery,
  EdnsFlag,
  EdnsOption,
  ExtendedError,
  extendedErrorOption,
  extendedErrors,
  Flag,
  findOption,
  type Message,
  MessageWriter,
  Opcode,
  parseMessage,
  queryEdns,
  Rcode,
  RecordCursor,
  type ResourceRecord,
  rcodeName,
  Section,
  writeMessage,
} from "#message";
import { type Name, printName, readName } from "#name";
import { printRdata, RRType, readRdata } from "#rdata";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function record(owner: string, type: number, text: string, ttl = 300): ResourceRecord {
  const rdata = readRdata(type, text.split(" "));
  if (!rdata.ok) throw new Error(rdata.error);
  return { owner: name(owner), type, ttl, rdata: rdata.value };
}

function parse(octets: Uint8Array): Message {
  const message = parseMessage(octets);
  if (!message.ok) throw new Error(message.error);
  return message.value;
}

function show(records: Message["answer"]): string[] {
  return records.map((r) => `${printName(r.owner)} ${r.type} ${r.ttl} ${r.rdata ? printRdata(r.type, r.rdata) : "!"}`);
}

const SAMPLE: readonly ResourceRecord[] = [
  record("example.", RRType.SOA, "ns1.example. host.example. 1 2 3 4 5"),
  record("example.", RRType.NS, "Ns1.Example."),
  record("www.example.", RRType.MX, "10 mail.example."),
  record("www.example.", RRType.SRV, "1 2 3 mail.example."),
  record("www.example.", RRType.A, "192.0.2.1", 0xffffffff),
];

describe("writeMessage and parseMessage", () => {
  const parts = {
    id: 0xabcd,
    flags: Flag.QR | Flag.AA,
    opcode: Opcode.Notify,
    rcode: Rcode.BadCookie,
    question: [{ name: name("WWW.example."), type: RRType.MX, class: 1 }],
    answer: SAMPLE.slice(0, 2),
    authority: SAMPLE.slice(2, 4),
    additional: SAMPLE.slice(4),
    edns: {
      udpSize: 1232,
      version: 0,
      flags: EdnsFlag.DO,
      options: [extendedErrorOption(ExtendedError.NotReady, "soon")],
    },
  };

  it.each([true, false])("give back what was put in (compress: %s)", (compress) => {
    const { octets, complete } = writeMessage(parts, { compress });
    const message = parse(octets.slice());
    expect(complete).toBe(true);
    expect([message.id, message.opcode, message.rcode]).toEqual([0xabcd, Opcode.Notify, Rcode.BadCookie]);
    expect(message.flags & (Flag.QR | Flag.AA | Flag.TC | Flag.RD)).toBe(Flag.QR | Flag.AA);
    expect(message.question.map((q) => [printName(q.name), q.type, q.class])).toEqual([["WWW.example.", RRType.MX, 1]]);
    expect(show(message.answer)).toEqual([
      "example. 6 300 ns1.example. host.example. 1 2 3 4 5",
      "example. 2 300 Ns1.Example.",
    ]);
    expect(show(message.authority)).toEqual([
      "www.example. 15 300 10 mail.example.",
      "www.example. 33 300 1 2 3 mail.example.",
    ]);
    expect(show(message.additional)).toEqual(["www.example. 1 4294967295 192.0.2.1"]);
    expect(message.edns?.udpSize).toBe(1232);
    expect(message.edns?.flags).toBe(EdnsFlag.DO);
    expect(extendedErrors(message.edns)).toEqual([{ infoCode: 14, text: "soon" }]);
  });

  it("compress names of the types of RFC 1035, keep case, and leave SRV's target whole", () => {
    const short = writeMessage({ id: 1, answer: SAMPLE }).octets;
    const text = Buffer.from(short).toString("latin1");
    // Once as owner, once in NS with other case, once in SRV; SOA and MX point.
    expect(text.match(/example/gi)).toEqual(["example", "Example", "example"]);
    expect(short.length).toBeLessThan(writeMessage({ id: 1, answer: SAMPLE }, { compress: false }).octets.length);
  });

  it("read as the same thing by dns-packet", () => {
    const theirs = packet.decode(Buffer.from(writeMessage(parts).octets));
    expect(theirs.answers?.map((a) => [a.name, a.type])).toEqual([
      ["example", "SOA"],
      ["example", "NS"],
    ]);
    expect(
      theirs.authorities?.map((a) => (a.type === "MX" ? a.data.exchange : a.type === "SRV" ? a.data.target : "")),
    ).toEqual(["mail.example", "mail.example"]);
    const opt = theirs.additionals?.find((a) => a.type === "OPT");
    expect(opt && "udpPayloadSize" in opt && [opt.udpPayloadSize, opt.extendedRcode]).toEqual([
      1232,
      Rcode.BadCookie >> 4,
    ]);
  });

  it("read what dns-packet wrote", () => {
    const theirs = packet.encode({
      type: "response",
      id: 7,
      flags: packet.AUTHORITATIVE_ANSWER,
      questions: [{ type: "A", name: "a.example" }],
      answers: [{ type: "A", name: "a.example", ttl: 9, data: "192.0.2.9" }],
      additionals: [{ type: "OPT", name: ".", udpPayloadSize: 4096, flags: packet.DNSSEC_OK, options: [] } as never],
    });
    const message = parse(Uint8Array.from(theirs));
    expect(show(message.answer)).toEqual(["a.example. 1 9 192.0.2.9"]);
    expect([message.edns?.udpSize, message.edns?.flags]).toEqual([4096, EdnsFlag.DO]);
  });

  it("say where each record stands", () => {
    const message = parse(writeMessage({ id: 1, answer: SAMPLE }).octets.slice());
    let at = 12;
    for (const r of message.answer) {
      expect(r.start).toBe(at);
      at = r.rdataAt + r.rdataLength;
    }
    expect(at).toBe(message.octets.length);
  });

  it("leave whole records out at the limit, say so, and keep OPT", () => {
    const whole = writeMessage(parts).octets.length;
    for (let limit = 0; limit < whole; limit++) {
      const { octets, complete } = writeMessage(parts, { limit });
      expect(complete).toBe(false);
      expect(octets.length).toBeLessThanOrEqual(limit);
      if (limit < 12 + 18 + 23) continue;
      const message = parse(octets.slice());
      expect(message.flags & Flag.TC).toBe(Flag.TC);
      expect(message.rcode).toBe(Rcode.BadCookie);
      const shown = [...show(message.answer), ...show(message.authority), ...show(message.additional)];
      expect(shown).not.toContain("!");
      expect(shown.length).toBeLessThan(SAMPLE.length);
    }
    expect(writeMessage(parts, { limit: whole }).complete).toBe(true);
  });

  it("never point past 14 bits", () => {
    const early = Array.from({ length: 1500 }, (_, i) => record(`n${i}.example.`, RRType.NS, `ns${i}.other.`));
    // Names that stand behind the reach of pointers at first, and then again.
    const answer = [...early, ...Array.from({ length: 3 }, () => record("late.far.", RRType.NS, "ns.late.far."))];
    const { octets, complete } = writeMessage({ id: 1, answer });
    expect(complete).toBe(true);
    expect(octets.length).toBeGreaterThan(0x4000);
    const expected = answer.map((r) => `${printName(r.owner)} 2 300 ${printRdata(r.type, r.rdata)}`);
    expect(show(parse(octets.slice()).answer)).toEqual(expected);
  });
});

describe("MessageWriter", () => {
  it("takes nothing more once something did not fit, and keeps reserved room", () => {
    const m = new MessageWriter(new Uint8Array(120));
    m.header(1, Flag.QR);
    m.reserve(60);
    expect(m.record(1, SAMPLE[4]!)).toBe(true);
    const { length } = m;
    expect(m.record(1, SAMPLE[0]!)).toBe(false);
    // This one alone would have fitted.
    expect(m.record(1, record("a.", RRType.A, "192.0.2.1"))).toBe(false);
    expect([m.full, m.length]).toEqual([true, length]);
    expect(m.opt(queryEdns(), 0)).toBe(true);
    // Names of the record that was taken back must not be pointed to.
    expect(m.record(3, record("host.example.", RRType.A, "192.0.2.2"))).toBe(true);
    const message = parse(m.finish());
    expect([message.answer.length, message.edns?.udpSize]).toEqual([1, 1232]);
    expect(show(message.additional)).toEqual(["host.example. 1 300 192.0.2.2"]);
  });
});

describe("buildQuery", () => {
  it("is read back, with IXFR's SOA and EDNS", () => {
    const octets = buildQuery({
      id: 65535,
      name: name("example."),
      type: RRType.IXFR,
      flags: Flag.RD,
      authority: [SAMPLE[0]!],
      edns: queryEdns(EdnsFlag.DO, 4096),
    });
    const query = parse(octets);
    expect([query.id, query.opcode, query.flags & Flag.RD, query.question[0]?.type]).toEqual([65535, 0, Flag.RD, 251]);
    expect(show(query.authority)).toEqual(["example. 6 300 ns1.example. host.example. 1 2 3 4 5"]);
    expect([query.edns?.udpSize, query.edns?.flags]).toEqual([4096, EdnsFlag.DO]);
  });
});

describe("malformed messages", () => {
  const header = (counts: string) => `0001 8000 ${counts}`;
  const a = "00 0001 0001 0000012c 0004 c0000201";
  const opt = "00 0029 04d0 00000000 0000";
  const tsig = "00 00fa 00ff 00000000 0011 00 000000000000 012c 0000 0001 0000 0000";

  it.each([
    ["0001 8000 0000 0000 0000 00", "short-header"],
    [header("0001 0000 0000 0000"), "malformed-question"],
    [`${header("0001 0000 0000 0000")} 0161 00 0001 00`, "malformed-question"],
    [`${header("0001 0000 0000 0000")} c00c 0001 0001`, "malformed-question"],
    [header("0000 0001 0000 0000"), "malformed-record"],
    [`${header("0000 0001 0000 0000")} 00 0001 0001 0000012c 0005 c0000201`, "malformed-record"],
    [`${header("0000 0001 0000 0000")} 00 0001 0001 0000012c 00`, "malformed-record"],
    [`${header("0000 0001 0000 0000")} 80 0001 0001 0000012c 0000`, "malformed-record"],
    [`${header("0000 ffff 0000 0000")} ${a}`, "malformed-record"],
    [`${header("0000 0001 0000 0000")} ${a} 00`, "trailing-octets"],
    [`${header("0000 0000 0000 0000")} 00`, "trailing-octets"],
    [`${header("0000 0000 0000 0002")} ${opt} ${opt}`, "misplaced-opt"],
    [`${header("0000 0001 0000 0000")} ${opt}`, "misplaced-opt"],
    [`${header("0000 0000 0000 0001")} 0161${opt}`, "misplaced-opt"],
    [`${header("0000 0000 0000 0001")} 00 0029 04d0 00000000 0003 000a00`, "malformed-opt"],
    [`${header("0000 0000 0000 0001")} 00 0029 04d0 00000000 0004 000a0001`, "malformed-opt"],
    [`${header("0000 0000 0000 0002")} ${tsig} ${a}`, "misplaced-tsig"],
    [`${header("0000 0000 0000 0002")} ${tsig} ${tsig}`, "misplaced-tsig"],
    [`${header("0000 0001 0000 0000")} ${tsig}`, "misplaced-tsig"],
  ])("%s", (hex, error) => {
    const octets = fromHex(hex.replaceAll(" ", ""))!;
    expect(parseMessage(octets)).toEqual({ ok: false, error });
  });

  it("the pieces of that table are good by themselves", () => {
    const octets = fromHex(`${header("0000 0001 0000 0003")} ${a} ${a} ${opt} ${tsig}`.replaceAll(" ", ""))!;
    const message = parse(octets);
    expect([message.answer.length, message.additional.length, message.edns?.udpSize]).toEqual([1, 1, 1232]);
    expect(message.tsig?.start).toBe(12 + 15 + 15 + 11);
    expect(message.tsig?.rdata?.length).toBe(17);
  });

  it("malformed RDATA is found when asked for", () => {
    const hex = `${header("0000 0001 0000 0000")} 00 0001 0001 0000012c 0003 c00002`.replaceAll(" ", "");
    expect(parse(fromHex(hex)!).answer[0]?.rdata).toBeUndefined();
  });

  it("noise and damaged messages end in a value, never in an exception", () => {
    const good = writeMessage({
      id: 1,
      question: [{ name: name("a.example."), type: 1, class: 1 }],
      answer: SAMPLE,
    }).octets.slice();
    const damaged = fc
      .tuple(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(good.length))
      .map(([changes, length]) => {
        const octets = good.slice(0, length);
        for (const [at, value] of changes) if (at < octets.length) octets[at] = value;
        return octets;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 120 })), (octets) => {
        const message = parseMessage(octets);
        if (!message.ok) return;
        for (const r of [...message.value.answer, ...message.value.authority, ...message.value.additional]) {
          expect(r.rdataAt + r.rdataLength).toBeLessThanOrEqual(octets.length);
          if (r.rdata) printRdata(r.type, r.rdata);
        }
      }),
      { numRuns: 4000 },
    );
  });
});

describe("RecordCursor", () => {
  it("walks what parseMessage lists", () => {
    const octets = writeMessage({ id: 1, answer: SAMPLE.slice(0, 3), additional: SAMPLE.slice(3) }).octets.slice();
    const message = parse(octets);
    const records = new RecordCursor(octets);
    const seen: unknown[] = [];
    while (records.next()) {
      const owner = toHex(records.owner.subarray(0, records.ownerLength));
      seen.push([records.section, owner, records.type, records.class, records.ttl, records.start, records.rdataAt]);
    }
    const list = (section: number, rs: Message["answer"]) =>
      rs.map((r) => [section, toHex(r.owner), r.type, r.class, r.ttl, r.start, r.rdataAt]);
    expect(seen).toEqual([...list(Section.Answer, message.answer), ...list(Section.Additional, message.additional)]);
    expect([records.finished, records.failed]).toEqual([true, false]);
  });

  it("knows the owner that was there before, by the same pointer or by a pointer to it", () => {
    const a = "0001 0001 0000012c 0000";
    const hex = `0001 8000 0001 0006 0000 0000 0161 00 0006 0001
      c00c ${a} c00c ${a} 0162 c00c ${a} c02b ${a} c02b ${a} c00c ${a}`;
    const octets = fromHex(hex.replaceAll(/\s/g, ""))!;
    const records = new RecordCursor(octets);
    const seen: [string, boolean][] = [];
    while (records.next()) seen.push([printName(records.owner.subarray(0, records.ownerLength)), records.sameOwner]);
    expect(seen).toEqual([
      ["a.", false],
      ["a.", true],
      ["b.a.", false],
      ["b.a.", true],
      ["b.a.", true],
      ["a.", false],
    ]);
    expect(records.finished).toBe(true);
  });

  it("says the same owner only where it is, whatever the pointers", () => {
    // Records whose owners are any mix of labels and pointers into the first 64 octets.
    const owner = fc.array(fc.constantFrom("0161", "0162", "c00c", "c00e", "c01a", "c028", "00"), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(owner, { maxLength: 6 }), (owners) => {
        const body = owners.map((parts) => `${parts.join("")}00010001000000000000`).join("");
        const octets = fromHex(`000180000000${owners.length.toString(16).padStart(4, "0")}00000000${body}`)!;
        const message = parseMessage(octets);
        const records = new RecordCursor(octets);
        let before = "";
        while (records.next()) {
          const now = toHex(records.owner.subarray(0, records.ownerLength));
          if (records.sameOwner) expect(now).toBe(before);
          before = now;
        }
        expect(message.ok).toBe(records.finished);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("EDNS", () => {
  it("finds options and tells extended errors, null-terminated or not", () => {
    const data = concatBytes([Uint8Array.of(0, 18), fromHex("6e6f00")!]);
    const edns = {
      ...queryEdns(),
      options: [
        { code: EdnsOption.Nsid, data: Uint8Array.of(1) },
        { code: EdnsOption.ExtendedError, data },
        { code: EdnsOption.ExtendedError, data: Uint8Array.of(0) },
        extendedErrorOption(ExtendedError.InvalidQueryType),
      ],
    };
    expect(findOption(edns, EdnsOption.Nsid)).toEqual(Uint8Array.of(1));
    expect(findOption(edns, EdnsOption.Cookie)).toBeUndefined();
    expect(findOption(undefined, EdnsOption.Cookie)).toBeUndefined();
    expect(extendedErrors(edns)).toEqual([
      { infoCode: 18, text: "no" },
      { infoCode: 30, text: "" },
    ]);
  });

  it("names response codes", () => {
    expect([0, 3, 5, 16, 23, 24].map(rcodeName)).toEqual([
      "NOERROR",
      "NXDOMAIN",
      "REFUSED",
      "BADVERS",
      "BADCOOKIE",
      "RCODE24",
    ]);
  });
});
