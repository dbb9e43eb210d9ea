/** A data directory with many small zones in it, as a server would have left it: written straight to the store. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { concatBytes } from "#bytes";
import { compileImage } from "#image";
import { type MasterKey, makeKeyPair, openMasterKey, sealKeyPair } from "#keys";
import { type Name, readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { type ImageCopy, newId, openStore, type Store, type Tables } from "#store";
import { ZoneBuilder, type ZoneVersion } from "#zone";
import { zoneRow } from "../../src/store/testing/fixtures.ts";

export type Population = {
  readonly zones: number;
  /** `live`: signed by us, with keys of its own each. */
  readonly mode: "unsigned" | "live";
  readonly primary: { readonly address: string; readonly port: number };
  readonly autoRefreshSeconds: number;
  /** Milliseconds since 1970: when they were transferred, and checked for the last time. Absent: now. */
  readonly checkedAt?: number;
  /** Copies of the images together, as a server leaves them that ran for a while. Default false. */
  readonly copies?: boolean;
};

export function zoneName(i: number): string {
  return `zone${String(i).padStart(5, "0")}.example`;
}

export const SERIAL = 2026112501;

export async function populate(data: string, population: Population): Promise<void> {
  mkdirSync(join(data, "zones"), { recursive: true, mode: 0o700 });
  const master = openMasterKey({ text: undefined, file: join(data, "master-key"), create: true });
  if (!master.ok) throw new Error(master.error.text);
  const store = openStore(data, master.value.key);
  try {
    await fill(data, store, master.value.key, population);
  } finally {
    await store.close();
  }
}

type Filling = {
  readonly data: string;
  readonly master: MasterKey;
  readonly population: Population;
  readonly account: string;
  readonly peer: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly copies: ImageCopy[];
};

async function fill(data: string, store: Store, master: MasterKey, population: Population): Promise<void> {
  const filling: Filling = { data, master, population, account: newId(), peer: newId(), now: Date.now(), copies: [] };
  const { account, peer, now } = filling;
  const { address: ip, port } = population.primary;
  await store.atomically(async (tables) => {
    await tables.accounts.add({ id: account, name: "bench", createdAt: now });
    await tables.peers.put({
      id: peer,
      accountId: account,
      name: "primary",
      ip,
      port,
      ixfrEnable: false,
      tsigId: null,
    });
  });
  for (let from = 0; from < population.zones; from += 1000) {
    await store.atomically(async (tables) => {
      for (let i = from; i < Math.min(population.zones, from + 1000); i++) await addZone(tables, i, filling);
    });
  }
  if (!population.copies) return;
  const inOrder = filling.copies.toSorted((a, b) => (a.zoneId < b.zoneId ? -1 : 1));
  await store.files.writeImageCopies(inOrder, () => false);
}

async function addZone(tables: Tables, i: number, filling: Filling): Promise<void> {
  const { data, population, account, peer, now } = filling;
  const zoneId = newId();
  const name = zoneName(i);
  const image = imageOf(name, i);
  const file = `t-${SERIAL}-00000000`;
  mkdirSync(join(data, "zones", zoneId), { mode: 0o700 });
  writeFileSync(join(data, "zones", zoneId, `${file}.image`), new Uint8Array(image));
  if (population.copies) filling.copies.push({ zoneId, name: file, octets: new Uint8Array(image) });
  const row = { id: zoneId, accountId: account, name, status: "active" } as const;
  await tables.zones.add(zoneRow({ ...row, createdAt: now + i, modifiedAt: now, activatedAt: now }));
  for (const use of ["transferred", "served"] as const) {
    const octets = image.byteLength;
    const version = {
      zoneId,
      use,
      serial: SERIAL,
      image: file,
      overlay: 0,
      octets,
      transferredAt: population.checkedAt ?? now,
    };
    await tables.versions.put({ id: newId(), ...version, heldCode: null, heldReason: null });
  }
  const { mode, autoRefreshSeconds } = population;
  const denial = mode === "live" ? "compact" : null;
  await tables.documents.put(zoneId, "served", { version: 1, mode, denial, from: file, expiration: null });
  await tables.incoming.put({ zoneId, name, peers: [peer], autoRefreshSeconds, createdAt: now, modifiedAt: now });
  if (mode === "live") await addKeys(tables, zoneId, filling);
}

async function addKeys(tables: Tables, zoneId: string, { master, now }: Filling): Promise<void> {
  const ksk = makeKeyPair("ksk");
  const zsk = makeKeyPair("zsk", { takenTags: [ksk.keyTag] });
  for (const pair of [ksk, zsk]) {
    const { role, algorithm, keyTag, dnskey } = pair;
    const sealed = sealKeyPair(master, zoneId, pair);
    const id = newId();
    await tables.keys.add({ id, zoneId, role, algorithm, keyTag, dnskey, sealed, state: "active", createdAt: now });
  }
  await tables.dnssec.put({
    zoneId,
    phase: "active",
    modifiedAtSeconds: Math.floor(now / 1000),
    parent: "ours",
    parentAtSeconds: Math.floor(now / 1000),
    multiSigner: false,
    presigned: false,
    useNsec3: false,
  });
}

function imageOf(name: string, i: number): SharedArrayBuffer {
  const compiled = compileImage(versionOf(name, i), { treatment: "as-is" });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

/** SOA, two NS, and what a small domain has: nine records. */
function versionOf(name: string, i: number): ZoneVersion {
  const apex = wire(`${name}.`);
  const builder = new ZoneBuilder(apex);
  const add = (owner: Name, type: number, ...tokens: string[]) => {
    const rdata = readRdata(type, tokens);
    if (!rdata.ok) throw new Error(rdata.error);
    builder.add(owner, type, 3600, rdata.value);
  };
  builder.add(apex, RRType.SOA, 3600, SOA_RDATA);
  add(apex, RRType.NS, "ns1.provider.test.");
  add(apex, RRType.NS, "ns2.provider.test.");
  add(apex, RRType.A, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  add(apex, RRType.MX, "10", `mail.${name}.`);
  add(apex, RRType.TXT, `"v=spf1 mx -all"`);
  add(wire(`www.${name}.`), RRType.A, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  add(wire(`mail.${name}.`), RRType.A, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  add(wire(`_dmarc.${name}.`), RRType.TXT, `"v=DMARC1; p=none"`);
  const finished = builder.finish();
  if (!finished.ok) throw new Error(JSON.stringify(finished.error));
  return finished.value;
}

function wire(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}

const numbers = new Uint8Array(20);
new DataView(numbers.buffer).setUint32(0, SERIAL);
for (const [at, seconds] of [7200, 900, 1_209_600, 300].entries()) {
  new DataView(numbers.buffer).setUint32(4 + 4 * at, seconds);
}
/** Every zone has it: what the primary answers. */
export const SOA_RDATA = concatBytes([wire("ns1.provider.test."), wire("hostmaster.provider.test."), numbers]);
