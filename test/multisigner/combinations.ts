/**
 * What has to hold between Countersign and another signer, whoever that is (RFC 8901 sections 3 and 4.2): the same cases for
 * Knot and for BIND. Whichever DNSKEY set is cached, whichever server answers, in every form of denial: secure.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, LOOPBACK, type NotifyTarget, startCountersign, startUnbound } from "../peers/index.ts";
import { startRouter } from "./router.ts";
import type { SignedZoneSpec, Signer } from "./signers.ts";
import {
  askServer,
  type Denial,
  exchangeKeys,
  judge,
  ourDs,
  ourZsk,
  QUESTIONS,
  RRTYPE,
  rdatasOf,
  resolve,
  setDenial,
  type World,
} from "./world.ts";

const SERVFAIL = 2;
const ENTRY_POINT = /^0101/;
const DENIALS: readonly Denial[] = ["compact", "nsec3", "chain"];

type Start = (zones: readonly SignedZoneSpec[], notify: NotifyTarget) => Promise<Signer>;

async function startWorld(start: Start, specs: readonly SignedZoneSpec[]): Promise<World> {
  const port = await freePort();
  const signer = await start(specs, { address: LOOPBACK, port });
  const product = await startCountersign({ port });
  const router = await startRouter(() => product);
  const zones = [];
  for (const spec of specs) {
    const id = await product.addZone({ name: spec.name, primary: signer, mode: "multisigner" });
    await product.served(id, spec.name);
    zones.push({ ...spec, id });
  }
  const stop = async (): Promise<void> => {
    await router.stop();
    await product.stop();
    await signer.stop();
  };
  return { signer, product, router, zones, stop };
}

export function describeCombinations(other: string, start: Start, specs: readonly SignedZoneSpec[]): void {
  describe(`Countersign and ${other}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld(start, specs);
    });
    afterAll(async () => {
      await world?.stop();
    });

    describe.each(specs.map((spec, i) => [spec.name, i] as const))("%s", (name, i) => {
      const zone = () => world.zones[i]!;
      const anchors = async () => [await ourDs(world.product, zone().id), ...world.signer.ds(name)];

      test("before the ZSKs are exchanged, our answers are bogus to those who have the other's DNSKEY set", async () => {
        const { router, signer, product } = world;
        router.route((type) => (type === RRTYPE.DNSKEY ? signer : product));
        const stubs = [{ zone: name, servers: [router] }];
        const unbound = await startUnbound({ trustAnchors: await anchors(), stubs });
        try {
          expect((await resolve(unbound.port, `www.${name}`, RRTYPE.A)).rcode).toBe(SERVFAIL);
        } finally {
          await unbound.stop();
        }
      });

      test("our ZSK is taken in, and comes back to us once", async () => {
        const { product, signer } = world;
        await exchangeKeys(product, signer, name, zone().id, await anchors());
        const theirs = await rdatasOf(signer, name, RRTYPE.DNSKEY);
        const ours = await rdatasOf(product, name, RRTYPE.DNSKEY);
        const { rdata } = await ourZsk(product, zone().id);
        expect(theirs).toHaveLength(zone().keys === "csk" ? 2 : 3);
        expect(ours.filter((key) => key === rdata)).toHaveLength(1);
        // Their set and our KSK: nothing else, nothing twice.
        const added = ours.filter((key) => !theirs.includes(key));
        expect(added).toHaveLength(1);
        expect(added[0]).toMatch(ENTRY_POINT);
        expect(ours).toHaveLength(theirs.length + 1);
      });

      test("our KSK signs the whole DNSKEY, CDS and CDNSKEY sets, our ZSK the latter two as well", async () => {
        const { product, router } = world;
        const ds = await ourDs(product, zone().id);
        const ksk = Number(ds.split(" ")[4]);
        const zsk = keyTag((await ourZsk(product, zone().id)).rdata);
        const signers = async (type: number): Promise<number[]> => {
          const { answer } = await askServer(product, name, type);
          return answer.filter((rr) => rr.type === RRTYPE.RRSIG).map((rr) => signatureTag(rr.rdata));
        };
        expect(await signers(RRTYPE.DNSKEY)).toEqual([ksk]);
        // The other's DNSKEY set has our ZSK alone, the parent wants to see the KSK (RFC 7344 section 4.1).
        expect((await signers(RRTYPE.CDS)).sort()).toEqual([ksk, zsk].sort());
        expect((await signers(RRTYPE.CDNSKEY)).sort()).toEqual([ksk, zsk].sort());
        await judge(router, name, [ds], { keys: product, data: product });
      });

      test("CDS and CDNSKEY ask for the DS of both signers, with what the other published", async () => {
        const { product, signer } = world;
        const dsOf = (line: string): string => line.replace(/^.* DS (\d+ \d+ \d+) /, "$1 ").toLowerCase();
        const cds = (await rdatasOf(product, name, RRTYPE.CDS)).map(printDs);
        expect(cds.sort()).toEqual((await anchors()).map(dsOf).sort());
        const entryPoints = (await rdatasOf(product, name, RRTYPE.DNSKEY)).filter((key) => ENTRY_POINT.test(key));
        expect(entryPoints).toHaveLength(2);
        expect(await rdatasOf(product, name, RRTYPE.CDNSKEY)).toEqual(entryPoints);
        for (const type of [RRTYPE.CDS, RRTYPE.CDNSKEY]) {
          expect(await rdatasOf(product, name, type)).toEqual(
            expect.arrayContaining(await rdatasOf(signer, name, type)),
          );
        }
      });

      describe.each(DENIALS)("our denial is %s", (denial) => {
        test("nothing that the other signed is in our answers", async () => {
          const { product } = world;
          await setDenial(product, zone().id, denial);
          await expectOwnSignatures(world, name, zone().id);
        });

        const pairs = [
          ["theirs", "ours"],
          ["ours", "theirs"],
          ["ours", "ours"],
          ["theirs", "theirs"],
        ] as const;
        // Our denial makes no difference where the other one answers.
        test.each(denial === "compact" ? pairs : pairs.filter(([, data]) => data === "ours"))(
          "DNSKEY set: %s, answers: %s",
          async (keys, data) => {
            const { router, signer, product } = world;
            const server = { ours: product, theirs: signer };
            await judge(router, name, await anchors(), { keys: server[keys], data: server[data] });
          },
        );

        test("their DNSKEY set, answers of both in turn, with synthesis from denial (RFC 8198)", async () => {
          await expectMixedSecure(world, name, await anchors());
        });
      });
    });
  });
}

/** Key tag, algorithm, digest type in decimal and the digest. */
function printDs(rdata: string): string {
  const octets = Buffer.from(rdata, "hex");
  return `${octets.readUInt16BE(0)} ${octets[2]} ${octets[3]} ${rdata.slice(8)}`;
}

/** Every RRSIG in every section is of one of our two keys; NSEC, NSEC3 and NSEC3PARAM are as our denial has them. */
async function expectOwnSignatures({ product, signer }: World, name: string, zoneId: string): Promise<void> {
  const own = new Set([
    Number((await ourDs(product, zoneId)).split(" ")[4]),
    keyTag((await ourZsk(product, zoneId)).rdata),
  ]);
  const theirs = new Set<string>();
  const ours: string[] = [];
  const more = [RRTYPE.RRSIG, RRTYPE.NSEC, RRTYPE.NSEC3, RRTYPE.NSEC3PARAM, RRTYPE.ANY].flatMap((type) =>
    ["", "www.", "ent.", "*.wild.", "child.", "signed-child.", "missing."].map((label) => [label, type] as const),
  );
  for (const [label, type] of [...QUESTIONS, ...more]) {
    for (const [server, take] of [
      [signer, (rdata: string) => void theirs.add(rdata)],
      [product, (rdata: string) => void ours.push(rdata)],
    ] as const) {
      const reply = await askServer(server, `${label}${name}`, type);
      const all = [...reply.answer, ...reply.authority, ...reply.additional];
      for (const rr of all) if (rr.type === RRTYPE.RRSIG) take(rr.rdata);
    }
  }
  expect(ours.length).toBeGreaterThan(QUESTIONS.length);
  expect(theirs.size).toBeGreaterThan(0);
  for (const rdata of ours) {
    expect(own.has(signatureTag(rdata)), rdata).toBe(true);
    expect(theirs.has(rdata)).toBe(false);
  }
}

/** The key tag in RRSIG RDATA. */
function signatureTag(rdata: string): number {
  return Number.parseInt(rdata.slice(32, 36), 16);
}

/** RFC 4034 appendix B. */
function keyTag(rdata: string): number {
  let sum = 0;
  Buffer.from(rdata, "hex").forEach((octet, i) => {
    sum += i & 1 ? octet : octet << 8;
  });
  return (sum + (sum >>> 16)) & 0xffff;
}

/** Names that nobody asked about yet, between two servers that deny in different ways. */
async function expectMixedSecure(
  { router, signer, product }: World,
  name: string,
  anchors: readonly string[],
): Promise<void> {
  let turn = 0;
  // Their DNSKEY set, which is the smaller one.
  router.route((type) => (type === RRTYPE.DNSKEY || turn++ % 2 === 0 ? signer : product));
  const unbound = await startUnbound({ trustAnchors: anchors, stubs: [{ zone: name, servers: [router] }] });
  try {
    for (let round = 0; round < 3; round++) {
      for (const [label, type, expected] of QUESTIONS) {
        const fresh = expected === "nxdomain" && label !== "astray." ? `r${round}.${label}` : label;
        const got = await resolve(unbound.port, `${fresh}${name}`, type);
        expect(got, `${fresh} ${type}`).toMatchObject({ ad: true });
        expect(got.answers > 0, `${fresh} ${type}`).toBe(expected === "data");
      }
    }
  } finally {
    await unbound.stop();
  }
}
