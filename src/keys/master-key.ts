/** Where the master key comes from: its text (configuration, environment) or a file, which is made when told so. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fail, fromBase64, fromHex, ok, type Result, toHex } from "#bytes";
import { MASTER_KEY_OCTETS, MasterKey } from "./sealer.ts";

export type MasterKeySource = {
  /** 64 hex digits or base64 of 32 octets. Wins over `file`. */
  readonly text?: string;
  readonly file?: string;
  /** Make `file` with a new key, readable by its owner alone, when it is not there. */
  readonly create?: boolean;
};

export type MasterKeyError = {
  readonly code: "no-source" | "malformed" | "not-found" | "unreadable" | "unwritable";
  /** One sentence on what to do. Never holds key octets. */
  readonly text: string;
};

export type OpenedMasterKey = {
  readonly key: MasterKey;
  readonly made: boolean;
  /** One sentence for the log, when the file can be read by others than its owner. */
  readonly warning: string | undefined;
};

export function openMasterKey(source: MasterKeySource): Result<OpenedMasterKey, MasterKeyError> {
  if (source.text !== undefined) {
    const octets = readKeyText(source.text);
    if (!octets)
      return fail({ code: "malformed", text: "The master key is not 64 hex digits or base64 of 32 octets." });
    return ok({ key: new MasterKey(octets), made: false, warning: undefined });
  }
  if (source.file === undefined) return fail({ code: "no-source", text: "Give a master key or a file with one." });
  const read = readKeyFile(source.file);
  if (read.ok || read.error.code !== "not-found" || !source.create) return read;
  const made = makeKeyFile(source.file);
  if (!made.ok) return made;
  // Read back instead of trusting what was written: another process may have been first, and then its key counts.
  const again = readKeyFile(source.file);
  return again.ok ? ok({ ...again.value, made: made.value }) : again;
}

/** 32 octets from 64 hex digits or base64, blanks around them allowed. */
export function readKeyText(text: string): Uint8Array | undefined {
  const bare = text.trim();
  const octets = bare.length === 2 * MASTER_KEY_OCTETS ? fromHex(bare) : fromBase64(bare);
  return octets?.length === MASTER_KEY_OCTETS ? octets : undefined;
}

function readKeyFile(file: string): Result<OpenedMasterKey, MasterKeyError> {
  let content: Buffer;
  let mode: number;
  try {
    content = readFileSync(file);
    mode = statSync(file).mode;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return fail({ code: "not-found", text: `There is no master key file ${file}.` });
    return fail({
      code: "unreadable",
      text: `The master key file ${file} can't be read (${code ?? "unknown error"}).`,
    });
  }
  const octets =
    content.length === MASTER_KEY_OCTETS ? Uint8Array.from(content) : readKeyText(content.toString("latin1"));
  if (!octets) {
    const text = `The file ${file} holds no master key: 32 octets, as they are, as 64 hex digits, or as base64.`;
    return fail({ code: "malformed", text });
  }
  const open = (mode & 0o077) !== 0;
  const warning = open ? `The master key file ${file} is open to others than its owner: chmod 600 it.` : undefined;
  return ok({ key: new MasterKey(octets), made: false, warning });
}

/**
 * Written aside, synced, then linked into place: never half a key under the final name, and never over a key that is
 * there. False when somebody else was first.
 */
function makeKeyFile(file: string): Result<boolean, MasterKeyError> {
  const aside = `${file}.${process.pid}.new`;
  try {
    const handle = openSync(aside, "wx", 0o600);
    try {
      writeSync(handle, `${toHex(randomBytes(MASTER_KEY_OCTETS))}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(aside, file);
    syncDirectory(dirname(file));
    return ok(true);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST" && exists(file)) return ok(false);
    return fail({
      code: "unwritable",
      text: `The master key file ${file} can't be made (${code ?? "unknown error"}).`,
    });
  } finally {
    if (exists(aside)) unlinkSync(aside);
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
