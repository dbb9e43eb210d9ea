/** What the cases of answering share: one synthetic pre-signed zone, and questions for names all over it, as a worker gets them. */
import { compileImage, verifyImage, type ZoneImage } from "#image";
import type { Name } from "#name";
import { RRType } from "#rdata";
import { NOW } from "../test/answer/fixture.ts";
import { encodeQuestion } from "../test/peers/index.ts";
import { syntheticZone } from "./synthetic-zone.ts";

export const ABOUT = {
  transport: "udp",
  clientAddress: Uint8Array.of(127, 0, 0, 1),
  clientPort: 5300,
  nowSeconds: NOW,
} as const;

export const APEX = Uint8Array.from(Buffer.from("\x07example\x03com\0", "latin1")) as Name;

/** Different questions at most. */
const MAX_ASKED = 20_000;

/** The zone with the primary's signatures, compiled and verified. */
export function signedImage(names: number): ZoneImage {
  const signed = compileImage(syntheticZone(names), { treatment: "as-is" });
  if (!signed.ok) throw new Error(signed.error.text);
  const verified = verifyImage(signed.value);
  if (!verified.ok) throw new Error(verified.error.text);
  return verified.value;
}

/** Questions with DO for names that exist, in no order; octets of each. */
export function existingQueries(names: number): Uint8Array[] {
  return Array.from({ length: Math.min(names, MAX_ASKED) }, (_, i) => {
    const n = (i * 7919) % names;
    const name = `n${String(n).padStart(7, "0")}.example.com.`;
    return encodeQuestion({ name, type: RRType.A, edns: { do: true } }, i);
  });
}
