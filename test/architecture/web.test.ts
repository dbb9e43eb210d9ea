/** The dashboard keeps to its own walls, and to the house's rules on length and constructs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../root.ts";
import { checkConstructs, checkLengths, findFileCycles } from "./rules.ts";
import { readSource, readSources } from "./sources.ts";
import { checkFetching, checkMarkup, checkWebImports } from "./web-rules.ts";

const sources = readSources(["web/src"]);
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("the dashboard", () => {
  test("is there", () => expect(sources.length).toBeGreaterThan(30));
  test("imports only what its walls allow", () => expect(checkWebImports(sources)).toEqual([]));
  test("has no cycles among files, types included", () => expect(findFileCycles(sources)).toEqual([]));
  test("has no long files and functions", () => expect(checkLengths(sources, {})).toEqual([]));
  test("swallows no failure, keeps no module state, has no enum and no default export", () => {
    // `room` is undefined outside src: given one, the rules for rooms hold here too.
    expect(checkConstructs(sources.map((file) => ({ ...file, room: "web" })))).toEqual([]);
  });
  test("asks the server in one place", () =>
    expect(sources.flatMap(({ path }) => checkFetching(path, read(path)))).toEqual([]));
  test("makes no markup from text", () => {
    expect(sources.flatMap(({ path }) => checkMarkup(path, read(path)))).toEqual([]);
  });
  test("starts each file with what it is for", () => {
    const code = sources.filter(({ isTest }) => !isTest);
    expect(code.filter(({ path }) => !read(path).startsWith("/**")).map(({ path }) => path)).toEqual([]);
  });
});

describe("the rules refuse", () => {
  const imports = (path: string, text: string) => checkWebImports([readSource(path, text)]).length;

  test.each([
    ["schemas in the browser", "web/src/fetch/a.ts", `import { ROUTES } from "#contract";`],
    ["a room of the server", "web/src/pages/a/A.tsx", `import type { X } from "#store";`],
    ["a page in another page", "web/src/pages/a/A.tsx", `import { B } from "../b/B.tsx";`],
    ["a page loaded at once", "web/src/app/routes.tsx", `import { A } from "../pages/a/A.tsx";`],
    ["app from a page", "web/src/pages/a/A.tsx", `import { theme } from "../../app/theme.ts";`],
    ["fetch from texts", "web/src/texts/a.ts", `import { x } from "../fetch/client.ts";`],
    ["queries round the hooks", "web/src/pages/a/A.tsx", `import { useQuery } from "@tanstack/react-query";`],
    ["another library", "web/src/parts/A.tsx", `import { Button } from "antd";`],
  ])("%s", (_, path, text) => expect(imports(path, text)).toBe(1));

  test("but not what is allowed", () => {
    expect(
      imports("web/src/pages/a/A.tsx", `import type { Zone } from "#contract"; import { B } from "./B.tsx";`),
    ).toBe(0);
    expect(imports("web/src/app/routes.tsx", `const a = () => import("../pages/a/A.tsx");`)).toBe(0);
  });

  test("fetching elsewhere, markup from text", () => {
    expect(checkFetching("web/src/pages/a/A.tsx", "await fetch(path)")).toHaveLength(1);
    expect(checkFetching("web/src/fetch/client.ts", "await fetch(path)")).toEqual([]);
    expect(checkMarkup("web/src/pages/a/A.tsx", `<p dangerouslySetInnerHTML={x} />`)).toHaveLength(1);
  });
});
