/** Whether files have become others: those of certificates are replaced by programs that tell nobody. Part of the composition root. */
import { statSync } from "node:fs";

/** Looked at so often: some system calls. */
const LOOK_MS = 5000;

/** Calls `changed` when one of the files that `paths` names at the time is another one than at the last look. Until `stop`. */
export function watchFiles(paths: () => readonly string[], changed: () => void): { stop(): void } {
  let before = stateOf(paths());
  const timer = setInterval(() => {
    const now = stateOf(paths());
    if (now === before) return;
    before = now;
    changed();
  }, LOOK_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** A new file under an old name, as well as new octets in an old one. */
function stateOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const file = statSync(path, { throwIfNoEntry: false });
      return file ? `${path} ${file.ino} ${file.size} ${file.mtimeMs}` : `${path} -`;
    })
    .join("\n");
}
