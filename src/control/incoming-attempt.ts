/** A check of a primary, or a transfer from one, as the record of attempts has it. */
import { printName } from "#name";
import { type Attempt, PLAIN } from "./attempts.ts";
import { type Fetched, fetchedFacts } from "./fetch.ts";
import { type Primary, primaryText, type SoaOutcome } from "./primary-client.ts";
import { tlsIdentity, transportOf } from "./transport/transport.ts";

/** A transfer that came to an end, to be told when it is known whether its version was taken. */
export type Ended = Omit<Attempt, "outcome">;

/** Of which zone, why, when, and what was here then. Times are milliseconds since 1970. */
export type Begun = Pick<Attempt, "zoneId" | "reason" | "startedAt" | "finishedAt" | "serialBefore">;

export function endedTransfer(primary: Primary, fetched: Fetched, begun: Begun): Ended {
  return { ...base(primary), ...begun, tlsIdentity: tlsIdentity(primary, fetched.tls), ...fetchedFacts(fetched) };
}

/** A check that went well shows in the status; the others are attempts of their own, unless nothing was asked. */
export function failedCheck(
  primary: Primary,
  transport: "udp" | "tcp",
  answer: SoaOutcome,
  begun: Begun,
): Attempt | undefined {
  if (answer.kind === "serial" || answer.kind === "truncated") return undefined;
  const fault = answer.kind === "failed" ? answer.fault : answer;
  if (fault.code === "net.aborted" || fault.code === "down") return undefined;
  return {
    ...base(primary),
    ...begun,
    kind: "soa",
    transport: transportOf(primary, transport),
    outcome: outcomeOf(fault.code),
    serialAfter: null,
    messages: 0,
    records: 0,
    octets: 0,
    errorCode: fault.code,
    errorMessage: fault.text,
  };
}

/** Out of reach is a failure; what was answered is refused for what it says. */
export function outcomeOf(code: string): "failed" | "refused" {
  return code.startsWith("net.") ? "failed" : "refused";
}

/** What every attempt with this primary has in common. */
function base(primary: Primary) {
  const tsigKey = primary.key ? printName(primary.key.name) : null;
  const transport = transportOf(primary, "tcp");
  return { ...PLAIN, peerId: primary.id, address: primaryText(primary), transport, direction: "in", tsigKey } as const;
}
