/**
 * `kill -9` between each two durable steps of a change to a zone that is signed here: what is stored, what is served of it and
 * what is given out with every signature stay one version, before the overlays become images again as after it.
 */
import { type Change, LARGE, playChange } from "./changes.ts";
import { describePlays } from "./plays.ts";

const CHANGES: readonly Change[] = [
  {
    key: "signed",
    title: "signed here, laid over",
    mode: "live-chain",
    ixfr: true,
    ...LARGE,
    changing: 2,
    before: 1,
    does: ["sync t overlay", "sync s overlay", "sync g overlay", "commit given", "rename c change", "commit journal"],
  },
  {
    key: "remade",
    title: "signed here, laid over and compacted",
    mode: "live-chain",
    ixfr: true,
    ...LARGE,
    changing: 14,
    before: 4,
    compacted: true,
    // Those of the change itself are of the play above.
    cuts: /image|commit|remove/,
    does: [
      "rename t image",
      "rename s image",
      "remove t image",
      "remove s image",
      "remove t overlay",
      "remove s overlay",
    ],
  },
];

describePlays("kill -9 between two steps of a zone that is signed here", {
  programs: ["kdig", "ldns-verify-zone"],
  sentence: "a change is served, given out and on disk as one version, and the next one comes",
  plays: CHANGES.map(playChange),
});
