/** `kill -9` between each two durable steps of a version that is held: coming to be held, released, dropped, overtaken by a good one. */
import { type Hold, playHold } from "./holds.ts";
import { describePlays } from "./plays.ts";

const HOLDS: readonly Hold[] = [
  {
    key: "comes",
    title: "a version comes and is held",
    mode: "unsigned",
    fault: "guard.record-loss",
    act: "comes",
    does: ["rename t image", "commit stored, zone_versions, zones", "commit held"],
  },
  {
    key: "taken",
    title: "a held version is released, and signed here",
    mode: "live-chain",
    fault: "guard.record-loss",
    act: "release",
    does: ["commit released", "rename s image", "remove t image", "remove s image"],
  },
  {
    key: "dropped",
    title: "a held version is dropped",
    mode: "unsigned",
    fault: "guard.record-loss",
    act: "drop",
    does: ["remove t image"],
  },
  {
    key: "aside",
    title: "a version comes that breaks the rules of DNS, and is kept aside",
    mode: "unsigned",
    fault: "zone.broken",
    act: "comes",
    does: ["rename h image", "commit zone_versions", "commit held"],
  },
  {
    key: "broken",
    title: "a version that was kept aside is dropped",
    mode: "unsigned",
    fault: "zone.broken",
    act: "drop",
    does: ["remove h image"],
  },
  {
    key: "mended",
    title: "a version that was kept aside is overtaken by a good one",
    mode: "unsigned",
    fault: "zone.broken",
    act: "mend",
    does: ["rename t image", "remove h image"],
  },
];

describePlays("kill -9 between two steps of a version that is held", {
  programs: [],
  sentence: "it is still held, or what the operator wanted; the record says what was done",
  plays: HOLDS.map(playHold),
});
