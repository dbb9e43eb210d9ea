/** Zones signed by BIND's tool, served octet for octet with the right proofs: NSEC, NSEC3, opt-out (RFC 4035 section 3.1.3, RFC 5155 section 7.2). */
import { describe, expect, test } from "vitest";
import type { Answerer } from "#answer";
import { bytesEqual, compareBytes } from "#bytes";
import { hashOfNsec3Owner, type Nsec3Params, nsec3HashOf } from "#dnssec";
import type { Message } from "#message";
import { compareNames, type Name, printName } from "#name";
import { parseTypeBitmap, printRdata, RRType, readNsec, readNsec3 } from "#rdata";
import { findProgram } from "../peers/programs.ts";
import { signZone } from "../peers/sign.ts";
import { ask, imageOf, name, newAnswerer, show, showRecord, zoneOf } from "./fixture.ts";

const APEX = "example.";
const TEXT = `
$ORIGIN example.
$TTL 300
@ 3600 SOA ns1 admin 7 3600 600 86400 120
@ NS ns1
ns1 A 192.0.2.1
!early A 192.0.2.2
mail A 192.0.2.3
a.b.ent TXT "deep"
*.wild TXT "wild"
x.y.wild A 192.0.2.4
a.*.half TXT "the wildcard is an empty non-terminal"
*.walias CNAME mail
amiss CNAME missing
awild CNAME foo.wild
dn DNAME target
www.target A 192.0.2.7
cut NS ns.cut
ns.cut A 192.0.2.8
secure NS ns1
secure DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
deep.only.optout NS ns1
`;

function serve(options: Parameters<typeof signZone>[1]): Answerer {
  const signed = signZone({ name: APEX, text: TEXT } as Parameters<typeof signZone>[0], options);
  const answerer = newAnswerer();
  const version = zoneOf(name(APEX), signed.text);
  answerer.zones.set({ apex: name(APEX), state: "serving", image: imageOf(version) });
  return answerer;
}

const dnssec = { do: true, tcp: true };

/** Owners of the NSECs in the authority section, and for each how it stands to the names asked about. */
function nsecs(message: Message): string[] {
  return message.authority
    .filter((record) => record.type === RRType.NSEC)
    .map((record) => printName(record.owner))
    .sort();
}

const tools = findProgram("dnssec-signzone") !== undefined;

describe.skipIf(!tools)("NSEC", () => {
  const answerer = tools ? serve({ denial: "nsec" }) : newAnswerer();

  test.each([
    ["nothing.example. A", "NXDOMAIN aa", ["!early.example.", "mail.example."]],
    ["zz.ent.example. A", "NXDOMAIN aa", ["a.b.ent.example.", "dn.example."]],
    ["ent.example. A", "NOERROR aa", ["dn.example."]],
    ["b.ent.example. A", "NOERROR aa", ["dn.example."]],
    ["mail.example. TXT", "NOERROR aa", ["mail.example."]],
    ["foo.wild.example. A", "NOERROR aa", ["*.wild.example."]],
    ["zzz.wild.example. A", "NOERROR aa", ["*.wild.example.", "x.y.wild.example."]],
    ["zzz.wild.example. TXT", "NOERROR aa", ["x.y.wild.example."]],
    ["q.half.example. TXT", "NOERROR aa", ["a.*.half.example.", "a.b.ent.example."]],
    ["cut.example. DS", "NOERROR aa", ["cut.example."]],
    ["www.cut.example. A", "NOERROR", ["cut.example."]],
    ["www.secure.example. A", "NOERROR", []],
    ["amiss.example. A", "NXDOMAIN aa", ["!early.example.", "mail.example."]],
    ["q.dn.example. A", "NXDOMAIN aa", []],
  ] as const)("%s", (question, head, owners) => {
    const reply = ask(answerer, question, dnssec);
    expect(show(reply).split("\n")[0]).toBe(head);
    if (question !== "q.dn.example. A") expect(nsecs(reply)).toEqual([...owners]);
    checkNsec(reply, question.split(" ")[0]!);
  });

  test("the denial at the end of a chain is about the last name", () => {
    checkNsec(ask(answerer, "q.dn.example. A", dnssec), "q.target.example.");
  });

  test("what the signer made goes out as it came: same RRSIGs, same NSEC", () => {
    const reply = ask(answerer, "mail.example. A", dnssec);
    expect(reply.answer.map((record) => record.type)).toEqual([RRType.A, RRType.RRSIG]);
    expect(show(ask(answerer, "mail.example. NSEC", dnssec))).toMatch(
      /answer mail.example. 120 NSEC \S+ A RRSIG NSEC\n/,
    );
    expect(ask(answerer, "mail.example. RRSIG", {}).answer.map((record) => record.type)).toEqual([RRType.RRSIG]);
    expect(ask(answerer, "mail.example. A", {}).answer.length).toBe(1);
    expect(ask(answerer, "nothing.example. A", {}).authority.map((record) => record.type)).toEqual([RRType.SOA]);
  });
});

/** Each NSEC in a negative answer says something about the name, about a wildcard above it, or matches it. */
function checkNsec(message: Message, last: string): void {
  const signatures = message.authority.filter((record) => record.type === RRType.RRSIG).length;
  const sets = new Set(
    message.authority.filter((r) => r.type !== RRType.RRSIG).map((r) => `${printName(r.owner)} ${r.type}`),
  );
  const unsigned = message.authority.some((r) => r.type === RRType.NS) ? 1 : 0;
  expect(signatures).toBe(sets.size - unsigned);
  for (const record of message.authority.filter((r) => r.type === RRType.NSEC)) {
    const { next } = readNsec(record.rdata!);
    const about = [
      ...namesFor(last),
      ...message.answer
        .filter((r) => r.type === RRType.CNAME)
        .flatMap((r) => namesFor(printRdata(RRType.CNAME, r.rdata!))),
    ];
    expect(
      about.some((text) => covers(record.owner, next, name(text))),
      showRecord(record),
    ).toBe(true);
  }
}

function namesFor(text: string): string[] {
  const names = [text];
  for (let at = text; at !== APEX; at = at.slice(at.indexOf(".") + 1)) names.push(`*.${at.slice(at.indexOf(".") + 1)}`);
  return names;
}

function covers(owner: Name, next: Name, about: Name): boolean {
  const after = compareNames(owner, about);
  if (after === 0) return true;
  return after < 0 && (compareNames(about, next) < 0 || compareNames(next, owner) <= 0);
}

const ITERATED: Nsec3Params = { algorithm: 1, iterations: 3, salt: Uint8Array.of(0xab, 0xcd) };
const PLAIN: Nsec3Params = { algorithm: 1, iterations: 0, salt: new Uint8Array(0) };

describe.skipIf(!tools).each([
  ["salt and iterations", { denial: "nsec3", salt: "abcd", iterations: 3 }, ITERATED],
  ["opt-out", { denial: "nsec3", optOut: true }, PLAIN],
] as const)("NSEC3, %s", (kind, options, params) => {
  const answerer = tools ? serve(options) : newAnswerer();
  const optOut = kind === "opt-out";

  /** `=name` for a match, `<name` for a cover, of the names given. */
  function proof(question: string, names: readonly string[]): string[] {
    const reply = ask(answerer, question, dnssec);
    const said: string[] = [];
    for (const record of reply.authority.filter((r) => r.type === RRType.NSEC3)) {
      const hash = hashOfNsec3Owner(record.owner, name(APEX))!;
      const next = readNsec3(record.rdata!).nextHash;
      for (const text of names) {
        const wanted = nsec3HashOf(name(text), params);
        if (bytesEqual(hash, wanted)) said.push(`=${text}`);
        else if (between(hash, wanted, next)) said.push(`<${text}`);
      }
    }
    return said.sort();
  }

  test.each([
    ["nothing.example. A", ["=example.", "<nothing.example.", "<*.example."]],
    ["a.b.nothing.example. A", ["=example.", "<nothing.example.", "<*.example."]],
    ["below.mail.example. A", ["=mail.example.", "<below.mail.example.", "<*.mail.example."]],
    ["mail.example. TXT", ["=mail.example."]],
    ["ent.example. A", ["=ent.example."]],
    ["foo.wild.example. A", ["=wild.example.", "<foo.wild.example.", "=*.wild.example."]],
    ["foo.wild.example. TXT", ["<foo.wild.example."]],
    ["bar.foo.wild.example. TXT", ["<foo.wild.example."]],
    ["q.walias.example. A", ["<q.walias.example."]],
    ["q.half.example. TXT", ["=half.example.", "<q.half.example.", "=*.half.example."]],
    ["amiss.example. A", ["=example.", "<missing.example.", "<*.example."]],
    ["awild.example. TXT", ["<foo.wild.example."]],
    ["www.secure.example. A", []],
    ["cut.example. DS", optOut ? ["=example.", "<cut.example."] : ["=cut.example."]],
    ["www.cut.example. A", optOut ? ["=example.", "<cut.example."] : ["=cut.example."]],
    ["optout.example. A", optOut ? ["=example.", "<optout.example."] : ["=optout.example."]],
    ["only.optout.example. A", optOut ? ["=example.", "<optout.example."] : ["=only.optout.example."]],
    [
      "x.only.optout.example. A",
      optOut
        ? ["=example.", "<optout.example.", "<*.example."]
        : ["=only.optout.example.", "<x.only.optout.example.", "<*.only.optout.example."],
    ],
    ["www.deep.only.optout.example. A", optOut ? ["=example.", "<optout.example."] : ["=deep.only.optout.example."]],
  ] as const)("%s", (question, needed) => {
    const names = needed.map((text) => text.slice(1));
    expect(proof(question, names)).toEqual(expect.arrayContaining([...needed]));
    const records = ask(answerer, question, dnssec).authority.filter((record) => record.type === RRType.NSEC3).length;
    // One record may cover two names; none is there for nothing.
    expect(records).toBeLessThanOrEqual(needed.length);
    expect(records > 0).toBe(needed.length > 0);
  });

  test("the owner of an NSEC3 is no name of the zone (RFC 5155 section 7.2.8)", () => {
    const owner = ask(answerer, "mail.example. TXT", dnssec).authority.find(
      (record) => record.type === RRType.NSEC3,
    )!.owner;
    const reply = ask(answerer, `${printName(owner)} NSEC3`, dnssec);
    expect(show(reply).split("\n")[0]).toBe("NXDOMAIN aa");
    expect(ask(answerer, `${printName(owner)} A`, dnssec).rcode).toBe(3);
  });

  test("NSEC3PARAM is served, its bit is in the apex's NSEC3", () => {
    expect(ask(answerer, "example. NSEC3PARAM", dnssec).answer.length).toBe(2);
    const apex = ask(answerer, "example. TXT", dnssec).authority.find((record) => record.type === RRType.NSEC3)!;
    expect([...parseTypeBitmap(readNsec3(apex.rdata!).bitmap)!]).toContain(RRType.NSEC3PARAM);
  });
});

function between(hash: Uint8Array, wanted: Uint8Array, next: Uint8Array): boolean {
  const wraps = compareBytes(next, hash) <= 0;
  if (wraps) return compareBytes(wanted, hash) > 0 || compareBytes(wanted, next) < 0;
  return compareBytes(wanted, hash) > 0 && compareBytes(wanted, next) < 0;
}
