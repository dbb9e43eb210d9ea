/**
 * Other people's readers on our output, and ours on theirs: a zone with every type goes through BIND, ldns and NSD, and
 * has to come back record for record. Skipped where a tool is not installed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lowerName, type Name, ROOT, readName } from "#name";
import { printRecord, printZone, readZoneFile, type ZoneFileRecord } from "#zonefile";
import { canonicalRdata } from "./canonical.ts";
import { RDATA_CASES } from "./rr.cases.ts";

type Tool = {
  readonly program: string;
  /** Types that the tool in Debian refuses in text, or in a zone. */
  readonly without: readonly string[];
  /** It lower-cases names in RDATA of every type, also where canonical form keeps the case. */
  readonly foldsNames?: true;
  readonly arguments: (file: string) => readonly string[];
};

const TOOLS: readonly Tool[] = [
  {
    program: "named-checkzone",
    // Obsolete types that BIND no longer loads; DSYNC is younger than it.
    without: ["MD", "MF", "NXT", "SIG", "KEY", "DSYNC"],
    arguments: (file) =>
      "-q -i none -k ignore -n ignore -m ignore -r ignore -s full -D -o - example".split(" ").concat(file),
  },
  { program: "ldns-read-zone", without: ["NXT", "AVC", "RESINFO", "WALLET", "DSYNC"], arguments: (file) => [file] },
  {
    program: "nsd-checkzone",
    without: ["GPOS", "HIP", "RESINFO", "WALLET", "DSYNC"],
    foldsNames: true,
    arguments: (file) => ["-p", "example", file],
  },
];

const directory = mkdtempSync(join(tmpdir(), "countersign-rdata-"));
afterAll(() => rmSync(directory, { recursive: true }));

function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function apex(): Name {
  const name = readName("example.");
  if (!name.ok) throw new Error(name.error);
  return name.value;
}

function read(text: string): readonly ZoneFileRecord[] {
  const records = readZoneFile(text, apex());
  if (!records.ok) throw new Error(`line ${records.error.line}: ${records.error.reason}`);
  return records.value;
}

/** One line a record, in canonical form and sorted: tools lower-case and reorder. */
function canonicalLines(records: readonly ZoneFileRecord[]): string[] {
  return records
    .map((record) => {
      const { owner, type, rdata } = record;
      return printRecord({ ...record, owner: lowerName(owner), rdata: canonicalRdata(type, rdata) });
    })
    .sort();
}

describe("our own reader", () => {
  it("takes every type back from what we print", () => {
    const records = read(RDATA_CASES.map((row, i) => `n${i} ${i} ${row.type} ${row.text}\n`).join(""));
    expect(records.length).toBe(RDATA_CASES.length);
    const printed = printZone(records);
    expect(readZoneFile(printed, ROOT)).toEqual({ ok: true, value: records });
    expect(printed.split("\n")[0]).toBe("n0.example.\t0\tIN\tA\t192.0.2.1");
  });
});

describe.each(TOOLS)("$program", ({ program, without, foldsNames, arguments: list }) => {
  const path = findProgram(program);

  it.skipIf(path === undefined)("reads what we print, and we read what it prints", () => {
    const rows = RDATA_CASES.filter((row) => row.type !== "SOA" && !without.includes(row.type));
    const body = rows.map((row, i) => `n${i} 300 ${row.type} ${row.text}\n`).join("");
    const records = read(`@ 300 SOA ns host 1 2 3 4000000 5\n@ 300 NS ns\nns 300 A 192.0.2.1\n${body}`);
    const file = join(directory, `${program}.zone`);
    writeFileSync(file, printZone(records), "latin1");
    const printed = execFileSync(path!, list(file), { encoding: "latin1", stdio: ["ignore", "pipe", "ignore"] });
    const lines = (of: readonly ZoneFileRecord[]) =>
      canonicalLines(of).map((line) => (foldsNames ? line.toLowerCase() : line));
    expect(lines(read(printed))).toEqual(lines(records));
    expect(records.length).toBe(rows.length + 3);
  });
});
