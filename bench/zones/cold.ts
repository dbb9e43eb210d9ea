/**
 * Takes the files of a directory out of the page cache, so that a start reads them from the disk: these files alone, as the machine
 * is not ours. What stays are the kernel's entries of names and inodes, for which the whole machine's would have to go.
 */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";

const POSIX_FADV_DONTNEED = 4;

/** How many files; 0 where the system has no such call. */
export function dropFromCache(directory: string): number {
  if (process.platform !== "linux") return 0;
  const advise = koffi.load(null).func("int posix_fadvise(int descriptor, int64_t offset, int64_t length, int advice)");
  // What is not on the disk yet stays in the cache.
  execFileSync("sync");
  let dropped = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(entry.parentPath, entry.name), "r");
    if (advise(file, 0, 0, POSIX_FADV_DONTNEED) === 0) dropped++;
    closeSync(file);
  }
  return dropped;
}
