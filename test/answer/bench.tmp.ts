import { readFileSync } from "node:fs";
import { contextOf, imageOf, liveZone, name, newAnswerer, queryOf, zoneOf } from "/work/main/test/answer/fixture.ts";

const apex = name("odd.example.");
const version = zoneOf(apex, readFileSync("/work/main/test/zones/odd.zone", "latin1"));
function run(label: string, a: any, qs: string[], o: any) {
  const queries = qs.map((q) => queryOf(q, o));
  const reply = new Uint8Array(4096);
  const about = contextOf(o);
  const n = 300000;
  let total = 0;
  for (let r = 0; r < 3; r++) {
    const t = process.cpuUsage();
    for (let i = 0; i < n; i++) {
      const q = queries[i % queries.length]!;
      total += a.answer(q, q.length, reply, about);
    }
    const c = process.cpuUsage(t);
    const ns = ((c.user + c.system) * 1000) / n;
    if (r === 2) console.log(label, ns.toFixed(0), "ns", total > 0);
  }
}
const signedText = process.argv[2];
const u = newAnswerer();
u.zones.set({ apex, state: "serving", image: imageOf(version) });
run("unsigned www A", u, ["www.odd.example. A"], {});
run("unsigned nx", u, ["nope.odd.example. A"], {});
run("unsigned referral", u, ["x.insecure.odd.example. A"], {});
run("unsigned MX", u, ["odd.example. MX"], {});
run("refused", u, ["odd.examplf. MX"], {});
for (const d of ["compact", "nsec3", "chain"] as const) {
  const z = liveZone(apex, version, d);
  const b = newAnswerer();
  b.zones.set({ apex, state: "serving", image: z.image, signing: z.signing });
  run(d + " www A", b, ["www.odd.example. A"], { do: true });
  run(d + " nx same", b, ["nope.odd.example. A"], { do: true });
  run(d + " wild", b, ["x.wild.odd.example. A"], { do: true });
  run(d + " referral", b, ["x.insecure.odd.example. A"], { do: true });
}
if (signedText)
  for (const f of signedText.split(",")) {
    const v = zoneOf(apex, readFileSync(f, "latin1"));
    const b = newAnswerer();
    b.zones.set({ apex, state: "serving", image: imageOf(v) });
    run(f + " www A", b, ["www.odd.example. A"], { do: true });
    run(f + " nx", b, ["nope.odd.example. A"], { do: true });
    run(f + " wild", b, ["x.wild.odd.example. A"], { do: true });
    run(f + " nodata", b, ["www.odd.example. MX"], { do: true });
    run(f + " referral", b, ["x.insecure.odd.example. A"], { do: true });
  }
