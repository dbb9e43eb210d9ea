/** ANY (RFC 8482): what is made in place of everything, signed in each form of denial, and what it may cost. */
import { describe, expect, test } from "vitest";
import type { ZoneSigning } from "#answer";
import { ExtendedError, type Message } from "#message";
import { nameKey } from "#name";
import { RRType, readRrsig } from "#rdata";
import { APEX, ZONE } from "./cases.ts";
import { type Ask, ask, imageOf, liveZone, name, newAnswerer, show, zoneOf } from "./fixture.ts";

const DENIALS = ["compact", "nsec3", "chain"] as const;
const EDE = 15;
const REFUSED = '3789 HINFO "RFC8482" ""';
const version = zoneOf(name(APEX), ZONE);

function live(denial: ZoneSigning["denial"], signatureCacheOctets?: number) {
  const answerer = newAnswerer(signatureCacheOctets === undefined ? {} : { signatureCacheOctets });
  const { image, signing, keys } = liveZone(name(APEX), version, denial);
  answerer.zones.set({ apex: name(APEX), state: "serving", image, signing });
  return { ask: (question: string, how: Ask = { do: true }) => ask(answerer, question, how), keys };
}

function extendedError(reply: Message): number | undefined {
  const data = reply.edns?.options.find(({ code }) => code === EDE)?.data;
  return data && (data[0]! << 8) | data[1]!;
}

describe.each(DENIALS)("live-signed, %s", (denial) => {
  const zone = live(denial);

  test("one HINFO and its signature, over UDP and TCP; not without DO", () => {
    for (const tcp of [false, true]) {
      const reply = zone.ask("mail.example. ANY", { do: true, tcp });
      expect(reply.answer.map(({ type, ttl }) => [type, ttl])).toEqual([
        [RRType.HINFO, 3789],
        [RRType.RRSIG, 3789],
      ]);
      expect([reply.authority.length, extendedError(reply)]).toEqual([0, ExtendedError.NotSupported]);
      expect(show(zone.ask("mail.example. ANY", { tcp }))).toBe(`NOERROR aa\nanswer mail.example. ${REFUSED}`);
    }
  });

  test("an error that is told is told of what was refused alone", () => {
    for (const question of ["alias.example. ANY", "ent.example. ANY", "nothing.example. ANY", "x.cut.example. ANY"])
      expect(extendedError(zone.ask(question)), question).toBeUndefined();
  });

  test("by a wildcard: under compact denial of the name itself, else of the wildcard, with the proof", () => {
    const [hinfo, rrsig] = zone.ask("foo.wild.example. ANY").answer;
    expect(nameKey(hinfo!.owner)).toBe(nameKey(name("foo.wild.example.")));
    expect(readRrsig(rrsig!.rdata!).labels).toBe(denial === "compact" ? 3 : 2);
    const before = zone.keys.signatures();
    const { authority } = zone.ask("other.wild.example. ANY");
    // A proof of NSEC3 is new for each name; the HINFO is not.
    expect(zone.keys.signatures() - before).toBe(denial === "chain" ? 0 : 1);
    expect(authority.length > 0).toBe(denial !== "compact");
  });

  test("one signature for a name, whatever its case", () => {
    zone.ask("mixed.example. ANY");
    const before = zone.keys.signatures();
    zone.ask("MIXED.example. ANY");
    expect(zone.keys.signatures()).toBe(before);
  });
});

test("ANY at very many names: one signature each, and no other made-up name loses its own", () => {
  const zone = live("compact", 64 * 1024);
  zone.ask("first.example. A");
  const before = zone.keys.signatures();
  const many = 1000;
  for (let i = 0; i < many; i++) zone.ask(`n${i}.wild.example. ANY`);
  expect(zone.keys.signatures()).toBe(before + many);
  zone.ask("first.example. A");
  expect(zone.keys.signatures()).toBe(before + many);
});

test("where the primary's DNSSEC is served, ANY gets a set of the zone's own", () => {
  const answerer = newAnswerer();
  const signed = zoneOf(
    name(APEX),
    `${ZONE}mail NSEC mixed A RRSIG NSEC\nmail RRSIG A 13 2 300 20260401000000 20260201000000 1 example. AAAA\n`,
  );
  answerer.zones.set({ apex: name(APEX), state: "serving", image: imageOf(signed) });
  const reply = ask(answerer, "mail.example. ANY", { do: true });
  expect(reply.answer.map(({ type }) => type)).toEqual([RRType.A, RRType.RRSIG]);
  expect(extendedError(reply)).toBeUndefined();
});
