/**
 * A day of catalogs in seconds: their primaries fail in every way that those of the other simulated days do, their members come,
 * leave and change owner, versions are broken. The refresh machine, scheduler, gate, keeper, plan and store are the real ones.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "#store";
import { BY_HAND, makeStories } from "../testing/sim-catalog-story.ts";
import { SimCatalogs } from "../testing/sim-catalogs.ts";
import { SimPrimary, type Temper } from "../testing/sim-primary.ts";
import { SimTime, seededRandom } from "../testing/sim-time.ts";
import { SimWorld } from "../testing/sim-world.ts";

const EPOCH = 1_800_000_000;
const DAY = 86_400;
const REFRESH = 300;
/** Less than the pauses of the one whose only primary is away for hours: it expires, and says nothing then. */
const EXPIRE = 7200;
const EVENTS = 300;
const CATALOGS: readonly (readonly [name: string, primaries: readonly Temper[]])[] = [
  ["good.catz.", ["good"]],
  ["flapping.catz.", ["flapping", "breaking"]],
  ["outage.catz.", ["outage"]],
  ["lagging.catz.", ["dead", "backwards", "lagging", "tls"]],
];

test.each([1, 2])("a day of catalogs, seed %i", { timeout: 240_000 }, async (seed) => {
  const random = seededRandom(seed);
  const names = CATALOGS.map(([name]) => name);
  const stories = makeStories(names, DAY, EVENTS, random);
  const tempers = [...new Set(CATALOGS.flatMap(([, primaries]) => primaries))];
  const truth = { serialAt: (zone: number, seconds: number) => stories[zone]!.serialAt(seconds) };
  const world = new SimWorld(
    new SimTime(EPOCH),
    tempers.map((temper) => new SimPrimary(temper, temper, truth)),
    random,
  );
  const directory = mkdtempSync(join(tmpdir(), "countersign-catalogs-"));
  const store = openStore(directory, { seal: (plain) => plain, open: (sealed) => sealed });
  try {
    const catalogs = new SimCatalogs(world, store);
    await catalogs.begin();
    for (const name of BY_HAND) await catalogs.addByHand(name);
    const hands = new Map(catalogs.keys);
    for (const [i, [name, primaries]] of CATALOGS.entries()) {
      await catalogs.add(name, stories[i]!, world.addZone(primaries, REFRESH, EXPIRE));
    }
    await world.time.run(DAY, async () => {
      await catalogs.follow();
      catalogs.check();
    });
    for (const [id, token] of hands) expect(catalogs.keys.get(id), "by hand, and left alone").toBe(token);
    // The day was as eventful as it was meant to be.
    for (const [what, count] of Object.entries(catalogs.counts)) expect(count, what).toBeGreaterThan(0);
    // Whose primary is always there has what its origin says, or says why it is broken.
    const [good] = catalogs.catalogs;
    expect(good!.appliedSerial).toBeGreaterThanOrEqual(stories[0]!.serialAt(DAY - 2 * REFRESH));
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
});
