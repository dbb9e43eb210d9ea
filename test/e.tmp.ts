import { spawnSync } from "node:child_process";
import { askAllTcp, flattenZone, signZone, startBind, startKnot, startNsd } from "./peers/index.ts";
import { zonePath } from "./zones/index.ts";

const kind = process.argv[2]!;
const text = flattenZone("odd.example.", zonePath("odd.zone"));
const z = signZone(
  { name: "odd.example.", text },
  kind === "nsec" ? { denial: "nsec" } : { denial: "nsec3", optOut: kind === "optout" },
);
const [knot, nsd, bind] = [
  await startKnot({ zones: [z] }),
  await startNsd({ zones: [z] }),
  await startBind({ zones: [z] }),
];
for (const q of process.argv.slice(3))
  for (const p of [knot, nsd, bind]) {
    const [n, t] = q.split(",");
    const o = spawnSync(
      "dig",
      [
        "+dnssec",
        "+tcp",
        "+noall",
        "+comments",
        "+answer",
        "+authority",
        "-p",
        String(p.port),
        "@127.0.0.1",
        "-q",
        n!,
        "-t",
        t!,
      ],
      { encoding: "utf8" },
    ).stdout;
    console.log("=====", p.kind, q);
    console.log(
      o
        .split("\n")
        .filter((l) => l && !/XX|;; (ANSW|AUTH|OPT|Got|WARN)|^; EDNS|DiG|global/.test(l))
        .map((l) => l.slice(0, 150))
        .join("\n"),
    );
  }
await knot.stop();
await nsd.stop();
await bind.stop();
