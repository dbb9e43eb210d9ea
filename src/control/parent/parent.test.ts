import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fail, ok } from "#bytes";
import type { Digests } from "#dnssec";
import { dsRdata } from "#keyplan";
import { Flag, parseMessage, Rcode, type ResourceRecord, writeMessage } from "#message";
import { type Name, printName, readName } from "#name";
import type { SocketAddress } from "#net";
import { RRClass, RRType, readRdata } from "#rdata";
import { askParent, askResolver, delegationIn, judgeDs } from "./ask-parent.ts";
import type { Exchange } from "./exchange.ts";
import { findParent, MAX_PARENT_SERVERS } from "./find-parent.ts";
import { isDelegatedTo, judgeSayings } from "./judge.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function record(line: string): ResourceRecord {
  const [owner, mnemonic, ...tokens] = line.split(" ");
  const type = RRType[mnemonic as keyof typeof RRType];
  const rdata = readRdata(type, tokens);
  if (!rdata.ok) throw new Error(`${line}: ${rdata.error}`);
  return { owner: name(owner!), type, class: RRClass.IN, ttl: 60, rdata: rdata.value };
}

type Said = {
  readonly rcode?: number;
  readonly aa?: boolean;
  readonly answer?: string[];
  readonly authority?: string[];
};

function message(question: { name: Name; type: number }, said: Said) {
  const { octets } = writeMessage({
    id: 1,
    flags: Flag.QR | (said.aa === false ? 0 : Flag.AA),
    rcode: said.rcode ?? Rcode.NoError,
    question: [{ ...question, class: RRClass.IN }],
    answer: (said.answer ?? []).map(record),
    authority: (said.authority ?? []).map(record),
  });
  const parsed = parseMessage(octets.slice());
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const RESOLVER: SocketAddress = { address: "192.0.2.53", port: 53 };

/** Scripted servers: "address owner TYPE" → what is said. Whoever is not in the script does not answer. */
function exchangeOf(script: Record<string, Said>): Exchange {
  const typeText = (type: number) => Object.entries(RRType).find(([, code]) => code === type)?.[0];
  return async (question, server) => {
    const said = script[`${server.address} ${printName(question.name)} ${typeText(question.type)}`];
    return said ? ok(message(question, said)) : fail({ code: "net.timeout", text: "no answer" });
  };
}

const R = RESOLVER.address;
const SOA = "SOA ns. host. 1 2 3 4 5";
const zone = name("child.b.example");

test("the parent is found through the SOA of the name above, or the SOA that a negative answer names", async () => {
  const direct = exchangeOf({
    [`${R} b.example. SOA`]: { answer: [`b.example. ${SOA}`] },
    [`${R} b.example. NS`]: { answer: ["b.example. NS ns1.b.example.", "b.example. NS ns2.b.example."] },
    [`${R} ns1.b.example. A`]: { answer: ["ns1.b.example. A 192.0.2.1"] },
    [`${R} ns2.b.example. AAAA`]: { answer: ["ns2.b.example. AAAA 2001:db8::2"] },
  });
  const found = await findParent(zone, direct, RESOLVER, 5300);
  expect(found.ok && found.value.servers.map((server) => server.addresses)).toEqual([
    [{ address: "192.0.2.1", port: 5300 }],
    [{ address: "2001:db8::2", port: 5300 }],
  ]);
  const above = exchangeOf({
    [`${R} b.example. SOA`]: { authority: [`example. ${SOA}`] },
    [`${R} example. NS`]: { answer: ["example. NS ns.example."] },
    [`${R} ns.example. A`]: { answer: ["ns.example. A 192.0.2.1"] },
  });
  const parent = await findParent(zone, above, RESOLVER, 53);
  expect(parent.ok && printName(parent.value.apex)).toBe("example.");
});

test("a SOA from beside, an alias, or nothing is no parent; the search ends", async () => {
  for (const said of [
    { authority: [`other.example. ${SOA}`] },
    { answer: ["b.example. CNAME evil.example.", `evil.example. ${SOA}`] },
    {},
  ]) {
    const exchange = exchangeOf({
      [`${R} b.example. SOA`]: said,
      [`${R} example. SOA`]: said,
      [`${R} . SOA`]: said,
    });
    const found = await findParent(zone, exchange, RESOLVER, 53);
    expect(!found.ok && found.error.code).toBe("parent.not-found");
  }
  const refusing = exchangeOf({ [`${R} b.example. SOA`]: { rcode: Rcode.ServFail } });
  expect(await findParent(zone, refusing, RESOLVER, 53)).toMatchObject({
    ok: false,
    error: { code: "parent.resolver" },
  });
});

test("records of other owners are not taken, and a parent with hundreds of nameservers costs no more than others", async () => {
  const names = Array.from({ length: 60 }, (_, i) => `n${i}.example.`);
  const script: Record<string, Said> = {
    [`${R} b.example. SOA`]: { answer: [`b.example. ${SOA}`] },
    [`${R} b.example. NS`]: {
      answer: ["x.example. NS evil.example.", ...names.map((each) => `b.example. NS ${each}`)],
    },
  };
  for (const each of ["evil.example.", ...names]) {
    script[`${R} ${each} A`] = { answer: ["elsewhere.example. A 198.51.100.1", `${each} A 192.0.2.1`] };
  }
  const found = await findParent(zone, exchangeOf(script), RESOLVER, 53);
  if (!found.ok) throw new Error(found.error.text);
  expect(found.value.servers).toHaveLength(MAX_PARENT_SERVERS);
  expect(found.value.servers.every((server) => server.addresses.length === 1)).toBe(true);
  expect(found.value.servers.map((server) => printName(server.name))).not.toContain("evil.example.");
});

const parentApex = name("b.example");
const DS = `DS 2371 13 2 ${"ab".repeat(32)}`;
const question = { name: zone, type: RRType.DS };

test.each<[string, Said, string]>([
  ["a DS", { answer: [`child.b.example. ${DS}`] }, "1 DS"],
  ["a DS of another name only", { answer: [`other.b.example. ${DS}`] }, "parent.no-proof"],
  ["no DS, by the parent's SOA", { authority: [`b.example. ${SOA}`] }, "0 DS"],
  ["no such name", { rcode: Rcode.NxDomain, authority: [`b.example. ${SOA}`] }, "0 DS"],
  ["no DS, said by the child's side", { authority: [`child.b.example. ${SOA}`] }, "parent.other-zone"],
  ["no DS, by a SOA from elsewhere", { authority: [`example. ${SOA}`] }, "parent.other-zone"],
  ["a referral", { aa: false, authority: ["child.b.example. NS ns.evil."] }, "parent.not-authoritative"],
  ["an unauthoritative DS", { aa: false, answer: [`child.b.example. ${DS}`] }, "parent.not-authoritative"],
  ["REFUSED", { rcode: Rcode.Refused }, "parent.rcode"],
  ["nothing at all", {}, "parent.no-proof"],
])("%s ▶ %s", (_, said, expected) => {
  const judged = judgeDs(message(question, said), zone, parentApex);
  expect(judged.ok ? `${judged.value.length} DS` : judged.error.code).toBe(expected);
});

test("each nameserver counts once, by its first address that is of use", async () => {
  const parent = {
    apex: parentApex,
    servers: [
      { name: name("ns1.b.example"), addresses: ["192.0.2.1", "192.0.2.2"].map((address) => ({ address, port: 53 })) },
      { name: name("ns2.b.example"), addresses: [{ address: "192.0.2.3", port: 53 }] },
    ],
  };
  const exchange = exchangeOf({
    "192.0.2.1 child.b.example. DS": { rcode: Rcode.Refused },
    "192.0.2.2 child.b.example. DS": { answer: [`child.b.example. ${DS}`] },
    "192.0.2.2 child.b.example. NS": { aa: false, authority: ["child.b.example. NS ns1.us.example."] },
  });
  const answer = await askParent(zone, parent, exchange);
  expect(answer.sayings.map((saying) => [saying.server, saying.ds.length])).toEqual([["192.0.2.2:53", 1]]);
  expect(answer.faults).toHaveLength(1);
  expect(isDelegatedTo(answer.sayings, [name("NS1.us.example")])).toBe(true);
  expect(isDelegatedTo(answer.sayings, [name("ns9.us.example")])).toBe(false);
  expect(isDelegatedTo([], [name("ns1.us.example")])).toBeUndefined();
});

test("delegation: a referral, an answer of the zone's own server, none, or not said", () => {
  const asked = { name: zone, type: RRType.NS };
  const names = (said: Said) => delegationIn(message(asked, said), zone)?.map(printName);
  expect(names({ aa: false, authority: ["child.b.example. NS a.example."] })).toEqual(["a.example."]);
  expect(names({ answer: ["child.b.example. NS a.example."] })).toEqual(["a.example."]);
  expect(names({ aa: false, authority: ["b.example. NS a.example."] })).toBeUndefined();
  expect(names({ rcode: Rcode.NxDomain })).toEqual([]);
  expect(names({ rcode: Rcode.Refused })).toBeUndefined();
});

test("the resolver's own answer, as a last resort", async () => {
  const exchange = exchangeOf({ [`${R} child.b.example. DS`]: { aa: false, answer: [`child.b.example. ${DS}`] } });
  const answer = await askResolver(zone, exchange, RESOLVER);
  expect(answer.ok && [answer.value.from, answer.value.sayings[0]?.ds.length]).toEqual(["resolver", 1]);
  const broken = exchangeOf({ [`${R} child.b.example. DS`]: { rcode: Rcode.ServFail } });
  expect((await askResolver(zone, broken, RESOLVER)).ok).toBe(false);
});

test("several servers: ours only when all have it, anything else only when none has", () => {
  const digest = (algorithm: string) => (data: Uint8Array) =>
    new Uint8Array(createHash(algorithm).update(data).digest());
  const digests: Digests = { sha1: digest("sha1"), sha256: digest("sha256"), sha384: digest("sha384") };
  const key = (fill: number) => Uint8Array.from([1, 1, 3, 13, ...new Uint8Array(64).fill(fill)]);
  const keys = { ours: [key(1)], foreign: [key(2)] };
  const saying = (...which: number[]) => ({
    server: "192.0.2.1:53",
    ds: which.map((fill) => dsRdata(zone, key(fill), digests)),
    delegatedTo: undefined,
    ttls: { ds: undefined, ns: undefined },
  });
  const judge = (...sayings: ReturnType<typeof saying>[]) => judgeSayings(zone, sayings, keys, digests);
  expect(judge()).toBeUndefined();
  expect(judge(saying(1), saying(1, 2))).toBe("ours");
  expect(judge(saying(1), saying())).toBeUndefined();
  expect(judge(saying(), saying())).toBe("none");
  expect(judge(saying(2), saying())).toBe("foreign");
  expect(judge(saying(9), saying(9))).toBe("mismatch");
  expect(judge(saying(9), saying())).toBe("none");
});
