/**
 * The victim of kill.test.ts: writes rows, images and signatures in a loop and tells, over its standard output, what is
 * certainly on the disk, until it is killed.
 *
 * Every image is 512 KiB of one octet value, so that half of one and half of another can be told.
 */
import { newId } from "../ids.ts";
import { openStore } from "../open.ts";
import { testSealer } from "./fixtures.ts";

const SLOT_WORDS = 17;
const [directory, zoneId] = process.argv.slice(2) as [string, string];
const store = openStore(directory, testSealer());

const chunks = 8;
const memory = new SharedArrayBuffer(chunks * 256 * SLOT_WORDS * 4);
const octets = new Uint8Array(memory);
const words = new Int32Array(memory);
const dirty = new Set<number>();
const file = await store.files.openSignatures(zoneId, "live", Uint8Array.of(1), {
  chunks,
  takeDirty: (chunk) => dirty.delete(chunk),
  chunkOctets: (chunk) => new Uint8Array(memory, chunk * 256 * SLOT_WORDS * 4, 256 * SLOT_WORDS * 4),
});

const image = new SharedArrayBuffer(512 * 1024);
for (let round = 1; round < 100_000; round++) {
  new Uint8Array(image).fill(round % 251);
  await store.files.saveImage(zoneId, "served", image);
  await store.settings.put("round", round);
  const peer = newId();
  await store.peers.put({
    id: peer,
    accountId: await accountId(),
    name: `p${round}`,
    ip: "",
    port: 0,
    ixfrEnable: false,
    tsigId: null,
  });
  await store.incoming.put({
    zoneId,
    name: `${round}`,
    peers: [peer],
    autoRefreshSeconds: 300,
    createdAt: round,
    modifiedAt: round,
  });
  for (let i = 0; i < 64; i++) sign((round * 64 + i) % (chunks * 256), 1 + (round % 200));
  await file.save();
  process.stdout.write(`${round}\n`);
}

async function accountId(): Promise<string> {
  return (await store.accounts.list())[0]!.id;
}

function sign(slot: number, fill: number): void {
  octets.fill(fill, slot * SLOT_WORDS * 4 + 4, (slot + 1) * SLOT_WORDS * 4);
  words[slot * SLOT_WORDS] = fill;
  dirty.add(Math.floor(slot / 256));
}
