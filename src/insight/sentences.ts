/** The sentences of an explanation: what each step of the look-up found, and the whole in one. */
import { Rcode, rcodeName } from "#message";
import { nameEquals, printName } from "#name";
import { typeName } from "#rdata";
import type { AccountStep, ExplainInput } from "./account.ts";

export function stepSentence(step: AccountStep): string {
  const name = printName(step.name);
  const { outcome, wildcard } = step;
  const node = step.node ? printName(step.node) : "";
  const standsIn = `${name} is not there; the wildcard ${node} stands in for it`;
  switch (outcome) {
    case "answer":
      return wildcard
        ? `${standsIn} and has ${typeName(step.type)}`
        : `${name} is there and has ${typeName(step.type)}`;
    case "cname":
      return wildcard ? `${standsIn} and is an alias, which is followed` : `${name} is an alias, which is followed`;
    case "dname":
      return `everything below ${node} is renamed by a DNAME; the new name is followed`;
    case "delegation":
      return `${nameEquals(step.name, step.node ?? step.name) ? name : `${name} is below ${node}, which`} is delegated to other nameservers: a referral`;
    case "nodata":
      if (step.emptyNonTerminal) return `${name} has no records of its own, but there are names below it`;
      return wildcard ? `${standsIn}, without this type` : `${name} is there, without this type`;
    case "nxdomain":
      return `${name} is not there, and ${printName(step.encloser)}, the closest name that is, has no wildcard`;
  }
}

export function summaryOf(input: ExplainInput): string {
  const { message, steps, apex, state } = input;
  const asked = `${printName(input.name)} ${typeName(input.type)}`;
  if (apex === undefined) return refusalOf(asked, message.rcode);
  const zone = printName(apex);
  if (state !== "serving") {
    return state === "expired"
      ? `${zone} has expired: no primary could be reached for longer than its SOA allows, so questions are answered SERVFAIL`
      : `${zone} is not ready: nothing was transferred yet that can be served, so questions are answered SERVFAIL`;
  }
  const last = steps.at(-1);
  if (!last) return `${asked} is answered ${rcodeName(message.rcode)} without a look into the zone`;
  const chain =
    steps.length > 1 ? `${steps.length - 1} ${steps.length === 2 ? "alias" : "aliases"} on the way, then ` : "";
  const cut = (message.flags & 0x0200) !== 0 ? "; it did not fit, so the client asks again over TCP" : "";
  return `${asked}: ${chain}${endOf(last, input)}${cut}`;
}

function endOf(last: AccountStep, { message, keys, name }: ExplainInput): string {
  const sentence = stepSentence(last);
  if (last.outcome === "nxdomain") {
    const compact = message.rcode === Rcode.NoError;
    return compact ? `${sentence} (RCODE NOERROR: the proof itself says so, RFC 9824)` : sentence;
  }
  return keys.length === 0 && nameEquals(name, last.name) ? `${sentence}; the zone is not signed` : sentence;
}

function refusalOf(asked: string, rcode: number): string {
  return `${asked} is answered ${rcodeName(rcode)}: no zone that is served here has the name`;
}
