/** What `doctor` says of the server's data directory, where it lies on this machine: needs no server. */
import { accessSync, closeSync, constants, openSync, readSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Finding, ok } from "./doctor-setup.ts";

/** Below these a new version of a large zone may not be written any more, octets. */
const ROOM_WARNING = 1024 * 1024 * 1024;
const ROOM_PROBLEM = 64 * 1024 * 1024;
/** Readable by their owner alone. */
const SECRETS = ["master-key", "admin-token"];
const OTHERS = 0o077;
const DATABASE = "countersign.db";
/** The first octets of every SQLite database. */
const SQLITE_HEAD = "SQLite format 3\0";

/** Empty where there is no such directory: then the server is on another machine, or was never started. */
export function checkDirectory(directory: string): readonly Finding[] {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory())
    return [
      { check: "data", state: "problem", sentence: `${directory} is no directory`, todo: "name another: --data" },
    ];
  const findings = [...accessFindings(directory), ...secretFindings(directory), ...databaseFindings(directory)];
  const room = roomFinding(directory);
  if (room) findings.push(room);
  return findings.length > 0
    ? findings
    : [ok("data", `${directory} can be written, and its secrets are their owner's`)];
}

function accessFindings(directory: string): Finding[] {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const sentence = `${directory} can't be written by this user (${code})`;
    const todo = `run this as the server's user; the server's own user needs it: chown -R USER ${directory}`;
    return [{ check: "data", state: "warning", sentence, todo }];
  }
}

function secretFindings(directory: string): Finding[] {
  return SECRETS.flatMap((name): Finding[] => {
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || (found.mode & OTHERS) === 0) return [];
    const sentence = `${path} can be read by others (mode ${(found.mode & 0o777).toString(8)})`;
    return [
      {
        check: "secrets",
        state: "problem",
        sentence,
        todo: `chmod 600 ${path}, and make new ones if others were there`,
      },
    ];
  });
}

/** Looks at the head alone: a server that runs has the file, and a look at all of it takes long. */
function databaseFindings(directory: string): Finding[] {
  const path = join(directory, DATABASE);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size === 0) return [];
  const head = Buffer.alloc(SQLITE_HEAD.length);
  try {
    const file = openSync(path, "r");
    readSync(file, head, 0, head.length, 0);
    closeSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const todo = "run this as the server's user";
    return [{ check: "database", state: "warning", sentence: `${path} can't be read (${code})`, todo }];
  }
  if (head.toString("latin1") === SQLITE_HEAD) return [];
  const todo = "stop the server and put a backup back, with the zones beside it: docs/manual/operations.md";
  return [{ check: "database", state: "problem", sentence: `${path} is damaged: it is no database`, todo }];
}

function roomFinding(directory: string): Finding | undefined {
  const { bavail, bsize } = statfsSync(directory);
  return judgeRoom(directory, bavail * bsize);
}

/** `octets`: free on the disk of the directory. */
export function judgeRoom(directory: string, octets: number): Finding | undefined {
  if (octets >= ROOM_WARNING) return undefined;
  const sentence = `the disk of ${directory} has ${Math.floor(octets / 1024 / 1024)} MiB left`;
  const todo = "make room: new versions of zones can't be kept without, and are not served then";
  return { check: "disk", state: octets < ROOM_PROBLEM ? "problem" : "warning", sentence, todo };
}
