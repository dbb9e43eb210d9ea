/** What a primary's answer to a SOA query says. */
import { Flag, parseMessage } from "#message";
import { type Name, nameEquals } from "#name";
import { RRType, readRrsig, readSoa, type Soa } from "#rdata";
import { readExpire } from "./query.ts";
import { checkResponse, type ResponseProblemCode } from "./response.ts";

export type SoaAnswer =
  | {
      readonly kind: "serial";
      readonly serial: number;
      readonly soa: Soa;
      /** RDATA of the RRSIGs that cover the SOA: at an equal serial they tell whether the primary signed anew. */
      readonly signatures: readonly Uint8Array[];
      readonly rdata: Uint8Array;
      /** EDNS EXPIRE (RFC 7314): seconds that the primary's own copy holds; undefined when it does not say. */
      readonly expireLeftSeconds: number | undefined;
    }
  | { readonly kind: "truncated" }
  | {
      readonly kind: "refused";
      readonly code: ResponseProblemCode | "not-authoritative" | "no-soa";
      readonly text: string;
      readonly rcode?: number;
    };

/** `message` without TSIG; `id` as it was asked. */
export function readSoaAnswer(message: Uint8Array, apex: Name, id: number): SoaAnswer {
  const problem = checkResponse(message, { id, apex, type: RRType.SOA }, true);
  if (problem) return problem.code === "truncated" ? { kind: "truncated" } : { kind: "refused", ...problem };
  const parsed = parseMessage(message);
  if (!parsed.ok) return { kind: "refused", code: "malformed", text: `malformed answer: ${parsed.error}` };
  if ((parsed.value.flags & Flag.AA) === 0)
    return { kind: "refused", code: "not-authoritative", text: "the primary is not authoritative for the zone" };
  let rdata: Uint8Array | undefined;
  const signatures: Uint8Array[] = [];
  for (const record of parsed.value.answer) {
    if (!nameEquals(record.owner, apex)) continue;
    if (record.type === RRType.SOA) rdata ??= record.rdata;
    if (record.type === RRType.RRSIG) {
      const signature = record.rdata;
      if (signature && readRrsig(signature).typeCovered === RRType.SOA) signatures.push(signature);
    }
  }
  if (!rdata) return { kind: "refused", code: "no-soa", text: "no SOA record of the zone in the answer" };
  const soa = readSoa(rdata);
  const expireLeftSeconds = readExpire(parsed.value.edns?.options);
  return { kind: "serial", serial: soa.serial, soa, signatures, rdata, expireLeftSeconds };
}
