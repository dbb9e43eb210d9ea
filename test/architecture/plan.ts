/** What ARCHITECTURE.md promises, read from the page itself: floors, import table, where npm packages may be used. */

export type Plan = {
  /** Room → floor 0 to 5. */
  readonly floors: ReadonlyMap<string, number>;
  /** Room → rooms it may import; "*" = all. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<string>>;
  /** npm package → rooms that may import it. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
};

export function readPlan(page: string): Plan {
  return { floors: readFloors(page), allowed: readTable(page), packages: readPackages(page) };
}

/** Lines such as ` 1 the zone   #zone #dnssec #tsig`. */
function readFloors(page: string): Map<string, number> {
  const floors = new Map<string, number>([["main", 5]]);
  for (const [, floor, rest] of page.matchAll(/^ ([0-5]) [a-z][a-z ]* +(#.*)$/gm)) {
    for (const [, room] of rest!.matchAll(/#([a-z]+)/g)) floors.set(room!, Number(floor));
  }
  return floors;
}

/** The block behind the marker `<!-- import-table -->`: `room : room room …`. */
function readTable(page: string): Map<string, Set<string>> {
  const block = /<!-- import-table -->\s*```\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const table = new Map<string, Set<string>>();
  for (const line of block.split("\n")) {
    const match = /^([a-z]+)\s*:\s*(.*)$/.exec(line);
    if (match) table.set(match[1]!, new Set(match[2]!.split(/\s+/).filter((room) => room !== "")));
  }
  return table;
}

/** The sentence ``Packages from npm: `zod` in contract and config; …``. */
function readPackages(page: string): Map<string, Set<string>> {
  const sentence = /^Packages from npm: (.*?)\. /m.exec(page)?.[1] ?? "";
  const packages = new Map<string, Set<string>>();
  for (const part of sentence.split(";")) {
    const [names, rooms] = part.split(" in ");
    for (const [, name] of names!.matchAll(/`([^`]+)`/g)) {
      packages.set(name!, new Set((rooms ?? "").match(/[a-z]+/g)?.filter((word) => word !== "and")));
    }
  }
  return packages;
}
