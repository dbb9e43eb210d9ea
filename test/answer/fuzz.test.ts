/** Hostile octets: whatever comes in, `answer` neither throws nor says anything that does not parse (with fixed seeds). */
import { describe, expect, test } from "vitest";
import { type Answerer, DROP, FORWARD } from "#answer";
import { fromHex, toHex } from "#bytes";
import { Flag, parseMessage } from "#message";
import { APEX, ZONE } from "./cases.ts";
import { contextOf, imageOf, liveZone, name, newAnswerer, queryOf, zoneOf } from "./fixture.ts";

const version = zoneOf(name(APEX), ZONE);

function live(denial: "compact" | "nsec3" | "chain"): Answerer {
  const answerer = newAnswerer({
    nsid: Uint8Array.of(110, 49),
    cookies: { secrets: [fromHex("e5e973e5a6b2a43f48e7dc849e37bfcf")!], require: false },
    tcpIdleSeconds: 10,
    signatureCacheOctets: 4096,
  });
  const zone = liveZone(name(APEX), version, denial);
  answerer.zones.set({ apex: name(APEX), state: "serving", image: zone.image, signing: zone.signing });
  return answerer;
}

function unsigned(): Answerer {
  const answerer = newAnswerer();
  answerer.zones.set({ apex: name(APEX), state: "serving", image: imageOf(version) });
  return answerer;
}

/** xorshift32: the same mutations on every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const OPTIONS = [
  { code: 3, data: new Uint8Array(0) },
  { code: 10, data: fromHex("2464c4abcf10c957")! },
  { code: 11, data: new Uint8Array(0) },
];

const CORPUS = [
  "mail A",
  "nothing A",
  "ent TXT",
  "foo.wild MX",
  "q.walias A",
  "aloop1 A",
  "x.dn A",
  "x.dlong A",
  "a.cut A",
  "cut DS",
  "sibling DS",
  "q.wns NS",
  "alias ANY",
  "x RRSIG",
  "x NSEC",
].flatMap((question) => {
  const whole = question.replace(" ", ".example. ");
  return [
    queryOf(whole),
    queryOf(whole, { do: true, co: true, options: OPTIONS }),
    queryOf(whole, { udpSize: 600, do: true }),
  ];
});

function mutate(octets: Uint8Array, next: (below: number) => number): Uint8Array {
  let copy = octets.slice();
  for (let changes = next(4); changes >= 0; changes--) {
    // Headers and counts decide most: every third change goes there.
    const at = next(3) === 0 ? next(12) : next(copy.length);
    const kind = next(6);
    if (kind === 0) copy[at] = next(256);
    else if (kind === 1) copy[at]! ^= 1 << next(8);
    else if (kind === 2) copy[at] = 0xc0 | next(4);
    else if (kind === 3) copy = copy.slice(0, 1 + next(copy.length));
    else if (kind === 4) copy = Uint8Array.from([...copy.subarray(0, at), next(256), ...copy.subarray(at)]);
    else copy = Uint8Array.from([...copy, ...octets.subarray(next(octets.length))]);
  }
  return copy;
}

/** Undefined when all is well. */
function trouble(answerer: Answerer, query: Uint8Array, tcp: boolean): string | undefined {
  const before = query.slice();
  const reply = new Uint8Array(tcp ? 65535 : 1300).fill(0xee);
  const length = answerer.answer(query, query.length, reply, contextOf({ tcp }));
  if (toHex(before) !== toHex(query)) return "the query was changed";
  if (length === DROP || length === FORWARD) return undefined;
  if (length < 12 || length > (tcp ? 65535 : 1232)) return `length ${length}`;
  if (!tcp && reply.subarray(1232).some((octet) => octet !== 0xee)) return "octets behind the allowed space";
  const message = parseMessage(reply.slice(0, length));
  if (!message.ok) return `unparseable reply: ${message.error}`;
  const { value } = message;
  if ((value.flags & Flag.QR) === 0) return "no reply";
  if (toHex(reply.subarray(0, 2)) !== toHex(query.subarray(0, 2))) return "another identifier";
  for (const record of [...value.answer, ...value.authority, ...value.additional]) {
    if (record.rdata === undefined) return "malformed RDATA";
  }
  return undefined;
}

describe.each([
  ["unsigned", unsigned],
  ["compact", () => live("compact")],
  ["nsec3", () => live("nsec3")],
  ["chain", () => live("chain")],
] as const)("%s", (_, make) => {
  const answerer = make();

  test("mutated queries", () => {
    const next = random(0x5eed);
    for (let i = 0; i < 6000; i++) {
      const query = mutate(CORPUS[next(CORPUS.length)]!, next);
      const wrong = trouble(answerer, query, next(4) === 0);
      expect(wrong, toHex(query)).toBeUndefined();
    }
  });

  test("queries cut off at every octet", () => {
    for (const query of CORPUS) {
      for (let length = 0; length <= query.length; length++) {
        expect(trouble(answerer, query.slice(0, length), false), toHex(query.slice(0, length))).toBeUndefined();
      }
    }
  });

  test("octets without any sense", () => {
    const next = random(77);
    for (let i = 0; i < 2000; i++) {
      const query = Uint8Array.from({ length: next(120) }, () => next(256));
      if (query.length > 4 && next(2) === 0)
        query.set([0, 0, 0, 1, 0, 0, 0, 0, 0, next(3)].slice(0, query.length - 2), 2);
      expect(trouble(answerer, query, false), toHex(query)).toBeUndefined();
    }
  });

  test("names of every length below the zone, of one label and of many", () => {
    for (const label of ["a", "abc", "b".repeat(63)]) {
      const octets = [label.length, ...fromText(label)];
      for (let count = 1; ; count++) {
        const owner = Uint8Array.from([...Array.from({ length: count }, () => octets).flat(), ...name(APEX)]);
        if (owner.length > 255) break;
        for (const flags of [0x0000, 0x8000]) {
          const query = Uint8Array.from([
            0x12,
            0x34,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            1,
            ...owner,
            0,
            1,
            0,
            1,
            0,
            0,
            41,
            4,
            208,
            0,
            0,
            flags >> 8,
            0,
            0,
            0,
          ]);
          expect(trouble(answerer, query, true), toHex(query)).toBeUndefined();
          expect(trouble(answerer, query, false), toHex(query)).toBeUndefined();
        }
      }
    }
  });
});

function fromText(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
