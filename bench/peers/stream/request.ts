/** What the messages in the cache answer: an AXFR with the ID 0. Whoever sends them puts in the ID and the type that were asked. */
import { RRType } from "#rdata";
import type { TransferRequest } from "#transfer";
import { APEX } from "./records.ts";

/** Where QTYPE stands: behind header and name. */
export const QTYPE_AT = 12 + APEX.length;

export function axfrRequest(): TransferRequest {
  return {
    id: 0,
    flags: 0,
    type: RRType.AXFR,
    class: 1,
    question: APEX,
    serial: undefined,
    edns: undefined,
    wantsExpire: false,
    fault: undefined,
  };
}
