/** What a start reads, page by page: the same as the tables say. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newId } from "./ids.ts";
import { openStore } from "./open.ts";
import type { KeyRow, VersionRow, ZoneRow } from "./rows.ts";
import type { Store } from "./store.ts";
import { temporaryDirectory, testSealer } from "./testing/fixtures.ts";
import type { ZoneRecord } from "./zone-record.ts";

let directory: string;
let store: Store;
const account = newId();
const peers = [newId(), newId()];

beforeEach(async () => {
  directory = temporaryDirectory();
  store = openStore(directory, testSealer());
  await store.accounts.add({ id: account, name: "Demo", createdAt: 1 });
  for (const [i, id] of peers.entries())
    await store.peers.put({
      ...{ id, accountId: account, name: `p${i}`, ip: "192.0.2.1", port: 53, ixfrEnable: false, tsigId: null },
    });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

/** Every third has nothing but its row, so that the rows of others stand around it. */
async function addZone(i: number): Promise<ZoneRow> {
  const row: ZoneRow = {
    id: newId(),
    accountId: account,
    name: `zone${i}.example`,
    status: i % 2 === 0 ? "active" : "pending",
    paused: i % 2 === 0,
    denial: "chain",
    secondaryOverrides: true,
    zonemd: "required",
    signatureCheck: "all",
    timers: "soa",
    expired: "servfail",
    originalNameServers: i % 2 === 0 ? ["ns1.example", "ns2.example"] : null,
    createdAt: 1000 - i,
    modifiedAt: i,
    activatedAt: i % 2 === 0 ? 9 : null,
  };
  await store.zones.add(row);
  if (i % 3 === 0) return row;
  const zoneId = row.id;
  await store.dnssec.put({
    ...{ zoneId, phase: "active", modifiedAtSeconds: i, parent: "ours", parentAtSeconds: null },
    ...{ multiSigner: true, presigned: false, useNsec3: true },
  });
  for (const [at, role] of (["zsk", "ksk"] as const).entries()) {
    const octets = { dnskey: Uint8Array.of(i, at), sealed: Uint8Array.of(at, i, 7) };
    // The second one was made first.
    const key = { id: newId(), zoneId, role, algorithm: 13, keyTag: i, state: "active", createdAt: 5 - at };
    await store.keys.add({ ...key, ...octets });
  }
  for (const use of ["transferred", "served"] as const)
    await store.versions.put({
      ...{ id: newId(), zoneId, use, serial: i, image: `t-${i}`, overlay: i, octets: 4 * i, transferredAt: 77 },
      ...{ heldCode: null, heldReason: use === "served" ? "why" : null },
    });
  await store.documents.put(zoneId, "served", { version: 1, mode: "live", from: `t-${i}` });
  await store.documents.put(zoneId, "refresh", { version: 1, peers: {} });
  const [first, second] = i % 2 === 0 ? peers : peers.toReversed();
  await store.incoming.put({
    ...{ zoneId, name: row.name, peers: [first!, second!], autoRefreshSeconds: 60, createdAt: 3, modifiedAt: 4 },
  });
  return row;
}

async function readAll(limit: number): Promise<ZoneRecord[]> {
  const all: ZoneRecord[] = [];
  for (let after = ""; ; after = all.at(-1)!.zone.id) {
    const page = await store.zoneRecords({ after, limit });
    all.push(...page);
    if (page.length < limit) return all;
  }
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

test.each([1, 2, 5, 100])("pages of %d zones say of every zone what its tables say, in order of id", async (limit) => {
  const zones: ZoneRow[] = [];
  for (let i = 1; i <= 10; i++) zones.push(await addZone(i));
  const records = await readAll(limit);
  expect(records.map(({ zone }) => zone)).toEqual(zones.toSorted(byId));
  for (const { zone, dnssec, keys, versions, incoming, document } of records) {
    expect(dnssec).toEqual(await store.dnssec.find(zone.id));
    expect(keys).toEqual((await store.keys.ofZone(zone.id)) satisfies readonly KeyRow[]);
    expect(versions.toSorted(byId)).toEqual(
      (await store.versions.ofZone(zone.id)).toSorted(byId) satisfies VersionRow[],
    );
    expect(incoming).toEqual(await store.incoming.find(zone.id));
    for (const kind of ["served", "refresh", "held"])
      expect(document(kind)).toEqual(await store.documents.find(zone.id, kind));
  }
});

test("without zones there is an empty page", async () => {
  expect(await store.zoneRecords({ after: "", limit: 10 })).toEqual([]);
});
