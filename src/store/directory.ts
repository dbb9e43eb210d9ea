/** Directories that are made with all that leads to them, one step at a time. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes `path` and what leads to it, for its owner alone; what is there already stays as it is. Throws what mkdir(2) says.
 *
 * Not by `recursive` of node:fs: that makes what ENOENT says is missing and then tries again, without end where a file system
 * answers ENOENT whatever is there (/proc).
 */
export function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      // Another one made it in between.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
