/** The helpers themselves: each peer starts on loopback, answers, takes a new version, gives a transfer, and ends. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findProgram,
  getProgram,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type PeerOptions,
  servedSerial,
  startBind,
  startKnot,
  startNsd,
  startPowerDns,
} from "./index.ts";

const zone = (serial: number) => ({
  name: "first.test.",
  text: `$TTL 300
@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ IN NS ns1
ns1 IN A 192.0.2.1
www IN A 192.0.2.2
`
    .replaceAll("@", "first.test.")
    .replace(/(ns1|www|hostmaster)(?= )/g, "$1.first.test."),
});

const PEERS: readonly [string, string, (options: PeerOptions) => Promise<Peer>][] = [
  ["Knot", "knotd", startKnot],
  ["NSD", "nsd", startNsd],
  ["BIND", "named", startBind],
  ["PowerDNS", "pdns_server", startPowerDns],
];

describe.each(PEERS)("%s", (_, program, start) => {
  const missing = missingPrograms(program, "dig");
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `left out: no ${missing.join(", ")}` : "here", () => {
    const tsig = makeTsigKey("transfer.key.", "hmac-sha256");
    let peer: Peer;
    beforeAll(async () => {
      peer = await start({ zones: [zone(1)], tsig });
    });
    afterAll(() => peer?.stop());

    const transfer = (...key: string[]): string =>
      execFileSync(
        getProgram("dig"),
        ["+onesoa", "+tries=1", ...key, "-p", String(peer.port), `@${peer.address}`, "first.test.", "AXFR"],
        {
          encoding: "utf8",
        },
      );

    test("serves, transfers with TSIG alone, and takes a new version", async () => {
      expect(peer.version).toMatch(/^\d/);
      expect(await servedSerial(peer.port, "first.test.")).toBe(1);
      expect(transfer("-y", `${tsig.algorithm}:transfer.key.:${tsig.secret}`)).toMatch(/www.first.test.*192.0.2.2/);
      expect(transfer()).not.toMatch(/www.first.test/);
      await peer.replaceZone(zone(2));
      expect(await servedSerial(peer.port, "first.test.")).toBe(2);
    });
  });
});

test("a server that can't start is reported with what it said", async () => {
  if (!findProgram("knotd")) return;
  await expect(startKnot({ zones: [{ name: "a.test.", text: "" }], launcher: ["false"] })).rejects.toThrow(
    /ended before/,
  );
});
