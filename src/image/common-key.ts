/** What the order keys of all names below the apex begin with: kept once, so that the 8 octets a name are of what differs. */
import { labelCount } from "#name";
import { MAX_ORDER_KEY, writeOrderKey } from "./order-key.ts";
import type { Plan } from "./plan.ts";

/** Names are sorted: it is what the first and the last have in common. */
export function commonKeyOf({ columns, nameAt, nodeCount }: Plan): Uint8Array {
  if (nodeCount < 3) return new Uint8Array(0);
  const apexLabels = labelCount(columns.apex);
  const [first, last] = [new Uint8Array(MAX_ORDER_KEY), new Uint8Array(MAX_ORDER_KEY)];
  const firstLength = writeOrderKey(columns.nameOctets, nameAt[1]!, apexLabels, first);
  const lastLength = writeOrderKey(columns.nameOctets, nameAt[nodeCount - 1]!, apexLabels, last);
  let common = 0;
  while (common < Math.min(firstLength, lastLength) && first[common] === last[common]) common++;
  return first.subarray(0, common);
}
