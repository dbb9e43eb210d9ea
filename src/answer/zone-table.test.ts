/** The table of zones over records: found like entries, opened when asked for, closed when there are many. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type RecordSource, ZoneTable } from "#answer";
import { lowerName, type Name, nameHash, nameKey, readName } from "#name";
import { NameView } from "./name-view.ts";

/** Records as names in a list; the ref is the place. */
class Names implements RecordSource {
  readonly names: Name[] = [new Uint8Array(1)];
  readonly opened = new Set<number>();
  add(apex: Name): number {
    return this.names.push(apex) - 1;
  }
  hashOf(ref: number): number {
    return nameHash(this.names[ref]!);
  }
  octetsOf(ref: number): Uint8Array {
    return this.names[ref]!;
  }
  apexAt(): number {
    return 0;
  }
  apexLength(ref: number): number {
    return this.names[ref]!.length;
  }
  open(ref: number) {
    expect(this.opened.has(ref)).toBe(false);
    this.opened.add(ref);
    return { apex: this.names[ref]!, state: "not-ready" } as const;
  }
  close(ref: number): void {
    expect(this.opened.delete(ref)).toBe(true);
  }
}

function wire(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}

function find(table: ZoneTable, text: string, skip = 0): string | undefined {
  const view = new NameView();
  view.set(wire(text), 0);
  const entry = table.find(view, skip);
  return entry && nameKey(entry.apex);
}

test("the longest apex is found, whatever the case, and opened with the first question", () => {
  const source = new Names();
  const table = new ZoneTable(source);
  for (const apex of ["Example.", "sub.EXAMPLE.", "."]) table.put(source.add(wire(apex)));
  expect(source.opened.size).toBe(0);
  expect(find(table, "a.b.SUB.example.")).toBe(nameKey(wire("sub.example.")));
  expect(source.opened.size).toBe(1);
  expect(find(table, "sub.example.", 1)).toBe(nameKey(wire("example.")));
  expect(find(table, "elsewhere.")).toBe(nameKey(wire(".")));
  expect(source.opened.size).toBe(3);
});

test("what replaces an open one is open at once, what replaces a closed one is not", () => {
  const source = new Names();
  const table = new ZoneTable(source);
  const [one, two] = [source.add(wire("one.")), source.add(wire("two."))];
  table.put(one);
  table.put(two);
  find(table, "one.");
  const [newOne, newTwo] = [source.add(wire("ONE.")), source.add(wire("two."))];
  table.put(newOne);
  table.put(newTwo);
  expect([...source.opened]).toEqual([newOne]);
  expect([table.size, table.openCount]).toEqual([2, 1]);
  const moved = source.add(wire("two."));
  table.move(newTwo, moved);
  expect([table.entryOf(newTwo), table.entryOf(moved)?.apex]).toEqual([undefined, wire("two.")]);
});

test("no more than so many are open, and each is found again", () => {
  const source = new Names();
  const table = new ZoneTable(source, 8);
  for (let i = 0; i < 100; i++) table.put(source.add(wire(`zone${i}.`)));
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 100; i++) {
      expect(find(table, `www.zone${i}.`)).toBe(nameKey(wire(`zone${i}.`)));
      expect(source.opened.size).toBe(table.openCount);
      expect(table.openCount).toBeLessThanOrEqual(8);
    }
  }
});

test("entries and records come and go in any order: the table is what a Map would be", () => {
  const label = fc.constantFrom("a", "A", "b", "c", "d", "e", "f");
  const apexes = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join(".")}.`);
  const deeds = fc.constantFrom("put", "set", "remove", "ask");
  fc.assert(
    fc.property(fc.array(fc.tuple(deeds, apexes), { maxLength: 120 }), (steps) => {
      const source = new Names();
      const table = new ZoneTable(source, 3);
      const there = new Map<string, true>();
      for (const [deed, apex] of steps) {
        const key = nameKey(wire(apex));
        if (deed === "put") table.put(source.add(wire(apex)));
        if (deed === "set") table.set({ apex: wire(apex), state: "not-ready" });
        if (deed === "put" || deed === "set") there.set(key, true);
        if (deed === "remove") expect(table.remove(wire(apex))).toBe(there.delete(key));
        const labels = apex.split(".").slice(0, -1);
        const suffixes = labels.map((_, i) => nameKey(lowerName(wire(`${labels.slice(i).join(".")}.`))));
        if (deed === "ask") {
          const found = find(table, apex);
          expect(found).toBe(suffixes.find((suffix) => there.has(suffix)));
        }
        expect([table.size, table.openCount]).toEqual([there.size, source.opened.size]);
      }
    }),
  );
});
