/** The operator's program: so many at once, the others wait their turn, and none runs when the server stops. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ok } from "#bytes";
import type { ZoneImage } from "#image";
import { HookRunner } from "./hook.ts";
import type { JobRunner } from "./job-runner.ts";

const directory = mkdtempSync(join(tmpdir(), "countersign-hook-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("no more than the settings say run at the same time, and each gets its turn", async () => {
  const program = join(directory, "hook");
  const marks = join(directory, "running");
  // Each leaves a mark while it runs, and waits until it is told to end.
  writeFileSync(
    program,
    `#!/bin/sh
mkdir -p ${marks}
touch "${marks}/$COUNTERSIGN_ZONE"
i=0
while [ ! -e "${directory}/go.$COUNTERSIGN_ZONE" ] && [ $i -lt 4000 ]; do sleep 0.05; i=$((i + 1)); done
rm "${marks}/$COUNTERSIGN_ZONE"
`,
  );
  chmodSync(program, 0o755);
  const jobs = {
    run: async (job: { path: string }) => {
      writeFileSync(job.path, "");
      return ok(true);
    },
  } as unknown as JobRunner;
  const image = { buffer: new SharedArrayBuffer(8), root: 0, serial: 7 } as unknown as ZoneImage;
  const runner = new HookRunner(join(directory, "texts"), () => ({ program, seconds: 300, atOnce: 2 }), jobs);
  const running = () => {
    try {
      return readdirSync(marks).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  };
  const ended: string[] = [];
  const names = ["a", "b", "c", "d", "e"];
  const asked = names.map(async (name) => {
    const result = await runner.ask({ zoneId: name, name, mode: "unsigned", servedSerial: undefined }, image);
    expect(result.ok).toBe(true);
    ended.push(name);
  });
  let most = 0;
  for (const [i, name] of names.entries()) {
    await expect
      .poll(
        () => {
          most = Math.max(most, running().length);
          return running();
        },
        { timeout: 60_000 },
      )
      .toEqual(names.slice(i, i + 2));
    writeFileSync(join(directory, `go.${name}`), "");
    await expect.poll(() => ended, { timeout: 60_000 }).toContain(name);
  }
  await Promise.all(asked);
  expect([most, runner.counts.taken]).toEqual([2, 5]);
  expect(ended).toEqual(names);
});
