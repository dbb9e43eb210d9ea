/** `kill -9` between each two durable steps of a catalog that is given up. */
import { playGivenUp } from "./givenup.ts";
import { describePlays } from "./plays.ts";

describePlays("kill -9 between two steps of a catalog that is given up", {
  programs: [],
  sentence: "it is a catalog, or gone, and never answered for",
  plays: [playGivenUp({ key: "given", title: "a catalog is given up", does: ["remove folder"] })],
});
