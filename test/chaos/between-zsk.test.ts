/** `kill -9` between each two durable steps of a ZSK that is rolled. */
import { describePlays } from "./plays.ts";
import { playRoll, type Rolling } from "./rolls.ts";

const ROLLINGS: readonly Rolling[] = [
  {
    key: "begin",
    title: "a ZSK's rollover begins",
    kind: "zsk",
    act: "begin",
    does: ["commit keys, rollover", "commit rollover"],
  },
  {
    key: "turn",
    title: "the new ZSK begins to sign",
    kind: "zsk",
    act: "turn",
    does: ["commit keys, rollover", "commit rollover"],
  },
  {
    key: "end",
    title: "the old ZSK goes",
    kind: "zsk",
    act: "end",
    does: ["commit no keys, rollover"],
  },
];

describePlays("kill -9 between two steps of a ZSK that is rolled", {
  programs: ["delv"],
  sentence: "no key is lost or made twice, no wait is skipped, what is served validates, and it is rolled in the end",
  plays: ROLLINGS.map((rolling) => playRoll(rolling)),
});
