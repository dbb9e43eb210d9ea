/** Beside each built file its brotli and gzip copies: the server compresses nothing while it answers. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = new Set([".js", ".css", ".svg", ".json", ".txt"]);

export function compressFiles(): Plugin {
  let directory = "";
  return {
    name: "countersign:compress",
    apply: "build",
    configResolved(config) {
      directory = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !COMPRESSIBLE.has(extname(entry.name))) continue;
        const file = join(entry.parentPath, entry.name);
        const octets = readFileSync(file);
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 10 };
        writeFileSync(`${file}.br`, brotliCompressSync(octets, { params: quality }));
        writeFileSync(`${file}.gz`, gzipSync(octets, { level: 9 }));
      }
    },
  };
}
