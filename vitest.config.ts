import { defineConfig } from "vitest/config";
import { contractTables } from "./web/build/contract-tables.ts";

// Worker threads and child processes are the subject of many suites, so each file gets a process of its own.
export default defineConfig({
  plugins: [contractTables()],
  test: {
    pool: "forks",
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
