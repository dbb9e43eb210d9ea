/** A transfer out as the record of attempts has it: what was asked, by whom, and what came of it. */
import { printName } from "#name";
import { printAddress, printSocketAddress } from "#net";
import type { ForwardedMessage } from "#publish";
import { RRType } from "#rdata";
import type { AccessRefusal, TransferRequest } from "#transfer";
import type { TsigKey } from "#tsig";
import { type Attempt, PLAIN } from "../attempts.ts";

export type OutgoingRefusal = AccessRefusal | "tsig" | "busy";

/** `newer`: the serial alone, by UDP. */
export type SentKind = "axfr" | "ixfr" | "nothing-newer" | "newer";

type Asked = {
  readonly zoneId: string;
  readonly peer: string | undefined;
  readonly request: TransferRequest;
  readonly forwarded: ForwardedMessage;
  readonly key: TsigKey | undefined;
  readonly startedMs: number;
  readonly finishedMs: number;
};

export type SentFacts = {
  readonly kind: SentKind;
  readonly complete: boolean;
  /** In words, when it was ended for that. */
  readonly tooSlow?: string | undefined;
  readonly serial: number;
  readonly messages: number;
  readonly records: number;
  readonly octets: number;
};

const REFUSALS: Readonly<Record<OutgoingRefusal, string>> = {
  "not-given-out": "the zone is not given out, or not enabled",
  "tls-required": "it came in the clear, and TLS is required",
  "address-not-allowed": "its address is no linked peer's and in no ACL",
  "tsig-required": "it was not signed, and a TSIG is required",
  "wrong-key": "it was signed with another TSIG than its own",
  "certificate-required": "it showed no certificate, and its peer is known by one",
  "wrong-certificate": "it showed another certificate than its peer's",
  tsig: "its TSIG is unknown, wrong, or from another time",
  busy: "too many transfers go on",
};

export function refusedAttempt(asked: Asked, code: OutgoingRefusal): Attempt {
  return {
    ...base(asked),
    outcome: "refused",
    serialAfter: null,
    messages: 0,
    records: 0,
    octets: 0,
    errorCode: `outgoing.${code}`,
    errorMessage: REFUSALS[code],
  };
}

export function sentAttempt(asked: Asked, sent: SentFacts): Attempt {
  const { kind, complete, tooSlow, serial, messages, records, octets } = sent;
  const fellBack = kind === "axfr" && asked.request.type === RRType.IXFR;
  return {
    ...base(asked),
    got: kind === "axfr" || kind === "ixfr" ? kind : "soa",
    outcome: !complete ? "failed" : kind === "nothing-newer" ? "unchanged" : "sent",
    serialAfter: serial,
    messages,
    records,
    octets,
    errorCode: complete ? null : endCode(tooSlow),
    errorMessage: complete ? null : (tooSlow ?? "the secondary went away, or fetched nothing any more"),
    fallbackCode: fellBack ? "outgoing.no-changes" : null,
    fallbackMessage: fellBack ? "the changes since that serial are not kept" : null,
  };
}

/** Of a transfer that is not complete. */
export function endCode(tooSlow: string | undefined): string {
  return tooSlow === undefined ? "outgoing.broken-off" : "outgoing.too-slow";
}

/** Secondaries ask for the SOA, too, and may sign that. */
export function askedKind({ type }: TransferRequest): "axfr" | "ixfr" | "soa" {
  if (type === RRType.IXFR) return "ixfr";
  return type === RRType.AXFR ? "axfr" : "soa";
}

function base({ zoneId, peer, request, forwarded, key, startedMs, finishedMs }: Asked) {
  const { clientAddress, clientPort, transport, tls } = forwarded;
  return {
    ...PLAIN,
    zoneId,
    direction: "out",
    peerId: peer ?? null,
    address: printSocketAddress({ address: printAddress(clientAddress), port: clientPort }),
    kind: askedKind(request),
    transport,
    tlsIdentity: tls?.client?.verified ? tls.client.subject : null,
    tsigKey: key ? printName(key.name) : null,
    reason: "request",
    startedAt: startedMs,
    finishedAt: finishedMs,
    serialBefore: request.serial ?? null,
  } as const;
}
