/** How the dashboard is built: one script for each page, a compressed copy beside each file, the contract's tables without its schemas. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressFiles } from "./build/compress.ts";
import { contractTables } from "./build/contract-tables.ts";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), contractTables(), compressFiles()],
  resolve: {
    alias: { "#guide": fileURLToPath(new URL("../src/guide/index.ts", import.meta.url)) },
  },
  // The server puts a fresh nonce in its place each time it sends the first page (src/api/pages.ts).
  html: { cspNonce: "CSP-NONCE" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Nothing inlined as data: the policy allows files of our own only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/client": "http://127.0.0.1:8053", "/countersign": "http://127.0.0.1:8053" },
  },
});
