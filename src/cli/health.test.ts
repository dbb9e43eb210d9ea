import { Command } from "commander";
import { expect, test } from "vitest";
import { HEALTH_CODES, type HealthCode } from "#contract";
import { completionScript, placesOf } from "./completion.ts";
import { healthText } from "./health.ts";
import { buildProgram } from "./program.ts";

const silent = { terminal: false, write: async () => undefined };
const program = buildProgram({ out: silent, err: silent, env: {} }, { out: () => undefined, err: () => undefined });

test("what to do names commands that there are", () => {
  const paths = new Set(placesOf(program).map((place) => place.path));
  const named = (Object.keys(HEALTH_CODES) as HealthCode[]).flatMap((code) => {
    const { todo } = healthText(code, "a.example");
    return [...(todo ?? "").matchAll(/countersign (\w+ \w+) a\.example/g)].map((match) => match[1]!);
  });
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !paths.has(path))).toEqual([]);
});

test("descriptions with quotes stay inside their quotes in fish", () => {
  const odd = new Command("countersign");
  odd.command("odd").description("it's \\ odd");
  expect(completionScript(odd, "fish")).toContain("-a 'odd' -d 'it\\'s \\\\ odd'");
});
