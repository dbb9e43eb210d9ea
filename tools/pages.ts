/**
 * The pages of the manual that are made from tables in the code: options, errors, the reference of the API. `node tools/pages.ts` writes them; a
 * test compares what is there with what would be written.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printOptionsPage } from "#config";
import { ERRORS, type ErrorEntry } from "#contract";
import { apiPage } from "./api-page.ts";

/** Path from the project's root → text. */
export function makePages(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/manual/options.md", optionsPage()],
    ["docs/manual/errors.md", errorsPage()],
    ["docs/manual/api.md", apiPage()],
  ]);
}

function optionsPage(): string {
  return `# Options

Of \`countersign serve\`. Flags go before the environment, the environment before the file of \`--config\` (JSON, the names of the
first column as keys). Secrets have no flag: command lines are public. Made from the code by \`node tools/pages.ts\`.

${printOptionsPage().trimEnd()}
`;
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS as Record<string, ErrorEntry>).map(
    ([code, { status, number, sentence }]) =>
      `| \`${code}\` | ${status} | ${number} | ${sentence.replaceAll("|", "\\|")} |`,
  );
  return `# Errors of the API

Programs match on the number (\`errors[0].code\` in the envelope) or on Countersign's own code, never on the sentence. Codes are
stable and never reused. Made from the code by \`node tools/pages.ts\`.

| code | HTTP status | number | sentence |
|---|---|---|---|
${rows.join("\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of makePages()) writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);
}
