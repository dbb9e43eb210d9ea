/** Hostile DNS messages: whole ones of every kind, mutated ones, random octets. */
import { encodeQuestion } from "../peers/client.ts";
import type { Random } from "./random.ts";

const LABELS = [
  "",
  "www.",
  "mail.",
  "big.",
  "any.wild.",
  "wild.",
  "ent.",
  "deep.ent.",
  "alias.",
  "loop1.",
  "x.under.",
  "child.",
  "ns.child.",
  "secure.",
  "a.secure.",
  "missing.",
  "a.b.c.d.missing.",
  "*.wild.",
  "_sip._udp.",
  "\\000.",
  "\\255\\192\\012.",
] as const;

const TYPES = [
  0, 1, 2, 5, 6, 12, 15, 16, 28, 33, 39, 41, 43, 46, 47, 48, 50, 51, 59, 60, 64, 65, 99, 128, 249, 250, 251, 252, 255,
  65280, 65535,
] as const;

const OPTIONS: readonly (readonly number[])[] = [
  [],
  [0, 3, 0, 0],
  [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
  [0, 10, 0, 24, ...Array.from({ length: 24 }, (_, i) => i)],
  [0, 11, 0, 0],
  [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2],
  [0, 12, 0, 4, 0, 0, 0, 0],
  [0x5a, 0x5a, 0, 2, 1, 2],
];

/** RD, AD, CD, TC, AA, an unknown flag, and opcodes: IQUERY, STATUS, NOTIFY, UPDATE, DSO, 15. */
const FLAGS = [0, 0, 0, 0x0100, 0x0020, 0x0010, 0x0200, 0x0400, 0x0040, 0x0800, 0x1000, 0x2000, 0x2800, 0x3000, 0x7800];

/** A message that some program might send, for one of `zones`. */
export function wholeMessage(random: Random, zones: readonly string[]): Uint8Array {
  const edns = random.oneIn(3)
    ? undefined
    : {
        size: random.pick([0, 512, 513, 1232, 4096, 65535]),
        flags: random.pick([0, 0x8000, 0xc000, 0x4000, 0x3fff, 0xffff]),
        options: Uint8Array.from(random.pick(OPTIONS)),
      };
  const zone = random.oneIn(12) ? random.pick([".", "example.", "elsewhere.test.", "\\001."]) : random.pick(zones);
  const label = zone === "." ? "" : random.pick(LABELS);
  const message = encodeQuestion(
    {
      name: `${label}${zone}`,
      type: random.pick(TYPES),
      class: random.oneIn(12) ? random.pick([0, 3, 4, 254, 255, 65535]) : 1,
      flags: random.pick(FLAGS),
      ...(edns ? { edns } : {}),
    },
    0,
  );
  return random.oneIn(10) ? withTsig(message, random) : message;
}

/** A TSIG record of nobody's: a key that is not known, rubbish for a MAC. */
function withTsig(message: Uint8Array, random: Random): Uint8Array {
  const algorithm = [11, ...Buffer.from("hmac-sha256"), 0];
  const mac = random.octets(random.pick([0, 1, 16, 32, 64]));
  const rdata = [...algorithm, 0, 0, ...random.octets(4), 1, 44, 0, mac.length, ...mac, 0, 0, 0, 0, 0, 0];
  const record = [3, 107, 101, 121, 0, 0, 250, 0, 255, 0, 0, 0, 0, rdata.length >> 8, rdata.length & 255, ...rdata];
  const signed = Uint8Array.from([...message, ...record]);
  signed[11]!++;
  return signed;
}

const INTERESTING = [0, 1, 12, 41, 63, 64, 127, 128, 191, 192, 250, 252, 255] as const;

/** The message with one to six things wrong with it. */
export function mutate(message: Uint8Array, random: Random): Uint8Array {
  let octets = Array.from(message);
  for (let left = 1 + random.below(6); left > 0; left--) {
    const at = random.oneIn(3) ? random.below(12) : random.below(Math.max(1, octets.length));
    switch (random.below(8)) {
      case 0:
        octets[at] = random.below(256);
        break;
      case 1:
        octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 2:
        octets[at] = random.pick(INTERESTING);
        break;
      case 3:
        octets = octets.slice(0, at);
        break;
      case 4:
        octets.push(...random.octets(1 + random.below(40)));
        break;
      case 5:
        octets.splice(at, random.below(6), ...random.octets(random.below(6)));
        break;
      case 6:
        octets.splice(at, 2, 0xc0 | random.below(64), random.below(256));
        break;
      default:
        octets.splice(at, 0, ...octets.slice(12, 12 + random.below(80)));
    }
  }
  return Uint8Array.from(octets.slice(0, 4096), (octet) => octet ?? 0);
}

/** One of the attack's messages; the first two octets are `id` where the message is that long. */
export function hostileMessage(random: Random, zones: readonly string[], id: number): Uint8Array {
  const kind = random.below(20);
  const message =
    kind === 0
      ? random.octets(random.below(600))
      : kind < 5
        ? wholeMessage(random, zones)
        : mutate(wholeMessage(random, zones), random);
  if (message.length > 0) message[0] = id >> 8;
  if (message.length > 1) message[1] = id & 255;
  return message;
}
