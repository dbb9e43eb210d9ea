/** `image dump`: a zone image from the disk back to master-file text, without a server. */
import { access, type FileHandle, open } from "node:fs/promises";
import type { Command } from "commander";
import { newestOverlay, type UnpackedRRset, unpackImage, verifyImage, type ZoneImage } from "#image";
import { printName } from "#name";
import { printRdata, RRType, typeName } from "#rdata";
import { printRecord } from "#zonefile";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, notFound, usage } from "../exit.ts";
import { addText } from "../options.ts";

/** Octet offsets in an image are 32 bits wide: no image is larger. */
const MAX_IMAGE_OCTETS = 2 ** 32;
/** Written at once. */
const PIECE_CHARACTERS = 64 * 1024;

export function addImageCommands(program: Command, run: Runner): void {
  const image = program.command("image").description("zone images: the files in DIR/zones");
  const dump = image
    .command("dump <file>")
    .description("check an image file and print its zone as master-file text; needs no server")
    .action(run(dumpImage));
  addText(
    dump,
    `
In the modes live and multisigner the DNSKEY, CDS and CDNSKEY records and the
signatures of Countersign's own keys are not in the image: they are kept beside
it. Changes that came since the image was written stand in <name>.overlay beside
it, and are shown.

  countersign image dump DIR/zones/<zone id>/<name>.image > zone.txt`,
  );
}

async function dumpImage(context: Context, path: string): Promise<void> {
  const { buffer, root } = await readVersion(path);
  const verified = verifyImage(buffer, root);
  if (!verified.ok) {
    const { code, text, at } = verified.error;
    const sentence =
      code === "not-an-image"
        ? `${path} is no zone image (${text}); images are DIR/zones/<zone id>/<name>.image.`
        : code === "other-version"
          ? `${path} is a zone image of another version of Countersign (${text}).`
          : `${path} is damaged: ${text} (${code}, word ${at}). A server that finds it so does not serve it and transfers the zone anew.`;
    throw new CliFailure(ExitCode.Refused, sentence);
  }
  const image = verified.value;
  const doubt = "the last of them may be held or dropped: the server knows what it serves";
  if (root !== 0) context.tell(`With the changes in ${overlayPath(path)}; ${doubt}.`);
  let piece = context.json ? "[" : `; ${printName(image.nodeName(image.apexNode))} serial ${image.serial}\n`;
  let count = 0;
  for (const set of soaFirst(image)) {
    for (const rdata of set.rdatas) {
      piece += context.json
        ? `${count > 0 ? "," : ""}\n  ${jsonRecord(set, rdata)}`
        : `${printRecord({ ...set, rdata })}\n`;
      count++;
    }
    if (piece.length < PIECE_CHARACTERS) continue;
    await context.io.out.write(piece);
    piece = "";
  }
  await context.io.out.write(context.json ? `${piece}\n]\n` : piece);
}

/** A master file begins with its SOA (RFC 1035 section 5.2 wants one, readers want it first). */
function* soaFirst(image: ZoneImage): Generator<UnpackedRRset> {
  const apex = printName(image.nodeName(image.apexNode));
  const isApexSoa = (set: UnpackedRRset) => set.type === RRType.SOA && printName(set.owner) === apex;
  for (const set of unpackImage(image)) {
    if (!isApexSoa(set)) continue;
    yield set;
    break;
  }
  for (const set of unpackImage(image)) if (!isApexSoa(set)) yield set;
}

function jsonRecord({ owner, type, ttl }: UnpackedRRset, rdata: Uint8Array): string {
  return JSON.stringify({ name: printName(owner), ttl, type: typeName(type), content: printRdata(type, rdata) });
}

/** Changes that came since the image was written stand beside it. */
function overlayPath(path: string): string {
  return path.replace(/\.image$/, ".overlay");
}

/** The image with the newest overlay that is whole. Throws CliFailure. */
async function readVersion(path: string): Promise<{ readonly buffer: SharedArrayBuffer; readonly root: number }> {
  const base = await readImage(path);
  const beside = overlayPath(path);
  const isThere = await access(beside).then(
    () => true,
    () => false,
  );
  if (beside === path || !isThere) return { buffer: base, root: 0 };
  const overlay = await readImage(beside);
  // Cut to words: the last segment may not have been written to its end.
  const buffer = new SharedArrayBuffer(base.byteLength + (overlay.byteLength & ~3));
  new Uint8Array(buffer).set(new Uint8Array(base));
  new Uint8Array(buffer).set(new Uint8Array(overlay, 0, overlay.byteLength & ~3), base.byteLength);
  const root = newestOverlay(buffer);
  return root === 0 ? { buffer: base, root } : { buffer, root };
}

/** The file's octets. Throws CliFailure. */
async function readImage(path: string): Promise<SharedArrayBuffer> {
  const file = await openFile(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw usage(`${path} is no file; images are DIR/zones/<zone id>/<name>.image.`);
    const { size } = stat;
    if (size > MAX_IMAGE_OCTETS)
      throw new CliFailure(ExitCode.Refused, `${path} is no zone image: it is larger than any.`);
    const buffer = new SharedArrayBuffer(size);
    const octets = new Uint8Array(buffer);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(octets, at, Math.min(size - at, 2 ** 30), at);
      if (bytesRead === 0)
        throw new CliFailure(ExitCode.Refused, `${path} became shorter while it was read; try again.`);
      at += bytesRead;
    }
    return buffer;
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw notFound(`There is no file ${path}.`);
    throw usage(`${path} can't be read (${code}).`);
  }
}
