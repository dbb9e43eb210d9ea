/** Files of zones, watched: what is written, synced, renamed and removed goes through `holder.ts`. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { idIn, type Steps } from "./holder.ts";

type Handle = fs.promises.FileHandle;
/** As they are before they are watched. */
const { existsSync, openSync, writeSync, closeSync, statSync } = fs;

/** Signature tables are saved from time to time, whatever is done meanwhile; they say themselves what they belong to. */
const isCounted = (path: unknown): path is string =>
  typeof path === "string" && idIn(path) !== "" && !path.includes(".signatures");

/** `t-12-….image.….aside` ▶ `t image aside`. */
function nameOf(path: string): string {
  const [stem = "", ...rest] = path.slice(path.lastIndexOf("/") + 1).split(".");
  const kinds = rest.filter((part) => !/^[0-9a-f]{12}$/.test(part));
  return [/^[a-z]-/.test(stem) ? stem[0] : "folder", ...kinds].join(" ");
}

const writes = (flags: unknown): boolean => typeof flags === "string" && flags !== "r";

export function watchFiles(steps: Steps): void {
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
    const removing = () => steps.removal(path, () => rm(path, options));
    if (statSync(path).isDirectory()) return steps.folder(path, "remove folder", removing);
    const copy = steps.keep(path);
    return steps.file(path, `remove ${nameOf(path)}`, removing, () => (copy ? { copy } : {}));
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
  const zone = steps.keyOf(idIn(path));
  if (steps.isCounted(zone) && !steps.isRemoving(path)) steps.say({ zone, what: `unwatched ${name}`, nth: 0, path });
  return act();
}
