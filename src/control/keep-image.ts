/**
 * A version that came as a whole, on its way to disk. Steps that do not need each other go side by side:
 *
 * ```
 *  columns ─┬─▶ semantic check ─────────┐
 *           └─▶ compile (worker) ───────┴─▶ ┬─▶ verifyImage (shares) ──┬─▶ the row may name it
 *                                           └─▶ file written, synced ──┘
 * ```
 * The first version of a large zone does not wait for its file: it is made ready and served while that is written (`early`). There
 * is no older version to fall back to, so a crash in that second costs what a crash before it does, another transfer; whatever
 * follows waits for the file, and where it can't be written the version is not served on.
 *
 * The price: what turns out broken was compiled in vain, and an image that is no image has a file for a moment, which is taken
 * away again; a crash then leaves an orphan as any other.
 */
import { ok, type Result } from "#bytes";
import { LARGE_OCTETS } from "#telemetry";
import type { ZoneVersion } from "#zone";
import type { ImageFile } from "./compaction.ts";
import type { Deps } from "./deps.ts";
import { baseOctets, fileName } from "./stored-image.ts";
import { verifyWhole } from "./verify-shares.ts";
import type { Fault } from "./work.ts";

export type Compiling = {
  /** Not yet verified. */
  readonly image: Promise<Result<SharedArrayBuffer, Fault>>;
  /** Nobody but the compiler reads the version any more, or ever will: its RDATA goes as it is written. */
  readonly releaseVersion: () => void;
};

export function beginCompile(version: ZoneVersion, deps: Deps): Compiling {
  const mayEmpty = new SharedArrayBuffer(4);
  const { columns } = version;
  const job = { kind: "compile", columns, options: { treatment: "as-is" }, unverified: true, mayEmpty } as const;
  const compiling = deps.jobs.run<"compile">(job);
  // Whoever waits for it hears of it; nobody does when the check refuses the version before.
  compiling.catch(() => undefined);
  return { image: compiling, releaseVersion: () => void Atomics.store(new Int32Array(mayEmpty), 0, 1) };
}

/** `written`: when that is not done yet. It rejects where nobody looks without a word: whoever needs the file waits for it. */
export type Kept = ImageFile & { readonly written: Promise<void> | undefined };

/** `early`: for a large image, without waiting for the file. */
export async function keepWhole(
  zoneId: string,
  compiling: Compiling,
  early: boolean,
  deps: Deps,
): Promise<Result<Kept, Fault>> {
  const compiled = await compiling.image;
  if (!compiled.ok) return compiled;
  const image = deps.packs.keep(compiled.value);
  const file = fileName("t", image.serial);
  const write = (): Promise<void> => {
    const written = deps.store.files.saveImage(zoneId, file, baseOctets(image));
    written.catch(() => undefined);
    return written;
  };
  if (early && compiled.value.byteLength >= LARGE_OCTETS) {
    const verified = await verifyWhole(compiled.value, deps.jobs);
    // Not sooner: the copy to the file takes a core and memory's bandwidth from what is waited for.
    return verified.ok ? ok({ image, file, written: write() }) : verified;
  }
  const [verified] = await Promise.all([verifyWhole(compiled.value, deps.jobs), write()]);
  if (verified.ok) return ok({ image, file, written: undefined });
  await deps.store.files.removeImage(zoneId, file);
  return verified;
}
