/**
 * `kill -9` between each two durable steps of a change that is served as it came: by AXFR, by IXFR as an overlay, and by the
 * IXFR after which the overlays become an image again.
 */
import { type Change, LARGE, playChange } from "./changes.ts";
import { describePlays } from "./plays.ts";

const SMALL = { names: 10, octets: 0 } as const;
const CHANGES: readonly Change[] = [
  {
    key: "whole",
    title: "by AXFR (and, in the same steps, by IXFR into a small zone)",
    mode: "unsigned",
    ixfr: false,
    ...SMALL,
    changing: 2,
    before: 1,
    does: ["rename t image", "commit journal", "remove t image"],
  },
  {
    key: "laid",
    title: "by IXFR, laid over",
    mode: "unsigned",
    ixfr: true,
    ...LARGE,
    changing: 2,
    before: 1,
    does: ["open t overlay", "sync t overlay", "sync folder", "rename c change", "commit journal"],
  },
  {
    key: "again",
    title: "by IXFR, laid over what was laid over before",
    mode: "unsigned",
    ixfr: true,
    ...LARGE,
    changing: 2,
    before: 2,
    does: ["write t overlay", "sync t overlay", "rename c change", "commit journal"],
  },
  {
    key: "compact",
    title: "by IXFR, laid over and compacted",
    mode: "unsigned",
    ixfr: true,
    ...LARGE,
    changing: 14,
    before: 4,
    compacted: true,
    // Those of the change itself are of the play above.
    cuts: /image|commit|remove/,
    does: ["sync t overlay", "rename t image", "commit journal", "remove t image", "remove t overlay"],
  },
];

describePlays("kill -9 between two steps", {
  programs: ["kdig"],
  sentence: "a change is served, given out and on disk as one version, and the next one comes",
  plays: CHANGES.map(playChange),
});
