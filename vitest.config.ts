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
    // Longer than any single wait in them: what fails then says what it waited for.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // Vitest's own second is too short on a busy machine: what is waited for comes, only later.
    expect: { poll: { timeout: 20_000 } },
  },
});
