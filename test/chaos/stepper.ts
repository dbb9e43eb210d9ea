/**
 * Loaded into the product before its own code (`node --import`): holds zones up between two of the steps by which their files and
 * rows become durable, so that one `kill -9` finds each of them just where it was to be. For tests.
 *
 *   file opened ▶ written ▶ synced ▶ renamed ▶ folder synced ▶ row committed ▶ older file removed ▶ …
 *              ▲         ▲        ▲         ▲               ▲               ▲
 *              └─ a zone is held behind the step that the file COUNTERSIGN_TEST_HOLD names: { zone id: { what, nth } or null }
 *
 * Steps are counted from the moment that file is there; what was done stands beside it in `….steps`, a line of JSON each. A
 * commit can't wait, as all others would: of a zone that is held it is refused, and what would be done about that is held.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isMainThread } from "node:worker_threads";
import { Steps } from "./holder.ts";
import { watchFiles } from "./watched-files.ts";
import { watchRows } from "./watched-rows.ts";

const file = process.env.COUNTERSIGN_TEST_HOLD;
if (isMainThread && file !== undefined) {
  mkdirSync(dirname(file), { recursive: true });
  const steps = new Steps(file);
  watchFiles(steps);
  watchRows(steps);
}
