/**
 * Loaded into the product before its own code (`node --import`): holds zones up between two of the steps by which their files and
 * rows become durable, so that one `kill -9` finds each of them just where it was to be. For tests.
 *
 *   file opened ▶ written ▶ synced ▶ renamed ▶ folder synced ▶ row committed ▶ older file removed ▶ …
 *              ▲         ▲        ▲         ▲               ▲               ▲
 *              └─ a zone is held behind the step that the file COUNTERSIGN_TEST_HOLD names: { zone id: { what, nth } or null }
 *
 * Steps are counted from the moment that file is there; what was done stands beside it in `….steps`, a line of JSON each. A
 * commit can't wait, as all others would: of a zone that is held it is refused, and what would be done about that is held.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isMainThread } from "node:worker_threads";
import type { Done, Target } from "./steps.ts";

type Handle = fs.promises.FileHandle;
/** As they are before they are watched. */
const { copyFileSync, existsSync, mkdirSync, openSync, writeSync, closeSync, statSync, readFileSync } = fs;
type Row = { readonly zone: string; readonly what: string };

/** Keeps: of a zone that is held nothing more gets on the disk, and what it had open stays open. */
class Steps {
  readonly #order: string;
  #targets: Readonly<Record<string, Target | null>> | undefined;
  readonly #counts = new Map<string, number>();
  readonly #reached = new Set<string>();
  readonly #removing = new Set<string>();
  /** Whoever waits here is reachable: a file that is collected while it is open would end the process. */
  readonly #waiting: unknown[] = [];

  constructor(order: string) {
    this.#order = order;
  }

  /** Undefined: of this zone nothing is counted, or nothing yet. */
  #targetOf(zone: string): Target | null | undefined {
    if (!this.#targets && existsSync(this.#order)) {
      this.#targets = JSON.parse(readFileSync(this.#order, "utf8")) as Record<string, Target | null>;
    }
    return this.#targets?.[zone];
  }

  say(done: Done): void {
    const file = openSync(`${this.#order}.steps`, "a");
    writeSync(file, `${JSON.stringify(done)}\n`);
    closeSync(file);
  }

  isCounted(zone: string): boolean {
    return this.#targetOf(zone) !== undefined;
  }

  #did(zone: string, what: string, more: Partial<Done>): void {
    const target = this.#targetOf(zone);
    if (target === undefined) return;
    const nth = (this.#counts.get(`${zone} ${what}`) ?? 0) + 1;
    this.#counts.set(`${zone} ${what}`, nth);
    this.say({ zone, what, nth, ...more });
    if (target?.what !== what || target.nth !== nth) return;
    this.#reached.add(zone);
    this.say({ zone, what: "held", nth: 0 });
  }

  #hold(): Promise<never> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** `more`: told about the step once it is done. */
  async file<T>(path: string, what: string, act: () => Promise<T>, more: () => Partial<Done> = () => ({})): Promise<T> {
    const zone = zoneOf(path);
    if (this.#reached.has(zone)) await this.#hold();
    const result = await act();
    this.#did(zone, what, { path, ...more() });
    if (this.#reached.has(zone)) await this.#hold();
    return result;
  }

  commit<T>(rows: readonly Row[], act: () => T): T {
    const zones = new Set(rows.map(({ zone }) => zone).filter((zone) => this.isCounted(zone)));
    // Whatever is done about it waits at the next file, or is refused as well: nothing more of this zone gets on the disk.
    if ([...zones].some((zone) => this.#reached.has(zone))) throw new Error("held up by a test");
    const result = act();
    for (const zone of zones) {
      const all = new Set(rows.flatMap((row) => (row.zone === zone ? [row.what] : [])));
      this.#did(zone, `commit ${[...all].sort().join(", ")}`, {});
    }
    return result;
  }

  /** What can't wait; whatever comes behind it does. */
  atOnce<T>(path: string, what: string, act: () => T, more: Partial<Done>): T {
    if (this.#reached.has(zoneOf(path))) throw new Error("held up by a test");
    const result = act();
    this.#did(zoneOf(path), what, { path, ...more });
    return result;
  }

  /** Node's own way of removing calls others, on the file or on what is in the folder. */
  async removal<T>(path: string, act: () => Promise<T>): Promise<T> {
    this.#removing.add(path);
    try {
      return await act();
    } finally {
      this.#removing.delete(path);
    }
  }

  isRemoving(path: string): boolean {
    return this.#removing.has(path) || this.#removing.has(dirname(path));
  }

  /** A copy for a power cut, after which what was removed may be there again. */
  keep(path: string): string | undefined {
    const zone = zoneOf(path);
    if (!this.isCounted(zone) || !existsSync(path) || statSync(path).isDirectory()) return undefined;
    const grave = join(`${this.#order}.removed`, zone);
    mkdirSync(grave, { recursive: true });
    const copy = join(grave, path.slice(path.lastIndexOf("/") + 1));
    copyFileSync(path, copy);
    return copy;
  }
}

const zoneOf = (path: string): string => /\/zones\/([0-9a-f]{32})/.exec(path)?.[1] ?? "";

/** Signature tables are saved from time to time, whatever is done meanwhile; they say themselves what they belong to. */
const isCounted = (path: unknown): path is string =>
  typeof path === "string" && zoneOf(path) !== "" && !path.includes(".signatures");

/** `t-12-….image.….aside` ▶ `t image aside`. */
function nameOf(path: string): string {
  const [stem = "", ...rest] = path.slice(path.lastIndexOf("/") + 1).split(".");
  const kinds = rest.filter((part) => !/^[0-9a-f]{12}$/.test(part));
  return [/^[a-z]-/.test(stem) ? stem[0] : "folder", ...kinds].join(" ");
}

const writes = (flags: unknown): boolean => typeof flags === "string" && flags !== "r";

function watchFiles(steps: Steps): void {
  const { promises } = fs;
  const { open, rename, rm, mkdir } = promises;
  promises.open = (async (path: string, flags: string, mode?: number) => {
    if (!isCounted(path)) return open(path, flags, mode);
    const begin = () => open(path, flags, mode);
    const isNew = flags.startsWith("w");
    const handle = isNew ? await steps.file(path, `open ${nameOf(path)}`, begin) : await begin();
    return watchHandle(handle, path, steps);
  }) as typeof open;
  promises.rename = (from, to) =>
    isCounted(to)
      ? steps.file(
          to,
          `rename ${nameOf(to)}`,
          () => rename(from, to),
          () => ({ from: String(from) }),
        )
      : rename(from, to);
  promises.rm = (path, options) => {
    if (!isCounted(path) || !existsSync(path)) return rm(path, options);
    const copy = steps.keep(path);
    return steps.file(
      path,
      `remove ${nameOf(path)}`,
      () => steps.removal(path, () => rm(path, options)),
      () => (copy ? { copy } : {}),
    );
  };
  promises.mkdir = (async (path: string, options?: { recursive: boolean }) =>
    isCounted(path) && !existsSync(path)
      ? steps.file(path, "make folder", () => mkdir(path, options))
      : mkdir(path, options)) as typeof mkdir;
  watchOthers(steps);
  syncBuiltinESMExports();
}

function watchHandle(handle: Handle, path: string, steps: Steps): Handle {
  const { sync, datasync, stat } = handle;
  const write = handle.write as (octets: Uint8Array, at: number, length: number, position: number) => Promise<unknown>;
  const name = nameOf(path);
  const size = async (act: () => Promise<void>): Promise<number> => {
    await act();
    return Number((await stat.call(handle)).size);
  };
  /** What was written until then is on the disk. */
  const synced = async (act: () => Promise<void>): Promise<void> => {
    let octets = 0;
    const measured = async () => {
      octets = await size(act);
    };
    await steps.file(path, `sync ${name}`, measured, () => ({ octets }));
  };
  for (const other of ["appendFile", "writeFile", "writev", "truncate"] as const) {
    const plain = handle[other] as (...args: unknown[]) => unknown;
    Object.assign(handle, {
      [other]: (...args: unknown[]) => told(steps, path, other, () => plain.apply(handle, args)),
    });
  }
  return Object.assign(handle, {
    write: (octets: Uint8Array, at: number, length: number, position: number) =>
      steps.file(
        path,
        `write ${name}`,
        () => write.call(handle, octets, at, length, position),
        () => ({ octets: position }),
      ),
    sync: () => synced(() => sync.call(handle)),
    datasync: () => synced(() => datasync.call(handle)),
  });
}

/** Other ways to write, which nobody uses for zones: who begins to has to have them watched, too. */
const OTHERS = "appendFile copyFile cp link symlink truncate unlink rmdir writeFile".split(" ");

function watchOthers(steps: Steps): void {
  const sync = [...OTHERS, "rename", "rm", "mkdir"].map((name) => `${name}Sync`);
  const rooms = [
    [fs, [...OTHERS, ...sync, "rename", "rm", "mkdir", "createWriteStream"]],
    [fs.promises, OTHERS],
  ] as unknown as [Record<string, (...args: unknown[]) => unknown>, string[]][];
  for (const [room, names] of rooms)
    for (const name of names) {
      const plain = room[name]!;
      room[name] = (...args) => {
        const path = args.find(isCounted);
        return path === undefined ? plain(...args) : told(steps, path, name, () => plain(...args));
      };
    }
  watchDescriptors(steps);
}

/** Small segments: opened and written at once, and synced beside other work. */
function watchDescriptors(steps: Steps): void {
  const { fdatasync, fsync } = fs;
  const paths = new Map<number, string>();
  const of = (file: number): string | undefined => paths.get(file);
  fs.openSync = (path, flags, mode) => {
    if (!isCounted(path) || !writes(flags)) return openSync(path, flags, mode);
    if (flags !== "r+") return told(steps, path, "openSync", () => openSync(path, flags, mode));
    const file = openSync(path, flags, mode);
    paths.set(file, path);
    return file;
  };
  fs.closeSync = (file) => {
    paths.delete(file);
    closeSync(file);
  };
  fs.writeSync = ((file: number, octets: Uint8Array, at: number, length: number, position: number) => {
    const path = of(file);
    const act = () => writeSync(file, octets, at, length, position);
    return path === undefined ? act() : steps.atOnce(path, `write ${nameOf(path)}`, act, { octets: position });
  }) as typeof writeSync;
  for (const [name, plain] of [
    ["fdatasync", fdatasync],
    ["fsync", fsync],
  ] as const) {
    const watched = (file: number, done: (error: Error | null) => void): void => {
      const path = of(file);
      if (path === undefined) {
        plain(file, done);
        return;
      }
      const synced = () =>
        new Promise<void>((resolve, reject) => plain(file, (error) => (error ? reject(error) : resolve())));
      const octets = () => ({ octets: fs.fstatSync(file).size });
      steps.file(path, `sync ${nameOf(path)}`, synced, octets).then(() => done(null), done);
    };
    Object.assign(fs, { [name]: watched });
  }
  for (const name of ["fdatasyncSync", "fsyncSync", "ftruncateSync", "writevSync"] as const) {
    const plain = fs[name] as (file: number, ...rest: unknown[]) => unknown;
    const watched = (file: number, ...rest: unknown[]) => {
      const path = of(file);
      return path === undefined ? plain(file, ...rest) : told(steps, path, name, () => plain(file, ...rest));
    };
    Object.assign(fs, { [name]: watched });
  }
}

function told<T>(steps: Steps, path: string, name: string, act: () => T): T {
  const zone = zoneOf(path);
  if (steps.isCounted(zone) && !steps.isRemoving(path)) steps.say({ zone, what: `unwatched ${name}`, nth: 0, path });
  return act();
}

const WRITES = /^(insert into|update|delete from) "(\w+)"/;
/** What comes and goes by itself, whatever is done meanwhile. */
const ASIDE = /^(transfers|events|timers|analytics|audit|alert_\w+|kept_answers|sessions|tokens|settings)$/;
/** Of the documents, those that say what is served, given out, held or rolled over. */
const KINDS: ReadonlySet<unknown> = new Set(
  "stored served apex given given-serial journal held released rollover frozen limits".split(" "),
);
const isId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);

function watchRows(steps: Steps): void {
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
    for (const zone of new Set(ids)) rows.push({ zone, what });
  };
  DatabaseSync.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    const [, verb = "", found = ""] = WRITES.exec(sql) ?? [];
    const table = ASIDE.test(found) ? "" : found;
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

const file = process.env.COUNTERSIGN_TEST_HOLD;
if (isMainThread && file !== undefined) {
  mkdirSync(dirname(file), { recursive: true });
  const steps = new Steps(file);
  watchFiles(steps);
  watchRows(steps);
}
