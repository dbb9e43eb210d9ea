/** `npm run bench -- dashboard [--zones N]`: the list of 100,000 zones in a real browser; the suite test/browser/zones does the same with fewer. */
import { parseArgs } from "node:util";
import { browserMissing } from "../test/browser/browser.ts";
import { measureFirstLoad, printFirstLoad } from "../test/browser/budget.ts";
import { measureList, printListCost, startManyZones } from "../test/browser/many-zones.ts";

const { values } = parseArgs({ options: { zones: { type: "string", default: "100000" } } });
const zones = Number(values.zones);
const STEPS = 200;

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = browserMissing();
  if (missing.length > 0) {
    console.error(`not installed: ${missing.join(", ")}`);
    return 2;
  }
  const begun = performance.now();
  const many = await startManyZones(zones);
  console.log(`seeded and started in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  try {
    printFirstLoad(
      "the list, with an empty cache",
      await measureFirstLoad(many.at.page, `${many.product.url}/zones`, "[data-index='0'] a"),
    );
    printListCost(await measureList(many, zones, STEPS));
  } finally {
    await many.stop();
  }
  return 0;
}
