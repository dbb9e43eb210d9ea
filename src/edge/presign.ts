/**
 * Signing beforehand: a worker that nobody asks anything fills the signature tables, so that the first to ask a name waits
 * for no signature. It asks itself, through the same `answer` that serves the world; every answer it makes for itself
 * leaves its signatures in the table.
 *
 *   zone ─▶ node ─▶ RRset ─▶ signed for this period? ─ no ▶ ask (DO) ─▶ table            after a pass: rest
 */
import { periodAt, periodPhase, SIGNING_PERIOD, type ZoneEntry, type ZoneSigning } from "#answer";
import { NodeFlag, type ZoneImage } from "#image";
import { nameHash } from "#name";

/** Signatures a turn: some 3 ms of work, after which datagrams are looked for again. */
const MAX_SIGNATURES = 64;
/** RRsets looked at in a turn: well below a millisecond. */
const MAX_LOOKS = 2000;
/** Seconds between a pass that found nothing to do and the next. */
const REST_SECONDS = 60;

const NONE = new Int32Array(0);
const NOTHING = { image: undefined, signing: undefined };

const TYPE_OPT = 41;
const TYPE_DS = 43;
const TYPE_NSEC = 47;

/** The zones that are signed here, by the refs of their records. */
export interface SignedZones {
  refs(): Int32Array;
  /** Undefined when the record was replaced. */
  entryOf(ref: number): ZoneEntry | undefined;
}

/** Makes an answer for its signatures' sake. */
export type AskYourself = (query: Uint8Array, length: number) => void;

/** Keeps how far it has come: which zone, which node. */
export class Presigner {
  private readonly ask: AskYourself;
  /** In [0, 1): where in a zone this worker begins, so that several do not sign the same. */
  private readonly start: number;
  private readonly query = new Uint8Array(12 + 255 + 4 + 11);
  private pass: Int32Array = NONE;
  private zone = 0;
  /** Of the zone at hand. */
  private entry: ZoneEntry | undefined = undefined;
  private node = 0;
  private signedInPass = 0;
  /** A pass is under way, so that its end says something. */
  private passing = false;
  private restUntil = 0;

  constructor(start: number, ask: AskYourself) {
    this.start = start;
    this.ask = ask;
  }

  /** Something was published: look again at once. */
  wake(): void {
    this.restUntil = 0;
    this.passing = false;
    this.pass = NONE;
    this.entry = undefined;
  }

  /** A bounded piece of work; the number of signatures asked for. `now` in seconds. */
  turn(zones: SignedZones, now: number): number {
    if (now < this.restUntil) return 0;
    let signed = 0;
    for (let looks = 0; looks < MAX_LOOKS && signed < MAX_SIGNATURES; looks++) {
      const ref = this.pass[this.zone];
      if (ref === undefined) {
        if (this.endPass(zones, now)) break;
        continue;
      }
      if (this.node === 0) this.entry = zones.entryOf(ref);
      const { image, signing } = this.entry ?? NOTHING;
      // A zone replaced since the pass began is seen in the next one.
      if (image === undefined || signing === undefined || this.node >= image.nodeCount) {
        this.zone++;
        this.node = 0;
        continue;
      }
      const index = (this.node++ + Math.floor(this.start * image.nodeCount)) % image.nodeCount;
      signed += this.signNode(image, signing, image.nodeAt(index), now);
    }
    this.signedInPass += signed;
    return signed;
  }

  /** True when there is nothing to do for now. */
  private endPass(zones: SignedZones, now: number): boolean {
    const idle = this.passing && this.signedInPass === 0;
    this.passing = !idle;
    this.pass = zones.refs();
    this.entry = undefined;
    this.zone = 0;
    this.node = 0;
    this.signedInPass = 0;
    if (idle || this.pass.length === 0) this.restUntil = now + REST_SECONDS;
    return idle || this.pass.length === 0;
  }

  private signNode(image: ZoneImage, signing: ZoneSigning, node: number, now: number): number {
    const flags = image.nodeFlags(node);
    // Compact denial signs a wildcard's sets for each name they are expanded to, never for their own.
    if (flags & NodeFlag.Occluded || (flags & NodeFlag.Wildcard && signing.denial === "compact")) return 0;
    const name = image.nodeName(node);
    const hash = nameHash(name);
    const period = signing.period ?? SIGNING_PERIOD;
    let signed = 0;
    for (let i = 0; i < image.rrsetsAt(node); i++) {
      const set = image.rrsetAt(node, i);
      const type = image.rrsetType(set);
      if (flags & NodeFlag.Cut && type !== TYPE_DS && type !== TYPE_NSEC) continue;
      const current = periodAt(now, periodPhase(hash, type, period), period);
      if (signing.table.periodOf(image.rrsetSlot(set)) === current) continue;
      this.ask(this.query, this.write(name, type));
      signed++;
    }
    return signed;
  }

  /** A question with DO set; its length. */
  private write(name: Uint8Array, type: number): number {
    const { query } = this;
    query.fill(0);
    query[5] = 1;
    query[11] = 1;
    query.set(name, 12);
    let at = 12 + name.length;
    query[at] = type >> 8;
    query[at + 1] = type;
    query[at + 3] = 1;
    at += 5;
    query[at + 1] = TYPE_OPT;
    query[at + 2] = 0x10;
    query[at + 6] = 0x80;
    return at + 10;
  }
}
