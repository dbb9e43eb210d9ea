/** The source tree as facts: who imports what, how long files and functions are, which constructs occur. Read by oxc's parser. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { parseSync } from "vite";
import { ROOT } from "../root.ts";

export type Import = {
  readonly specifier: string;
  readonly line: number;
  /** `import type …`, `export type …`: gone before it runs. */
  readonly typeOnly: boolean;
  /** `import(…)`: loaded when it is wanted. */
  readonly later: boolean;
};
export type LongThing = { readonly name: string; readonly line: number; readonly lines: number };

export type SourceFile = {
  /** From the project's root, with slashes: `src/dns/name/text.ts`. */
  readonly path: string;
  /** The room's short name, as in the import table: `name`; `main` for the files of src itself; undefined outside src. */
  readonly room: string | undefined;
  /** Tests and their tables may reach further than the room itself. */
  readonly isTest: boolean;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly LongThing[];
  /** Lines on which they stand. */
  readonly emptyCatches: readonly number[];
  readonly moduleLets: readonly number[];
  readonly defaultExports: readonly number[];
  readonly enums: readonly number[];
};

/** All TypeScript (and TSX) below `folders` (from the project's root). */
export function readSources(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .filter((entry) => !/[\\/](node_modules|dist)([\\/]|$)/.test(entry.parentPath))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .sort()
      .map((path) => readSource(path, readFileSync(join(ROOT, path), "utf8"))),
  );
}

/** Facts about one file; `path` need not exist, so that the rules themselves can be tested. */
export function readSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path} can't be parsed: ${parsed.errors[0]!.message}`);
  const lineOf = lineCounter(text);
  const facts = {
    imports: [] as Import[],
    functions: [] as LongThing[],
    emptyCatches: [] as number[],
    moduleLets: [] as number[],
    defaultExports: [] as number[],
    enums: [] as number[],
  };
  const body = (parsed.program as unknown as { body: Node[] }).body;
  for (const statement of body) readStatement(statement, facts, lineOf);
  for (const statement of body) walk(statement, "module", (node, name) => readNode(node, name, facts, text, lineOf));
  return {
    path: path.split("\\").join("/"),
    room: roomOf(path),
    isTest: /\.(test|cases)\.tsx?$/.test(path) || path.includes("/testing/"),
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    ...facts,
  };
}

export function roomOf(path: string): string | undefined {
  const parts = path.split("/");
  // The composition root is the files of src itself: main.ts, serve.ts, tls-files.ts.
  if (parts[0] === "src" && parts.length === 2) return "main";
  if (parts[0] !== "src" || parts.length < 3) return undefined;
  return parts[1] === "dns" ? parts[2] : parts[1];
}

/** The room's folder: `src/dns/name` for `name`. */
export function folderOf(path: string): string {
  const parts = path.split("/");
  return parts.slice(0, parts[1] === "dns" ? 3 : 2).join("/");
}

/** Where a relative import leads, from the project's root. */
export function resolveRelative(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

type Node = { type: string; start: number; end: number; [key: string]: unknown };
type Facts = { [K in "emptyCatches" | "moduleLets" | "defaultExports" | "enums"]: number[] } & {
  imports: Import[];
  functions: LongThing[];
};
type LineOf = (offset: number) => number;

function readStatement(statement: Node, facts: Facts, lineOf: LineOf): void {
  const declaration = (statement["declaration"] as Node | null | undefined) ?? statement;
  if (declaration.type === "VariableDeclaration" && declaration["kind"] !== "const") {
    facts.moduleLets.push(lineOf(declaration.start));
  }
  if (statement.type === "ExportDefaultDeclaration") facts.defaultExports.push(lineOf(statement.start));
}

function readNode(node: Node, name: string, facts: Facts, text: string, lineOf: LineOf): void {
  const source = node["source"] as { value?: unknown } | null | undefined;
  if (source && typeof source.value === "string") {
    const typeOnly = node["importKind"] === "type" || node["exportKind"] === "type" || node.type === "TSImportType";
    const later = node.type === "ImportExpression";
    facts.imports.push({ specifier: source.value, line: lineOf(node.start), typeOnly, later });
  }
  if (node.type === "TSEnumDeclaration") facts.enums.push(lineOf(node.start));
  if (node.type === "CatchClause") {
    const block = node["body"] as Node;
    // A comment that gives the reason is not enough: what was caught has to be told apart by its code.
    if ((block["body"] as unknown[]).length === 0) facts.emptyCatches.push(lineOf(node.start));
  }
  if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type) && node["body"]) {
    const lines = text.slice(node.start, node.end).split("\n").length;
    facts.functions.push({ name, line: lineOf(node.start), lines });
  }
}

/** Depth first, with the nearest name in sight: a function's own, its variable's, its property's. */
function walk(node: Node, name: string, visit: (node: Node, name: string) => void): void {
  const named = (node["id"] ?? node["key"]) as { name?: unknown } | null | undefined;
  const here = named && typeof named.name === "string" ? named.name : name;
  visit(node, here);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === "object" && typeof (child as Node).type === "string") {
        walk(child as Node, here, visit);
      }
    }
  }
}

function lineCounter(text: string): LineOf {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return after < 0 ? starts.length : after;
  };
}
