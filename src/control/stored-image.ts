/** Images of versions on disk: what their files are called, and which of the octets in memory belong there. */
import { randomBytes } from "node:crypto";
import { type ImageBuffer, ZoneImage } from "#image";
import type { Deps } from "./deps.ts";

/** `t-2026100501-9f31c2ab`: transferred, served or held, serial, and something that no earlier file had. */
export function fileName(use: "t" | "s" | "h", serial: number): string {
  return `${use}-${serial}-${randomBytes(4).toString("hex")}`;
}

/** Without the room behind it. */
export function baseOctets(image: ZoneImage): Uint8Array {
  return image.octets.subarray(0, 4 * image.baseWords);
}

/** The newest segment: those before it are in the file, as rows named them. */
export async function saveOverlay(zoneId: string, file: string, image: ZoneImage, deps: Deps): Promise<void> {
  const segment = image.octets.subarray(4 * image.root, 4 * image.end);
  await deps.store.files.saveOverlay(zoneId, file, segment, 4 * (image.root - image.baseWords));
}

export function overlayOf(buffer: ImageBuffer, root: number): ZoneImage {
  return new ZoneImage(buffer, root);
}
