/** Rows of zones in the database, watched: each commit goes through `holder.ts`, called by what it wrote. */
import { DatabaseSync } from "node:sqlite";
import type { Row, Steps } from "./holder.ts";

const WRITES = /^(insert into|update|delete from) "(\w+)"/;
/** What comes and goes by itself, whatever is done meanwhile. */
const ASIDE = /^(transfers|events|timers|analytics|audit|alert_\w+|kept_answers|sessions|tokens|settings)$/;
/** Of the documents, those that say what is served, given out, held or rolled over. */
const KINDS: ReadonlySet<unknown> = new Set(
  "stored served apex given given-serial journal held released rollover frozen limits".split(" "),
);
const isId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);

export function watchRows(steps: Steps): void {
  const { prepare } = DatabaseSync.prototype;
  let rows: Row[] = [];
  const note = (database: DatabaseSync, verb: string, table: string, values: readonly unknown[]): void => {
    const kind = values.find((value) => KINDS.has(value));
    if (table === "zone_documents" && kind === undefined) return;
    const name = table === "zone_documents" ? String(kind) : table;
    const what = verb === "delete from" ? `no ${name}` : name;
    const ids = values.filter(isId);
    // Some rows are named by an id of their own alone.
    if (table === "keys" || table === "zone_versions")
      for (const id of [...ids]) {
        const row = prepare.call(database, `select zone_id from ${table} where id = ?`).get(id);
        if (isId(row?.zone_id)) ids.push(row.zone_id);
      }
    if (table === "zones" && verb === "insert into" && ids[0] !== undefined) steps.isMade(ids[0], values);
    for (const id of new Set(ids)) rows.push({ zone: steps.keyOf(id), what });
  };
  DatabaseSync.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    const [, verb = "", found = ""] = WRITES.exec(sql) ?? [];
    // Those of one zone alone go with it.
    const isAside =
      ASIDE.test(found) && !(found === "events" && sql.includes('where "zone_id" = ?') && verb === "delete from");
    const table = isAside ? "" : found;
    const around = <T>(values: readonly unknown[], act: () => T): T => {
      if (sql === "begin" || (table !== "" && !this.isTransaction)) rows = [];
      if (table !== "") note(this, verb, table, values);
      if (sql !== "commit" && (table === "" || this.isTransaction)) return act();
      return steps.commit(rows, act);
    };
    const { run, all } = statement;
    statement.run = ((...values: Parameters<typeof run>) =>
      around(values, () => run.apply(statement, values))) as typeof run;
    statement.all = ((...values: Parameters<typeof all>) =>
      around(values, () => all.apply(statement, values))) as typeof all;
    return statement;
  };
}
