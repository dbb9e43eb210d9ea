import { expect, test } from "vitest";
import { PackWriter } from "#image";
import { nameHash } from "#name";
import type { Publication } from "#publish";
import { RecordBook, RecordShelf } from "./records.ts";

const APEX = Uint8Array.of(4, 0x5a, 0x6f, 0x6e, 0x65, 0);

function plain(zoneId: string, generation = 1): Publication {
  return { zoneId, generation, apex: APEX, state: "not-ready" };
}

function full(zoneId: string): Publication {
  const packs = new PackWriter();
  packs.take(24);
  return {
    zoneId,
    generation: 4_000_000_000,
    apex: APEX,
    state: "serving",
    image: packs.put(new Uint8Array(100)),
    imageRoot: 70_000,
    expiry: { board: new SharedArrayBuffer(64), slot: 3 },
    signing: {
      denial: "nsec3",
      zsk: { keyTag: 65_535, algorithm: 13, privateKey: Uint8Array.from({ length: 138 }, (_, i) => i) },
      apexRRsets: [
        { type: 48, ttl: 3600, rdatas: [Uint8Array.of(1, 2), new Uint8Array(0)], signatures: [Uint8Array.of(9)] },
        { type: 59, ttl: 0x7fff_ffff, rdatas: [Uint8Array.of(3)], signatures: [] },
      ],
      signatureTable: new SharedArrayBuffer(128),
      period: { lengthSeconds: 10, backdateSeconds: 20, validitySeconds: 90 },
    },
  };
}

test("a record says what the publication says, and shares its buffers", () => {
  const book = new RecordBook();
  const shelf = new RecordShelf();
  const publications = [
    plain("z"),
    full("0123456789abcdef0123456789abcdef"),
    { ...plain("e"), state: "expired" as const },
  ];
  const refs = publications.map((publication) => book.put(publication));
  shelf.learn(book.takeNews());
  for (const [i, publication] of publications.entries()) expect(shelf.read(refs[i]!)).toEqual(publication);
  expect(shelf.read(refs[1]!).expiry!.board).toBe(publications[1]!.expiry!.board);
  const reader = shelf.reader(refs[1]!);
  const at = shelf.placeOf(refs[1]!);
  expect(reader.apexHash(at)).toBe(nameHash(APEX));
  expect([reader.isSigned(at), reader.isSigned(shelf.placeOf(refs[0]!))]).toEqual([true, false]);
});

test("a buffer is told of once, and taken back when no record names it any more", () => {
  const book = new RecordBook();
  const first = full("a");
  const one = book.put(first);
  const two = book.put({ ...first, zoneId: "b" });
  expect(book.takeNews().data).toHaveLength(3);
  book.drop(one);
  expect(book.takeNews().goneData).toEqual([]);
  book.drop(two);
  expect(book.takeNews().goneData).toHaveLength(3);
  expect(book.all().data).toEqual([]);
});

test("records of a zone that changes often are written anew, without the waste, and what they stood in is let go of", () => {
  const book = new RecordBook();
  const shelf = new RecordShelf();
  const still = book.put(plain("still"));
  let ref = book.put(plain("z", 1));
  for (let generation = 2; !book.isWasteful; generation++) {
    const next = book.put(plain("z", generation));
    book.drop(ref);
    ref = next;
  }
  shelf.learn(book.takeNews());
  const moved = book.rewrite([
    ["still", still],
    ["z", ref],
  ]);
  expect(book.isWasteful).toBe(false);
  const news = book.takeNews();
  shelf.learn(news);
  expect([shelf.same(still, moved.get("still")!), shelf.same(still, moved.get("z")!)]).toEqual([true, false]);
  expect(shelf.octetsOf(news)).toBeGreaterThan(1_000_000);
  shelf.forget(news);
  expect([shelf.has(still), shelf.has(ref)]).toEqual([false, false]);
  expect(shelf.read(moved.get("still")!)).toEqual(plain("still"));
  expect(shelf.read(moved.get("z")!).generation).toBe(book.generation(moved.get("z")!));
  // A reader that begins now learns no more than what is there.
  expect(book.all().packs).toHaveLength(1);
});
