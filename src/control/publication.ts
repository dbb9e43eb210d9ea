/** What the edge is told about a zone: image, and for zones that are signed there, the ZSK, the table and the apex RRsets. */
import type { Name } from "#name";
import type { ExpiryPlace, Publication } from "#publish";
import { placeOf } from "./packed-versions.ts";
import type { ServedVersion } from "./versions.ts";

export type Publishable = {
  readonly id: string;
  readonly apex: Name;
  readonly generation: number;
  readonly served: ServedVersion | undefined;
};

export function buildPublication(zone: Publishable, expired: boolean, expiry: ExpiryPlace): Publication {
  const { id: zoneId, apex, generation, served } = zone;
  if (!served) return { zoneId, apex, generation, state: "not-ready" };
  if (expired) return { zoneId, apex, generation, state: "expired" };
  const { image, imageRoot } = placeOf(served);
  const { signing, denial } = served;
  if (!signing || denial === undefined) return { zoneId, apex, generation, state: "serving", image, imageRoot, expiry };
  const { zsk, zskPrivate, table, apex: signed } = signing;
  return {
    zoneId,
    apex,
    generation,
    state: "serving",
    image,
    expiry,
    imageRoot,
    signing: {
      denial,
      zsk: { keyTag: zsk.keyTag, algorithm: zsk.algorithm, privateKey: zskPrivate },
      apexRRsets: signed.rrsets,
      signatureTable: table.buffer,
    },
  };
}
