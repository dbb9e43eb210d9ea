/** Directories that are made with all that leads to them, one step at a time. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes `path` and what leads to it, for its owner alone; what is there already stays as it is. Throws what mkdir(2) says.
 *
 * Not by `recursive` of node:fs: that makes what ENOENT says is missing and then tries again, without end where a file system
 * answers ENOENT whatever is there (/proc).
 */
export function makeDirectory(path: string): void {
  // A file in its place: said as what it is, before somebody stumbles over what can't be below it.
  if (existsSync(path) && !statSync(path).isDirectory()) mkdirSync(path);
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
