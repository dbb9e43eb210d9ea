/** What single answers of a primary mean to the refresh machine, and how long they are waited for. Seconds. */
import { Rcode } from "#message";
import type { PeerFailure, SoaOutcome, Transport } from "./refresh-state.ts";
import { TCP_TIMEOUT_SECONDS, UDP_TIMEOUT_SECONDS } from "./refresh-timing.ts";

/** Never longer than SOA EXPIRE, where that is known. */
export function boundOf(
  answer: { readonly expireLeftSeconds?: number | undefined },
  now: number,
  expireSeconds?: number,
): number | undefined {
  const { expireLeftSeconds: left } = answer;
  if (left === undefined) return undefined;
  return now + (expireSeconds ? Math.min(left, expireSeconds) : left);
}

/** Knot answers for catalog zones by TCP alone: who may ask is more certain there. */
export function refusesUdp(outcome: SoaOutcome): boolean {
  return outcome.kind === "refused" && outcome.rcode === Rcode.Refused;
}

export function isOfTheNetwork(code: string): boolean {
  return code.startsWith("net.") || code.startsWith("tls.");
}

export function timeoutOf(transport: Transport): number {
  return transport === "udp" ? UDP_TIMEOUT_SECONDS : TCP_TIMEOUT_SECONDS;
}

/** A failure, not an older serial: it has more, and did not give it. */
export function broughtNothing(promised: number | undefined): Pick<PeerFailure, "code" | "text"> {
  return {
    code: "nothing-newer",
    text: `asked for what has changed it said nothing, though its SOA had serial ${promised}`,
  };
}
