/** The multi-signer guide of a zone. */
import type { MultiSignerService } from "#contract";
import type { MultiSignerWatch } from "../multi-signer/index.ts";
import type { Registry } from "../registry.ts";
import { withZone } from "./named-zone.ts";
import { done } from "./outcome.ts";

export function makeMultiSignerService(registry: Registry, watch: MultiSignerWatch): MultiSignerService {
  return {
    getMultiSigner: (zoneId) => withZone(registry, zoneId, (zone) => done(watch.show(zone))),
  };
}
