/**
 * A zone that is large enough for overlays, from Knot by IXFR: each change is written behind the image that is there, whatever
 * the mode; after `kill -9` the same is served, and the next change goes on from it; a change with a bad signature is held.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RRset } from "#dnssec";
import { type OpenKey, signZone } from "#keys";
import { parseMessage } from "#message";
import { readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { printZone } from "#zonefile";
import { giveTo, kdig, outgoingOf, transferred } from "../outgoing/world.ts";
import { rememberingKey } from "../overlay/history.ts";
import { type Countersign, type SigningMode, startCountersign } from "../peers/countersign.ts";
import {
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type PeerZone,
  queryUdp,
  removeDirectory,
  startKnot,
  until,
} from "../peers/index.ts";

const NAME = "large.test.";
const APEX = nameOf(NAME);
/** Without signatures an image of more than 256 KiB, too. */
const NAMES = 2500;

const MANY = 1500;

function nameOf(text: string) {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function rrset(owner: string, type: number, ttl: number, text: string): RRset {
  const rdata = readRdata(type, text.split(" "), APEX);
  if (!rdata.ok) throw new Error(rdata.error);
  return { owner: nameOf(owner), type, ttl, rdatas: [rdata.value] };
}

/** `more` on top of what all versions have; signed, the unchanged records as before. */
function version(serial: number, more: readonly RRset[], keys: readonly OpenKey[], damaged = false): PeerZone {
  const now = Math.floor(Date.now() / 86_400_000) * 86_400;
  const plain = [
    rrset(NAME, RRType.SOA, 3600, `ns1.${NAME} hostmaster.${NAME} ${serial} 3600 600 86400 300`),
    rrset(NAME, RRType.NS, 3600, `ns1.${NAME}`),
    ...Array.from({ length: NAMES }, (_, i) => rrset(`h${i}.${NAME}`, RRType.A, 300, `10.0.${i >> 8}.${i & 255}`)),
    ...more,
  ];
  const signed = signZone(APEX, plain, keys, { window: { inception: now - 86_400, expiration: now + 30 * 86_400 } });
  if (!signed.ok) throw new Error(signed.error);
  const records = signed.value.flatMap(({ owner, type, ttl, rdatas }) =>
    rdatas.map((rdata) => ({ owner, type, ttl, class: 1, rdata: damaged ? spoiled(more, owner, type, rdata) : rdata })),
  );
  return { name: NAME, text: printZone(records) };
}

/** The signature over the address that came last, with its last octet changed. */
function spoiled(more: readonly RRset[], owner: Uint8Array, type: number, rdata: Uint8Array): Uint8Array {
  const about = more.at(-1)!;
  const isIt = type === RRType.RRSIG && rdata[1] === RRType.A && Buffer.compare(owner, about.owner) === 0;
  return isIt ? Uint8Array.from(rdata, (octet, i) => (i === rdata.length - 1 ? octet ^ 1 : octet)) : rdata;
}

function filesOf(product: Countersign, id: string): string[] {
  return readdirSync(join(product.directory, "data", "zones", id)).sort();
}

async function answer(product: Countersign, owner: string, type: number) {
  const asked = { name: `${owner}.${NAME}`, type, edns: { do: true } };
  const reply = parseMessage(await queryUdp({ address: LOOPBACK, port: product.port }, asked));
  if (!reply.ok) throw new Error(reply.error);
  return { rcode: reply.value.rcode, types: reply.value.answer.map((record) => record.type) };
}

const MODES: readonly SigningMode[] = ["presigned", "live", "live-chain"];

describe.skipIf(missingPrograms("knotd", "kdig").length > 0)("changes of a large zone from Knot", () => {
  test.each(MODES)(
    "%s",
    async (mode) => {
      const keys = [rememberingKey("ksk"), rememberingKey("zsk")];
      const directory = makeDirectory("overlay");
      const port = await freePort();
      const notify = [{ address: LOOPBACK, port }];
      const primary = await startKnot({ zones: [version(1, [], keys)], notify, ixfr: true });
      const env = { COUNTERSIGN_IXFR_CHECK_PERCENT: "0", COUNTERSIGN_LOG_LEVEL: "debug" };
      let product = await startCountersign({ directory, port, env });
      const more: RRset[] = [];
      let serial = 1;
      const next = async (owner: string, octet: number, damaged = false) => {
        more.push(rrset(`${owner}.${NAME}`, RRType.A, 300, `192.0.2.${octet}`));
        await primary.replaceZone(version(++serial, more, keys, damaged));
      };
      try {
        const id = await product.addZone({ name: NAME, primary, mode, ixfr: true });
        await product.served(id, NAME, 1);
        // Pre-signed it is given on, too: the changes that come are those that go out.
        const isGiven = mode === "presigned";
        if (isGiven) await giveTo(product, id, NAME, [{ name: "secondary", port: 9 }]);
        const comparisons = () => product.process.log().split("is compared, record by record").length - 1;
        const images = filesOf(product, id).filter((file) => file.endsWith(".image"));
        expect(images).toHaveLength(mode === "presigned" ? 1 : 2);
        for (const owner of ["new", "a.b.ent", "*.wild"]) {
          await next(owner, serial);
          await product.served(id, NAME, serial);
        }
        const all = filesOf(product, id);
        expect(all.filter((file) => file.endsWith(".image"))).toEqual(images);
        expect(all.filter((file) => file.endsWith(".overlay"))).toHaveLength(images.length);
        const signedA = { rcode: 0, types: [RRType.A, RRType.RRSIG] };
        const see = async () => {
          for (const owner of ["new", "h7", "x.wild", "a.b.ent"])
            expect(await answer(product, owner, RRType.A), owner).toEqual(signedA);
          expect(await answer(product, "ent", RRType.A)).toEqual({ rcode: 0, types: [] });
        };
        await see();

        const journaled = async () => (await outgoingOf(product, id)).journal.length === serial - 1;
        // It is written behind the answers: killed before, it would rightly begin anew.
        if (isGiven) await until("journal before the kill", journaled);
        await product.kill();
        product = await startCountersign({ directory, port, env });
        await product.served(id, NAME, serial);
        await see();
        await next("after", 9);
        await product.served(id, NAME, serial);
        expect(await answer(product, "after", RRType.A)).toEqual(signedA);
        expect(filesOf(product, id).filter((file) => file.endsWith(".image"))).toEqual(images);
        await see();
        if (isGiven) {
          await until("journal", journaled);
          expect(comparisons()).toBe(0);
        }

        // More than half of the room behind the image: overlays become an image again, in the background, and changes go on coming.
        for (let i = 0; i < MANY; i++) {
          more.push(rrset(`m${i}.${NAME}`, RRType.A, 300, "192.0.2.77"));
          if (i % (MANY / 3) === 0) await next(`step${i}`, 78);
        }
        await next("many", 77);
        await product.served(id, NAME, serial);
        const fresh = await until("compacted", async () => {
          const files = filesOf(product, id);
          return files.some((file) => file.endsWith(".overlay")) ? undefined : files;
        });
        expect(fresh.filter((file) => file.endsWith(".image"))).not.toEqual(images);
        await until("rest", async () => (await product.status(id)).phase === "idle");
        await next("later", 10);
        await product.served(id, NAME, serial);
        await see();
        for (const owner of ["m5", "many", "later"]) expect(await answer(product, owner, RRType.A)).toEqual(signedA);
        expect(filesOf(product, id).filter((file) => file.endsWith(".image"))).toEqual(
          fresh.filter((file) => file.endsWith(".image")),
        );

        if (isGiven) {
          await until("journal", async () => (await outgoingOf(product, id)).journal.at(-1) === serial - 1);
          expect((await outgoingOf(product, id)).journal[0]).toBe(1);
          expect(await transferred(product, NAME)).toEqual(await transferred(primary, NAME));
          const { out } = await kdig(product, NAME, { type: "IXFR=1", args: ["+noall", "+answer"] });
          expect(out.split("\n").filter((line) => / SOA ns1/.test(line.replace(/\s+/g, " "))).length).toBeGreaterThan(
            serial,
          );
          await next("bad", 66, true);
          const held = await until("held", async () => (await product.status(id)).held ?? undefined);
          expect(held.code).toBe("dnssec.signature-invalid");
          expect(await answer(product, "after", RRType.A)).toEqual(signedA);
          await next("good", 67);
          await product.served(id, NAME, serial);
          expect(await answer(product, "good", RRType.A)).toEqual(signedA);
        }
      } finally {
        await product.stop();
        await primary.stop();
        removeDirectory(directory);
      }
    },
    300_000,
  );

  test("killed between any two steps, it serves the version before or the new one, and gets there", async () => {
    const keys = [rememberingKey("ksk"), rememberingKey("zsk")];
    const directory = makeDirectory("overlay-kill");
    const port = await freePort();
    const primary = await startKnot({
      zones: [version(1, [], keys)],
      notify: [{ address: LOOPBACK, port }],
      ixfr: true,
    });
    const env = { COUNTERSIGN_IXFR_CHECK_PERCENT: "0" };
    let product = await startCountersign({ directory, port, env });
    const more: RRset[] = [];
    try {
      const id = await product.addZone({ name: NAME, primary, mode: "presigned", ixfr: true });
      await product.served(id, NAME, 1);
      // Milliseconds after the change: from before its transfer to after its publication.
      let serial = 1;
      const change = async (owner: string) => {
        more.push(rrset(`${owner}.${NAME}`, RRType.A, 300, "192.0.2.5"));
        await primary.replaceZone(version(++serial, more, keys));
      };
      for (const [i, delay] of [0, 15, 40].entries()) {
        await change(`k${i}`);
        await new Promise((resolve) => setTimeout(resolve, delay));
        await product.kill();
        product = await startCountersign({ directory, port, env });
        expect([serial - 1, serial]).toContain(await product.served(id, NAME));
        // The NOTIFY may have been lost with it: the next one goes on from whatever is stored.
        await change(`then${i}`);
        await product.served(id, NAME, serial);
        for (let k = 0; k <= i; k++) {
          expect(await answer(product, `k${k}`, RRType.A)).toEqual({ rcode: 0, types: [RRType.A, RRType.RRSIG] });
        }
      }
    } finally {
      await product.stop();
      await primary.stop();
      removeDirectory(directory);
    }
  }, 180_000);
});
