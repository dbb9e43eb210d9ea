/**
 * Thousands of odd messages to the whole product and to Knot, NSD and BIND, which serve the same zones (unsigned, pre-signed
 * with NSEC and with NSEC3): each answer of ours is that of one peer at least, or the table says why it is not.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromLatin1, toHex } from "#bytes";
import { type Name, nameKey, readName } from "#name";
import {
  type Countersign,
  flattenZone,
  missingPrograms,
  type Peer,
  type PeerZone,
  type SigningMode,
  signZone,
  startBind,
  startCountersign,
  startKnot,
  startNsd,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { askOctets } from "./ask-octets.ts";
import { compareReplies } from "./compare.ts";
import { decodeReply, type Reply } from "./decode.ts";
import { FORGIVEN, type Heard, ODD_DIFFERENCES, type PeerKind } from "./odd-differences.ts";
import { makeOddMessages, ODDITIES, type OddMessage } from "./odd-messages.ts";
import { namesOf } from "./questions.ts";

const missing = missingPrograms("knotd", "nsd", "named", "named-checkzone", "dnssec-signzone");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const COUNT = 1_800;
const SHOWN = 20;
const KINDS = ["knot", "nsd", "bind"] as const;

type Form = {
  readonly name: string;
  readonly mode: SigningMode;
  readonly denial?: "nsec" | "nsec3";
  readonly seed: number;
};

// Names of one length: a DNAME in it leads to a name of 255 octets.
const FORMS: readonly Form[] = [
  { name: "odd.example.", mode: "unsigned", seed: 21 },
  { name: "one.example.", mode: "presigned", denial: "nsec", seed: 22 },
  { name: "ns3.example.", mode: "presigned-nsec3", denial: "nsec3", seed: 23 },
];

describe.skipIf(missing.length > 0)(`odd messages${leftOut}`, () => {
  const used = new Map<string, number>();
  let product: Countersign;
  let peers: Record<PeerKind, Peer>;

  beforeAll(async () => {
    const text = flattenZone("odd.example.", zonePath("odd.zone"));
    const zones = FORMS.map(({ name, denial }): PeerZone => {
      const plain = { name, text: text.replaceAll("odd.example.", name) };
      return denial ? signZone(plain, { denial }) : plain;
    });
    const [knot, nsd, bind, started] = await Promise.all([
      startKnot({ zones }),
      startNsd({ zones }),
      startBind({ zones }),
      startCountersign(),
    ]);
    peers = { knot, nsd, bind };
    product = started;
    for (const { name, mode } of FORMS) {
      const id = await product.addZone({ name, primary: knot, mode });
      await product.served(id, name);
    }
  });
  afterAll(async () => {
    await Promise.all([product?.stop(), ...Object.values(peers ?? {}).map((peer) => peer.stop())]);
  });

  test.each(FORMS)("$name, $mode: what we answer a peer answers too, or the table says why not", async (form) => {
    const apex = getName(form.name);
    const text = flattenZone("odd.example.", zonePath("odd.zone")).replaceAll("odd.example.", form.name);
    const messages = makeOddMessages(apex, namesOf(apex, text), COUNT, form.seed);
    expect(new Set(messages.map(({ oddity }) => oddity)).size).toBe(ODDITIES.length + 1);
    const octets = messages.map((message) => message.octets);
    const plain = { name: form.name, type: 6 };
    const answered = (index: number): boolean => messages[index]!.oddity !== "response";
    const [ours, knot, nsd, bind] = await Promise.all([
      askOctets(product, octets, plain, answered),
      askOctets(peers.knot, octets, plain),
      askOctets(peers.nsd, octets, plain),
      askOctets(peers.bind, octets, plain),
    ]);
    const apexHex = toHex(fromLatin1(nameKey(apex)));
    const unexplained = new Groups();
    for (const [i, message] of messages.entries()) {
      const heard = { knot: hear(knot[i]), nsd: hear(withQuestion(nsd[i])), bind: hear(bind[i]) };
      const reply = ours[i] && decodeReply(ours[i]);
      if (!reply) {
        if (answered(i)) unexplained.add(message, "silence", heard);
        continue;
      }
      if (KINDS.some((kind) => agrees(message, apexHex, reply, kind, heard[kind], used))) continue;
      const entry = ODD_DIFFERENCES.find(({ explains }) => explains(message, reply));
      if (entry) count(used, entry.id);
      else unexplained.add(message, reply, heard);
    }
    expect(String(unexplained)).toBe("none");
  });

  test("every entry of the tables was needed", () => {
    expect([...FORGIVEN, ...ODD_DIFFERENCES].map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });
});

function count(used: Map<string, number>, id: string): void {
  used.set(id, (used.get(id) ?? 0) + 1);
}

/** With what is forgiven the peer only where that makes them agree. */
function agrees(
  message: OddMessage,
  apex: string,
  ours: Reply,
  kind: PeerKind,
  heard: Heard,
  used: Map<string, number>,
): boolean {
  if (heard === undefined || heard === "malformed") return false;
  const same = (theirs: Reply): boolean =>
    compareReplies(message.question, apex, ours, theirs).length === 0 &&
    ours.edns?.version === theirs.edns?.version &&
    ours.flags.ra === theirs.flags.ra;
  if (same(heard)) return true;
  let theirs = heard;
  const forgiven: string[] = [];
  for (const { id, peers, forgive } of FORGIVEN) {
    const better = peers.includes(kind) ? forgive(theirs, ours, message) : theirs;
    if (better !== theirs) forgiven.push(id);
    theirs = better;
  }
  if (!same(theirs)) return false;
  for (const id of forgiven) count(used, id);
  return true;
}

/** Differences by what they look like: one fault makes many. */
class Groups {
  readonly #groups = new Map<string, string[]>();

  add(message: OddMessage, ours: Reply | "silence", heard: Readonly<Record<PeerKind, Heard>>): void {
    const theirs = KINDS.map((kind) => `${kind} ${outline(heard[kind])}`).join(" | ");
    const key = `${ours === "silence" ? ours : outline(ours)} | ${theirs}`;
    this.#groups.set(key, [...(this.#groups.get(key) ?? []), message.shown]);
  }

  toString(): string {
    const largest = [...this.#groups].sort(([, a], [, b]) => b.length - a.length);
    const shown = largest.map(([key, list]) => `${list.length} × ours ${key}\n    ${list.slice(0, 4).join("\n    ")}`);
    if (shown.length === 0) return "none";
    return `${shown.length} groups:\n${shown.slice(0, SHOWN).join("\n")}`;
  }
}

function outline(reply: Heard): string {
  if (reply === undefined) return "silence";
  if (reply === "malformed") return reply;
  const { flags, edns } = reply;
  const set = (["aa", "tc", "ra", "ad", "cd"] as const).filter((flag) => flags[flag]);
  const parts = {
    question: reply.question !== "",
    answer: reply.answer.length > 0,
    authority: reply.authority.length > 0,
  };
  const has = Object.entries(parts).flatMap(([name, is]) => (is ? [name] : []));
  const opt = edns ? [`OPT${edns.version}${edns.do ? " DO" : ""}`] : [];
  return [`RCODE ${reply.rcode}`, ...set, ...has, ...opt].join(" ");
}

/** NSD answers so many errors a second, those without a question, and drops the rest: chance, which is left out. */
function withQuestion(octets: Uint8Array | undefined): Uint8Array | undefined {
  return octets && octets[5]! > 0 ? octets : undefined;
}

function hear(octets: Uint8Array | undefined): Heard {
  if (!octets) return undefined;
  try {
    return decodeReply(octets);
  } catch {
    // NSD's answers to some of these count questions that they do not have.
    return "malformed";
  }
}

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
}
