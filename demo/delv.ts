/** BIND's validator, when it is installed: the same questions through somebody else's eyes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const QUESTIONS: readonly (readonly [string, string])[] = [
  ["web", "A"],
  ["www", "AAAA"],
  ["any.thing.wild", "TXT"],
  ["mail", "AAAA"],
  ["_tcp", "A"],
  ["nowhere", "A"],
];

export function findDelv(): boolean {
  return spawnSync("delv", ["-v"]).error === undefined;
}

/** @param dsLines records in presentation format, the only thing that delv is told to trust */
export function checkWithDelv(
  zone: string,
  dsLines: readonly string[],
  server: { readonly address: string; readonly port: number },
): { ok: boolean; text: string }[] {
  const directory = mkdtempSync(join(tmpdir(), "countersign-delv-"));
  try {
    const anchors = dsLines.map((line) => {
      const [tag, algorithm, digestType, ...digest] = line.split(/\s+DS\s+/)[1]!.split(/\s+/);
      return `  ${zone}. static-ds ${tag} ${algorithm} ${digestType} "${digest.join("")}";\n`;
    });
    const file = join(directory, "anchors");
    writeFileSync(file, `trust-anchors {\n${anchors.join("")}};\n`);
    return QUESTIONS.map(([name, type]) => {
      const args = [
        "-a",
        file,
        `+root=${zone}`,
        "-p",
        String(server.port),
        `@${server.address}`,
        `${name}.${zone}`,
        type,
      ];
      const said = spawnSync("delv", args, { encoding: "utf8" });
      const verdict = /^; (fully validated|negative response, fully validated)/m.exec(said.stdout)?.[1];
      return {
        ok: verdict !== undefined,
        text: `delv: ${name}.${zone} ${type}: ${verdict ?? (said.stdout + said.stderr).trim()}`,
      };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
