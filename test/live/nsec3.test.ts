/** NSEC3 made at query time. What the primary signed itself (NSEC) must not be seen. */
import { signZone, startNsd } from "../peers/index.ts";
import { describeDenial } from "./suite.ts";

describeDenial({
  denial: "nsec3",
  mode: "live-nsec3",
  from: "NSD, signed there with NSEC",
  primary: startNsd,
  prepare: (zone) => signZone(zone, { denial: "nsec" }),
  extreme: false,
});
