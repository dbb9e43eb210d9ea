/** The sentences of an explanation: what each step of the look-up found, and the whole in one. */
import { Rcode, rcodeName } from "#message";
import { nameEquals, printName } from "#name";
import { RRType, typeName } from "#rdata";
import type { AccountStep, ExplainInput } from "./account.ts";

export function stepSentence(step: AccountStep): string {
  const name = printName(step.name);
  const { outcome, wildcard } = step;
  const node = step.node ? printName(step.node) : "";
  const standsIn = `${name} does not exist by itself; the wildcard ${node} stands in for it`;
  switch (outcome) {
    case "answer":
      return wildcard
        ? `${standsIn} and has ${typeName(step.type)} records`
        : `${name} exists and has ${typeName(step.type)} records`;
    case "cname":
      return wildcard
        ? `${standsIn} and is an alias (CNAME), which is followed`
        : `${name} is an alias (CNAME), which is followed`;
    case "dname":
      return `everything below ${node} has another name (a DNAME says so); that name is followed`;
    case "delegation":
      return `${nameEquals(step.name, step.node ?? step.name) ? name : `${name} is below ${node}, which`} is delegated: other nameservers answer for it, and the reply names them (a referral)`;
    case "nodata":
      if (step.emptyNonTerminal) return `${name} has no records of its own, but names below it exist, so it exists too`;
      return wildcard
        ? `${standsIn}, and has no record of this type`
        : `${name} exists, but has no record of this type`;
    case "nxdomain":
      return `${name} does not exist, and no wildcard under ${printName(step.encloser)} stands in for it`;
  }
}

export function summaryOf(input: ExplainInput): string {
  const { message, steps, apex, state } = input;
  const asked = `${printName(input.name)} ${typeName(input.type)}`;
  if (apex === undefined) return refusalOf(asked, message.rcode);
  const zone = printName(apex);
  if (state !== "serving") {
    return state === "expired"
      ? `${zone} has expired: no primary could be reached for longer than its SOA allows, so every question is answered SERVFAIL, a failure`
      : `${zone} is not ready: nothing was transferred yet that can be served, so every question is answered SERVFAIL, a failure`;
  }
  const last = steps.at(-1);
  if (!last) return `${asked} is answered ${rcodeName(message.rcode)} without a look into the zone`;
  const chain =
    steps.length > 1 ? `${steps.length - 1} ${steps.length === 2 ? "alias" : "aliases"} on the way, then ` : "";
  const cut = (message.flags & 0x0200) !== 0 ? "; it did not fit, so the client asks again over TCP" : "";
  return `${asked}: ${chain}${endOf(last, input)}${cut}`;
}

function endOf(last: AccountStep, { message, keys, name, type }: ExplainInput): string {
  const sentence = stepSentence(last);
  const shown = printName(last.name);
  if (last.outcome === "nxdomain") {
    const compact = message.rcode === Rcode.NoError;
    return compact
      ? `${sentence}; the reply says NOERROR, and the signed proof in it says that the name does not exist (compact denial, RFC 9824)`
      : sentence;
  }
  // Nothing follows: the alias leads to another zone, or in a circle.
  if (last.outcome === "cname") {
    return `${shown} is an alias (CNAME) that leads out of what is served here, or round in a circle: whoever asks goes on from there`;
  }
  const given = message.answer.some((record) => record.type === type && nameEquals(record.owner, last.name));
  if (last.outcome === "nodata" && given) {
    return `${shown} exists, and has ${typeName(type)} records that are made here: they are not in what was transferred`;
  }
  if (last.outcome === "answer" && type === RRType.ANY) {
    const made = message.answer.some((record) => record.type === RRType.HINFO && last.type !== RRType.HINFO);
    return made
      ? `${sentence}; who asks for ANY gets one small HINFO record, made here, in place of what is there (RFC 8482)`
      : `${sentence}; who asks for ANY gets one type of those that are there (RFC 8482)`;
  }
  if (last.outcome === "answer" && type === RRType.RRSIG) {
    return `${shown} exists, and the signatures of its ${typeName(last.type)} records are given`;
  }
  return keys.length === 0 && nameEquals(name, last.name) ? `${sentence}; the zone is not signed` : sentence;
}

function refusalOf(asked: string, rcode: number): string {
  return `${asked} is answered ${rcodeName(rcode)}: no zone that is served here has the name`;
}
