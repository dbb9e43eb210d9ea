/**
 * Transfers from real primaries: Knot, NSD, BIND, PowerDNS; plain and with every TSIG algorithm; many records a message
 * and one; and a stream of more than a hundred messages in one chain of MACs.
 *
 *   primary (127.0.0.1) ── SOA, AXFR, TSIG ──▶ #net ▶ #tsig ▶ #transfer ▶ ZoneVersion   compared with the zone's text
 */

import { describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { startHmac } from "#crypto";
import { nameKey, readName } from "#name";
import { askUdp, dialTcp, randomId } from "#net";
import { AxfrInterpreter, type AxfrOutcome, buildAxfrQuery, buildSoaQuery, readSoaAnswer } from "#transfer";
import { readTsigAlgorithm, signMessage, type TsigKey, type TsigProblem, TsigVerifier } from "#tsig";
import { type ZoneVersion, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import {
  makeTsigKey,
  missingPrograms,
  type Peer,
  type TsigKey as PeerKey,
  type PeerOptions,
  startBind,
  startKnot,
  startNsd,
  startPowerDns,
} from "../peers/index.ts";

const PEERS: readonly [string, string, (options: PeerOptions) => Promise<Peer>][] = [
  ["Knot", "knotd", startKnot],
  ["NSD", "nsd", startNsd],
  ["BIND", "named", startBind],
  ["PowerDNS", "pdns_server", startPowerDns],
];
const APEX = name("move.test.");

function name(text: string) {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

/** `names` hosts of one A record each, and one of each odd thing a transfer has to keep. */
function text(names: number): string {
  const hosts = Array.from({ length: names }, (_, i) => `h${i} IN A 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  return `$TTL 300
$ORIGIN move.test.
@ IN SOA ns1 hostmaster 7 3600 600 86400 300
@ IN NS ns1
@ IN MX 10 mail.elsewhere.test.
ns1 IN A 192.0.2.1
* IN TXT "wild" "card"
Case IN TXT "kept"
sub IN NS ns.sub
ns.sub IN AAAA 2001:db8::1
alias IN CNAME ns1
a.b.c IN SRV 1 2 3 ns1
odd IN TYPE65280 \\# 3 010203
${hosts.join("\n")}
`;
}

function held(key: PeerKey): TsigKey {
  const algorithm = readTsigAlgorithm(key.algorithm);
  if (!algorithm.ok) throw new Error(key.algorithm);
  return {
    name: name(key.name),
    algorithm: algorithm.value,
    secret: Uint8Array.from(Buffer.from(key.secret, "base64")),
  };
}

const now = () => Math.floor(Date.now() / 1000);

type Taken = { outcome: AxfrOutcome | TsigProblem; messages: number; complete: boolean };

async function take(peer: Peer, key?: TsigKey): Promise<Taken> {
  const id = randomId();
  const plain = buildAxfrQuery(APEX, id);
  const signed = key && signMessage(plain, key, now(), startHmac);
  const verifier = signed && new TsigVerifier(key!, signed.mac, startHmac);
  const session = await dialTcp({
    server: { address: peer.address, port: peer.port },
    connectTimeoutMs: 5_000,
    messageTimeoutMs: 10_000,
    totalTimeoutMs: 60_000,
    maxMessages: 100_000,
    maxOctets: 1 << 28,
  });
  if (!session.ok) throw new Error(session.error.code);
  session.value.send(signed?.message ?? plain);
  const interpreter = new AxfrInterpreter({ apex: APEX, id });
  try {
    // Bounded by the session's maxMessages.
    for (;;) {
      const next = await session.value.next();
      if (!next.ok) return { outcome: interpreter.end(), messages: interpreter.messages, complete: false };
      let message = next.value;
      if (verifier) {
        const verified = verifier.accept(message, now());
        if (!verified.ok) return { outcome: verified.error, messages: interpreter.messages, complete: false };
        message = verified.value.message;
      }
      const outcome = interpreter.accept(message);
      if (outcome.kind !== "more")
        return { outcome, messages: interpreter.messages, complete: verifier?.complete ?? true };
    }
  } finally {
    session.value.close();
  }
}

function lines(zone: ZoneVersion): string[] {
  return [...zone.rrsets()]
    .flatMap((set) => set.rdatas.map((rdata) => `${nameKey(set.owner)} ${set.type} ${set.ttl} ${toHex(rdata)}`))
    .sort();
}

function expected(source: string): string[] {
  const records = readZoneFile(source, APEX);
  if (!records.ok) throw new Error(JSON.stringify(records.error));
  const zone = zoneFromRRsets(
    APEX,
    records.value.map((record) => ({
      owner: record.owner,
      type: record.type,
      ttl: record.ttl,
      rdatas: [record.rdata],
    })),
  );
  if (!zone.ok) throw new Error(zone.error.text);
  return lines(zone.value);
}

function zoneOf(taken: Taken): ZoneVersion {
  if (!("kind" in taken.outcome) || taken.outcome.kind !== "done") throw new Error(JSON.stringify(taken.outcome));
  return taken.outcome.zone;
}

async function withPeer<T>(
  start: (options: PeerOptions) => Promise<Peer>,
  options: PeerOptions,
  use: (peer: Peer) => Promise<T>,
) {
  const peer = await start(options);
  try {
    return await use(peer);
  } finally {
    await peer.stop();
  }
}

const zones = (names: number) => [{ name: "move.test.", text: text(names) }];

describe.each(PEERS)("%s", (kind, program, start) => {
  const missing = missingPrograms(program);
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `left out: no ${missing.join(", ")}` : "here", () => {
    test("the whole zone, every record as its text says; SOA by UDP", async () => {
      await withPeer(start, { zones: zones(3000) }, async (peer) => {
        const taken = await take(peer);
        expect(taken.messages).toBeGreaterThan(1);
        expect(lines(zoneOf(taken))).toEqual(expected(text(3000)));
        const id = randomId();
        const query = buildSoaQuery(APEX, id);
        const answer = await askUdp(query, { server: { address: peer.address, port: peer.port }, timeoutMs: 5_000 });
        expect(answer.ok && readSoaAnswer(answer.value, APEX, id)).toMatchObject({ kind: "serial", serial: 7 });
      });
    });

    test.each(["hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"] as const)(
      "TSIG %s; another secret and another key are refused and told apart",
      async (algorithm) => {
        const key = makeTsigKey("move.key.", algorithm);
        // PowerDNS says no without a TSIG record, so it can't say what was wrong.
        const says = (code: string) => (kind === "PowerDNS" ? "tsig-missing" : code);
        await withPeer(start, { zones: zones(2000), tsig: key }, async (peer) => {
          const taken = await take(peer, held(key));
          expect(zoneOf(taken).recordCount).toBe(2011);
          expect(taken.complete).toBe(true);
          const wrong = await take(peer, { ...held(key), secret: new Uint8Array(32) });
          expect(wrong.outcome).toMatchObject({ code: says("tsig-peer-bad-mac") });
          const unknown = await take(peer, { ...held(key), name: name("other.key.") });
          expect(unknown.outcome).toMatchObject({ code: says("tsig-peer-bad-key") });
          const none = await take(peer);
          expect(none.outcome).toMatchObject({ kind: "refused", code: "rcode" });
        });
      },
    );
  });
});

describe.skipIf(missingPrograms("named").length > 0)("BIND, one record a message", () => {
  test.each([undefined, makeTsigKey("one.key.", "hmac-sha256")])("taken, TSIG %o", async (key) => {
    await withPeer(startBind, { zones: zones(150), tsig: key, transferFormat: "one-answer" }, async (peer) => {
      const taken = await take(peer, key && held(key));
      expect(taken.messages).toBe(162);
      expect(lines(zoneOf(taken))).toEqual(expected(text(150)));
    });
  });
});

describe.skipIf(missingPrograms("nsd").length > 0)("NSD, a long transfer", () => {
  test("more than a hundred messages in one chain of MACs", async () => {
    const key = makeTsigKey("long.key.", "hmac-sha256");
    await withPeer(startNsd, { zones: zones(120_000), tsig: key }, async (peer) => {
      const taken = await take(peer, held(key));
      expect(taken.messages).toBeGreaterThan(100);
      expect(taken.complete).toBe(true);
      expect(zoneOf(taken).recordCount).toBe(120_011);
    });
  });
});
