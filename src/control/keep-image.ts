/**
 * A version that came as a whole, on its way to disk. Steps that do not need each other go side by side:
 *
 * ```
 *  columns ─┬─▶ semantic check ─────────┐
 *           └─▶ compile (worker) ───────┴─▶ ┬─▶ verifyImage (worker) ──┬─▶ the row may name it
 *                                           └─▶ file written, synced ──┘
 * ```
 * The price: what turns out broken was compiled in vain, and an image that is no image has a file for a moment, which is taken
 * away again; a crash then leaves an orphan as any other.
 */
import { ok, type Result } from "#bytes";
import { ZoneImage } from "#image";
import { giveBackMemory, LARGE_OCTETS } from "#telemetry";
import type { ZoneVersion } from "#zone";
import type { ImageFile } from "./compaction.ts";
import type { Deps } from "./deps.ts";
import { baseOctets, fileName } from "./stored-image.ts";
import type { Fault } from "./work.ts";

export type Compiling = Promise<Result<SharedArrayBuffer, Fault>>;

/** The image, not yet verified. */
export function beginCompile(version: ZoneVersion, deps: Deps): Compiling {
  const job = { kind: "compile", columns: version.columns, options: { treatment: "as-is" }, unverified: true } as const;
  const compiling = deps.jobs.run<"compile">(job);
  // Whoever waits for it hears of it; nobody does when the check refuses the version before.
  compiling.catch(() => undefined);
  // Buffers of the transfer: gone before the image is written in their place.
  if (version.columns.rdata.byteLength >= LARGE_OCTETS) setImmediate(giveBackMemory);
  return compiling;
}

export async function keepWhole(zoneId: string, compiling: Compiling, deps: Deps): Promise<Result<ImageFile, Fault>> {
  const compiled = await compiling;
  if (!compiled.ok) return compiled;
  const image = new ZoneImage(compiled.value);
  const file = fileName("t", image.serial);
  const [verified] = await Promise.all([
    deps.jobs.run<"verify">({ kind: "verify", image: compiled.value }),
    deps.store.files.saveImage(zoneId, file, baseOctets(image)),
  ]);
  if (verified.ok) return ok({ image, file });
  await deps.store.files.removeImage(zoneId, file);
  return verified;
}
