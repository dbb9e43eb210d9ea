/** The transfer rows as text. */
import type { Ceiling } from "./stream/verify-ceiling.ts";
import type { RivalRow } from "./transfers.ts";

/** Signatures a name of the bench zone: A, NSEC, and for three of four AAAA. */
const SIGNATURES_A_NAME = 2.75;

export function printHead(names: number): void {
  console.log(
    `\n${names} names signed, ${Math.round(5.5 * names)} records, one primary; every server may use all cores\n`,
  );
}

export function printRival(row: RivalRow): void {
  const sorted = [...row.changeMs].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const image = row.imageMebibytes;
  const ratio = image ? `, ${(row.peakMebibytes / image).toFixed(2)} of the image's ${image.toFixed(0)} MiB` : "";
  console.log(`${row.title}`);
  console.log(
    `  whole zone       served ${row.servedSeconds.toFixed(2)} s after it was asked for (sent by ${row.sentSeconds.toFixed(2)} s)`,
  );
  console.log(
    `  memory           peak ${row.peakMebibytes.toFixed(0)} MiB${ratio}; in the end ${row.restMebibytes.toFixed(0)} MiB`,
  );
  console.log(
    `  one record       ${median.toFixed(1)} ms from NOTIFY to served (median; ${sorted.map((ms) => ms.toFixed(1)).join(", ")})`,
  );
  for (const step of row.steps) console.log(`                     ${step}`);
  const compacted =
    row.compactedSeconds === undefined ? "" : `, an image again after ${row.compactedSeconds.toFixed(1)} s`;
  console.log(`  4,200 new names  ${row.largeChangeMs.toFixed(0)} ms${compacted}`);
  const worst = [row.quiet, row.changing, row.compacting].map(
    ({ worst, lost }) => `${worst.toFixed(1)} ms${lost > 0 ? ` (${lost} lost)` : ""}`,
  );
  console.log(
    `  slowest answer   ${worst[0]} at rest, ${worst[1]} with changes, ${worst[2]} with the large one and after it`,
  );
  const left = [row.quiet, row.changing, row.compacting].map((seen) => seen.unexplained.toFixed(1));
  console.log(
    `                   at most ${left.join(", ")} ms of it while neither the prober nor a thread beside it waited for its turn`,
  );
  const late = [row.quiet, row.changing, row.compacting].map((seen) => seen.late.toFixed(1));
  console.log(
    `                   the prober itself was kept waiting for up to ${late.join(", ")} ms of that by the machine\n`,
  );
}

export function printCeiling(rows: readonly RivalRow[], names: number, ceiling: Ceiling | undefined): void {
  const checked = rows.find(({ title }) => title.includes("checked") && !title.includes("unchecked"));
  if (!ceiling || !checked) return;
  const least = (SIGNATURES_A_NAME * names) / ceiling.perSecond;
  console.log(
    `OpenSSL verifies ${Math.round(ceiling.perSecond)} signatures a second on ${ceiling.threads} threads: ${least.toFixed(2)} s for all of them, ` +
      `${((100 * least) / checked.servedSeconds).toFixed(0)} % of what the checked transfer took`,
  );
}
