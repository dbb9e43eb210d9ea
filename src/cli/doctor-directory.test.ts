/** What `doctor` says of a data directory, by directories that are so. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkDirectory, judgeRoom } from "./doctor-directory.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "countersign-doctor-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Without what the disk of this machine may add. */
const find = (path = directory) => checkDirectory(path).filter(({ check }) => check !== "disk");

describe("the data directory", () => {
  test("there is none: nothing is said", () => {
    expect(find(join(directory, "none"))).toEqual([]);
  });
  test("is a file", () => {
    writeFileSync(join(directory, "file"), "");
    expect(find(join(directory, "file"))).toMatchObject([
      { check: "data", state: "problem", todo: expect.any(String) },
    ]);
  });
  test.each(["master-key", "admin-token"])(
    "%s that others can read is a problem, with the command that mends it",
    (name) => {
      writeFileSync(join(directory, name), "secret");
      chmodSync(join(directory, name), 0o644);
      expect(find()).toMatchObject([
        {
          check: "secrets",
          state: "problem",
          sentence: expect.stringContaining("mode 644"),
          todo: expect.stringMatching(/^chmod 600 /),
        },
      ]);
      chmodSync(join(directory, name), 0o600);
      expect(find().some(({ state }) => state !== "ok")).toBe(false);
    },
  );
  test("a database that is none", () => {
    writeFileSync(join(directory, "countersign.db"), "x".repeat(4096));
    expect(find()).toMatchObject([{ check: "database", state: "problem", todo: expect.stringContaining("backup") }]);
    writeFileSync(join(directory, "countersign.db"), `SQLite format 3\0${"x".repeat(4080)}`);
    expect(find().some(({ state }) => state !== "ok")).toBe(false);
  });
});

test.each([
  [2 ** 40, undefined],
  [500 * 1024 * 1024, "warning"],
  [0, "problem"],
] as const)("%i octets left on its disk", (octets, state) => {
  expect(judgeRoom("DIR", octets)?.state).toBe(state);
});
