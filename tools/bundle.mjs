/**
 * `npm run bundle`: the server as a dozen files in place of a thousand, for bin/countersign. Loading them is a third of the work
 * of a start, in every thread anew.
 *
 *   src/main.ts and the entry of each thread ▶ rolldown ▶ dist/server/<hash>/ whole ▶ dist/server/main.mjs names it
 *
 * Nothing but the form changes: no minifying, packages that are loaded by `createRequire` stay where they are. bin/countersign takes
 * it only while no source and no package is newer. Plain JavaScript, as it stands beside run.mjs.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** A server that runs goes on loading from the directory that it was started with: so many are kept. */
const KEPT = 3;

/** A thread's entry beside the file that starts it, or a file of the package. */
const URL_OF_FILE = /new URL\("(\.[^"]+)", import\.meta\.url\)/g;

/** The file for bin/countersign. */
export function bundleFile(root = ROOT) {
  return join(root, "dist", "server", "main.mjs");
}

export async function makeBundle(output = dirname(bundleFile())) {
  const began = new Date();
  const { rolldown } = await import("rolldown");
  const source = join(ROOT, "src");
  const bundle = await rolldown({
    cwd: ROOT,
    input: entries(source),
    platform: "node",
    external: [/^node:/, "koffi"],
    plugins: [{ name: "urls", transform: (code, id) => movedUrls(code, id) }],
  });
  const names = { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" };
  const { output: files } = await bundle.generate({ format: "esm", ...names });
  await bundle.close();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file.fileName}\n${file.code ?? file.source}\n`);
  const name = hash.digest("hex").slice(0, 16);
  mkdirSync(join(output, name), { recursive: true });
  for (const file of files) writeFileSync(join(output, name, file.fileName), file.code ?? file.source);
  // In one step, and as old as the sources that were read: what changed meanwhile is newer.
  const aside = join(output, `main.${process.pid}.mjs`);
  writeFileSync(aside, `import "./${name}/main.mjs";\n`);
  utimesSync(aside, began, began);
  utimesSync(join(output, name), began, began);
  renameSync(aside, join(output, "main.mjs"));
  dropOld(output, name);
  return join(output, "main.mjs");
}

/** `main`, and each file that a thread starts with. */
function entries(source) {
  const found = { main: join(source, "main.ts") };
  for (const file of readdirSync(source, { recursive: true })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const path = join(source, file);
    for (const [, to] of readFileSync(path, "utf8").matchAll(URL_OF_FILE)) {
      if (to.endsWith(".ts")) found[posix.basename(to, ".ts")] = join(dirname(path), to);
    }
  }
  return found;
}

/** Everything stands in one directory now, three below the package's: `dist/server/<hash>/`. */
function movedUrls(code, id) {
  if (!id.startsWith(join(ROOT, "src"))) return undefined;
  return code.replace(URL_OF_FILE, (_, to) => {
    const moved = to.endsWith(".ts")
      ? `./${posix.basename(to, ".ts")}.mjs`
      : `../../../${relative(ROOT, join(dirname(id), to))
          .split(sep)
          .join("/")}`;
    return `new URL("${moved}", import.meta.url)`;
  });
}

function dropOld(output, current) {
  const others = readdirSync(output, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== current)
    .map(({ name }) => ({ name, at: statSync(join(output, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of others.slice(KEPT - 1)) rmSync(join(output, name), { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await makeBundle(process.argv[2]));
