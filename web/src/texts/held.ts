/** A version that came and is not served: why, what is different in it, and what to do. */
import type { HeldVersion } from "#contract";
import { count } from "./common.ts";

export const HELD = {
  title: "Version held back",
  windowTitle: (zone: string) => `Held version of ${zone}`,
  lead: (serial: number | null, served: number | null) =>
    `Serial ${serial ?? "?"} came and is not served; ${served === null ? "nothing is served yet" : `serial ${served} is served on`}.`,
  failed: "The held version can't be shown",
  version: "held version",
  none: {
    title: "Nothing is held",
    text: "The newest version that came is the one that is served.",
    action: "Go to the transfers",
  },
  why: "Why",
  advice: "What to do",
  since: "Held since",
  code: "Code",
  step: "While",
  steps: {
    checking: "checking its records",
    storing: "storing it",
    compiling: "making it ready to serve",
    validating: "checking its signatures",
    approving: "asking whether it may be served",
    signing: "signing it",
    saving: "saving it",
    publishing: "handing it to the workers",
  } as Readonly<Record<string, string>>,
  failing: (many: number) => `${count(many, "record")} failed a check`,
  changes: "What is different",
  changesText: ({ added, removed, changed, signatures }: NonNullable<HeldVersion["changes"]>) =>
    `${count(added, "record set")} came, ${removed} went, ${changed} changed${signatures === 0 ? "" : `; ${count(signatures, "set of signatures", "sets of signatures")} changed`}.`,
  records: (now: number, served: number) => `${count(now, "record")} in it, ${served} in what is served`,
  noChanges: "Nothing could be made of what came, so there is nothing to compare.",
  search: "Search in names, types and values",
  noneFound: "Nothing that is different has this in it.",
  listed: (shown: number, all: number) => `The first ${shown} of ${all} are listed.`,
  listAll: "List more",
  change: { added: "Came", removed: "Went", changed: "Changed" },
  before: "before",
  after: "now",
  release: {
    action: "Serve it",
    title: (serial: number | null) => `Serve serial ${serial ?? "?"}?`,
    forced: "Serve it although resolvers may refuse it",
    text: (served: number | null) =>
      `It is served at once${served === null ? "" : `, in place of serial ${served}`}. Go on if what changed is what you meant to change.`,
    typed: "Type the zone's name to confirm",
    done: "It is served.",
    going: "It is being made ready; the page on transfers shows when it is served.",
  },
  drop: {
    action: "Throw it away",
    title: (serial: number | null) => `Throw serial ${serial ?? "?"} away?`,
    text: "It is not fetched again unless a transfer is ordered. The next serial at the primary is taken as usual.",
    done: "It is thrown away.",
  },
  impossible: "It can't be served",
} as const;
