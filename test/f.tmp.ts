import { spawnSync } from "node:child_process";
import { flattenZone, signZone, startKnot, startNsd, startUnbound } from "./peers/index.ts";
import { zonePath } from "./zones/index.ts";

const kind = process.argv[2]!;
const text = flattenZone("odd.example.", zonePath("odd.zone"));
const z = signZone({ name: "odd.example.", text }, kind === "nsec" ? { denial: "nsec" } : { denial: "nsec3" });
for (const start of [startKnot, startNsd]) {
  const p = await start({ zones: [z] });
  const u = await startUnbound({ trustAnchors: [z.ds], stubs: [{ zone: "odd.example", servers: [p] }] });
  for (const q of process.argv.slice(3)) {
    const [n, t] = q.split(",");
    const o = spawnSync(
      "dig",
      ["+dnssec", "+noall", "+comments", "-p", String(u.port), "@127.0.0.1", "-q", n!, "-t", t!],
      { encoding: "utf8" },
    ).stdout;
    console.log(p.kind, q, /status: \w+/.exec(o)?.[0], / ad[ ;]/.test(o) ? "ad" : "", /EDE.*/.exec(o)?.[0] ?? "");
  }
  await p.stop();
  await u.stop();
}
