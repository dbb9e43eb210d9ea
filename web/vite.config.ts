/** How the dashboard is built: one script for each page, a compressed copy beside each file, the contract's tables without its schemas. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressFiles } from "./build/compress.ts";
import { contractTables } from "./build/contract-tables.ts";
import { firstPage } from "./build/first-page.ts";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), contractTables(), firstPage(), compressFiles()],
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
    // Browsers take six files at once (HTTP/1.1), and each six cost a round trip: what the first place and what many pages need
    // are few files, and all styles are one.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"], priority: 4 },
            { name: "first", test: /\/pages\/(zones|sign-in)\//, priority: 3 },
            { name: "first", test: /\/web\/src\/|\/src\/guide\/|node_modules/, minShareCount: 8, priority: 2 },
            { name: "forms", test: /\/web\/src\/|node_modules/, minShareCount: 4, priority: 1 },
          ],
        },
      },
    },
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/client": "http://127.0.0.1:8053", "/countersign": "http://127.0.0.1:8053" },
  },
});
