/** The rules of the house as functions from facts to problems: a list of sentences, empty when all is well. */
import type { Plan } from "./plan.ts";
import { folderOf, resolveRelative, roomOf, type SourceFile } from "./sources.ts";

export const MAX_FILE_LINES = 600;
export const MAX_FUNCTION_LINES = 70;

/** Path (or `path#function`) → why it may be longer. Empty is best. */
export type Exceptions = Readonly<Record<string, string>>;

/** Rooms below this floor see neither Node nor npm. */
const FIRST_IMPURE_FLOOR = 3;

/** Node's modules that open sockets: `net` alone has them. */
const SOCKET_MODULES = new Set(["node:dgram", "node:net", "node:tls", "node:http2"]);

export function checkImports(files: readonly SourceFile[], plan: Plan): string[] {
  const problems: string[] = [];
  for (const file of files) {
    if (file.room === undefined) continue;
    for (const { specifier, line } of file.imports) {
      const problem = checkImport(file, file.room, specifier, plan);
      if (problem) problems.push(`${file.path}:${line} ${problem}`);
    }
  }
  return problems;
}

function checkImport(file: SourceFile, room: string, specifier: string, plan: Plan): string | undefined {
  if (specifier.startsWith("#")) return checkRoomImport(file, room, specifier, plan);
  if (specifier.startsWith(".")) {
    if (!specifier.endsWith(".ts") && !specifier.endsWith(".json")) return `imports ${specifier} without its extension`;
    const target = resolveRelative(file.path, specifier);
    const inside = room === "main" ? roomOf(target) === "main" : target.startsWith(`${folderOf(file.path)}/`);
    return inside ? undefined : `leaves its room by ${specifier}: use the door #room`;
  }
  if (file.isTest) return undefined;
  const floor = plan.floors.get(room) ?? 0;
  if (specifier.startsWith("node:")) {
    if (floor < FIRST_IMPURE_FLOOR) return `imports ${specifier} on floor ${floor}`;
    if (SOCKET_MODULES.has(specifier) && room !== "net") return `imports ${specifier}: sockets are opened in net alone`;
    return undefined;
  }
  const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0]!;
  return plan.packages.get(name)?.has(room)
    ? undefined
    : `imports ${name}, which ARCHITECTURE.md doesn't give to ${room}`;
}

function checkRoomImport(file: SourceFile, room: string, specifier: string, plan: Plan): string | undefined {
  const target = specifier.slice(1);
  if (!plan.allowed.has(target) || target === "main") return `imports ${specifier}, which is no door`;
  if (target === room) return file.isTest ? undefined : `imports its own door ${specifier}: use the file`;
  if (file.isTest) return undefined;
  const allowed = plan.allowed.get(room);
  if (allowed?.has("*") || allowed?.has(target)) return undefined;
  return `imports ${specifier}, which the import table doesn't give to ${room}`;
}

/** Cycles among rooms in what is imported; tests don't count. */
export function findRoomCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, Set<string>>();
  for (const file of files) {
    if (file.room === undefined || file.isTest) continue;
    const out = graph.get(file.room) ?? new Set<string>();
    graph.set(file.room, out);
    for (const { specifier } of file.imports) if (specifier.startsWith("#")) out.add(specifier.slice(1));
  }
  return findCycles(graph);
}

/** Cycles among files, types included. */
export function findFileCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, Set<string>>();
  for (const file of files) {
    const relative = file.imports.filter(({ specifier }) => specifier.startsWith("."));
    graph.set(file.path, new Set(relative.map(({ specifier }) => resolveRelative(file.path, specifier))));
  }
  return findCycles(graph);
}

/** The table itself: only known rooms, only downwards or sideways, no cycles. */
export function checkTable(plan: Plan): string[] {
  const problems: string[] = [];
  for (const [room, targets] of plan.allowed) {
    const floor = plan.floors.get(room);
    if (floor === undefined) problems.push(`${room} stands on no floor`);
    for (const target of targets) {
      if (target === "*") continue;
      const below = plan.floors.get(target);
      if (below === undefined) problems.push(`${room} may import ${target}, which stands on no floor`);
      else if (floor !== undefined && below > floor) problems.push(`${room} may import upwards: ${target}`);
    }
  }
  return [...problems, ...findCycles(plan.allowed)];
}

/** Each cycle once, as `a → b → a`. */
function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) {
      cycles.push([...path.slice(at), node].join(" → "));
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}

/** Lengths; and exceptions that are no longer needed are problems too. */
export function checkLengths(files: readonly SourceFile[], exceptions: Exceptions): string[] {
  const problems: string[] = [];
  const used = new Set<string>();
  const report = (key: string, text: string): void => {
    if (key in exceptions) used.add(key);
    else problems.push(text);
  };
  for (const file of files) {
    if (file.lines > MAX_FILE_LINES) report(file.path, `${file.path} has ${file.lines} lines`);
    // A describe block is a table of contents, not a function to understand at once.
    if (file.isTest || file.path.startsWith("test/")) continue;
    for (const { name, line, lines } of file.functions) {
      if (lines > MAX_FUNCTION_LINES) report(`${file.path}#${name}`, `${file.path}:${line} ${name} has ${lines} lines`);
    }
  }
  for (const key of Object.keys(exceptions)) if (!used.has(key)) problems.push(`exception without need: ${key}`);
  return problems;
}

export function checkConstructs(files: readonly SourceFile[]): string[] {
  const problems: string[] = [];
  for (const file of files) {
    for (const line of file.emptyCatches) problems.push(`${file.path}:${line} swallows what it caught`);
    for (const line of file.enums) problems.push(`${file.path}:${line} has an enum`);
    if (file.room === undefined) continue;
    for (const line of file.defaultExports) problems.push(`${file.path}:${line} has a default export`);
    if (file.isTest) continue;
    for (const line of file.moduleLets) problems.push(`${file.path}:${line} keeps mutable module state`);
  }
  return problems;
}
