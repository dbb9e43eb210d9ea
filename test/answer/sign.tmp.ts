import { writeFileSync } from "node:fs";
import { flattenZone, signZone } from "/work/main/test/peers/index.ts";

const text = flattenZone("odd.example.", "/work/main/test/zones/odd.zone");
for (const [n, o] of [
  ["nsec", { denial: "nsec" }],
  ["nsec3", { denial: "nsec3", salt: "abcd", iterations: 2 }],
  ["optout", { denial: "nsec3", optOut: true }],
] as const) {
  const z = signZone({ name: "odd.example.", text } as any, o as any);
  writeFileSync(`/tmp/ans/odd.${n}`, z.text);
  writeFileSync(`/tmp/ans/odd.${n}.ds`, z.ds + "\n" + z.ksk);
}
