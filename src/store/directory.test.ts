import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeDirectory } from "./directory.ts";

const root = mkdtempSync(join(tmpdir(), "countersign-directory-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("all that leads to it is made, for the owner alone; a second time nothing happens", () => {
  const path = join(root, "a", "b", "c");
  makeDirectory(path);
  makeDirectory(path);
  for (const made of [path, join(root, "a")]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

test.each([
  ["a file on the way", () => join(root, "file", "data"), /ENOTDIR/],
  // node:fs would try for ever (seen with Node 24): a server with `--data /proc/nope` ran on and could only be killed.
  ["a file system where nothing can be made", () => "/proc/nope/data", /ENOENT/],
])("%s is told", (_what, path, told) => {
  writeFileSync(join(root, "file"), "");
  expect(() => makeDirectory(path())).toThrow(told);
});
