/**
 * One set of questions to several servers of the same zone, and what came of it. Over TCP, so that no size limit hides a
 * difference; truncation has its own check (`checkTruncation`).
 */
import { askAllTcp, askAllUdp, type Question, type Server } from "../peers/index.ts";
import { compareReplies } from "./compare.ts";
import { decodeReply, type Reply } from "./decode.ts";
import { DISAGREEMENTS, type Disagreement } from "./disagreements.ts";

/** That many problems are printed, and kept; the rest is counted. */
const SHOWN = 12;
const KEPT = 200;

/** Prepared sets are copied whole and then shortened: a set that ends this close to the limit may be left out. In octets. */
const SLACK = 16;

export type Comparison = {
  readonly asked: number;
  /** Differences between Knot and NSD that no entry explains. */
  readonly unexplained: Problems;
  /** How often each entry of the table was needed. */
  readonly explained: ReadonlyMap<string, number>;
  /** Answers of ours that are not what they have to be. */
  readonly ours: Problems;
};

export class Problems {
  count = 0;
  readonly shown: string[] = [];

  add(question: Question, lines: readonly string[]): void {
    this.count++;
    const asked = `${question.name} ${question.type}${question.edns ? (question.edns.do ? " DO" : " EDNS") : ""}`;
    if (this.shown.length < KEPT) this.shown.push(`${asked}\n    ${lines.slice(0, 8).join("\n    ")}`);
  }

  /** For an assertion: nothing, or what and how much. */
  toString(): string {
    return this.count === 0 ? "none" : `${this.count} of them:\n${this.shown.slice(0, SHOWN).join("\n")}`;
  }
}

/** @param apex lower-cased wire octets in hex. Without `nsd`, Knot alone says what is right. */
export async function compareServers(
  apex: string,
  questions: readonly Question[],
  servers: { readonly knot: Server; readonly nsd?: Server; readonly ours?: Server },
): Promise<Comparison> {
  const ask = async (server: Server | undefined): Promise<readonly Uint8Array[] | undefined> =>
    server && askAllTcp(server, questions);
  const [knot, nsd, ours] = [await ask(servers.knot), await ask(servers.nsd), await ask(servers.ours)];
  const unexplained = new Problems();
  const wrong = new Problems();
  const explained = new Map<string, number>();
  for (const [i, question] of questions.entries()) {
    const fromKnot = decodeReply(knot![i]!);
    const fromNsd = nsd ? decodeReply(nsd[i]!) : fromKnot;
    const differences = compareReplies(question, apex, fromKnot, fromNsd);
    const entry = differences.length > 0 ? findEntry(question, fromKnot, fromNsd) : undefined;
    if (entry) explained.set(entry.id, (explained.get(entry.id) ?? 0) + 1);
    else if (differences.length > 0) unexplained.add(question, differences);
    if (ours) judge(question, apex, fromKnot, fromNsd, entry, ours[i]!, wrong);
  }
  return { asked: questions.length, unexplained, explained, ours: wrong };
}

/**
 * Our own answers over UDP against those over TCP: whole ones are the same; a truncated one was really too big, carries
 * the question and stays below the limit.
 */
export async function checkTruncation(apex: string, questions: readonly Question[], ours: Server): Promise<Problems> {
  const problems = new Problems();
  const overUdp = await askAllUdp(ours, questions);
  const overTcp = await askAllTcp(ours, questions);
  for (const [i, question] of questions.entries()) {
    const limit = question.edns ? Math.min(1232, question.edns.size ?? 1232) : 512;
    const short = decodeReply(overUdp[i]!);
    const whole = decodeReply(overTcp[i]!);
    if (short.length > limit) problems.add(question, [`${short.length} octets over UDP, ${limit} allowed`]);
    if (short.question !== whole.question) problems.add(question, ["another question over UDP"]);
    if (!short.flags.tc) {
      const differences = compareReplies(question, apex, short, whole);
      if (differences.length > 0) problems.add(question, differences);
    } else if (whole.length <= limit - SLACK) {
      problems.add(question, [`truncated, though ${whole.length} octets fit into ${limit}`]);
    }
  }
  return problems;
}

function findEntry(question: Question, knot: Reply, nsd: Reply): Disagreement | undefined {
  return DISAGREEMENTS.find((entry) => entry.explains(question, knot, nsd));
}

function judge(
  question: Question,
  apex: string,
  knot: Reply,
  nsd: Reply,
  entry: Disagreement | undefined,
  octets: Uint8Array,
  wrong: Problems,
): void {
  const ours = decodeOurs(octets);
  if (typeof ours === "string") {
    wrong.add(question, [ours]);
    return;
  }
  const toKnot = compareReplies(question, apex, ours, knot);
  if (toKnot.length === 0 && entry?.right !== "nsd") return;
  if (entry?.tolerates?.(knot, nsd, ours)) return;
  const toNsd = compareReplies(question, apex, ours, nsd);
  if (toNsd.length === 0 && entry?.right !== "knot") return;
  const side = entry?.right === "nsd" ? toNsd : toKnot;
  wrong.add(question, entry ? [`(${entry.id}: ${entry.right} is right)`, ...side] : side);
}

/** A reply of ours that can't be read is a problem, not the end of the run. */
function decodeOurs(octets: Uint8Array): Reply | string {
  try {
    return decodeReply(octets);
  } catch (error) {
    return `unreadable: ${(error as Error).message}`;
  }
}
