/**
 * The dashboard's walls (web/src), as ARCHITECTURE.md draws them:
 *
 *   app ▶ pages ▶ parts ▶ fetch, texts        a page knows no other page; code of pages is loaded when it is wanted
 */
import { resolveRelative, type SourceFile } from "./sources.ts";

/** Folder → folders of web/src that it may import, besides itself. */
const WEB_ROOMS: Readonly<Record<string, readonly string[]>> = {
  texts: [],
  fetch: [],
  parts: ["fetch", "texts"],
  pages: ["parts", "fetch", "texts"],
  app: ["pages", "parts", "fetch", "texts"],
  main: ["app"],
};

/** npm package → the folders that may import it; types alone may come from anywhere. */
const WEB_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  react: ["app", "fetch", "parts", "pages", "main"],
  "react-dom": ["main"],
  "@mantine/core": ["app", "parts", "pages", "main"],
  "@mantine/hooks": ["app", "parts", "pages"],
  "@tanstack/react-query": ["app", "fetch"],
  "@tanstack/react-router": ["app", "parts", "pages"],
  "@tanstack/react-virtual": ["parts"],
  uplot: ["parts"],
};

/** Doors of the server's rooms: of `contract` only types (its tables come as `virtual:contract`), `guide` is pure. */
const WEB_DOORS: Readonly<Record<string, "types" | "values">> = { "#contract": "types", "#guide": "values" };

const TYPES_ONLY = new Set(["zod"]);

export function checkWebImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const problem = checkImport(file, imported);
      return problem ? [`${file.path}:${imported.line} ${problem}`] : [];
    }),
  );
}

function checkImport(file: SourceFile, { specifier, typeOnly, later }: SourceFile["imports"][number]) {
  const room = webRoomOf(file.path);
  if (specifier.startsWith(".")) {
    if (/\.css$/.test(specifier)) return undefined;
    if (!/\.tsx?$/.test(specifier)) return `imports ${specifier} without its extension`;
    return checkRelative(room, file.path, resolveRelative(file.path, specifier), later);
  }
  if (specifier.startsWith("virtual:")) return undefined;
  if (specifier.startsWith("#")) {
    const allowed = WEB_DOORS[specifier];
    if (allowed === undefined)
      return `imports ${specifier}: of the server's rooms only contract and guide are for the browser`;
    return allowed === "values" || typeOnly
      ? undefined
      : `imports values of ${specifier}: types only, its schemas stay at the server`;
  }
  const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0]!;
  if (typeOnly && TYPES_ONLY.has(name)) return undefined;
  if (file.isTest && name === "vitest") return undefined;
  return WEB_PACKAGES[name]?.includes(room) ? undefined : `imports ${name}, which is not for ${room}`;
}

function checkRelative(room: string, from: string, target: string, later: boolean): string | undefined {
  if (!target.startsWith("web/src/")) return `leaves web/src by ${target}`;
  const to = webRoomOf(target);
  if (to === "pages" && room === "app" && !later && !/\/tabs\.ts$/.test(target)) {
    return `imports ${target} at once: pages are loaded by import()`;
  }
  if (room === "pages" && to === "pages" && pageOf(from) !== pageOf(target)) return `imports another page: ${target}`;
  return to === room || WEB_ROOMS[room]?.includes(to)
    ? undefined
    : `imports ${target}, which is above or beside ${room}`;
}

/** `fetch(…)` and the like stand in web/src/fetch alone. */
export function checkFetching(path: string, text: string): string[] {
  if (webRoomOf(path) === "fetch") return [];
  const found = /\b(fetch\(|XMLHttpRequest|new EventSource|new WebSocket|navigator\.sendBeacon)/.exec(text);
  return found ? [`${path} asks the server by itself (${found[1]}): only web/src/fetch does`] : [];
}

/** Nothing that the strict policy refuses, or that turns text into markup. */
export function checkMarkup(path: string, text: string): string[] {
  const found = /\b(dangerouslySetInnerHTML|innerHTML|outerHTML|eval\(|new Function)/.exec(text);
  return found ? [`${path} has ${found[1]}`] : [];
}

function webRoomOf(path: string): string {
  const parts = path.split("/");
  return parts.length > 3 ? parts[2]! : "main";
}

function pageOf(path: string): string {
  return path.split("/")[3] ?? "";
}
