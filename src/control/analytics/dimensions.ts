/** What a dimension's value is for a count: the words of the provider's reports. */
import type { AnalyticsDimension } from "#contract";
import { rcodeName } from "#message";
import { type Name, printName } from "#name";
import { typeName } from "#rdata";
import { MAX_ANSWER_STEP, MAX_QUERY_STEP, OTHER_TYPES, readTallyKey, SIZE_STEP, Transport } from "#telemetry";

/** One count with everything that it can be told apart by. `key` of names: their upper half alone. */
export type Counted = { readonly key: number; readonly name: string | undefined; readonly start: number };

/** There is one place that answers, and nothing behind it. */
const COLO = "local";
const ORIGIN = "";

export function dimensionOf(dimension: AnalyticsDimension, { key, name, start }: Counted): string {
  const asked = readTallyKey(key);
  switch (dimension) {
    case "queryName":
      return name === undefined ? "" : shownName(name);
    case "queryType":
      return asked.type === OTHER_TYPES ? "" : typeName(asked.type);
    case "responseCode":
      return rcodeName(asked.rcode);
    case "responseCached":
      return asked.signed ? "Uncached" : "Cached";
    case "coloName":
      return COLO;
    case "origin":
      return ORIGIN;
    case "dayOfWeek":
      return String(((new Date(start * 1000).getUTCDay() + 6) % 7) + 1);
    case "tcp":
      return asked.transport === Transport.Udp ? "0" : "1";
    case "ipVersion":
      return asked.six ? "6" : "4";
    case "querySizeBucket":
      return bucket(asked.queryStep, MAX_QUERY_STEP);
    case "responseSizeBucket":
      return bucket(asked.answerStep, MAX_ANSWER_STEP);
  }
}

/** `32-47`; the last one is open; none where there was no room to tell sizes apart. */
function bucket(step: number, last: number): string {
  if (step === 0) return "";
  return step === last ? `${step * SIZE_STEP}+` : `${step * SIZE_STEP}-${step * SIZE_STEP + SIZE_STEP - 1}`;
}

/** Without the final dot, as zones are named. */
function shownName(name: string): string {
  const text = printName(Uint8Array.from(Buffer.from(name, "latin1")) as Name);
  return text === "." ? text : text.slice(0, -1);
}
