/** An answer with the account of how it was made, by the very Answerer that serves the world. */
import { type Answerer, FORWARD, type QueryContext, type ZoneEntry } from "#answer";
import type { Explained, ExplainedZone, ExplainTransport } from "#publish";

/** A DNS message has no more (RFC 1035 section 4.2.2). */
const MAX_MESSAGE = 65_535;

export function explainAnswer(answerer: Answerer, query: Uint8Array, transport: ExplainTransport): Explained {
  const reply = new Uint8Array(MAX_MESSAGE);
  const about: QueryContext = {
    transport,
    clientAddress: Uint8Array.of(127, 0, 0, 1),
    clientPort: 0,
    nowSeconds: Math.floor(Date.now() / 1000),
  };
  const { octets, trace } = answerer.explain(query, query.length, reply, about);
  return {
    reply: reply.slice(0, Math.max(0, octets)),
    forwarded: octets === FORWARD,
    zone: trace.entry && describe(trace.entry),
    steps: trace.steps,
    signatures: trace.signatures,
    made: trace.made,
  };
}

/** By `ZoneState` of #answer. */
const STATES = ["serving", "not-ready", "expired"] as const;

function describe({ zoneId, generation, state: code, image, signing }: ZoneEntry): ExplainedZone | undefined {
  if (zoneId === undefined) return undefined;
  const state = STATES[code];
  const live = { denial: signing?.denial ?? "primary", keyTag: signing?.signer.keyTag } as const;
  const serial = state === "serving" ? image.serial : undefined;
  return { zoneId, generation, state, serial, ...live };
}
