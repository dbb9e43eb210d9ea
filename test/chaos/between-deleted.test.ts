/** `kill -9` between each two durable steps of a zone that is deleted, and of one that is made again under its name. */
import { playDeletion } from "./deletions.ts";
import { describePlays } from "./plays.ts";

describePlays("kill -9 between two steps of a zone that is deleted", {
  programs: ["delv"],
  sentence: "it is there whole, with its keys and its record, or gone without a trace, and the record says so",
  plays: [
    playDeletion({ key: "gone", title: "a zone is deleted", again: false, does: ["remove folder"] }),
    playDeletion({
      key: "again",
      title: "a zone is deleted, and made again",
      again: true,
      // Those of its first version are of other plays.
      cuts: /^commit/,
      does: ["commit zones", "commit keys, zone_dnssec"],
    }),
  ],
});
