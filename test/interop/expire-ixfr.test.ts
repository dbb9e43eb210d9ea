/**
 * EDNS EXPIRE (RFC 7314) with IXFR, in both directions: what a primary's incremental answer says counts here, what ours says counts
 * behind us. A scripted primary says what no honest one would; Knot and BIND stand between and behind.
 *
 *   scripted ─IXFR, EXPIRE n─▶ product              origin (gone) ─▶ Knot · BIND ─IXFR─▶ product ─IXFR─▶ Knot · BIND
 */
import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EdnsOption, findOption, parseMessage } from "#message";
import { readName } from "#name";
import { RRType } from "#rdata";
import { buildIxfrQuery } from "#transfer";
import {
  framed,
  type HostilePrimary,
  incremental,
  startHostilePrimary,
  type Transfer,
  type Trick,
} from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { giveTo } from "../outgoing/world.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  missingPrograms,
  type PeerZone,
  queryUdp,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";
import { type SecondaryKind, startSecondary } from "../peers/secondaries.ts";

const ZONE = "left-ixfr.example.";
const EXPIRE = 100_000;
/** A busy machine may need so long from one question to the next. */
const SLACK_SECONDS = 90;
const ROUNDING_SECONDS = 2;
const WAIT_MILLISECONDS = 90_000;

/** BIND gives the whole zone where the changes are more than that. */
const FILLER = Array.from({ length: 50 }, (_, i) => `host${i} 300 IN A 192.0.2.${i}`).join("\n");

const version = (serial: number): PeerZone => ({
  name: ZONE,
  text: `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 ${EXPIRE} 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
${FILLER}
`,
});

/** The message with an OPT behind it that has the EXPIRE option of these octets; they are not signed. */
function withExpire(message: Uint8Array, data: Uint8Array): Uint8Array {
  const opt = [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 4 + data.length, 0, EdnsOption.Expire, 0, data.length, ...data];
  const octets = Uint8Array.from([...message, ...opt]);
  octets[11]! += 1;
  return octets;
}

function seconds(value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, value);
  return data;
}

function expireIn(message: Uint8Array): number | undefined {
  const parsed = parseMessage(message);
  const data = parsed.ok ? findOption(parsed.value.edns, EdnsOption.Expire) : undefined;
  return data?.length === 4 ? new DataView(data.buffer, data.byteOffset).getUint32(0) : undefined;
}

/** What the server says to a question for the SOA; undefined when it says nothing. */
async function leftAt(port: number): Promise<number | undefined> {
  const edns = { options: Uint8Array.of(0, EdnsOption.Expire, 0, 0) };
  return expireIn(await queryUdp({ address: LOOPBACK, port }, { name: ZONE, type: RRType.SOA, edns }));
}

/** The first message of an IXFR by TCP from `serial`. */
function ixfrFrom(port: number, soa: Uint8Array, asks: boolean): Promise<Uint8Array> {
  const apex = readName(ZONE);
  if (!apex.ok) throw new Error(ZONE);
  const query = buildIxfrQuery(apex.value, 4711, soa, asks);
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, LOOPBACK, () => socket.write(framed(query)));
    let got = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("end", () => reject(new Error("it ended before a whole message")));
    socket.on("data", (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
      socket.destroy();
      resolve(Uint8Array.from(got.subarray(2, 2 + got.readUInt16BE(0))));
    });
  });
}

type Row = {
  readonly id: number;
  readonly kind: string;
  readonly got: string | null;
  readonly outcome: string;
  readonly serial_after: number | null;
};

async function newestTransfer(product: Countersign, id: string): Promise<Row | undefined> {
  const rows = (await product.call("GET", `/countersign/v1/zones/${id}/transfers?direction=in`)) as Row[];
  return rows.find(({ kind }) => kind !== "soa");
}

const running: { stop(): Promise<void> }[] = [];
const kept = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one);
  return one;
};
afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
});

describe("what a primary's IXFR says", () => {
  let primary: HostilePrimary;
  let product: Countersign;
  let id: string;
  let serial = 7;

  beforeAll(async () => {
    primary = kept(await startHostilePrimary());
    primary.serve(version(serial));
    product = kept(await startCountersign({ env: ALONE }));
    id = await product.addZone({ name: ZONE, primary: { ...primary, kind: "knot" }, mode: "unsigned", ixfr: true });
    await product.served(id, ZONE, serial);
  });

  /** The next version comes by IXFR whose messages say this; how long the zone holds then. */
  async function comes(
    says: (message: Uint8Array, number: number) => Uint8Array,
    trick: Trick = {},
  ): Promise<number | undefined> {
    serial++;
    const before = (await newestTransfer(product, id))?.id;
    primary.serve(version(serial), {
      ...trick,
      ixfr: (transfer, from) => {
        const records = incremental(from!, transfer.zone);
        transfer.send(says(transfer.message(records.slice(0, 3)), 1));
        transfer.send(says(transfer.message(records.slice(3)), 2));
      },
    });
    primary.notify(product.port, ZONE);
    await until("the IXFR", async () => (await newestTransfer(product, id))?.id !== before, WAIT_MILLISECONDS);
    await until("rest", async () => (await product.status(id)).phase === "idle", WAIT_MILLISECONDS);
    expect(await newestTransfer(product, id)).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "taken" });
    expect((await product.status(id)).serials.stored).toBe(serial);
    return leftAt(product.port);
  }

  const about = (left: number | undefined, most: number) => {
    expect(left).toBeLessThanOrEqual(most);
    expect(left).toBeGreaterThan(most - SLACK_SECONDS);
  };

  test("nothing: it holds for SOA EXPIRE", async () => about(await comes((message) => message), EXPIRE));

  test("less than SOA EXPIRE, in the first message: so long, whatever later ones say", async () => {
    about(await comes((message, number) => withExpire(message, seconds(number === 1 ? 5000 : 9))), 5000);
    about(await comes((message, number) => withExpire(message, seconds(number === 1 ? 6000 : 90_000))), 6000);
  });

  test("in the second message alone: it counts as nothing", async () =>
    about(await comes((message, number) => (number === 1 ? message : withExpire(message, seconds(9)))), EXPIRE));

  test("more than SOA EXPIRE: not believed", async () =>
    about(await comes((message) => withExpire(message, seconds(2 ** 32 - 1))), EXPIRE));

  test.each([0, 1, 3, 5])("of %i octets: it counts as nothing", async (length) =>
    about(await comes((message) => withExpire(message, new Uint8Array(length))), EXPIRE),
  );

  test("of an IXFR that did not fit: what the AXFR in the same attempt says counts", async () => {
    serial++;
    const before = (await newestTransfer(product, id))?.id;
    const wholly = (transfer: Transfer): void => {
      const { soa, records } = transfer.zone;
      transfer.send(withExpire(transfer.message([soa, ...records, soa]), seconds(7000)));
    };
    primary.serve(version(serial), {
      ixfr: (transfer, from) => {
        const [newest, , , ...rest] = incremental(from!, transfer.zone);
        transfer.send(withExpire(transfer.message([newest!, newest!, ...rest]), seconds(30)));
      },
      axfr: wholly,
    });
    primary.notify(product.port, ZONE);
    await until("the attempt", async () => (await newestTransfer(product, id))?.id !== before, WAIT_MILLISECONDS);
    await product.served(id, ZONE, serial);
    expect(await newestTransfer(product, id)).toMatchObject({ kind: "ixfr", got: "axfr", outcome: "taken" });
    about(await leftAt(product.port), 7000);
  });

  test("nothing left at all: the zone is expired, and current again with the next version that says more", {
    timeout: 240_000,
  }, async () => {
    const none = (message: Uint8Array) => withExpire(message, seconds(0));
    // A check that says nothing would be a good one, for all of SOA EXPIRE.
    await comes(none, { soa: (honest) => none(honest()) });
    const rcode = async () =>
      (await queryUdp({ address: LOOPBACK, port: product.port }, { name: ZONE, type: RRType.SOA }))[3]! & 15;
    await until("expired", async () => (await rcode()) === 2, WAIT_MILLISECONDS);
    serial++;
    primary.serve(version(serial), {
      soa: (honest) => withExpire(honest(), seconds(8000)),
      axfr: (transfer) => {
        const { soa, records } = transfer.zone;
        transfer.send(withExpire(transfer.message([soa, ...records, soa]), seconds(8000)));
      },
    });
    // A NOTIFY after checks that failed waits for up to a minute.
    await until(
      "the version that says more",
      async () => {
        primary.notify(product.port, ZONE);
        return (await rcode()) === 0 && (await product.status(id)).serials.served === serial;
      },
      WAIT_MILLISECONDS,
    );
    about(await leftAt(product.port), 8000);
  });
});

describe.each([
  ["knot", "knotd"],
  ["bind", "named"],
] as const satisfies readonly (readonly [SecondaryKind, string])[])("%s between and behind", (kind, program) => {
  test.skipIf(missingPrograms(program, "knotd").length > 0)(
    "the origin is gone: changes that come and go by IXFR hold no longer than its copy",
    { timeout: 300_000 },
    async () => {
      const port = await freePort();
      const origin = await startKnot({ zones: [version(7)], ixfr: true, notify: [{ address: LOOPBACK, port }] });
      const between = kept(await startSecondary(kind, { zones: [ZONE], primary: origin, port }));
      await until("the server between", async () => (await between.served(ZONE)) === 7, WAIT_MILLISECONDS);
      // Whoever tells of it has the address of a primary.
      const teller = kept(await startHostilePrimary());
      const product = kept(await startCountersign({ env: ALONE }));
      const from = { ...between, kind: "knot" } as const;
      const id = await product.addZone({ name: ZONE, primary: from, mode: "unsigned", ixfr: true });
      await product.served(id, ZONE, 7);
      const behindPort = await freePort();
      await giveTo(product, id, ZONE, [{ name: "behind", port: behindPort }]);
      const behind = kept(await startSecondary(kind, { zones: [ZONE], primary: product, port: behindPort }));
      await until("the server behind", async () => (await behind.served(ZONE)) === 7, WAIT_MILLISECONDS);

      await origin.replaceZone(version(8));
      await until("the change between", async () => (await between.served(ZONE)) === 8, WAIT_MILLISECONDS);
      await origin.stop();
      await until("time that passes", async () => (await leftAt(between.port))! <= EXPIRE - 4, WAIT_MILLISECONDS);
      teller.notify(product.port, ZONE);
      await until("the change", async () => (await product.status(id)).serials.served === 8, WAIT_MILLISECONDS);
      const row = await until(
        "its record",
        async () => {
          const newest = await newestTransfer(product, id);
          return newest?.serial_after === 8 ? newest : undefined;
        },
        WAIT_MILLISECONDS,
      );
      expect(row).toMatchObject({ got: "ixfr", outcome: "taken" });
      const [there, here] = [(await leftAt(between.port))!, (await leftAt(product.port))!];
      expect(here).toBeLessThanOrEqual(there + ROUNDING_SECONDS);
      expect(here).toBeGreaterThan(there - SLACK_SECONDS);

      await until("the change behind", async () => (await behind.served(ZONE)) === 8, WAIT_MILLISECONDS);
      // BIND 9.18 goes by SOA EXPIRE after a transfer, and by the option with checks alone.
      if (kind === "knot")
        expect(await leftAt(behind.port)).toBeLessThanOrEqual((await leftAt(product.port))! + ROUNDING_SECONDS);
      await ourWord(product);
    },
  );
});

/** Our own IXFR says what is left here: with changes, and where there is nothing newer; and nothing when it was not asked. */
async function ourWord(product: Countersign): Promise<void> {
  const reply = parseMessage(
    await queryUdp({ address: LOOPBACK, port: product.port }, { name: ZONE, type: RRType.SOA }),
  );
  if (!reply.ok) throw new Error(reply.error);
  const soa = reply.value.answer[0]!.rdata!;
  const old = soa.slice();
  old[old.length - 17]! -= 1;
  for (const [which, records] of [
    [old, 2],
    [soa, 1],
  ] as const) {
    const left = (await leftAt(product.port))!;
    const message = await ixfrFrom(product.port, which, true);
    const parsed = parseMessage(message);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value.answer.length).toBeGreaterThanOrEqual(records);
    expect(expireIn(message)).toBeLessThanOrEqual(left);
    expect(expireIn(message)).toBeGreaterThan(left - SLACK_SECONDS);
    expect(expireIn(await ixfrFrom(product.port, which, false))).toBeUndefined();
  }
}
