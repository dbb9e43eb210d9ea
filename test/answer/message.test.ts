/** Everything about a reply but the zone's data: header, EDNS, cookies, refusals, size (RFC 1035, 6891, 7873, 8906, 8914). */
import { describe, expect, test } from "vitest";
import { Answerer, DROP, FORWARD } from "#answer";
import { fromHex, toHex } from "#bytes";
import { EdnsOption, Flag, findOption, Opcode, parseMessage, Rcode, rcodeName } from "#message";
import { printRdata, RRClass } from "#rdata";
import { APEX, ZONE } from "./cases.ts";
import { type Ask, ask, askRaw, contextOf, imageOf, NOW, name, queryOf, show, zoneOf } from "./fixture.ts";

const version = zoneOf(name(APEX), ZONE);
const image = imageOf(version);
const NSID = Uint8Array.from("edge7", (c) => c.charCodeAt(0));
const COOKIES = { secrets: [fromHex("e5e973e5a6b2a43f48e7dc849e37bfcf")!], require: false };

function serving(settings: ConstructorParameters<typeof Answerer>[0] = {}): Answerer {
  const answerer = new Answerer(settings);
  answerer.zones.set({ apex: name(APEX), state: "serving", image });
  return answerer;
}

const plain = serving();

/** Octets straight in: the reply's length, or its RCODE when there is a reply. */
function raw(octets: Uint8Array, how: Ask = {}, answerer = plain): string {
  const reply = new Uint8Array(4096);
  const length = answerer.answer(octets, octets.length, reply, contextOf(how));
  if (length === DROP) return "drop";
  if (length === FORWARD) return "forward";
  const message = parseMessage(reply.slice(0, length));
  if (!message.ok) return `unparseable: ${message.error}`;
  const { rcode, question, edns } = message.value;
  return rcodeName(rcode) + (question.length === 0 ? " no question" : "") + (edns ? " EDNS" : "");
}

function changed(octets: Uint8Array, change: (octets: Uint8Array) => void): Uint8Array {
  const copy = octets.slice();
  change(copy);
  return copy;
}

const QUERY = queryOf("mail.example. A");
const OPT = fromHex("00002904d000000000" + "0000")!;

function withAdditional(count: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const all = Uint8Array.from([...QUERY, ...parts.flatMap((part) => [...part])]);
  all[11] = count;
  return all;
}

const otherOpcode = (octets: Uint8Array) => changed(octets, (o) => (o[2] = 0x78));
/** Of key `k.`, with a MAC of no octets. */
const TSIG = Uint8Array.from([1, 107, 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 17, 0, ...new Uint8Array(16)]);

describe("header", () => {
  test("identifier, opcode and RD come back; AD, CD, Z, TC and RCODE do not", () => {
    const octets = askRaw(plain, "mail.example. A", { flags: Flag.RD | Flag.CD | Flag.AD | Flag.Z | Flag.TC | 5 });
    expect(toHex(octets.subarray(0, 4))).toBe("12348500");
  });

  test("the question comes back octet for octet", () => {
    const octets = askRaw(plain, "mAiL.eXaMpLe. A");
    expect(octets.subarray(12, 30)).toEqual(queryOf("mAiL.eXaMpLe. A").subarray(12, 30));
  });

  test.each([
    ["a response", changed(QUERY, (o) => (o[2]! |= 0x80)), "drop"],
    ["eleven octets", QUERY.slice(0, 11), "drop"],
    ["no octets", QUERY.slice(0, 0), "drop"],
    ["NOTIFY", queryOf("example. SOA", { opcode: Opcode.Notify }), "forward"],
    ["NOTIFY that is cut off", queryOf("example. SOA", { opcode: Opcode.Notify }).slice(0, 20), "forward"],
    ["UPDATE", queryOf("example. SOA", { opcode: Opcode.Update }), "NOTIMP"],
    ["UPDATE that is cut off", queryOf("example. SOA", { opcode: Opcode.Update }).slice(0, 20), "NOTIMP no question"],
    ["opcode 15", queryOf("example. SOA", { opcode: 15 }), "NOTIMP"],
    ["IQUERY", queryOf("example. SOA", { opcode: Opcode.Iquery }), "NOTIMP"],
    ["opcode 15 with EDNS", otherOpcode(withAdditional(1, OPT)), "NOTIMP EDNS"],
    ["opcode 15 with two OPTs", otherOpcode(withAdditional(2, OPT, OPT)), "NOTIMP"],
    ["opcode 15 with OPT and octets behind it", otherOpcode(withAdditional(1, OPT, Uint8Array.of(1))), "NOTIMP"],
    ["opcode 15 with EDNS and TSIG", otherOpcode(withAdditional(2, OPT, TSIG)), "NOTIMP EDNS"],
    [
      "opcode 15 with EDNS 1",
      otherOpcode(
        withAdditional(
          1,
          changed(OPT, (o) => (o[6] = 1)),
        ),
      ),
      "NOTIMP EDNS",
    ],
    ["AXFR", queryOf("example. AXFR"), "forward"],
    ["IXFR", queryOf("example. IXFR"), "forward"],
    ["AXFR of another class", queryOf("example. AXFR", { class: RRClass.CH }), "REFUSED"],
  ])("%s", (_, octets, outcome) => expect(raw(octets)).toBe(outcome));
});

describe("malformed", () => {
  test.each([
    ["no question", changed(QUERY.slice(0, 12), (o) => (o[5] = 0)), "FORMERR no question"],
    [
      "no question, with OPT",
      Uint8Array.from([...changed(QUERY.slice(0, 12), (o) => o.set([0, 1], 10)).fill(0, 4, 6), ...OPT]),
      "FORMERR no question EDNS",
    ],
    [
      "two questions",
      changed(Uint8Array.from([...QUERY, ...QUERY.subarray(12)]), (o) => (o[5] = 2)),
      "FORMERR no question",
    ],
    ["a question cut off", QUERY.slice(0, -1), "FORMERR no question"],
    ["a label of type 01", changed(QUERY, (o) => (o[12] = 0x44)), "FORMERR no question"],
    ["a pointer in the question", changed(QUERY, (o) => o.set([0xc0, 0x0c], 12)), "FORMERR no question"],
    ["octets behind the end", Uint8Array.from([...QUERY, 0]), "FORMERR"],
    ["an additional record that is not there", withAdditional(1), "FORMERR"],
    ["OPT with octets behind it", withAdditional(1, OPT, Uint8Array.of(1)), "FORMERR EDNS"],
    ["two OPTs", withAdditional(2, OPT, OPT), "FORMERR EDNS"],
    ["OPT with an owner", withAdditional(1, Uint8Array.of(0xc0, 12), OPT.subarray(1)), "FORMERR"],
    ["OPT in the answer section", changed(withAdditional(0, OPT), (o) => (o[7] = 1)), "FORMERR"],
    [
      "an option that is cut off",
      withAdditional(
        1,
        changed(OPT, (o) => (o[10] = 3)),
        Uint8Array.of(0, 3, 0),
      ),
      "FORMERR EDNS",
    ],
    [
      "an option longer than OPT",
      withAdditional(
        1,
        changed(OPT, (o) => (o[10] = 4)),
        Uint8Array.of(0, 3, 0, 1),
      ),
      "FORMERR EDNS",
    ],
    ["RDATA longer than the message", withAdditional(1, fromHex("c00c0001000100000001000401")!), "FORMERR"],
    ["TSIG that is not the last", withAdditional(2, fromHex("0000fa00ff000000000000")!, OPT), "FORMERR"],
  ])("%s", (_, octets, outcome) => expect(raw(octets)).toBe(outcome));

  test("records where a query has none are walked over, as Knot does", () => {
    const record = fromHex("c00c0001000100000001000401020304")!;
    expect(raw(withAdditional(1, record))).toBe("NOERROR");
    expect(raw(changed(withAdditional(0, record), (o) => (o[7] = 1)))).toBe("NOERROR");
    expect(raw(changed(withAdditional(0, record), (o) => (o[9] = 1)))).toBe("NOERROR");
  });

  test("anything with a TSIG goes to the control side", () => {
    expect(raw(withAdditional(1, fromHex("0000fa00ff000000000000")!))).toBe("forward");
    expect(raw(withAdditional(2, OPT, fromHex("0000fa00ff000000000000")!))).toBe("forward");
  });

  // RFC 6891 section 7: so that servers without EDNS and faults within EDNS can be told apart. What was half read is not told.
  test("FORMERR carries an OPT where there was one, with DO and without options", () => {
    const wantsNsid = changed(OPT, (o) => o.set([0x80, 0, 0, 7], 7));
    const options = Uint8Array.of(0, 3, 0, 0, 0, 3, 0);
    expect(askOctets(withAdditional(1, wantsNsid, options)).edns).toMatchObject({ flags: 0x8000, options: [] });
  });
});

function askOctets(octets: Uint8Array, answerer = plain) {
  const reply = new Uint8Array(4096);
  const length = answerer.answer(octets, octets.length, reply, contextOf());
  const message = parseMessage(reply.slice(0, length));
  if (!message.ok) throw new Error(message.error);
  return message.value;
}

describe("what is not ours", () => {
  const table = serving();
  table.zones.set({ apex: name("empty.test."), state: "not-ready" });
  table.zones.set({ apex: name("old.test."), state: "expired", image });

  test.each([
    ["www.elsewhere. A", Rcode.Refused, 20],
    [". NS", Rcode.Refused, 20],
    ["www.empty.test. A", Rcode.ServFail, 14],
    ["empty.test. SOA", Rcode.ServFail, 14],
    ["www.old.test. A", Rcode.ServFail, 24],
    ["mail.example. NXNAME", Rcode.FormErr, 30],
  ])("%s", (question, rcode, extendedError) => {
    const reply = ask(table, question, { edns: true });
    expect(reply.rcode).toBe(rcode);
    expect(reply.flags & Flag.AA).toBe(0);
    expect(reply.answer.length + reply.authority.length).toBe(0);
    expect(toHex(findOption(reply.edns, EdnsOption.ExtendedError)!)).toBe(
      `00${extendedError.toString(16).padStart(2, "0")}`,
    );
    expect(ask(table, question).edns).toBeUndefined();
  });

  test("a DS is the parent's when we have the parent, else the child has none", () => {
    const both = serving();
    both.zones.set({ apex: name("cut.example."), state: "serving", image: imageOf(child("cut.example.")) });
    expect(show(ask(both, "cut.example. DS"))).toMatch(/^NOERROR aa\nanswer cut.example. 300 DS 1 13 2/);
    expect(show(ask(both, "cut.example. SOA"))).toMatch(/^NOERROR aa\nanswer cut.example. 300 SOA ns.cut/);
    both.zones.remove(name(APEX));
    expect(show(ask(both, "cut.example. DS"))).toMatch(/^NOERROR aa\nauthority cut.example. 60 SOA/);
  });

  test("other classes are refused, class ANY is answered without AA", () => {
    expect(ask(plain, "mail.example. A", { class: RRClass.HS }).rcode).toBe(Rcode.Refused);
    expect(show(ask(plain, "mail.example. A", { class: RRClass.ANY }))).toBe(
      "NOERROR\nanswer mail.example. 300 A 192.0.2.2",
    );
  });
});

function child(apex: string) {
  return zoneOf(name(apex), `@ 300 SOA ns admin 1 2 3 4 60\n@ 300 NS ns\nns 300 A 192.0.2.200\n`);
}

describe("who is asked", () => {
  test.each(["id.server. TXT", "HOSTNAME.bind. TXT", "id.server. ANY"])("%s", (question) => {
    const reply = ask(serving({ nsid: NSID }), question, { class: RRClass.CH });
    expect(reply.rcode).toBe(Rcode.NoError);
    expect(reply.answer.map((record) => [record.class, printRdata(record.type, record.rdata!)])).toEqual([
      [RRClass.CH, '"edge7"'],
    ]);
  });
  test.each(["version.bind. TXT", "version.server. TXT", "id.server. A"])("%s is refused", (question) => {
    expect(ask(serving({ nsid: NSID }), question, { class: RRClass.CH }).rcode).toBe(Rcode.Refused);
  });
  test("without a name nobody is told one", () => {
    expect(ask(plain, "id.server. TXT", { class: RRClass.CH }).rcode).toBe(Rcode.Refused);
  });
});

describe("EDNS", () => {
  const option = (code: number, data: Uint8Array = new Uint8Array(0)) => ({ code, data });

  test("no OPT without OPT; ours says our size, version 0 and DO as asked", () => {
    expect(ask(plain, "mail.example. A").edns).toBeUndefined();
    expect(ask(plain, "mail.example. A", { edns: true }).edns).toEqual({
      udpSize: 1232,
      version: 0,
      flags: 0,
      options: [],
    });
    expect(ask(plain, "mail.example. A", { do: true }).edns!.flags).toBe(0x8000);
    expect(ask(plain, "mail.example. A", { co: true }).edns!.flags).toBe(0);
  });

  test("other versions get BADVERS and nothing else", () => {
    const reply = ask(plain, "mail.example. A", { version: 1 });
    expect([reply.rcode, reply.edns!.version, reply.answer.length]).toEqual([Rcode.BadVers, 0, 0]);
  });

  test("unknown options are ignored, NSID is given when asked for", () => {
    const told = serving({ nsid: NSID });
    const reply = ask(told, "mail.example. A", { options: [option(65001, NSID), option(EdnsOption.Nsid)] });
    expect(reply.edns!.options).toEqual([{ code: EdnsOption.Nsid, data: NSID }]);
    expect(ask(told, "mail.example. A", { edns: true }).edns!.options).toEqual([]);
    expect(ask(plain, "mail.example. A", { options: [option(EdnsOption.Nsid)] }).edns!.options).toEqual([]);
  });

  test("keepalive over TCP, in tenths of a second", () => {
    const idle = serving({ tcpIdleSeconds: 10 });
    const options = [option(EdnsOption.TcpKeepalive)];
    expect(toHex(findOption(ask(idle, "mail.example. A", { options, tcp: true }).edns, EdnsOption.TcpKeepalive)!)).toBe(
      "0064",
    );
    expect(ask(idle, "mail.example. A", { options }).edns!.options).toEqual([]);
  });

  test("EXPIRE (RFC 7314) with the zone's own SOA: what is left, or SOA EXPIRE; with nothing else", () => {
    const board = new SharedArrayBuffer(16);
    const secondary = new Answerer({});
    secondary.zones.set({ apex: name(APEX), state: "serving", image, expiry: { board, slot: 2 } });
    const options = [option(EdnsOption.Expire)];
    const left = (answerer: Answerer, question: string) => {
      const data = findOption(ask(answerer, question, { options }).edns, EdnsOption.Expire);
      return data && new DataView(data.buffer, data.byteOffset).getUint32(0);
    };
    const words = new Uint32Array(board);
    words[2] = NOW + 1234;
    expect(left(secondary, "example. SOA")).toBe(1234);
    words[2] = NOW - 1;
    expect(left(secondary, "example. SOA")).toBe(0);
    words[2] = 0xffffffff;
    expect(left(secondary, "example. SOA")).toBe(86_400);
    expect(left(plain, "example. SOA")).toBe(86_400);
    expect(left(plain, "mail.example. SOA")).toBeUndefined();
    expect(left(plain, "example. NS")).toBeUndefined();
    expect(ask(plain, "example. SOA", { edns: true }).edns!.options).toEqual([]);
  });

  test("cookies", () => {
    const baker = serving({ cookies: COOKIES });
    const client = fromHex("2464c4abcf10c957")!;
    const asked = (data: Uint8Array, how: Ask = {}, answerer = baker) =>
      ask(answerer, "mail.example. A", { options: [option(EdnsOption.Cookie, data)], ...how });
    const reply = asked(client);
    const full = findOption(reply.edns, EdnsOption.Cookie)!;
    expect([reply.rcode, full.length, toHex(full.subarray(0, 8))]).toEqual([0, 24, toHex(client)]);
    expect(findOption(asked(full).edns, EdnsOption.Cookie)).toEqual(full);
    expect(asked(fromHex("2464c4")!).rcode).toBe(Rcode.FormErr);
    expect(asked(client, {}, plain).edns!.options).toEqual([]);
    const strict = serving({ cookies: { ...COOKIES, require: true } });
    const bad = asked(client, {}, strict);
    expect([bad.rcode, bad.answer.length]).toEqual([Rcode.BadCookie, 0]);
    expect(asked(findOption(bad.edns, EdnsOption.Cookie)!, {}, strict).rcode).toBe(0);
    expect(asked(client, { tcp: true }, strict).rcode).toBe(0);
    expect(ask(strict, "mail.example. A").rcode).toBe(0);
  });

  test("a cookie alone, without a question", () => {
    const octets = fromHex(`123400000000000000000001${"00002904d00000000000"}0c000a00082464c4abcf10c957`)!;
    const reply = askOctets(octets, serving({ cookies: COOKIES }));
    expect([reply.rcode, reply.question.length, reply.edns!.options[0]!.data.length]).toEqual([0, 0, 24]);
    expect(raw(octets)).toBe("FORMERR no question EDNS");
  });
});

describe("size", () => {
  const big = serving();
  const text = `@ 300 SOA ns admin 1 2 3 4 60\n@ 300 NS ns\nns 300 A 192.0.2.200\n${Array.from(
    { length: 14 },
    (_, i) => `t TXT "${String(i).padStart(90, "x")}"\nm MX ${i} h${i}\nh${i} A 192.0.2.${i}\n`,
  ).join("")}`;
  big.zones.set({ apex: name("big.test."), state: "serving", image: imageOf(zoneOf(name("big.test."), text)) });

  test.each([
    [{}, 512],
    [{ udpSize: 0 }, 512],
    [{ udpSize: 900 }, 900],
    [{ udpSize: 65535 }, 1232],
    [{ udpSize: 4096, do: true }, 1232],
  ])("%j: at most %i octets", (how, limit) => {
    const octets = askRaw(big, "t.big.test. TXT", how);
    expect(octets.length).toBeLessThanOrEqual(limit);
    const reply = ask(big, "t.big.test. TXT", how);
    expect(reply.flags & Flag.TC).toBe(Flag.TC);
    expect(reply.edns !== undefined).toBe(Object.keys(how).length > 0);
    expect(ask(big, "t.big.test. TXT", { ...how, tcp: true }).answer.length).toBe(14);
  });

  test("additional data that nobody needs is left out without a word", () => {
    const reply = ask(big, "m.big.test. MX");
    expect(reply.flags & Flag.TC).toBe(0);
    expect(reply.answer.length).toBe(14);
    expect(reply.additional.length).toBeGreaterThan(0);
    expect(reply.additional.length).toBeLessThan(14);
    expect(ask(big, "m.big.test. MX", { tcp: true }).additional.length).toBe(14);
  });

  test("names are compressed", () => {
    // Header 12, question 16, fourteen MX of 2+10+2+label+2, of which ten have a label of 3 octets and four of 4; addresses.
    const octets = askRaw(big, "m.big.test. MX", { tcp: true });
    expect(octets.length).toBe(12 + 16 + 14 * (12 + 2 + 2) + 10 * 3 + 4 * 4 + 14 * 16);
  });

  test("whatever the size, what is sent parses and stays within it", () => {
    for (let size = 512; size <= 1300; size++) {
      const octets = askRaw(big, "m.big.test. MX", { udpSize: size });
      expect(octets.length).toBeLessThanOrEqual(Math.min(size, 1232));
      expect(parseMessage(octets).ok).toBe(true);
    }
  });
});

test("what is asked of one array is answered from it alone: length counts, not the array", () => {
  const slot = new Uint8Array(512);
  slot.set(QUERY);
  const reply = new Uint8Array(512);
  expect(plain.answer(slot, QUERY.length, reply, contextOf({ now: NOW }))).toBeGreaterThan(12);
});
