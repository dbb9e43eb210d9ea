import { expect, test } from "vitest";
import { octetsOf, type PackedPart, PackWriter, SignatureTable, TableChunks, ZoneImage } from "#image";
import type { KeyRow, SignatureFile } from "#store";
import { ImagePacks } from "./image-packs.ts";
import type { KeyVault } from "./key-vault.ts";
import { slimKey } from "./packed-key.ts";
import { movedServed, movedStored, slimServed, slimStored } from "./packed-versions.ts";
import type { ServedVersion, StoredVersion } from "./versions.ts";

const SLOTS = 300;
const PERIOD = 5;
const signature = (fill: number) => new Uint8Array(64).fill(fill);

test("a version says all that it said, and what signs it goes along when it is moved", () => {
  const packs = new ImagePacks();
  const vault = { exposeZsk: () => ({ ok: true, value: Uint8Array.of(1, 2, 3) }) } as unknown as KeyVault;
  const image = new ZoneImage(new PackWriter().take(1024));
  const { room, pack } = packs.tableRoom(SignatureTable.octets(SLOTS))!;
  const table = SignatureTable.create(SLOTS, 77, 5, room);
  table.write(3, PERIOD, signature(3), 0);
  table.write(299, PERIOD, signature(9), 0);
  let chunks = new TableChunks(pack, room.byteOffset, SLOTS);
  const moveTo = (to: TableChunks) => {
    chunks = to;
  };
  const tableFile = { moveTo } as unknown as SignatureFile;
  const stored: StoredVersion = { image, file: "t-1", serial: 1, transferredAt: 2, origin: { peer: "p", exact: true } };
  const zsk = { id: "z" } as KeyRow;
  const rrsets = [{ type: 48, ttl: 60, rdatas: [Uint8Array.of(4)], signatures: [signature(1)] }];
  const apex = { rrsets, expiration: 10, resignAt: 8 };
  const signing = { zsk, zskPrivate: Uint8Array.of(1, 2, 3), table, tableFile, apex };
  const rest = { mode: "live", denial: "compact", file: "t-1", expiration: 3, cacheHorizon: 4, flawed: true } as const;
  const slim = slimStored(stored);
  const before = slimServed({ ...rest, image, from: stored, signing, zonemd: undefined }, slim, { packs, vault });
  const fresh = new PackWriter();
  const move = (part: PackedPart) => fresh.put(octetsOf(part));
  const source = movedStored(slim, move);
  for (const [version, from] of [
    [before, slim],
    [movedServed(before, source, move), source],
  ] as const satisfies readonly (readonly [ServedVersion, StoredVersion])[]) {
    expect(version).toMatchObject({ ...rest, from });
    expect(from).toMatchObject({ file: "t-1", serial: 1, transferredAt: 2, origin: { peer: "p", exact: true } });
    expect(version.signing!.apex).toEqual(apex);
    expect([version.signing!.zsk, version.signing!.zskPrivate]).toEqual([zsk, signing.zskPrivate]);
    const read = new Uint8Array(64);
    expect(version.signing!.table.read(299, PERIOD, read, 0)).toBe(true);
    expect(read).toEqual(signature(9));
    expect(version.signing!.table.periodOf(4)).toBe(-1);
    expect(version.signing!.packed).toHaveLength(2);
  }
  // What was not saved before it was moved is still to be saved.
  expect([chunks.chunks, chunks.takeDirty(0), chunks.takeDirty(0), chunks.takeDirty(1)]).toEqual([
    2,
    true,
    false,
    true,
  ]);
  expect(chunks.chunkOctets(1).length).toBe(44 * 68);
  expect(chunks.chunkOctets(1).subarray(43 * 68 + 4)).toEqual(signature(9));
});

test("a key's row says what it said", () => {
  const row: KeyRow = {
    ...{ id: "i", zoneId: "z", role: "ksk", algorithm: 13, keyTag: 9, state: "active", createdAt: 5 },
    dnskey: Uint8Array.of(1, 2, 3),
    sealed: Uint8Array.of(4, 5),
  };
  const { id, zoneId, role, algorithm, keyTag, state, createdAt, dnskey, sealed } = slimKey(row, new ImagePacks());
  expect({ id, zoneId, role, algorithm, keyTag, state, createdAt, dnskey, sealed }).toEqual(row);
});
