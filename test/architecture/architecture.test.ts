/** The house's walls: what ARCHITECTURE.md says is what the code does. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../root.ts";
import { readPlan } from "./plan.ts";
import {
  checkConstructs,
  checkImports,
  checkLengths,
  checkTable,
  type Exceptions,
  findFileCycles,
  findRoomCycles,
} from "./rules.ts";
import { readSource, readSources, roomOf } from "./sources.ts";
import { findUnused, readTexts } from "./unused.ts";

const page = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { imports: Record<string, string> };
const plan = readPlan(page);
const sources = readSources(["src"]);
const surroundings = readSources(["test", "bench", "demo"].filter((folder) => existsSync(join(ROOT, folder))));

/** What may be longer than 600 lines a file or 70 lines a function, and why. */
const EXCEPTIONS: Exceptions = {};

describe("the plan", () => {
  test("has floors, a table and packages for every door of package.json", () => {
    const doors = Object.keys(manifest.imports).map((door) => door.slice(1));
    expect([...plan.allowed.keys()].filter((room) => room !== "main").sort()).toEqual(doors.sort());
    expect(plan.packages.size).toBeGreaterThan(4);
  });

  test("allows no import upwards and no cycle", () => expect(checkTable(plan)).toEqual([]));

  test("keeps the edge away from keys, store and control", () => {
    for (const room of ["keys", "store", "control"]) expect(plan.allowed.get("edge")!.has(room)).toBe(false);
    for (const room of ["edge"]) expect(plan.allowed.get("control")!.has(room)).toBe(false);
  });
});

describe("the code", () => {
  test("imports only what the table allows", () => expect(checkImports(sources, plan)).toEqual([]));
  test("has no cycles among rooms", () => expect(findRoomCycles(sources)).toEqual([]));
  test("has no cycles among files, types included", () => expect(findFileCycles(sources)).toEqual([]));
  test("has no long files and functions", () => {
    expect(checkLengths([...sources, ...surroundings], EXCEPTIONS)).toEqual([]);
  });
  test("swallows no failure, keeps no module state, has no enum and no default export", () => {
    expect(checkConstructs([...sources, ...surroundings])).toEqual([]);
  });
  test("exports nothing that nobody uses", () => expect(findUnused(readTexts())).toEqual([]));
});

describe("every room", () => {
  for (const [door, path] of Object.entries(manifest.imports)) {
    const folder = path.replace(/^\.\//, "").replace(/\/index\.ts$/, "");
    test(`${door} has a door and a README with its four parts`, () => {
      expect(existsSync(join(ROOT, folder, "index.ts")), `${folder}/index.ts`).toBe(true);
      expect(existsSync(join(ROOT, folder, "README.md")), `${folder}/README.md`).toBe(true);
      const readme = readFileSync(join(ROOT, folder, "README.md"), "utf8");
      for (const part of ["Purpose", "Invariants", "Not here", "Known gaps"]) {
        expect(readme, `${folder}/README.md lacks ${part}`).toMatch(new RegExp(`^#+ ${part}`, "m"));
      }
    });
  }

  test("is known to package.json: no folder besides", () => {
    const rooms = new Set(sources.map((file) => roomOf(file.path)));
    const known = new Set([...Object.keys(manifest.imports).map((door) => door.slice(1)), "main"]);
    expect([...rooms].filter((room) => room === undefined || !known.has(room))).toEqual([]);
  });
});

/** A wall that nothing has ever run into may be painted on: each rule has to refuse a made-up offender. */
describe("the rules refuse", () => {
  const imports = (path: string, text: string) => checkImports([readSource(path, text)], plan).length;

  test.each([
    ["a value import the table lacks", "src/answer/a.ts", `import { x } from "#store";`],
    ["a type import the table lacks", "src/answer/a.ts", `import type { X } from "#net";`],
    ["a type reached by import()", "src/answer/a.ts", `export type X = import("#net").X;`],
    ["a re-export", "src/dns/name/index.ts", `export { x } from "#rdata";`],
    ["a dynamic import", "src/edge/a.ts", `const x = await import("#keys");`],
    ["a deep import", "src/answer/a.ts", `import { x } from "#image/layout.ts";`],
    ["a way out of the room", "src/answer/a.ts", `import { x } from "../image/layout.ts";`],
    ["a test that goes round a door", "src/answer/a.test.ts", `import { x } from "../image/layout.ts";`],
    ["Node on a pure floor", "src/zone/a.ts", `import { x } from "node:fs";`],
    ["a socket outside net", "src/control/a.ts", `import { x } from "node:net";`],
    ["a package in the wrong room", "src/control/a.ts", `import { x } from "fastify";`],
    ["main", "src/api/a.ts", `import { x } from "#main";`],
  ])("%s", (_, path, text) => expect(imports(path, text)).toBe(1));

  test("but not what is allowed", () => {
    expect(imports("src/answer/a.ts", `import { x } from "#image"; import y from "./b.ts";`)).toBe(0);
    expect(imports("src/net/a.ts", `import { x } from "node:net"; import koffi from "koffi";`)).toBe(0);
    expect(imports("src/answer/a.test.ts", `import { x } from "#zonefile"; import "node:fs";`)).toBe(0);
  });

  test("cycles", () => {
    const a = readSource("src/zone/a.ts", `import type { X } from "./b.ts"; import "#dnssec";`);
    const b = readSource("src/zone/b.ts", `export * from "./a.ts";`);
    const c = readSource("src/dnssec/c.ts", `import type { Y } from "#zone";`);
    expect(findFileCycles([a, b])).toEqual(["src/zone/a.ts → src/zone/b.ts → src/zone/a.ts"]);
    expect(findRoomCycles([a, c])).toEqual(["zone → dnssec → zone"]);
  });

  test("length, empty catches, module state, enums, default exports", () => {
    const long = readSource("src/zone/a.ts", `function f() {\n${"f();\n".repeat(70)}}\n${"f();\n".repeat(600)}`);
    expect(checkLengths([long], {})).toHaveLength(2);
    expect(checkLengths([long], { "src/zone/a.ts": "why", "src/zone/a.ts#f": "why", old: "why" })).toHaveLength(1);
    const odd = `export let x = 1; export default x; enum E { A } try { x++; } catch {}`;
    expect(checkConstructs([readSource("src/zone/b.ts", odd)])).toHaveLength(4);
  });

  test("an export that its door hands on and nobody takes", () => {
    const door = `export { used, unused } from "./a.ts";`;
    const texts = new Map([
      ["src/zone/a.ts", "export const used = 1;\nexport function unused(): void {}"],
      ["src/zone/index.ts", door],
      ["src/image/b.ts", `import { used } from "#zone";`],
    ]);
    expect(findUnused(texts)).toEqual(["src/zone/a.ts: unused is exported, and nobody uses it"]);
  });
});
