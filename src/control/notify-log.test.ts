/** A storm of NOTIFYs takes so many lines a second and says how much it was; those that were believed have lines of their own. */
import { expect, test } from "vitest";
import type { Logger } from "#telemetry";
import { NotifyLog } from "./notify-log.ts";

test("ten refused and a hundred accepted a second; how many more is told in the next one", () => {
  const lines: { code: string; accepted?: number; refused?: number }[] = [];
  const write = (fields: { code: string }) => lines.push(fields);
  const log = new NotifyLog({ info: write, warn: write } as unknown as Logger);
  const count = (code: string) => lines.filter((line) => line.code === code).length;
  for (let i = 0; i < 1000; i++) log.refused({ zone: "a.", from: "192.0.2.1", reason: "not-our-zone" }, 7);
  for (let i = 0; i < 101; i++) log.accepted({ zone: "a.", from: "192.0.2.1", serial: i }, 7);
  expect([count("notify.refused"), count("notify.accepted"), count("notify.more")]).toEqual([10, 100, 0]);
  log.refused({ zone: "a.", from: "192.0.2.1", reason: "not-our-zone" }, 9);
  expect(lines.at(-2)).toEqual({ code: "notify.more", accepted: 1, refused: 990 });
  expect(count("notify.refused")).toBe(11);
  // Quiet seconds have nothing to tell.
  log.refused({ zone: "a.", from: "192.0.2.1", reason: "not-our-zone" }, 12);
  expect(count("notify.more")).toBe(1);
});
