/** Compact denial (RFC 9824), the zone from Knot, with names at every limit. */
import { startKnot } from "../peers/index.ts";
import { describeDenial } from "./suite.ts";

describeDenial({
  denial: "compact",
  mode: "live",
  from: "Knot",
  primary: startKnot,
  extreme: true,
});
