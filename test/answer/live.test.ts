/** Live signing: every signature is checked with the key, every denial read as a validator reads it (RFC 9824, 5155, 4035). */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Answerer, ZoneSigning } from "#answer";
import { bytesEqual } from "#bytes";
import { canonicalRdatas, isInWindow, RRSIG_FIXED, rrsigPreimage, signedOwner } from "#dnssec";
import type { Message, MessageRecord } from "#message";
import { MAX_NAME, type Name, nameKey, printName } from "#name";
import { printRdata, RRType, readRrsig } from "#rdata";
import type { ZoneVersion } from "#zone";
import { zonePath } from "../zones/index.ts";
import { APEX, ZONE } from "./cases.ts";
import { type Ask, ask, askRaw, crypto, type Keys, liveZone, NOW, name, newAnswerer, show, zoneOf } from "./fixture.ts";

const DENIALS = ["compact", "nsec3", "chain"] as const;

type Live = { answerer: Answerer; keys: Keys; signing: ZoneSigning };

function live(apex: string, version: ZoneVersion, denial: ZoneSigning["denial"]): Live {
  const answerer = newAnswerer();
  const zone = liveZone(name(apex), version, denial);
  answerer.zones.set({ apex: name(apex), state: "serving", image: zone.image, signing: zone.signing });
  return { answerer, keys: zone.keys, signing: zone.signing };
}

/** What is wrong with the signatures of a reply to a question with DO; [] when every set that must be signed is, and well. */
function badSignatures(message: Message, keys: Keys, now = NOW): string[] {
  const wrong: string[] = [];
  const cut = message.authority.find((record) => record.type === RRType.NS)?.owner;
  for (const section of [message.answer, message.authority, message.additional]) {
    const sets = new Map<string, MessageRecord[]>();
    for (const record of section) {
      if (record.type === RRType.RRSIG) continue;
      const key = `${nameKey(record.owner)} ${record.type}`;
      sets.set(key, [...(sets.get(key) ?? []), record]);
    }
    for (const records of sets.values()) {
      const { owner, type } = records[0]!;
      const signatures = section.filter(
        (record) =>
          record.type === RRType.RRSIG &&
          nameKey(record.owner) === nameKey(owner) &&
          readRrsig(record.rdata!).typeCovered === type,
      );
      const label = `${printName(owner)} ${type}`;
      if (isUnsigned(message, records[0]!, cut)) {
        if (signatures.length > 0) wrong.push(`${label}: signed`);
      } else if (signatures.length !== 1) {
        wrong.push(`${label}: ${signatures.length} signatures`);
      } else if (!verifies(records, signatures[0]!, keys, now)) {
        wrong.push(`${label}: bad signature`);
      }
    }
  }
  return wrong;
}

/** NS of a cut, glue, the CNAME made from a DNAME. */
function isUnsigned(message: Message, record: MessageRecord, cut: Name | undefined): boolean {
  const below = (owner: Name) =>
    cut !== undefined && `.${printName(owner).toLowerCase()}`.endsWith(`.${printName(cut).toLowerCase()}`);
  if (record.type === RRType.NS) return message.authority.includes(record);
  if (record.type === RRType.CNAME) {
    return message.answer.some(
      (other) =>
        other.type === RRType.DNAME &&
        printName(record.owner)
          .toLowerCase()
          .endsWith(`.${printName(other.owner).toLowerCase()}`),
    );
  }
  if (!message.additional.includes(record)) return false;
  return below(record.owner) || GLUE.test(printName(record.owner));
}

/** Names of odd.zone and of the case table below other cuts than the one referred to. */
const GLUE = /(^|\.)(cut|sibling|secure|insecure|bothglue|big|missingglue)\.(odd\.)?example\.$/i;

function verifies(records: readonly MessageRecord[], signature: MessageRecord, keys: Keys, now: number): boolean {
  const rdata = signature.rdata!;
  const rrsig = readRrsig(rdata);
  const { owner, type } = records[0]!;
  const signerLength = printName(rrsig.signer) === "." ? 1 : rrsig.signer.length;
  const head = rdata.slice(0, RRSIG_FIXED + signerLength);
  const signed = signedOwner(owner, rrsig.labels);
  if (!signed || signature.ttl !== records[0]!.ttl || !isInWindow(rrsig.inception, rrsig.expiration, now)) return false;
  const data = rrsigPreimage(
    head,
    signed,
    type,
    rrsig.originalTtl,
    canonicalRdatas(
      type,
      records.map((record) => record.rdata!),
    ),
  );
  const key = [RRType.DNSKEY, RRType.CDS].includes(type as 48) ? keys.ksk : keys.zsk;
  return crypto.verify(13, key, data, rdata.slice(head.length)) === true;
}

/** NXNAME by its name: printers disagree on whether a type that no record can have has one. */
function withoutSignatures(message: Message): string {
  return show(message)
    .replace(/^\S+ \S+ \d+ RRSIG .*\n?/gm, "")
    .replaceAll("TYPE128", "NXNAME")
    .trimEnd();
}

const TYPES = ["A", "DS", "TXT", "NSEC", "ANY"];

describe.each(DENIALS)("denial %s", (denial) => {
  test.each([
    ["odd.example.", readFileSync(zonePath("odd.zone"), "latin1")],
    [APEX, ZONE],
  ])("%s: every signature of every answer verifies, from a cold and from a warm table", (apex, text) => {
    const version = zoneOf(name(apex), text);
    const { answerer, keys } = live(apex, version, denial);
    const wrong: string[] = [];
    for (const { owner } of version.rrsets()) {
      const text = printName(owner);
      for (const question of [text, `nope.${text}`, `*.${text}`, text.toUpperCase()]) {
        if (question.replace(/\\\d{3}|\\./g, "x").length > 250) continue;
        for (const type of TYPES) {
          for (let turn = 0; turn < (type === "A" ? 2 : 1); turn++) {
            const reply = ask(answerer, `${question} ${type}`, { do: true, tcp: true });
            for (const trouble of badSignatures(reply, keys))
              wrong.push(`${question} ${type}: ${trouble}\n${show(reply)}`);
          }
        }
      }
    }
    expect(wrong.slice(0, 2).join("\n\n")).toBe("");
  });
});

describe("compact denial", () => {
  const version = zoneOf(name(APEX), ZONE);
  let zone: Live;
  beforeAll(() => {
    zone = live(APEX, version, "compact");
  });
  const asked = (question: string, how: Ask = { do: true }) => withoutSignatures(ask(zone.answerer, question, how));

  const SOA = "authority example. 120 SOA ns1.example. admin.example. 7 3600 600 86400 120\n";
  test.each([
    [
      "nothing.example. A",
      `NOERROR aa\n${SOA}authority nothing.example. 120 NSEC \\000.nothing.example. RRSIG NSEC NXNAME\n`,
    ],
    ["ent.example. A", `NOERROR aa\n${SOA}authority ent.example. 120 NSEC \\000.ent.example. RRSIG NSEC\n`],
    ["mail.example. TXT", `NOERROR aa\n${SOA}authority mail.example. 120 NSEC \\000.mail.example. A RRSIG NSEC\n`],
    [
      "foo.wild.example. A",
      `NOERROR aa\n${SOA}authority foo.wild.example. 120 NSEC \\000.foo.wild.example. MX TXT RRSIG NSEC\n`,
    ],
    ["foo.wild.example. TXT", 'NOERROR aa\nanswer foo.wild.example. 300 TXT "wild"\n'],
    ["example. TXT", `NOERROR aa\n${SOA}authority example. 120 NSEC \\000.example. NS SOA MX RRSIG NSEC DNSKEY CDS\n`],
    [
      "sibling.example. DS",
      `NOERROR aa\n${SOA}authority sibling.example. 120 NSEC sibling\\000.example. NS RRSIG NSEC\n`,
    ],
    ["mail.example. NSEC", "NOERROR aa\nanswer mail.example. 120 NSEC \\000.mail.example. A RRSIG NSEC\n"],
    ["alias.example. NSEC", "NOERROR aa\nanswer alias.example. 120 NSEC \\000.alias.example. CNAME RRSIG NSEC\n"],
    [
      "nothing.example. NSEC",
      "NOERROR aa\nanswer nothing.example. 120 NSEC \\000.nothing.example. RRSIG NSEC NXNAME\n",
    ],
    [
      "amiss.example. A",
      `NOERROR aa\nanswer amiss.example. 300 CNAME missing.example.\n${SOA}authority missing.example. 120 NSEC \\000.missing.example. RRSIG NSEC NXNAME\n`,
    ],
    [
      "x.sibling.example. A",
      "NOERROR\nauthority sibling.example. 300 NS ns.sibling.example.\nauthority sibling.example. 120 NSEC sibling\\000.example. NS RRSIG NSEC\nadditional ns.sibling.example. 300 A 192.0.2.9",
    ],
  ])("%s", (question, reply) => expect(asked(question)).toBe(reply.trimEnd()));

  test("at a delegation that is its own name server's name the address is glue: the NSEC does not list it (RFC 4035 section 2.3)", () => {
    const glued = zoneOf(name(APEX), `${ZONE}glued NS glued\nglued A 192.0.2.10\n`);
    const { answerer, keys } = live(APEX, glued, "compact");
    for (const question of ["glued.example. DS", "x.glued.example. A"]) {
      const reply = ask(answerer, question, { do: true });
      expect(withoutSignatures(reply)).toMatch(/ NSEC glued\\000\.example\. NS RRSIG NSEC$/m);
      expect(badSignatures(reply, keys)).toEqual([]);
    }
  });

  test("without DO a missing name is NXDOMAIN, and nothing more is said", () => {
    expect(asked("nothing.example. A", {})).toBe(`NXDOMAIN aa\n${SOA}`.trimEnd());
    expect(asked("amiss.example. A", {})).toMatch(/^NXDOMAIN aa/);
    expect(asked("nothing.example. NSEC", {})).toMatch(/^NXDOMAIN aa/);
    expect(asked("mail.example. NSEC", {})).toBe(
      "NOERROR aa\nanswer mail.example. 120 NSEC \\000.mail.example. A RRSIG NSEC",
    );
  });

  test("CO brings the real RCODE back, with CO in the reply", () => {
    const reply = ask(zone.answerer, "nothing.example. A", { do: true, co: true });
    expect([reply.rcode, reply.edns!.flags]).toEqual([3, 0xc000]);
    expect(withoutSignatures(reply)).toContain("NSEC \\000.nothing.example. RRSIG NSEC NXNAME");
    expect(ask(zone.answerer, "ent.example. A", { do: true, co: true }).rcode).toBe(0);
    expect(ask(zone.answerer, "nothing.example. A", { co: true }).edns!.flags).toBe(0);
  });

  test("a signature over an expanded wildcard counts all labels", () => {
    const reply = ask(zone.answerer, "a.b.wild.example. TXT", { do: true });
    expect(readRrsig(reply.answer[1]!.rdata!).labels).toBe(4);
    expect(reply.authority).toEqual([]);
  });

  test("the signer sees the name in lower case, the questioner in his own; one signature serves both", () => {
    ask(zone.answerer, "case.example. A", { do: true });
    const before = zone.keys.signatures();
    const reply = ask(zone.answerer, "cAsE.example. A", { do: true });
    expect(zone.keys.signatures()).toBe(before);
    expect(printName(reply.authority.find((record) => record.type === RRType.NSEC)!.owner)).toBe("cAsE.example.");
    expect(badSignatures(reply, zone.keys)).toEqual([]);
  });

  test("names with no room for another label", () => {
    const label = (octet: string, length: number) => octet.repeat(length);
    const tail = `${label("b", 63)}.${label("c", 63)}.${label("d", 54)}.example.`;
    for (const length of [55, 56, 57, 58, 59, 60, 61, 62]) {
      const question = `${label("a", length)}.${tail}`;
      if (name(question).length > MAX_NAME) break;
      const reply = ask(zone.answerer, `${question} A`, { do: true, tcp: true });
      const nsec = reply.authority.find((record) => record.type === RRType.NSEC)!;
      expect(badSignatures(reply, zone.keys)).toEqual([]);
      expect(printRdata(RRType.NSEC, nsec.rdata!)).toMatch(/ RRSIG NSEC (NXNAME|TYPE128)$/);
    }
    const full = `${label("a", 61)}.${label("b", 63)}.${label("c", 63)}.${label("d", 55)}.example.`;
    expect(name(full).length).toBe(MAX_NAME);
    const reply = ask(zone.answerer, `${full} A`, { do: true, tcp: true });
    expect(badSignatures(reply, zone.keys)).toEqual([]);
    const [next] = printRdata(RRType.NSEC, reply.authority[2]!.rdata!).split(" ");
    expect(name(next!).length).toBeLessThanOrEqual(MAX_NAME);
  });
});

describe("how many signatures", () => {
  const version = zoneOf(name(APEX), ZONE);

  test("one for each new missing name, none the second time", () => {
    const { answerer, keys } = live(APEX, version, "compact");
    ask(answerer, "first.example. A", { do: true });
    expect(keys.signatures()).toBe(2);
    ask(answerer, "second.example. A", { do: true });
    expect(keys.signatures()).toBe(3);
    ask(answerer, "first.example. A", { do: true });
    ask(answerer, "second.example. AAAA", { do: true });
    expect(keys.signatures()).toBe(3);
  });

  test("with NSEC3 also one for each new missing name, once encloser and wildcard are known", () => {
    const { answerer, keys } = live(APEX, version, "nsec3");
    ask(answerer, "first.example. A", { do: true });
    const before = keys.signatures();
    ask(answerer, "second.example. A", { do: true });
    expect(keys.signatures()).toBe(before + 1);
  });

  test("another worker with the same table signs nothing again", () => {
    const one = live(APEX, version, "chain");
    ask(one.answerer, "mail.example. A", { do: true });
    const other = newAnswerer();
    other.zones.set({
      apex: name(APEX),
      state: "serving",
      image: one.answerer.zones.get(name(APEX))!.image,
      signing: one.signing,
    });
    const reply = askRaw(other, "mail.example. A", { do: true });
    expect(one.keys.signatures()).toBe(1);
    expect(bytesEqual(reply, askRaw(one.answerer, "mail.example. A", { do: true }))).toBe(true);
  });

  test("without DO nothing is signed", () => {
    const { answerer, keys } = live(APEX, version, "compact");
    for (const question of ["mail.example. A", "nothing.example. A", "x.cut.example. A"]) ask(answerer, question);
    expect(keys.signatures()).toBe(0);
  });

  test("a signature is given out for one period and made anew in the next; both hold", () => {
    const { answerer, keys } = live(APEX, version, "compact");
    const length = 6 * 3600;
    const windows = new Set<number>();
    for (let step = 0; step < 24; step++) {
      const now = NOW + (step * length) / 8;
      const reply = ask(answerer, "mail.example. A", { do: true, now });
      expect(badSignatures(reply, keys, now)).toEqual([]);
      windows.add(readRrsig(reply.answer[1]!.rdata!).inception);
    }
    expect(windows.size).toBeGreaterThanOrEqual(3);
    expect(windows.size).toBeLessThanOrEqual(4);
    expect(keys.signatures()).toBe(windows.size);
  });
});
