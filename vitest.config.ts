import { defineConfig } from "vitest/config";
import { contractTables } from "./web/build/contract-tables.ts";

// Worker threads and child processes are the subject of many suites, so each file gets a process of its own.
export default defineConfig({
  plugins: [contractTables()],
  test: {
    pool: "forks",
    // One core each: files mostly wait for servers, and every port is picked at random below those the system gives away.
    maxWorkers: 2,
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Vitest's own second is too short on a busy machine: what is waited for comes, only later.
    expect: { poll: { timeout: 20_000 } },
  },
});
