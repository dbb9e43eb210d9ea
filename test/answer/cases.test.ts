/** The case table and generated questions, on the obvious lookup and on the image: both must agree with it and with each other. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Answerer } from "#answer";
import type { Message } from "#message";
import { printName } from "#name";
import { RRType, typeCode, typeName } from "#rdata";
import type { ZoneVersion } from "#zone";
import { zonePath } from "../zones/index.ts";
import { APEX, CASES, ZONE } from "./cases.ts";
import { ask, imageOf, name, newAnswerer, show, showRecord, zoneOf } from "./fixture.ts";
import { type SlowAnswer, SlowZone } from "./slow-lookup.ts";

function serve(version: ZoneVersion): Answerer {
  const answerer = newAnswerer();
  answerer.zones.set({ apex: version.apex, state: "serving", image: imageOf(version) });
  return answerer;
}

function showSlow(slow: SlowAnswer): string {
  return [
    slow.rcode + (slow.authoritative ? " aa" : ""),
    ...slow.answer.map((line) => `answer ${line}`),
    ...slow.authority.map((line) => `authority ${line}`),
    ...slow.glue.map((line) => `additional ${line}`),
  ].join("\n");
}

/** Without additional records that nobody needs: in a referral those outside the delegation, in an answer all. */
function needed(message: Message): string {
  const cut = message.authority.find((record) => record.type === RRType.NS);
  const below = cut ? printName(cut.owner).toLowerCase() : undefined;
  return show(message)
    .split("\n")
    .filter((line) => {
      if (!line.startsWith("additional ")) return true;
      const owner = line.split(" ")[1]!.toLowerCase();
      return below !== undefined && (owner === below || owner.endsWith(`.${below}`));
    })
    .join("\n");
}

/** Owners point into the question and so have its case; RDATA keeps its own. */
function foldOwners(text: string): string {
  return text.replace(
    /^((?:answer|authority|additional) )(\S+)/gm,
    (_, section, owner) => section + owner.toLowerCase(),
  );
}

function sorted(text: string): string {
  const [head, ...rest] = text.split("\n");
  return [head, ...rest.sort()].join("\n");
}

describe("the case table", () => {
  const version = zoneOf(name(APEX), ZONE);
  const answerer = serve(version);
  const slow = new SlowZone(version);
  test.each(CASES)("%s", (question, reply) => {
    expect(sorted(needed(ask(answerer, question)))).toBe(sorted(reply));
    const [owner, type] = question.split(" ");
    expect(sorted(showSlow(slow.answer(name(owner!), typeCode(type!)!)))).toBe(sorted(reply));
  });

  test("YXDOMAIN for a substitution that passes 255 octets, behind a CNAME as well", () => {
    const first = (question: string) => show(ask(answerer, question, { tcp: true })).split("\n")[0];
    // The target has 253 octets.
    expect(first("x.dlong.example. A")).toBe("NXDOMAIN aa");
    expect(first("along.example. A")).toBe("NXDOMAIN aa");
    const reply = ask(answerer, "xy.dlong.example. A", { tcp: true });
    expect(show(reply).split("\n")[0]).toBe("YXDOMAIN aa");
    expect(reply.answer.map((record) => typeName(record.type))).toEqual(["DNAME"]);
  });
});

/** Every name of the zone, its neighbours, and names above, below and beside it. */
function questionsFor(version: ZoneVersion): string[] {
  const names = new Set<string>();
  const apex = printName(version.apex);
  for (const { owner } of version.rrsets()) {
    let text = printName(owner);
    names.add(text);
    names.add(`nope.${text}`);
    names.add(`*.${text}`);
    names.add(`a.b.${text}`);
    names.add(text.toUpperCase());
    for (;;) {
      text = text.replace(/^(?:\\\d{3}|\\.|[^\\.])*\./, "");
      if (text === "" || !text.endsWith(apex)) break;
      names.add(text);
      names.add(`nope.${text}`);
    }
  }
  return [...names].filter((text) => text.replace(/\\\d{3}|\\./g, "x").length < 254);
}

const TYPES = [RRType.A, RRType.NS, RRType.CNAME, RRType.TXT, RRType.DS, RRType.ANY, RRType.MX, RRType.DNAME, 65280];

describe.each([
  ["odd.example.", "odd.zone"],
  ["example.", "rfc4592.zone"],
  ["example.", undefined],
] as const)("%s %s: every name and many made of them", (apex, file) => {
  const version = zoneOf(name(apex), file ? readFileSync(zonePath(file), "latin1") : ZONE);
  const answerer = serve(version);
  const slow = new SlowZone(version);

  test("the image answers as the obvious lookup does", () => {
    const questions = questionsFor(version);
    expect(questions.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const question of questions) {
      for (const type of TYPES) {
        const fast = sorted(foldOwners(needed(ask(answerer, `${question} ${typeName(type)}`, { tcp: true }))));
        const obvious = sorted(foldOwners(showSlow(slow.answer(name(question), type))));
        if (fast !== obvious) wrong.push(`${question} ${typeName(type)}\n--- image\n${fast}\n--- obvious\n${obvious}`);
      }
    }
    expect(wrong.slice(0, 3).join("\n\n")).toBe("");
  });

  test("every answer also parses when it is truncated, and says so when something needed is missing", () => {
    for (const question of questionsFor(version)) {
      const whole = ask(answerer, question.concat(" ANY"), { tcp: true });
      const small = ask(answerer, question.concat(" ANY"));
      if (small.flags & 0x0200) continue;
      const key = (message: Message) => message.answer.map(showRecord).concat(message.authority.map(showRecord)).sort();
      expect(key(small)).toEqual(key(whole));
    }
  });
});
