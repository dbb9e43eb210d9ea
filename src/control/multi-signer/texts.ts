/** The steps of a multi-signer set-up in plain words: what is to be, what was seen, what to do about it. */
import type { JoinCode, LeaveCode, StepState } from "#keyplan";

export type TextFacts = {
  /** Without the final dot. */
  readonly zone: string;
  readonly ourNames: readonly string[];
  /** Of keys, as text. */
  readonly ourZskTags: readonly number[];
  readonly partnerTags: readonly number[];
  readonly missingDs: readonly string[];
  readonly missingNames: readonly string[];
  /** Answered with the partner's signatures alone, and delegated to: the change of mode has an order then. */
  readonly servedPresigned: boolean;
  readonly waitSeconds: number;
};

export type StepText = { readonly title: string; readonly detail: string };

const NOT_YET = "Not yet: the steps above come first.";

export function joinText(code: JoinCode, state: StepState, facts: TextFacts): StepText {
  const { zone, ourZskTags, partnerTags } = facts;
  const text = (title: string, done: string, todo: string): StepText => ({
    title,
    detail: state === "done" ? done : state === "later" ? NOT_YET : state === "unknown" ? UNKNOWN : todo,
  });
  switch (code) {
    case "transfer":
      return text(
        "The zone comes by transfer",
        "A version of the zone is here.",
        "No version of the zone has come yet: look at its transfers.",
      );
    case "mode":
      return text(
        "Both providers sign",
        "This server signs with its own keys and publishes the partner's beside them.",
        facts.servedPresigned
          ? `Put our DS at the parent first, and wait for its TTL: then switch the mode to Multi-signer. Before that resolvers that ask this server would refuse ${zone}.`
          : "Switch the zone's DNSSEC mode to Multi-signer.",
      );
    case "partner-keys":
      return text(
        "The partner's zone signing key is here",
        `Key ${list(partnerTags)} came in the transfer and is published here, signed by our key.`,
        "The transfer brings no DNSKEY of the partner. Let the partner sign the zone, and publish its DNSKEY in what it transfers.",
      );
    case "our-key":
      return text(
        "Our zone signing key is at the partner",
        `Key ${list(ourZskTags)} is in the DNSKEY set that the partner transfers.`,
        `Hand over our ZSK (key ${list(ourZskTags)}) to the partner, who adds it to the zone's DNSKEY set as it is. It is seen here with the next transfer.`,
      );
    case "keys-wait":
      return waitText("Old DNSKEY answers are gone from caches", state, facts);
    case "ds":
      return text(
        "Both DS are at the parent",
        "The parent's name servers show a DS of each provider.",
        `Add at the registrar, beside what is there: ${facts.missingDs.join(" — and — ") || "the DS of both providers"}`,
      );
    case "ds-wait":
      return waitText("Old DS answers are gone from caches", state, facts);
    case "name-servers":
      return text(
        "Both providers answer for the zone",
        "The names of both providers are in the zone's NS set and at the parent.",
        facts.ourNames.length === 0
          ? "This server does not know its own names: set the option nameServers."
          : `Missing in the zone (at the primary) or at the registrar: ${facts.missingNames.join(", ")}.`,
      );
    case "name-servers-wait":
      return waitText("Every resolver knows all name servers", state, facts);
  }
}

const UNKNOWN =
  "The parent could not be asked, or its servers do not agree yet. It is looked at again by itself, or now by “Look at the parent now”.";

export function leaveText(code: LeaveCode, who: "ours" | "partner", state: StepState, facts: TextFacts): StepText {
  const whose = who === "ours" ? "our" : "the partner's";
  const text = (title: string, done: string, todo: string): StepText => ({
    title,
    detail: state === "done" ? done : state === "later" ? NOT_YET : state === "unknown" ? UNKNOWN : todo,
  });
  switch (code) {
    case "name-servers":
      return text(
        `Take ${whose} name servers out`,
        `None of ${whose} names is in the zone's NS set or at the parent.`,
        `Remove ${whose} names from the zone's NS set (at the primary) and at the registrar. Both providers go on answering.`,
      );
    case "name-servers-wait":
      return waitText("Nobody asks there any more", state, facts);
    case "ds":
      return text(
        `Take ${whose} DS out`,
        `The parent shows no DS of ${whose} keys.`,
        `Remove ${whose} DS at the registrar. The other one stays.`,
      );
    case "ds-wait":
      return waitText("Old DS answers are gone from caches", state, facts);
    case "keys":
      return who === "ours"
        ? text(
            "Take our key out at the partner",
            "The partner's DNSKEY set has no key of ours.",
            "The partner removes our ZSK from the zone's DNSKEY set.",
          )
        : text(
            "Take the partner's keys out",
            "The transfer brings no DNSKEY of the partner.",
            "Remove the partner's DNSKEYs at the primary, or take the zone from a primary that does not sign.",
          );
    case "mode":
      return who === "ours"
        ? text("Stop here", "", `Delete ${facts.zone} here, or serve it pre-signed.`)
        : text("Sign alone", "", "Switch the zone's DNSSEC mode to Live signing.");
  }
}

function waitText(title: string, state: StepState, { waitSeconds }: TextFacts): StepText {
  const detail =
    state === "done"
      ? `${spell(waitSeconds)} have passed.`
      : state === "waiting"
        ? `Wait ${spell(waitSeconds)} from when the step before was done: so long may a resolver keep the old answer.`
        : `Not yet: ${spell(waitSeconds)} from when the step before is done.`;
  return { title, detail };
}

function list(tags: readonly number[]): string {
  return tags.length === 0 ? "(none)" : tags.join(", ");
}

function spell(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, word] = units.find(([each]) => seconds >= each && seconds % each === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
