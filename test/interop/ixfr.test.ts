/**
 * IXFR from real primaries, the whole product: Knot, NSD and BIND give differences, PowerDNS whole zones only. Every IXFR is
 * compared with an AXFR of the same serial by the product itself (`ixfrCheckPercent`) and, in the end, by its answers here.
 *
 *   primary ── NOTIFY ──▶ Countersign ── SOA, IXFR, AXFR ──▶ primary        the record of transfers says what was asked and came
 */
import { describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { parseMessage } from "#message";
import { nameKey, readName } from "#name";
import { askUdp, randomId } from "#net";
import { RRType, readRdata } from "#rdata";
import { buildIxfrQuery, IxfrInterpreter } from "#transfer";
import { startCountersign } from "../peers/countersign.ts";
import {
  freePort,
  LOOPBACK,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type PeerOptions,
  type PeerZone,
  queryUdp,
  startBind,
  startKnot,
  startNsd,
  startPowerDns,
  until,
} from "../peers/index.ts";

const PEERS: readonly [string, string, (options: PeerOptions) => Promise<Peer>, "ixfr" | "axfr"][] = [
  ["Knot", "knotd", startKnot, "ixfr"],
  ["NSD", "nsd", startNsd, "ixfr"],
  ["BIND", "named", startBind, "ixfr"],
  ["PowerDNS", "pdns_server", startPowerDns, "axfr"],
];

const NAME = "ixfr.test.";

/** What each says by UDP to who has its serial, and to who is some serials behind. */
const BY_UDP: Readonly<Record<"ixfr" | "axfr", readonly string[]>> = {
  ixfr: ["current", "use-tcp"],
  axfr: ["rcode 5", "rcode 5"],
};

/** One version after the other: what is added, changed, taken away, and put back. */
const VERSIONS: readonly string[] = [
  "www IN A 192.0.2.1\nwww IN A 192.0.2.2\na.deep.ent IN TXT one\nsub IN NS ns.sub\nns.sub IN A 192.0.2.9",
  "www IN A 192.0.2.1\nwww IN A 192.0.2.3\na.deep.ent IN TXT one\nsub IN NS ns.sub\nns.sub IN A 192.0.2.9",
  "www 60 IN A 192.0.2.1\nwww 60 IN A 192.0.2.3\nsub IN NS ns.sub\nns.sub IN A 192.0.2.9\n* IN TXT wild",
  "www 60 IN A 192.0.2.1\na.deep.ent IN TXT two\na.deep.ent IN TXT three\n* IN TXT wild\ndn IN DNAME www",
  "www 60 IN A 192.0.2.1\nWWW 60 IN AAAA 2001:db8::1\na.deep.ent IN TXT two\nodd IN TYPE65280 \\# 3 010203",
];

const ASKED: readonly [string, number][] = [
  "@",
  "www",
  "a.deep",
  "a.deep.ent",
  "ent",
  "x",
  "x.sub",
  "x.dn",
  "odd",
].flatMap((owner): [string, number][] => [1, 16, 28, 65280].map((type) => [owner, type]));

function version(serial: number, more: string): PeerZone {
  const filler = Array.from({ length: 40 }, (_, i) => `h${i} IN A 10.0.0.${i}`).join("\n");
  const soa = `@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300`;
  return {
    name: NAME,
    text: `$TTL 300\n$ORIGIN ${NAME}\n${soa}\n@ IN NS ns1\nns1 IN A 192.0.2.1\n${filler}\n${more}\n`,
  };
}

async function answers(port: number): Promise<string[]> {
  const found: string[] = [];
  for (const [owner, type] of ASKED) {
    const name = owner === "@" ? NAME : `${owner}.${NAME}`;
    const reply = parseMessage(await queryUdp({ address: LOOPBACK, port }, { name, type }));
    if (!reply.ok) throw new Error(reply.error);
    const records = reply.value.answer.map((record) =>
      [nameKey(record.owner), record.type, record.ttl, toHex(record.rdata!)].join(" "),
    );
    found.push(`${name} ${type}: rcode ${reply.value.rcode} ${records.sort().join(", ")}`);
  }
  return found;
}

/** What the primary says by UDP to somebody who has `serial`, read as the one message that there is. */
async function askByUdp({ address, port }: Peer, serial: number): Promise<string> {
  const apex = readName(NAME);
  const soa = readRdata(RRType.SOA, `ns1.${NAME} hostmaster.${NAME} ${serial} 3600 600 86400 300`.split(" "));
  if (!apex.ok || !soa.ok) throw new Error(NAME);
  const id = randomId();
  const query = buildIxfrQuery(apex.value, id, soa.value);
  const answer = await askUdp(query, { server: { address, port }, timeoutMs: 10_000 });
  if (!answer.ok) throw new Error(answer.error.code);
  const reader = new IxfrInterpreter({ apex: apex.value, id, serial, transport: "udp" });
  const outcome = reader.accept(answer.value);
  return outcome.kind === "refused" ? `${outcome.code} ${outcome.rcode}` : outcome.kind;
}

describe.each(PEERS)("%s", (_, program, start, got) => {
  const missing = missingPrograms(program);
  const key = makeTsigKey("ixfr.key.", "hmac-sha256");
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `left out: no ${missing.join(", ")}` : "here", () => {
    const keys = { knotd: [undefined, key], nsd: [key] }[program] ?? [undefined];
    test.each(keys)(`changes come by ${got}, TSIG %o`, async (tsig) => {
      const port = await freePort();
      const notify = [{ address: LOOPBACK, port }];
      const primary = await start({ zones: [version(1, VERSIONS[0]!)], tsig, notify, ixfr: true });
      const product = await startCountersign({ port, env: { COUNTERSIGN_IXFR_CHECK_PERCENT: "100" } });
      try {
        const id = await product.addZone({ name: NAME, primary, tsig, mode: "unsigned", ixfr: true });
        await product.served(id, NAME, 1);
        for (const [i, text] of VERSIONS.entries()) {
          if (i === 0) continue;
          await primary.replaceZone(version(i + 1, text));
          await product.served(id, NAME, i + 1);
          await until("rest", async () => (await product.status(id)).phase === "idle");
        }
        expect(await answers(product.port)).toEqual(await answers(primary.port));
        if (!tsig) {
          const said = [await askByUdp(primary, VERSIONS.length), await askByUdp(primary, 1)];
          expect(said).toEqual(BY_UDP[got]);
        }
        const rows = await product.attempts(id);
        const taken = rows.filter((row) => row.outcome === "taken").map((row) => `${row.kind} ${row.got}`);
        expect(taken.toReversed()).toEqual(["axfr axfr", ...VERSIONS.slice(1).map(() => `ixfr ${got}`)]);
        const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string }[];
        expect(events.map((event) => event.code)).not.toContain("transfer.ixfr-differs");
      } finally {
        await product.stop();
        await primary.stop();
      }
    });
  });
});
