/** RFC 8901 model 2 with Countersign and BIND: one zone with its default of one key for everything and NSEC, one with two and NSEC3. */
import { describeCombinations } from "./combinations.ts";
import { startBindSigner } from "./signers.ts";
import { zoneText } from "./world.ts";

describeCombinations("BIND", startBindSigner, [
  { name: "one.two.example.", text: zoneText("one.two.example."), denial: "nsec", keys: "csk" },
  { name: "split.two.example.", text: zoneText("split.two.example."), denial: "nsec3", keys: "split" },
]);
