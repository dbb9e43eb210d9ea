/**
 * `kill -9` in rounds, each at a moment that a seeded generator picks, while zones are transferred, modes are switched, keys
 * are made, names are signed and the API writes. After each the product starts without its primary, and is held to all it
 * said before: every zone served at once, whole and validly signed, no serial lower, nothing acknowledged lost.
 *
 *   primary up ▶ work of every kind ▶ kill ▶ primary down ▶ start ▶ what was served, what was acknowledged, what is on disk ▶ …
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../hostile/random.ts";
import {
  askAllUdp,
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type PeerZone,
  removeDirectory,
  type SigningMode,
  signZone,
  startCountersign,
  startKnot,
  startUnbound,
  until,
} from "../peers/index.ts";
import { Ledger } from "./ledger.ts";
import { Working } from "./working.ts";
import { ask, filesOfZone, killHard, makeZone, statusWhen, Type } from "./world.ts";

const missing = missingPrograms("knotd", "unbound", "dnssec-signzone");
const SEED = 20_261_005;
const ROUNDS = 8;
/** The kill comes within this time of the work's beginning. */
const LATEST_KILL_MILLISECONDS = 1_200;
/** Names of the zone whose transfer, compilation and signing take long enough to be hit. */
const LARGE_NAMES = 4_000;
const TEST_MILLISECONDS = 240_000;
/** The start sweeps what belongs to nothing behind the first answers. */
const SWEEP_MILLISECONDS = 20_000;
const NOERROR = 0;
/** Images and their signature files, at rest: as transferred and as served, each with one beside it at most. */
const MAX_FILES_OF_ZONE = 4;

/** Transferred again and again, each in a mode that it keeps. */
const KEPT: Readonly<Record<string, SigningMode>> = {
  "plain.example.": "unsigned",
  "live.example.": "live",
  "nsec3.example.": "live-nsec3",
  "chain.example.": "live-chain",
  "presigned.example.": "presigned",
  "large.example.": "live",
};
/** Signed by the primary, so that every mode is possible. */
const SWITCHED = "switched.example.";
const PRESIGNED = "presigned.example.";

describe.skipIf(missing.length > 0)(
  `kill -9${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    const random = seededRandom(SEED);
    const tsig = makeTsigKey("chaos.example.", "hmac-sha256");
    const zones = new Map<string, PeerZone>();
    const ids = new Map<string, string>();
    const ledger = new Ledger();
    /** Versions that are not at the primary yet. */
    const prepared = new Map<string, PeerZone>();
    let serials = 1;
    let directory: string;
    let port: number;
    let primaryPort: number;
    let primary: Peer;
    let product: Countersign;

    const version = (name: string, serial: number): PeerZone => {
      const zone = makeZone(name, serial, name === "large.example." ? LARGE_NAMES : 0);
      return name === SWITCHED || name === PRESIGNED ? signZone(zone, { denial: "nsec" }) : zone;
    };
    const startPrimary = async (): Promise<void> => {
      const notify = [{ address: LOOPBACK, port }];
      primary = await startKnot({ zones: [...zones.values()], tsig, port: primaryPort, notify });
    };

    const startProduct = async (): Promise<void> => {
      const env = { NODE_COMPILE_CACHE: join(directory, "compiled") };
      product = await startCountersign({ directory, port, env });
    };

    beforeAll(async () => {
      directory = makeDirectory("kill");
      port = await freePort();
      primaryPort = await freePort();
      for (const name of [...Object.keys(KEPT), SWITCHED]) zones.set(name, version(name, 1));
      await startPrimary();
      await startProduct();
      // What Node compiled is written when it ends in order, and spares every later start half of its time.
      await product.process.stop();
      await startProduct();
      for (const [name, mode] of [...Object.entries(KEPT), [SWITCHED, "live"] as const]) {
        ids.set(name, await product.addZone({ name, primary, tsig, mode }));
      }
      for (const [name, id] of ids) {
        await product.served(id, name, 1);
        ledger.served(name, 1);
        ledger.keys(name, (await statusWhen(product, id, `${name} at rest`)).dnssec.dnskeys);
      }
      ledger.edit(SWITCHED, { dnssec_presigned: false, dnssec_multi_signer: false, dnssec_use_nsec3: false });
      ledger.acknowledge();
    });
    afterAll(async () => {
      await Promise.all([product?.stop(), primary?.stop()]);
      removeDirectory(directory);
    });

    test(`${ROUNDS} rounds of it`, { timeout: TEST_MILLISECONDS }, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        prepareVersions();
        const works = [transfer, switchModes, writeApi, makeKeys].map((work) => new Working(work));
        const load = new Working(question);
        await Promise.all([...works, load].map((work) => work.begun));
        await new Promise((resolve) => setTimeout(resolve, random.below(LATEST_KILL_MILLISECONDS)));
        await killHard(product);
        for (const work of works) await work.end();
        // Not waited for: what is lost by UDP is asked again for seconds.
        void load.end();
        await primary.stop();
        const log = product.process.log();
        await startProduct();
        try {
          await checkServed();
          await checkAcknowledged();
          await checkFiles();
          await checkSignatures();
        } catch (error) {
          throw new Error(`round ${round}: ${error}\nbefore: ${log.slice(-2000)}\nafter: ${product.process.log()}`);
        }
        await startPrimary();
      }
      expect(Math.max(...ledger.serials.values())).toBeGreaterThan(1);
      expect(ledger.acls.size).toBeGreaterThan(0);
      expect(ledger.made.size).toBeGreaterThan(0);
    });

    /** Beforehand, as signing blocks: the next version of each zone. */
    function prepareVersions(): void {
      for (const name of zones.keys()) {
        if (prepared.has(name)) continue;
        serials++;
        prepared.set(name, version(name, serials));
      }
    }

    /** A new version of some zone at the primary, which notifies; what of it is answered goes into the ledger. */
    async function transfer(): Promise<void> {
      const name = random.pick([...prepared.keys()]);
      const next = prepared.get(name);
      if (!next) throw new Error("every version that was prepared is out");
      prepared.delete(name);
      zones.set(name, next);
      await primary.replaceZone(next);
      const seen = await ask(port, `www.${name}`, Type.TXT);
      if (seen.rcode === NOERROR) ledger.served(name, serialOf(seen.text));
    }

    async function switchModes(): Promise<void> {
      const flags = random.pick([
        { dnssec_presigned: false, dnssec_multi_signer: false, dnssec_use_nsec3: false },
        { dnssec_presigned: false, dnssec_multi_signer: false, dnssec_use_nsec3: true },
        { dnssec_presigned: false, dnssec_multi_signer: true, dnssec_use_nsec3: false },
        { dnssec_presigned: true, dnssec_multi_signer: false, dnssec_use_nsec3: false },
      ]);
      ledger.edit(SWITCHED, flags);
      await product.call("PATCH", `/client/v4/zones/${ids.get(SWITCHED)}/dnssec`, { status: "active", ...flags });
      ledger.acknowledge();
    }

    async function writeApi(): Promise<void> {
      const base = await acls();
      const old = random.oneIn(3) ? [...ledger.acls][0] : undefined;
      if (old !== undefined) {
        // Either way from the request on: only an answer makes it certain.
        ledger.acls.delete(old);
        await product.call("DELETE", `${base}/${old}`);
        ledger.gone.add(old);
        return;
      }
      const acl = (await product.call("POST", base, { name: "kill", ip_range: "192.0.2.0/28" })) as { id: string };
      ledger.acls.add(acl.id);
    }

    async function makeKeys(): Promise<void> {
      const name = `made${random.below(1_000_000)}.example`;
      const zone = (await product.call("POST", "/client/v4/zones", { name, type: "secondary" })) as { id: string };
      const path = `/client/v4/zones/${zone.id}/dnssec`;
      const shown = (await product.call("PATCH", path, { status: "active" })) as { ds: string };
      ledger.made.set(zone.id, shown.ds);
    }

    /** Existing and missing names, so that signatures are being made when the kill comes. */
    async function question(): Promise<void> {
      const names = Array.from({ length: 32 }, () => `n${random.below(2 * LARGE_NAMES)}.large.example.`);
      await askAllUdp(
        { address: LOOPBACK, port },
        names.map((name) => ({ name, type: Type.A, edns: { do: true } })),
      );
    }

    async function acls(): Promise<string> {
      const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
      return `/client/v4/accounts/${account!.id}/secondary_dns/acls`;
    }

    async function checkServed(): Promise<void> {
      for (const name of zones.keys()) {
        const [text, soa] = [await ask(port, `www.${name}`, Type.TXT), await ask(port, name, Type.SOA)];
        expect(text.rcode, `${name} is served at once`).toBe(NOERROR);
        const serial = serialOf(text.text);
        expect(serial, `${name}: serial`).toBeGreaterThanOrEqual(ledger.serials.get(name)!);
        // A version that was stored may take the place of the one that was served, but never half of it.
        const [rdata] = soa.rdatas(Type.SOA);
        const soaSerial = Buffer.from(rdata!).readUInt32BE(rdata!.length - 20);
        expect(soaSerial, `${name}: one version`).toBeGreaterThanOrEqual(serial);
        ledger.served(name, serial);
      }
    }

    async function checkAcknowledged(): Promise<void> {
      const listed = new Set(((await product.call("GET", await acls())) as { id: string }[]).map((acl) => acl.id));
      for (const id of ledger.acls) expect(listed.has(id), `ACL ${id}`).toBe(true);
      for (const id of ledger.gone) expect(listed.has(id), `deleted ACL ${id}`).toBe(false);
      for (const [id, ds] of ledger.made) {
        expect(await product.call("GET", `/client/v4/zones/${id}/dnssec`), id).toMatchObject({ ds, status: "pending" });
      }
      const shown = (await product.call("GET", `/client/v4/zones/${ids.get(SWITCHED)}/dnssec`)) as object;
      expect(
        ledger.possible(SWITCHED).some((flags) => Object.entries(flags).every(([k, v]) => Reflect.get(shown, k) === v)),
        JSON.stringify({ shown, possible: ledger.possible(SWITCHED) }),
      ).toBe(true);
      for (const [name, mode] of Object.entries(KEPT)) {
        const { dnssec } = await product.status(ids.get(name)!);
        if (mode !== "presigned") expect([...dnssec.dnskeys].sort(), name).toEqual(ledger.dnskeys.get(name));
      }
    }

    /** What a killed process left half done goes (in the background: answers come first), and nothing lies about that no zone has. */
    async function checkFiles(): Promise<void> {
      const known = new Set(
        ((await product.call("GET", "/client/v4/zones?per_page=1000")) as { id: string }[]).map((z) => z.id),
      );
      const zonesDirectory = join(directory, "data", "zones");
      for (const [name, id] of ids) await statusWhen(product, id, `${name} at rest`);
      const strays = () => [
        ...readdirSync(zonesDirectory).filter((id) => !known.has(id)),
        ...[...ids.values()].flatMap((id) => {
          const files = filesOfZone(product, id);
          const odd = files.filter((file) => !/^[ts]-\d+-[0-9a-f]{8}\.(image|signatures)$/.test(file));
          return files.length > MAX_FILES_OF_ZONE ? files : odd;
        }),
      ];
      await expect.poll(strays, { timeout: SWEEP_MILLISECONDS }).toEqual([]);
    }

    /** Unbound's verdict on what exists, what is missing and the keys; the switched zone in the mode that its flags say. */
    async function checkSignatures(): Promise<void> {
      const anchors: string[] = [];
      const signed: string[] = [];
      for (const [name, id] of ids) {
        if (KEPT[name] === "unsigned") continue;
        const { dnssec, held } = await product.status(id);
        expect(held, name).toBeNull();
        anchors.push(...dnssec.ds);
        signed.push(name);
      }
      const shown = (await product.call("GET", `/client/v4/zones/${ids.get(SWITCHED)}/dnssec`)) as {
        dnssec_use_nsec3: boolean;
      };
      await until("the denial that the flags say", async () => {
        const denial = await ask(port, `no.${SWITCHED}`, Type.A);
        return denial.rdatas(shown.dnssec_use_nsec3 ? Type.NSEC3 : Type.NSEC).length > 0;
      });
      const servers = [{ address: LOOPBACK, port }];
      const unbound = await startUnbound({
        trustAnchors: anchors,
        stubs: signed.map((zone) => ({ zone, servers })),
      });
      try {
        for (const name of signed) {
          for (const [label, type] of [
            ["www.", Type.TXT],
            ["any.wild.", Type.A],
            ["no.", Type.A],
            ["", Type.DNSKEY],
          ] as const) {
            const verdict = await ask(unbound.port, `${label}${name}`, type, 0x0100);
            expect(verdict.authentic, `${label}${name} ${type} RCODE ${verdict.rcode}`).toBe(true);
          }
        }
      } finally {
        await unbound.stop();
      }
    }
  },
);

function serialOf(text: string | undefined): number {
  const serial = Number(/^serial (\d+)$/.exec(text ?? "")?.[1]);
  if (Number.isNaN(serial)) throw new Error(`no serial in ${text}`);
  return serial;
}
