/** Talks to a primary: the SOA question over UDP or TCP, the transfer over TCP, both with TSIG where the peer has a key. */
import { fail, ok, type Result } from "#bytes";
import { Rcode } from "#message";
import type { Name } from "#name";
import { type NetError, printSocketAddress, randomId, type Session, type SocketAddress, type TlsFacts } from "#net";
import {
  buildAxfrQuery,
  buildIxfrQuery,
  buildSoaQuery,
  type IxfrOutcome,
  readSoaAnswer,
  type SoaAnswer,
} from "#transfer";
import { type StartHmac, signMessage, type TsigKey, TsigVerifier } from "#tsig";
import type { ZoneLimits } from "#zone";
import type { PaceWatch } from "./slow-transfer.ts";
import type { TransferCounts } from "./transfer-progress.ts";
import { TransferReader } from "./transfer-reader.ts";
import { askPrimary, openSession, type Transport, type TransportOptions } from "./transport/transport.ts";
import type { Fault } from "./work.ts";

export type Primary = {
  /** Id of the peer. */
  readonly id: string;
  readonly name: string;
  /** With the port of the transport. */
  readonly address: SocketAddress;
  /** Where it takes NOTIFY, which goes in the clear whatever its transfers do: it tells a serial, and TSIG guards it. */
  readonly notifyAddress: SocketAddress;
  readonly transport: Transport;
  readonly key: TsigKey | undefined;
  /** The peer's `ixfr_enable`: whether it may be asked for what has changed (IXFR). */
  readonly ixfr: boolean;
};

export type TalkOptions = TransportOptions & {
  readonly startHmac: StartHmac;
  /** Unix seconds. */
  readonly now: () => number;
  /** Told how far a transfer has come, after each message. */
  readonly progress?: (counts: TransferCounts) => void;
  /** Looks on at how fast a transfer comes. */
  readonly pace?: PaceWatch;
  /** Told when a transfer turns out to be a large one. */
  readonly large?: () => void;
};

/** `readSoaAnswer`'s answer, or why there is none to read. */
export type SoaOutcome = SoaAnswer | { readonly kind: "failed"; readonly fault: Fault };

export async function askSoa(
  apex: Name,
  primary: Primary,
  transport: "udp" | "tcp",
  timeoutMs: number,
  talk: TalkOptions,
): Promise<SoaOutcome> {
  const id = randomId();
  const { query, verifier } = signed(buildSoaQuery(apex, id), primary, talk);
  const answer = await askPrimary(query, primary, transport, timeoutMs, talk);
  if (!answer.ok) return { kind: "failed", fault: netFault(answer.error) };
  const message = verifier ? unsigned(answer.value, verifier, talk) : ok(answer.value);
  if (!message.ok) return { kind: "failed", fault: message.error };
  return readSoaAnswer(message.value, apex, id);
}

export type TransferLimits = {
  readonly zone: ZoneLimits;
  readonly connectTimeoutMs: number;
  readonly messageTimeoutMs: number;
  readonly totalTimeoutMs: number;
};

/** What came to a good end: a whole zone, changes, or that there is nothing newer. */
export type TransferOutcome = Exclude<IxfrOutcome, { kind: "more" | "refused" | "use-tcp" }>;

/** The version that we have, for IXFR. */
export type Base = {
  readonly serial: number;
  /** RDATA of its SOA. */
  readonly soa: Uint8Array;
};

/** `rcode`: what the primary answered, where that was it. */
export type TransferFault = Fault & { readonly rcode?: number };

export type TransferReport = {
  readonly result: Result<TransferOutcome, TransferFault>;
  readonly messages: number;
  readonly records: number;
  readonly octets: number;
  /** What the handshake showed; undefined on clear TCP and when there was none. */
  readonly tls: TlsFacts | undefined;
};

/** Messages that say nothing cost a primary nothing: more than one a record is more than any zone needs. */
const SPARE_MESSAGES = 1000;

/** A message costs more octets than what is kept of it: names are spelled out, headers repeat. */
const OCTETS_OF_WIRE = 4;

/** What primaries answer that do not know EDNS, or not in a transfer's query (RFC 6891 section 7). */
const NO_EDNS: ReadonlySet<number | undefined> = new Set([Rcode.FormErr, Rcode.NotImp]);

/**
 * The whole zone (AXFR) or, from `base`, the changes (IXFR); or why not. Nothing of a transfer that failed is kept. Asked with
 * EDNS first (for EXPIRE), and without where that is what is wrong with the question.
 */
export async function transferZone(
  apex: Name,
  primary: Primary,
  limits: TransferLimits,
  talk: TalkOptions,
  base?: Base,
): Promise<TransferReport> {
  const report = await transferOnce(apex, primary, limits, talk, base, true);
  if (report.result.ok || !NO_EDNS.has(report.result.error.rcode)) return report;
  const again = await transferOnce(apex, primary, limits, talk, base, false);
  return { ...again, messages: report.messages + again.messages, octets: report.octets + again.octets };
}

async function transferOnce(
  apex: Name,
  primary: Primary,
  limits: TransferLimits,
  talk: TalkOptions,
  base: Base | undefined,
  withEdns: boolean,
): Promise<TransferReport> {
  const id = randomId();
  const question = base ? buildIxfrQuery(apex, id, base.soa, withEdns) : buildAxfrQuery(apex, id, withEdns);
  const { query, verifier } = signed(question, primary, talk);
  const bounds = {
    connectTimeoutMs: limits.connectTimeoutMs,
    messageTimeoutMs: limits.messageTimeoutMs,
    totalTimeoutMs: limits.totalTimeoutMs,
    maxMessages: limits.zone.records + SPARE_MESSAGES,
    maxOctets: limits.zone.octets * OCTETS_OF_WIRE,
  };
  const session = await openSession(primary, bounds, talk);
  if (!session.ok) return { result: fail(netFault(session.error)), messages: 0, records: 0, octets: 0, tls: undefined };
  const settings = { apex, id, limits: limits.zone, serial: base?.serial };
  const reader = new TransferReader(settings, () => session.value.close(), talk.large);
  const { tls } = session.value;
  const stopWatching = talk.pace?.begin(
    () => session.value.received.octets,
    () => session.value.close(),
  );
  try {
    session.value.send(query);
    const soaMs = Math.min(limits.connectTimeoutMs, limits.messageTimeoutMs);
    const read = await readTransfer(session.value, reader, verifier, talk, soaMs);
    const { messages, octets } = session.value.received;
    const tooSlow = read.ok ? undefined : stopWatching?.();
    const result = tooSlow === undefined ? read : fail({ code: "net.too-slow", text: tooSlow });
    // Complete: what comes next on the connection is another exchange's.
    if (result.ok) session.value.release();
    return { result, messages, records: reader.records, octets, tls };
  } finally {
    stopWatching?.();
    session.value.close();
    reader.close();
  }
}

async function readTransfer(
  session: Session,
  reader: TransferReader,
  verifier: TsigVerifier | undefined,
  talk: TalkOptions,
  soaMs: number,
): Promise<Result<TransferOutcome, TransferFault>> {
  const conclude = (outcome: Exclude<IxfrOutcome, { kind: "more" }>): Result<TransferOutcome, TransferFault> => {
    if (outcome.kind === "refused") {
      const { code, text, rcode } = outcome;
      return fail({ code: `transfer.${code}`, text, ...(rcode !== undefined && { rcode }) });
    }
    if (outcome.kind === "use-tcp") throw new Error("a transfer over TCP does not ask for TCP");
    if (verifier && !verifier.complete) {
      return fail({ code: "tsig.last-unsigned", text: "the last message of the transfer has no TSIG" });
    }
    return ok(outcome);
  };
  // Each turn takes a message; the session bounds their number, their octets and the time.
  for (;;) {
    const next = reader.isOnlySoa ? await behindOnlySoa(session, soaMs) : await session.next();
    if (next === undefined) return fail({ code: "transfer.stream-ended", text: ONLY_SOA });
    if (reader.outcome && reader.outcome.kind !== "more") return conclude(reader.outcome);
    if (!next.ok) {
      const ended = next.error.code === "net.closed" ? await reader.end() : undefined;
      if (ended && ended.kind !== "more" && (ended.kind !== "refused" || ended.code !== "stream-ended"))
        return conclude(ended);
      const fault = netFault(next.error);
      return fail({ ...fault, text: ended?.kind === "refused" ? `${fault.text}; ${ended.text}` : fault.text });
    }
    const message = verifier ? unsigned(next.value, verifier, talk) : ok(next.value);
    if (!message.ok) return message;
    const outcome = await reader.accept(message.value);
    talk.progress?.({ ...session.received, records: reader.records });
    if (outcome.kind !== "more") return conclude(outcome);
  }
}

const ONLY_SOA = "the newest SOA came, and none of the changes";

/**
 * One SOA that is newer, and then silence: the primary has no changes to give (RFC 1995 section 2 has it say so over UDP, some do over
 * TCP), which says nothing about the whole zone. As one record a message is a way to send changes, too, some time has to show
 * which it is: as much as an answer to the SOA question has. Undefined: it is over.
 */
async function behindOnlySoa(session: Session, soaMs: number): Promise<Result<Uint8Array, NetError> | undefined> {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    session.close();
  }, soaMs);
  const next = await session.next();
  clearTimeout(timer);
  return isOver ? undefined : next;
}

function signed(query: Uint8Array, primary: Primary, talk: TalkOptions) {
  if (!primary.key) return { query, verifier: undefined };
  const { message, mac } = signMessage(query, primary.key, talk.now(), talk.startHmac);
  return { query: message, verifier: new TsigVerifier(primary.key, mac, talk.startHmac) };
}

function unsigned(message: Uint8Array, verifier: TsigVerifier, talk: TalkOptions): Result<Uint8Array, Fault> {
  const verified = verifier.accept(message, talk.now());
  return verified.ok ? ok(verified.value.message) : fail({ code: verified.error.code, text: verified.error.text });
}

const NET_SENTENCES: Readonly<Partial<Record<NetError["code"], string>>> = {
  "net.refused": "nobody answers on that port",
  "net.timeout": "no answer in time",
  "net.unreachable": "there is no route to it",
  "net.closed": "the connection was closed",
  "net.bad_address": "not an IP address",
  "tls.version": "it does not speak TLS 1.3",
  "tls.no-alpn": "it did not select ALPN dot",
  "tls.untrusted": "its certificate is not trusted",
  "tls.expired": "its certificate has expired",
  "tls.not-yet-valid": "its certificate is not valid yet",
  "tls.wrong-name": "its certificate is for another name",
  "tls.wrong-pin": "its key is none of the pinned ones",
  "tls.client-certificate": "it wants a client certificate, or does not take ours",
  "tls.unusable": "the TLS settings of this peer can't be used",
  "tls.failed": "no TLS handshake",
};

function netFault(error: NetError): Fault {
  const sentence = NET_SENTENCES[error.code];
  return { code: error.code, text: sentence ? `${sentence} (${error.detail})` : error.detail };
}

export function primaryText(primary: Primary): string {
  const address = printSocketAddress(primary.address);
  return primary.name === address ? address : `${primary.name} (${address})`;
}

/** Nothing came back: the primary, or the way to it, is not there. */
export function isSilence(code: string): boolean {
  return code === "net.timeout" || code === "net.refused" || code === "net.unreachable";
}

export function isSilent(answer: SoaOutcome): boolean {
  return answer.kind === "failed" && isSilence(answer.fault.code);
}
