/** RFC 8901 model 2 with Countersign and Knot DNS, one zone with NSEC at Knot and one with NSEC3. */
import { describeCombinations } from "./combinations.ts";
import { startKnotSigner } from "./signers.ts";
import { zoneText } from "./world.ts";

describeCombinations("Knot DNS", startKnotSigner, [
  { name: "nsec.two.example.", text: zoneText("nsec.two.example."), denial: "nsec", keys: "split" },
  { name: "nsec3.two.example.", text: zoneText("nsec3.two.example."), denial: "nsec3", keys: "split" },
]);
