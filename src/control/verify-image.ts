/** `verifyImage` as a job, whole or a share of it: what is wrong, as a fault. */
import { fail, ok, type Result } from "#bytes";
import { type ImageBuffer, type ImageCounts, type ImageError, verifyImage, verifyImageShare } from "#image";
import type { Fault } from "./work.ts";

export function verify(image: ImageBuffer, root = 0): Result<true, Fault> {
  const verified = verifyImage(image, root);
  return verified.ok ? ok(true) : fail(imageFault(verified.error));
}

export function verifyShare(image: ImageBuffer, share: number, shares: number): Result<ImageCounts, Fault> {
  const verified = verifyImageShare(image, share, shares);
  return verified.ok ? verified : fail(imageFault(verified.error));
}

export function imageFault({ code, text, at }: ImageError): Fault {
  return { code: `image.${code}`, text: `${text} (word ${at})` };
}
