/**
 * The messages of an outgoing transfer, made one by one as they are asked for (RFC 5936 section 2.2, RFC 1995 section 4).
 *
 * ```
 *  records ▶ RecordWriter ▶ header, question, answers up to 16 KiB ▶ TSIG ▶ one message ▶ … ▶ the last
 * ```
 * A message holds records up to 16 KiB: compression pointers reach no further, so a larger one would only be less compressed,
 * and what waits for a slow secondary stays small. One record that is larger gets a larger message of its own.
 */
import { Flag, HEADER_LENGTH, MAX_MESSAGE } from "#message";
import { type StartHmac, type TsigKey, TsigSigner, tsigLength } from "#tsig";
import type { RecordSource } from "./record-source.ts";
import { RecordWriter } from "./record-writer.ts";
import type { TransferRequest } from "./request.ts";

/** Octets of a message, TSIG included. NSD goes by the same measure. */
export const TRANSFER_MESSAGE_OCTETS = 16_383;

export type TransferSigning = {
  readonly key: TsigKey;
  readonly requestMac: Uint8Array;
  readonly startHmac: StartHmac;
  /** Seconds since 1970. */
  readonly now: () => number;
};

/** Keeps: messages come in order, whole, each signed when the first was; `failed` is final. */
export class TransferMessages {
  /** Set when a record is too large for any message: the transfer can't be finished. */
  failed = false;
  messages = 0;
  records = 0;
  octets = 0;
  readonly #request: TransferRequest;
  readonly #source: RecordSource;
  readonly #signer: TsigSigner | undefined;
  readonly #signing: TransferSigning | undefined;
  readonly #writer: RecordWriter;
  readonly #reserved: number;
  /** OPT of the first message (RFC 5936 section 2.2.5): already in wire form. */
  readonly #opt: Uint8Array;
  #waiting: boolean;

  /** `writer` is used while a message is made and no longer: one serves any number of transfers of a thread. */
  constructor(
    request: TransferRequest,
    source: RecordSource,
    signing?: TransferSigning,
    opt?: Uint8Array,
    writer = new RecordWriter(),
  ) {
    this.#request = request;
    this.#writer = writer;
    this.#source = source;
    this.#signing = signing;
    this.#signer = signing && new TsigSigner(signing.key, signing.requestMac, signing.startHmac);
    this.#reserved = signing ? tsigLength(signing.key) : 0;
    this.#opt = opt ?? new Uint8Array(0);
    this.#waiting = source.next();
  }

  /** Everything has been given. */
  get done(): boolean {
    return !this.#waiting || this.failed;
  }

  /** The next message: octets of its own. Undefined when there is none any more. */
  next(): Uint8Array | undefined {
    return this.#make()?.slice();
  }

  /**
   * The next message to `target[at]`, with its length in front (RFC 1035 section 4.2.2); gives the offset behind it. `at` when there is
   * none any more. 65,537 octets are always room enough.
   */
  nextInto(target: Uint8Array, at: number): number {
    const message = this.#make();
    if (!message) return at;
    target[at] = message.length >>> 8;
    target[at + 1] = message.length;
    target.set(message, at + 2);
    return at + 2 + message.length;
  }

  /** A view that holds until the next. */
  #make(): Uint8Array | undefined {
    if (this.done) return undefined;
    const first = this.messages === 0;
    const opt = first ? this.#opt : new Uint8Array(0);
    const room = this.#reserved + opt.length;
    const writer = this.#writer;
    this.#begin(TRANSFER_MESSAGE_OCTETS - room, true);
    let count = this.#fill();
    if (count === 0) {
      // One record larger than a message should be. The question may be left out of all but the first (section 2.2.1).
      this.#begin(MAX_MESSAGE - room, first);
      if (writer.record(this.#source)) {
        count = 1;
        this.#waiting = this.#source.next();
      } else {
        this.failed = true;
        return undefined;
      }
    }
    this.records += count;
    return this.#finish(count, opt);
  }

  /** Records from the source while they fit; how many. A count of 65535 does not fit into 16 KiB. */
  #fill(): number {
    let count = 0;
    while (this.#waiting && this.#writer.record(this.#source)) {
      count += 1 + this.#writer.follow(this.#source);
      this.#waiting = this.#source.next();
    }
    return count;
  }

  #begin(limit: number, question: boolean): void {
    const { out } = this.#writer;
    const { id, flags, question: asked, type } = this.#request;
    out.fill(0, 0, HEADER_LENGTH);
    out[0] = id >>> 8;
    out[1] = id;
    // RD as it came (RFC 1035 section 4.1.1).
    const head = Flag.QR | Flag.AA | (flags & Flag.RD);
    out[2] = head >>> 8;
    out[3] = head;
    let at = HEADER_LENGTH;
    if (question) {
      out[5] = 1;
      out.set(asked, at);
      at += asked.length;
      out.set([type >>> 8, type, 0, 1], at);
      at += 4;
    }
    this.#writer.begin(at, limit, question ? HEADER_LENGTH : 0);
  }

  #finish(count: number, opt: Uint8Array): Uint8Array {
    const { out, at } = this.#writer;
    out[6] = count >>> 8;
    out[7] = count;
    out.set(opt, at);
    if (opt.length > 0) out[11] = 1;
    const plain = out.subarray(0, at + opt.length);
    const message = this.#signer ? this.#signer.sign(plain, this.#signing!.now()) : plain;
    this.messages++;
    this.octets += message.length;
    this.#writer.end();
    return message;
  }
}

/** What of a request a reply by UDP says when the client has to come by TCP: the newest SOA alone (RFC 1995 section 2), with TC. */
export function setTruncated(message: Uint8Array): void {
  message[2]! |= Flag.TC >>> 8;
}
