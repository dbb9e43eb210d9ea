/** `kill -9` between each two durable steps of a KSK that is rolled, with a parent that follows. */
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import { describePlays } from "./plays.ts";
import { playRoll, type Rolling } from "./rolls.ts";

const ROLLINGS: readonly Rolling[] = [
  {
    key: "begin",
    title: "a KSK's rollover begins",
    kind: "ksk",
    act: "begin",
    does: ["commit keys, rollover", "commit rollover"],
  },
  {
    key: "turn",
    title: "the parent is asked for the new KSK",
    kind: "ksk",
    act: "turn",
    does: ["commit keys, rollover"],
  },
  {
    key: "parent",
    title: "the parent has changed over",
    kind: "ksk",
    act: "parent",
    does: ["commit rollover"],
  },
  {
    key: "end",
    title: "the old KSK goes",
    kind: "ksk",
    act: "end",
    does: ["commit no keys, rollover"],
  },
];

let parent: Parent | undefined;
const publishDs: Parameters<typeof playRoll>[1] = (children) => {
  const delegations = Object.entries(children).map(([label, ds]) => [label, { nameServers: OUR_NAMES, ds }]);
  return parent!.publish(Object.fromEntries(delegations));
};

describePlays("kill -9 between two steps of a KSK that is rolled", {
  programs: ["delv", "knotd", "unbound"],
  sentence: "no key is lost or made twice, no wait is skipped, what is served validates, and it is rolled in the end",
  plays: ROLLINGS.map((rolling) => playRoll(rolling, publishDs, PARENT)),
  surroundings: async () => {
    parent = await startParent();
    return { env: parent.env, close: parent.stop };
  },
});
