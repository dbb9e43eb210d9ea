/** Loaded into a server by `--import`: writes each statement that it prepares, with SQLite's plan for it, to the file of PLANS_FILE, a line each. */
import { appendFileSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";

const file = process.env["PLANS_FILE"];
const prepare = DatabaseSync.prototype.prepare;

if (file !== undefined) {
  DatabaseSync.prototype.prepare = function record(this: DatabaseSync, sql: string): StatementSync {
    const statement = prepare.call(this, sql);
    if (/^\s*(select|update|delete|with)/i.test(sql)) {
      const rows = prepare.call(this, `EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
      appendFileSync(file, `${JSON.stringify({ sql, plan: rows.map(({ detail }) => detail) })}\n`);
    }
    return statement;
  };
}
