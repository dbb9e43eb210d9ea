/**
 * `kill -9` between each two durable steps of a change to a zone that is signed here: what is stored, what is served of it and
 * what is given out with every signature stay one version, before the overlays become images again as after it.
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import { missingPrograms } from "../peers/index.ts";
import { playAll, Stage } from "./between.ts";
import { type Change, LARGE, playChange } from "./changes.ts";

const missing = missingPrograms("kdig", "ldns-verify-zone");

const CHANGES: readonly Change[] = [
  {
    key: "signed",
    title: "signed here, laid over",
    mode: "live-chain",
    ixfr: true,
    ...LARGE,
    changing: 2,
    before: 1,
    does: ["sync t overlay", "sync s overlay", "sync g overlay", "commit given", "rename c change", "commit journal"],
  },
  {
    key: "remade",
    title: "signed here, laid over and compacted",
    mode: "live-chain",
    ixfr: true,
    ...LARGE,
    changing: 14,
    before: 4,
    compacted: true,
    // Those of the change itself are of the play above.
    cuts: /image|commit|remove/,
    does: [
      "rename t image",
      "rename s image",
      "remove t image",
      "remove s image",
      "remove t overlay",
      "remove s overlay",
    ],
  },
];

describe.skipIf(missing.length > 0)("kill -9 between two steps of a zone that is signed here", () => {
  const stage = new Stage();
  beforeAll(() => stage.open());
  afterAll(() => stage.close());

  test("a change is served, given out and on disk as one version, and the next one comes", { timeout: 600_000 }, () =>
    playAll(stage, CHANGES.map(playChange)),
  );
});
