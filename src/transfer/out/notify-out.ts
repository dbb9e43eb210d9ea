/** NOTIFY to our secondaries (RFC 1996): the message, what its answer means, and when to try again. */
import { buildQuery, Flag, Opcode, parseMessage, Rcode, rcodeName } from "#message";
import type { Name } from "#name";
import { RRType } from "#rdata";

/** `soa` is the RDATA of the served SOA, a hint for the secondary (section 3.7). */
export function buildNotify(
  apex: Name,
  soa: { readonly ttl: number; readonly rdata: Uint8Array },
  id: number,
): Uint8Array {
  return buildQuery({
    id,
    name: apex,
    type: RRType.SOA,
    opcode: Opcode.Notify,
    flags: Flag.AA,
    answer: [{ owner: apex, type: RRType.SOA, ttl: soa.ttl, rdata: soa.rdata }],
  });
}

export type NotifyAnswer = { readonly kind: "taken" } | { readonly kind: "refused"; readonly text: string };

/** The answer to a NOTIFY, TSIG taken off and ID compared already. */
export function readNotifyAnswer(message: Uint8Array): NotifyAnswer {
  const parsed = parseMessage(message);
  if (!parsed.ok) return { kind: "refused", text: "the answer is malformed" };
  const { rcode, opcode } = parsed.value;
  if (opcode !== Opcode.Notify) return { kind: "refused", text: "the answer is none to a NOTIFY" };
  return rcode === Rcode.NoError ? { kind: "taken" } : { kind: "refused", text: `the answer is ${rcodeName(rcode)}` };
}

/** Attempts for one version; the last comes some 8 minutes after the first. REFRESH of the secondary is the safety net. */
export const NOTIFY_ATTEMPTS = 8;

const FIRST_PAUSE_SECONDS = 4;
const LONGEST_PAUSE_SECONDS = 240;

/** Seconds from attempt number `attempt` (from 1) to the next; `jitter` in [0, 1) spreads many zones' attempts. */
export function notifyPauseSeconds(attempt: number, jitter: number): number {
  return Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)) * (0.75 + jitter / 2);
}

/** The first attempts go by UDP; a secondary that never answers may be behind something that eats datagrams (section 3.5). */
export function notifyTransport(attempt: number): "udp" | "tcp" {
  return attempt > 2 && attempt % 2 === 1 ? "tcp" : "udp";
}
