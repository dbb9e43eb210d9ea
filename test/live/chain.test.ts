/** A full NSEC chain of our own. What the primary signed itself (NSEC3) must not be seen. */
import { signZone, startBind } from "../peers/index.ts";
import { describeDenial } from "./suite.ts";

describeDenial({
  denial: "chain",
  mode: "live-chain",
  from: "BIND, signed there with NSEC3",
  primary: startBind,
  prepare: (zone) => signZone(zone, { denial: "nsec3" }),
  extreme: false,
});
