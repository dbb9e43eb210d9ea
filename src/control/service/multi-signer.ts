/** The multi-signer guide of a zone. */
import type { MultiSignerService } from "#contract";
import type { MultiSignerWatch } from "../multi-signer/index.ts";
import type { Registry } from "../registry.ts";
import { done, refused } from "./outcome.ts";

export function makeMultiSignerService(registry: Registry, watch: MultiSignerWatch): MultiSignerService {
  return {
    async getMultiSigner(zoneId) {
      const zone = registry.find(zoneId);
      return zone ? done(watch.show(zone)) : refused("zone.not-found", zoneId);
    },
  };
}
