/**
 * Item 1 of the main job under attack: "a zone is taken only when the closing SOA came and every check held …: refused, with
 * the reason on the zone, the old zone served on". One product, one primary that follows scripts, one honest Knot beside it.
 */
import * as dnsPacket from "dns-packet";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Countersign } from "../peers/countersign.ts";
import { LOOPBACK, type Peer, queryUdp, servedSerial, startKnot, until } from "../peers/index.ts";
import { makeMatrix } from "./matrix.ts";
import { AXFR_CASES, type TrickCase } from "./primary.cases.ts";
import { framed, type HostilePrimary, honestZone, type SoaTrick, type Transfer, type Trick } from "./primary.ts";
import { type Attacked, isSigned, startWays, WAYS, type Way, type Ways } from "./ways.ts";
import { breakages, residentMebibytes } from "./world.ts";

const BOUNDS = {
  // A busy machine sends what has no end slowly: the bounds on what comes have to be reached before those on time.
  COUNTERSIGN_TRANSFER_IDLE_SECONDS: "3",
  COUNTERSIGN_TRANSFER_SECONDS: "10",
  COUNTERSIGN_CHECK_SECONDS: "3",
  COUNTERSIGN_MAX_ZONE_RECORDS: "5000",
  COUNTERSIGN_MAX_ZONE_NAMES: "2500",
  COUNTERSIGN_MAX_ZONE_OCTETS: "1000000",
};

const EVERY = AXFR_CASES.flatMap((one) =>
  WAYS.filter((way) => !one.tsig || isSigned(way)).map((way) => [`${one.name} (${way})`, way, one] as const),
);
/** Zones that share the octets of the message that is cut off, for each way. */
const CUTTERS = 4;
/** Of the message with TSIG: SOA, NS, SOA. */
const CUT_OCTETS = 300;

type TransferRow = {
  readonly id: number;
  readonly transport: string;
  readonly tsig_key: string | null;
  readonly outcome: string;
  readonly records: number;
  readonly error: { readonly code: string; readonly message: string } | null;
};

const HONEST = "honest.example.";

describe("a hostile primary", () => {
  let knot: Peer;
  let ways: Ways;
  let product: Countersign;
  let before: number;
  let number = 0;
  const matrix = makeMatrix();

  beforeAll(async () => {
    ways = await startWays(BOUNDS);
    product = ways.product;
    knot = await startKnot({ zones: [honestZone(HONEST, 1)] });
    const id = await product.addZone({ name: HONEST, primary: knot, mode: "unsigned" });
    await product.served(id, HONEST, 1);
    before = await residentMebibytes(product);
  });
  afterAll(async () => {
    await ways?.stop();
    await knot?.stop();
  });
  afterEach(async () => {
    expect(await servedSerial(product.port, HONEST)).toBeDefined();
    expect(breakages(product)).toEqual([]);
  });

  const attacked = (way: Way): Promise<Attacked> =>
    ways.attacked([way], honestZone(`zone${++number}.hostile.example.`, 1));

  const transfers = async ({ id }: Attacked): Promise<readonly TransferRow[]> =>
    (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as TransferRow[];

  const force = ({ id }: Attacked) => product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);

  /** The newest attempt after the one that is known, when it has failed. */
  async function failure(zone: Attacked, known: readonly TransferRow[]): Promise<TransferRow> {
    return until(`a failed transfer of ${zone.name}`, async () => {
      const [newest] = await transfers(zone);
      return newest && newest.id !== known[0]?.id ? newest : undefined;
    });
  }

  async function recovers(zone: Attacked): Promise<void> {
    zone.primary.serve(honestZone(zone.name, 9));
    await force(zone);
    await product.served(zone.id, zone.name, 9);
  }

  /** The trick, and whether the client has let go of every connection it was played on. */
  function watched({ axfr, ...more }: Trick): { readonly trick: Trick; readonly letGo: () => boolean } {
    const seen: Transfer[] = [];
    const trick: Trick = {
      ...more,
      axfr: (transfer) => {
        seen.push(transfer);
        return axfr!(transfer);
      },
    };
    return { trick, letGo: () => seen.length > 0 && seen.every(({ gone }) => gone) };
  }

  test.concurrent.each(EVERY)("%s", async (_, way, { name, trick, code, says, altered }: TrickCase) => {
    const zone = await attacked(way);
    const known = await transfers(zone);
    const played = watched(trick);
    zone.primary.serve(honestZone(zone.name, 2), played.trick);
    await force(zone);
    const failed = await failure(zone, known);
    matrix.saw(name, way, failed.error?.code ?? failed.outcome);
    // What was altered after it was signed fails by its TSIG already, unless that does not cover it or is not reached.
    const byTsig = altered && isSigned(way) && /^tsig-(bad-mac|form-error)$/.test(failed.error?.code ?? "");
    if (!byTsig) expect([code].flat(), failed.error?.message).toContain(failed.error?.code);
    if (says && !byTsig) expect(failed.error?.message).toMatch(says);
    expect(["refused", "failed", "held"]).toContain(failed.outcome);
    expect(failed).toMatchObject({
      transport: way.slice(0, 3),
      tsig_key: isSigned(way) ? ways.tsig.name : null,
    });
    // The good version is served on, and the reason stands on the zone.
    expect(await servedSerial(product.port, zone.name)).toBe(1);
    const status = (await product.status(zone.id)) as unknown as {
      held: { code: string } | null;
      serving: string;
      peers: { transfer_error: { code: string } | null }[];
    };
    expect(status.serving).toBe("serving");
    const reasons = [status.held?.code, ...status.peers.map((peer) => peer.transfer_error?.code)];
    expect(reasons).toContain(failed.error?.code);
    // A TLS connection may carry other zones' transfers, and after a whole answer the next one.
    if (way.startsWith("tcp")) await until("the connection to be let go", played.letGo);
    await recovers(zone);
  });

  test("an honest zone is renewed while the hostile primary holds transfers up", async () => {
    const slow = await Promise.all(Array.from({ length: 6 }, () => attacked("tcp")));
    const known = new Map(slow.map((zone) => [zone, transfers(zone)]));
    await Promise.all(known.values());
    for (const zone of slow) {
      zone.primary.serve(honestZone(zone.name, 2), { axfr: () => undefined });
      await force(zone);
    }
    await knot.replaceZone(honestZone(HONEST, 2));
    const [honest] = (await product.call("GET", "/client/v4/zones?name=honest.example")) as { id: string }[];
    await product.call("POST", `/client/v4/zones/${honest!.id}/secondary_dns/force_axfr`);
    await product.served(honest!.id, HONEST, 2);
    for (const zone of slow) {
      expect(await servedSerial(product.port, zone.name)).toBe(1);
      expect((await failure(zone, await known.get(zone)!)).error?.code).toBe("net.timeout");
      await recovers(zone);
    }
  });

  test("what is sent before the end is not served in part: a new zone stays SERVFAIL", async () => {
    const name = "never.hostile.example.";
    const primary: HostilePrimary = ways.primaryOf("tcp");
    primary.serve(honestZone(name, 1), {
      axfr: (transfer) => {
        transfer.send(transfer.message([transfer.zone.soa, ...transfer.zone.records]));
        transfer.end();
      },
    });
    const zone = { name: name.slice(0, -1), type: "secondary", account: { id: ways.accountId } };
    const { id } = (await product.call("POST", "/client/v4/zones", zone)) as { id: string };
    const incoming = { name, peers: [ways.peerIds.tcp], auto_refresh_seconds: 3600 };
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
    await failure({ id, name, primary }, []);
    const reply = await queryUdp(
      { address: LOOPBACK, port: product.port },
      { name: `www.${name}`, type: 1, edns: { do: true } },
    );
    expect(reply[3]! & 15).toBe(2);
    // Extended error 14, Not Ready, is the last option.
    expect([...reply.subarray(-6)]).toEqual([0, 15, 0, 2, 0, 14]);
  });

  /** A NOTIFY from 127.0.0.1, which is the peer's address. */
  async function notify(name: string): Promise<void> {
    const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name, type: 6, flags: 0x2400 });
    expect(reply[3]! & 15).toBe(0);
  }

  const SOA_TRICKS: readonly { readonly name: string; readonly soa: SoaTrick; readonly code: string | RegExp }[] = [
    { name: "SERVFAIL", soa: (honest) => honest({ rcode: 2 }), code: "rcode" },
    { name: "REFUSED", soa: (honest) => honest({ rcode: 5 }), code: "rcode" },
    { name: "lame: no AA", soa: (honest) => honest({ flags: 0x8000 }), code: "not-authoritative" },
    { name: "silence over both", soa: () => undefined, code: /no-answer|net/ },
    { name: "truncated over both", soa: (honest) => honest({ flags: 0x8600 }), code: "truncated" },
    { name: "a wrong ID over both", soa: (honest) => honest({ id: 0x10000 - 1 }), code: /no-answer|wrong-id|net/ },
    {
      name: "half a SOA",
      soa: (honest) => honest({ change: (octets) => octets.subarray(0, octets.length - 10) }),
      code: /malformed/,
    },
    {
      name: "no record",
      soa: (honest) =>
        honest({
          change: (octets) => {
            const empty = octets.slice(0, octets.length);
            empty[7] = 0;
            return empty;
          },
        }),
      code: /malformed|no-soa/,
    },
  ];

  // One after the other: two zones that hear nothing at once, and the primary counts as down for all of them.
  test.each(SOA_TRICKS)("SOA question: $name", async ({ soa, code }) => {
    const zone = await attacked("tcp");
    zone.primary.serve(honestZone(zone.name, 2), { soa });
    await notify(zone.name);
    const error = await until(`a failed check of ${zone.name}`, async () => {
      const status = (await product.status(zone.id)) as unknown as {
        peers: { check_error: { code: string; message: string } | null }[];
      };
      return status.peers[0]?.check_error ?? undefined;
    });
    if (typeof code === "string") expect(error.code).toBe(code);
    else expect(error.code).toMatch(code);
    expect(await servedSerial(product.port, zone.name)).toBe(1);
    await recovers(zone);
  });

  test("truncated over UDP, whole over TCP: taken", async () => {
    const zone = await attacked("tcp");
    zone.primary.serve(honestZone(zone.name, 2), {
      soa: (honest, transport) =>
        transport === "udp"
          ? honest({ flags: 0x8600, change: (octets) => octets.subarray(0, octets.length) })
          : honest(),
    });
    await notify(zone.name);
    await product.served(zone.id, zone.name, 2);
  });

  test("newer by UDP, older by AXFR: not taken, and it says so", async () => {
    const zone = await attacked("tcp");
    const newer = zone.primary.serve(honestZone(zone.name, 5));
    zone.primary.serve(honestZone(zone.name, 0), { soa: (honest) => honest({}, newer) });
    const known = await transfers(zone);
    await notify(zone.name);
    const failed = await failure(zone, known);
    expect(failed).toMatchObject({ outcome: "refused", error: { code: "transfer.not-newer" } });
    expect(await servedSerial(product.port, zone.name)).toBe(1);
  });

  test("a serial that goes backwards is not taken, unless the operator forces it", async () => {
    const zone = await attacked("tcp");
    zone.primary.serve(honestZone(zone.name, 0));
    await notify(zone.name);
    await until("the check", async () => {
      const events = (await product.call("GET", `/countersign/v1/events?zone_id=${zone.id}`)) as { code: string }[];
      return events.some(({ code }) => code === "refresh.serial-backwards");
    });
    expect(await servedSerial(product.port, zone.name)).toBe(1);
    await force(zone);
    await product.served(zone.id, zone.name, 0);
  });

  test.concurrent.each([1 + 2 ** 31, 2 + 2 ** 31].flatMap((serial) => WAYS.map((way) => [serial, way] as const)))(
    "serial %i where ours is 1, 2^31 and more away: not taken, and told (%s)",
    async (serial, way) => {
      const zone = await attacked(way);
      zone.primary.serve(honestZone(zone.name, serial));
      zone.primary.notify(product.port, zone.name);
      const told = await until("the check", async () => {
        const events = (await product.call("GET", `/countersign/v1/events?zone_id=${zone.id}`)) as {
          code: string;
          message: string;
        }[];
        return events.find(({ code }) => code === "refresh.serial-backwards");
      });
      expect(told.message).toContain(String(serial));
      expect(await servedSerial(product.port, zone.name)).toBe(1);
      await force(zone);
      await product.served(zone.id, zone.name, serial);
    },
  );

  test.concurrent.each(WAYS)("TTLs that differ within a set: taken with the lowest, and told (%s)", async (way) => {
    const zone = await attacked(way);
    const { name, text } = honestZone(zone.name, 2);
    zone.primary.serve({ name, text: `${text}mixed 300 IN A 192.0.2.1\nmixed 60 IN A 192.0.2.2\n` });
    await force(zone);
    await product.served(zone.id, zone.name, 2);
    const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name: `mixed.${name}`, type: 1 });
    const { answers } = dnsPacket.decode(Buffer.from(reply));
    expect(answers?.map((one) => "ttl" in one && one.ttl)).toEqual([60, 60]);
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${zone.id}`)) as { message: string }[];
    expect(events.some(({ message }) => message.includes("the lowest TTL, 60, was taken"))).toBe(true);
  });

  const CUTS = WAYS.flatMap((way) => Array.from({ length: CUTTERS }, (_, first) => [way, first] as const));

  const timeout = 180_000;
  test.concurrent.each(CUTS)("ends at every octet (%s, of four from octet %i on)", { timeout }, async (way, first) => {
    const zone = await attacked(way);
    const small = {
      ...honestZone(zone.name, 2),
      text: honestZone(zone.name, 2).text.split("\n").slice(0, 3).join("\n"),
    };
    let length = Number.POSITIVE_INFINITY;
    let known = await transfers(zone);
    for (let octets = first; octets < length; octets += CUTTERS) {
      zone.primary.serve(small, {
        axfr: (transfer) => {
          const message = transfer.message([transfer.zone.soa, ...transfer.zone.records, transfer.zone.soa]);
          length = message.length + 2;
          transfer.raw(framed(message).subarray(0, octets));
          transfer.end();
        },
      });
      await force(zone);
      const failed = await failure(zone, known);
      expect([octets, failed.error?.code]).toEqual([octets, "net.closed"]);
      known = [failed];
    }
    expect(length).toBeLessThan(CUT_OCTETS);
    expect(await servedSerial(product.port, zone.name)).toBe(1);
    matrix.saw(`ends at every octet, from ${first} on`, way, "net.closed");
    await recovers(zone);
  });

  test.concurrent.each(WAYS)("a record of 64 KiB, one a message, is taken as it is (%s)", async (way) => {
    const zone = await attacked(way);
    const made = zone.primary.serve(honestZone(zone.name, 2), {
      axfr: (transfer) => {
        const owner = made.records.find((record) => record.type === 1)!.owner;
        const signature = isSigned(way) ? 100 : 0;
        const room = 65_535 - 12 - 4 - owner.length - zone.name.length - 40 - signature;
        const huge = { owner, type: 65_280, ttl: 300, rdata: new Uint8Array(room).fill(7) };
        transfer.send(transfer.message([made.soa]));
        const message = transfer.message([huge]);
        expect(message.length).toBeGreaterThan(65_000);
        transfer.send(message);
        for (const record of [...made.records, made.soa]) transfer.send(transfer.message([record]));
      },
    });
    await force(zone);
    await product.served(zone.id, zone.name, 2);
  });

  test("all of it was seen by every way", () => {
    console.log(matrix.print("AXFR"));
    expect(matrix.holes(EVERY.map(([, way, { name }]) => [name, way]))).toEqual([]);
  });

  test("all that cost a bounded amount of memory", async () => {
    // Seen: 125 MiB at the first stream without end (threads that read and compile large zones begin then, and stay), nothing
    // more in the 200 attacks after it; 108 to 151 at the end. What one endless stream brings, kept, would be more than this.
    expect((await residentMebibytes(product)) - before).toBeLessThan(250);
  });
});
