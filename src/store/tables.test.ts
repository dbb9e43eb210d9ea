import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { newId } from "./ids.ts";
import { MIGRATIONS, migrate } from "./migrations.ts";
import { openStore } from "./open.ts";
import type { TransferRow } from "./rows.ts";
import type { Store } from "./store.ts";
import { TRANSFERS_PER_ZONE } from "./tables/history.ts";
import { temporaryDirectory, testSealer, zoneRow } from "./testing/fixtures.ts";

let directory: string;
let store: Store;
const account = newId();

beforeEach(async () => {
  directory = temporaryDirectory();
  store = openStore(directory, testSealer());
  await store.accounts.add({ id: account, name: "Demo", createdAt: 1 });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const zone = (name: string) => zoneRow({ accountId: account, name, createdAt: 5 });

async function reopen(): Promise<void> {
  await store.close();
  store = openStore(directory, testSealer());
}

describe("zones", () => {
  it("gives back what was put in, also after a restart", async () => {
    const row = { ...zone("example.com"), originalNameServers: ["ns1.primary.example"], activatedAt: 9 };
    await store.zones.add(row);
    await reopen();
    expect(await store.zones.find(row.id)).toEqual(row);
    expect(await store.zones.findByName("example.com")).toEqual(row);
    expect(await store.zones.list()).toEqual([row]);
    expect(await store.zones.count()).toBe(1);
  });

  it("changes what an update names, and nothing else", async () => {
    const row = zone("example.com");
    await store.zones.add(row);
    await store.zones.update(row.id, { paused: true, denial: "chain", modifiedAt: 7, activatedAt: undefined });
    await store.zones.update(row.id, {});
    expect(await store.zones.find(row.id)).toEqual({ ...row, paused: true, denial: "chain", modifiedAt: 7 });
  });

  it("refuses a second zone of one name", async () => {
    await store.zones.add(zone("example.com"));
    await expect(store.zones.add(zone("example.com"))).rejects.toThrow(/UNIQUE/);
  });

  it("takes everything of a zone with it, and no peer", async () => {
    const row = zone("example.com");
    const peer = {
      id: newId(),
      accountId: account,
      name: "p",
      ip: "192.0.2.1",
      port: 53,
      ixfrEnable: false,
      tsigId: null,
    };
    await store.zones.add(row);
    await store.peers.put(peer);
    await store.incoming.put({
      zoneId: row.id,
      name: "example.com.",
      peers: [peer.id],
      autoRefreshSeconds: 300,
      createdAt: 1,
      modifiedAt: 1,
    });
    await store.timers.set({ zoneId: row.id, name: "check", dueAt: 4 });
    await store.documents.put(row.id, "checks", { a: 1 });
    await store.events.add([{ at: 1, zoneId: row.id, level: "info", code: "zone.created", message: "m", detail: {} }]);
    await store.zones.remove(row.id);
    expect(await store.incoming.list()).toEqual([]);
    expect(await store.timers.list()).toEqual([]);
    expect(await store.documents.find(row.id, "checks")).toBeUndefined();
    expect(await store.events.list({ limit: 10 })).toEqual([]);
    expect(await store.peers.list()).toEqual([peer]);
  });
});

it("keeps peers of an incoming configuration in their order", async () => {
  const row = zone("example.com");
  await store.zones.add(row);
  const peers = ["c", "a", "b"].map((name) => ({
    id: newId(),
    accountId: account,
    name,
    ip: "",
    port: 0,
    ixfrEnable: true,
    tsigId: null,
  }));
  for (const peer of peers) await store.peers.put(peer);
  const order = [peers[2]!.id, peers[0]!.id, peers[1]!.id];
  const incoming = {
    zoneId: row.id,
    name: "example.com",
    peers: order,
    autoRefreshSeconds: 300,
    createdAt: 1,
    modifiedAt: 2,
  };
  await store.incoming.put(incoming);
  expect(await store.incoming.find(row.id)).toEqual(incoming);
  expect(await store.incoming.list()).toEqual([incoming]);
  expect(await store.peers.zonesOf(peers[0]!.id)).toEqual(["example.com"]);
  await store.incoming.put({ ...incoming, peers: [] });
  expect((await store.incoming.find(row.id))?.peers).toEqual([]);
  // A linked peer can't be taken away behind the zone's back.
  await store.incoming.put(incoming);
  await expect(store.peers.remove(peers[0]!.id)).rejects.toThrow(/FOREIGN KEY/);
});

it("seals TSIG secrets, each for its own row", async () => {
  const tsig = { id: newId(), accountId: account, name: "k.", algo: "hmac-sha256.", secret: "c2VjcmV0LXNlY3JldA==" };
  await store.tsigs.put(tsig);
  await store.peers.put({
    id: newId(),
    accountId: account,
    name: "p",
    ip: "",
    port: 0,
    ixfrEnable: false,
    tsigId: tsig.id,
  });
  expect(await store.tsigs.find(tsig.id)).toEqual(tsig);
  expect(await store.tsigs.peersOf(tsig.id)).toEqual(["p"]);
  await store.close();
  const raw = new DatabaseSync(join(directory, "countersign.db"));
  const row = raw.prepare("SELECT hex(sealed_secret) AS sealed FROM tsigs").get() as { sealed: string };
  raw.close();
  expect(row.sealed).not.toContain(Buffer.from(tsig.secret).toString("hex").toUpperCase());
  store = openStore(directory, testSealer(new Uint8Array(32).fill(8)));
  await expect(store.tsigs.list()).rejects.toMatchObject({ code: "store.unsealable" });
});

it("keeps keys, DNSSEC, versions, tokens and settings", async () => {
  const row = zone("example.com");
  await store.zones.add(row);
  const key = {
    id: newId(),
    zoneId: row.id,
    role: "ksk" as const,
    algorithm: 13,
    keyTag: 2371,
    dnskey: Uint8Array.of(1, 1, 3, 13),
    sealed: Uint8Array.of(9),
    state: "active",
    createdAt: 3,
  };
  await store.keys.add(key);
  await store.keys.setState(key.id, "retired");
  expect(await store.keys.ofZone(row.id)).toEqual([{ ...key, state: "retired" }]);
  const dnssec = {
    zoneId: row.id,
    phase: "pending",
    modifiedAtSeconds: 4,
    parent: null,
    parentAtSeconds: null,
    multiSigner: true,
    presigned: false,
    useNsec3: true,
  };
  await store.dnssec.put({ ...dnssec, phase: "deleted" });
  await store.dnssec.put(dnssec);
  expect(await store.dnssec.find(row.id)).toEqual(dnssec);
  const version = {
    id: newId(),
    zoneId: row.id,
    use: "served" as const,
    serial: 4294967295,
    image: "served-1",
    overlay: 0,
    octets: 100,
    transferredAt: 6,
    heldCode: null,
    heldReason: null,
  };
  await store.versions.put(version);
  expect(await store.versions.list()).toEqual([version]);
  const token = {
    id: newId(),
    name: "admin",
    hash: "ab".repeat(32),
    status: "active" as const,
    kind: "operator" as const,
    userId: null,
    accountId: null,
    policies: [{ effect: "allow" }],
    condition: null,
    createdAt: 1,
    modifiedAt: 2,
    usedAt: null,
    expiresAt: null,
    notBefore: null,
  };
  await store.tokens.put(token);
  expect(await store.tokens.findByHash(token.hash)).toEqual(token);
  expect(await store.tokens.findByHash("00".repeat(32))).toBeUndefined();
  const user = {
    id: newId(),
    email: "a@example.com",
    name: "A",
    role: "viewer" as const,
    password: null,
    subject: null,
    disabled: true,
    createdAt: 1,
    modifiedAt: 2,
    signedInAt: null,
  };
  await store.users.put(user);
  expect(await store.users.findByEmail(user.email)).toEqual(user);
  const session = {
    hash: "cd".repeat(32),
    tokenId: null,
    createdAt: 1,
    endsAt: 9,
    address: "::1",
    way: "password" as const,
    agent: "",
  };
  const rows = [5, 6].map((usedAt) => ({
    ...session,
    hash: `${usedAt}`.repeat(64),
    id: newId(),
    userId: user.id,
    usedAt,
  }));
  for (const row of rows) await store.sessions.add(row);
  expect(await store.sessions.listOf({ userId: user.id })).toEqual([rows[1], rows[0]]);
  await store.sessions.removeEnded(8, 5);
  expect(await store.sessions.listOf({ userId: user.id })).toEqual([rows[1]]);
  await store.users.remove(user.id);
  expect(await store.sessions.find(rows[1]!.id)).toBeUndefined();
  await store.settings.put("installation", { id: 1 });
  await store.settings.put("installation", { id: 2 });
  expect(await store.settings.find("installation")).toEqual({ id: 2 });
});

const PLAIN_ATTEMPT = {
  direction: "in",
  got: null,
  transport: "tcp",
  tlsIdentity: null,
  tsigKey: null,
  fallbackCode: null,
  fallbackMessage: null,
} as const;

it("keeps the newest attempts of each zone, and pages them", async () => {
  const [one, two] = [zone("one.example"), zone("two.example")];
  await store.zones.add(one);
  await store.zones.add(two);
  const attempt = (zoneId: string, startedAt: number): Omit<TransferRow, "id" | "repeats"> => ({
    ...PLAIN_ATTEMPT,
    zoneId,
    peerId: null,
    address: "192.0.2.1:53",
    kind: "axfr",
    reason: "timer",
    outcome: "failed",
    startedAt,
    finishedAt: startedAt,
    serialBefore: null,
    serialAfter: null,
    messages: 0,
    records: 0,
    octets: 0,
    errorCode: "x",
    errorMessage: "y",
  });
  await store.transfers.add([attempt(two.id, 1)]);
  const many = Array.from({ length: TRANSFERS_PER_ZONE + 5 }, (_, i) => attempt(one.id, i));
  await store.atomically((tables) => tables.transfers.add(many));
  const page = await store.transfers.ofZone(one.id, { limit: 1000 });
  expect(page).toHaveLength(TRANSFERS_PER_ZONE);
  expect(page[0]!.startedAt).toBe(TRANSFERS_PER_ZONE + 4);
  expect((await store.transfers.ofZone(one.id, { limit: 2, before: page[9]!.id })).map((t) => t.id)).toEqual([
    page[10]!.id,
    page[11]!.id,
  ]);
  expect(await store.transfers.ofZone(two.id, { limit: 9 })).toHaveLength(1);
});

it("counts what a secondary is refused or told again, from any port; what is known of the primaries stays", async () => {
  const one = zone("out.example");
  await store.zones.add(one);
  let at = 0;
  const row = (change: Partial<TransferRow>) => ({
    ...PLAIN_ATTEMPT,
    zoneId: one.id,
    peerId: null,
    address: `192.0.2.1:${1024 + at}`,
    kind: "ixfr" as const,
    reason: "request" as const,
    outcome: "refused" as const,
    startedAt: ++at,
    finishedAt: at,
    serialBefore: at,
    serialAfter: null,
    messages: 0,
    records: 0,
    octets: 0,
    errorCode: "outgoing.tsig",
    errorMessage: "y",
    ...change,
  });
  const out = (change: Partial<TransferRow> = {}) => row({ direction: "out", ...change });
  const told = { got: "soa", outcome: "unchanged", serialAfter: 7, errorCode: null, errorMessage: null } as const;
  const sent = { got: "axfr", outcome: "sent", serialAfter: 7, errorCode: null, errorMessage: null } as const;
  await store.transfers.add([row({ outcome: "failed", errorCode: "net.timeout" })]);
  for (let i = 0; i < 3; i++) {
    await store.transfers.add([out(), out({ ...told, address: "192.0.2.10:1" }), out(told)]);
  }
  await store.transfers.add([out({ ...told, serialAfter: 8 }), out(sent), out(), out(told), out()]);
  await store.transfers.add([out({ startedAt: 4_000_000, finishedAt: 4_000_000 })]);
  const rows = async () =>
    (await store.transfers.ofZone(one.id, { limit: 999 })).map((each) => [each.outcome, each.repeats]);
  expect(await rows()).toEqual([
    ["refused", 0],
    ["unchanged", 0],
    ["refused", 1],
    ["sent", 0],
    ["unchanged", 0],
    ["unchanged", 2],
    ["unchanged", 2],
    ["refused", 2],
    ["failed", 0],
  ]);
  await store.transfers.add(Array.from({ length: TRANSFERS_PER_ZONE + 5 }, () => out(sent)));
  expect(await rows()).toHaveLength(TRANSFERS_PER_ZONE + 1);
  expect((await rows()).at(-1)).toEqual(["failed", 0]);
});

it("refusals of whom an ACL names are one row, from however many addresses; a peer's are its own", async () => {
  const one = zone("listed.example");
  await store.zones.add(one);
  const refused = (address: string, peerId: string | null) => ({
    ...PLAIN_ATTEMPT,
    zoneId: one.id,
    direction: "out" as const,
    peerId,
    address,
    kind: "axfr" as const,
    reason: "request" as const,
    outcome: "refused" as const,
    startedAt: 1,
    finishedAt: 1,
    serialBefore: null,
    serialAfter: null,
    messages: 0,
    records: 0,
    octets: 0,
    errorCode: "outgoing.tsig-required",
    errorMessage: "y",
  });
  await store.transfers.add([refused("192.0.2.1:1", "a"), refused("192.0.2.2:1", "a")]);
  await store.transfers.add(Array.from({ length: 300 }, (_, i) => refused(`[2001:db8::${i.toString(16)}]:1`, null)));
  const rows = await store.transfers.ofZone(one.id, { limit: 999 });
  expect(rows.map(({ address, repeats }) => [address, repeats])).toEqual([
    ["[2001:db8::0]:1", 299],
    ["192.0.2.2:1", 0],
    ["192.0.2.1:1", 0],
  ]);
});

it("counts checks that go the same way, until a transfer comes between", async () => {
  const one = zone("checks.example");
  await store.zones.add(one);
  const check = (at: number, errorCode: string, change: Partial<TransferRow> = {}) =>
    store.transfers.add([
      {
        ...PLAIN_ATTEMPT,
        zoneId: one.id,
        peerId: null,
        address: "192.0.2.1:53",
        kind: "soa",
        reason: "timer",
        outcome: "failed",
        startedAt: at,
        finishedAt: at + 5,
        serialBefore: 1,
        serialAfter: null,
        messages: 0,
        records: 0,
        octets: 0,
        errorCode,
        errorMessage: `at ${at}`,
        ...change,
      },
    ]);
  for (let at = 0; at < 300; at++) {
    await check(at, "net.timeout", { transport: "udp" });
    await check(at, "net.refused");
  }
  const all = await store.transfers.ofZone(one.id, { limit: 9 });
  expect(all.map((row) => [row.errorCode, row.transport, row.repeats, row.startedAt, row.finishedAt])).toEqual([
    ["net.refused", "tcp", 299, 0, 304],
    ["net.timeout", "udp", 299, 0, 304],
  ]);
  expect(all[0]!.errorMessage).toBe("at 299");
  const taken = { kind: "ixfr", got: "axfr", outcome: "taken", errorCode: null, errorMessage: null } as const;
  await check(400, "", {
    ...taken,
    fallbackCode: "ixfr.base",
    fallbackMessage: "not ours",
    tlsIdentity: "ns1.example",
  });
  await check(401, "net.refused");
  const after = await store.transfers.ofZone(one.id, { limit: 9 });
  expect(after.map((row) => row.repeats)).toEqual([0, 0, 299, 299]);
  expect(after[1]).toMatchObject({ ...taken, fallbackCode: "ixfr.base", tlsIdentity: "ns1.example" });
  const narrowed = async (filter: object) =>
    (await store.transfers.ofZone(one.id, { limit: 9, ...filter })).map((row) => row.outcome);
  expect(await narrowed({ outcomes: ["taken", "held"] })).toEqual(["taken"]);
  expect(await narrowed({ kinds: ["soa"], directions: ["in"] })).toEqual(["failed", "failed", "failed"]);
  expect(await narrowed({ directions: ["out"] })).toEqual([]);
  await store.zones.remove(one.id);
  await check(500, "net.refused");
  expect(await store.transfers.ofZone(one.id, { limit: 9 })).toEqual([]);
});

it("does all of a piece of work or nothing", async () => {
  const work = store.atomically(async (tables) => {
    await tables.zones.add(zone("example.com"));
    await tables.events.add([{ at: 1, zoneId: null, level: "info", code: "a", message: "", detail: {} }]);
    throw new Error("stop");
  });
  // The store's own tables wait for the work, they do not see into it.
  const [outcome, seen] = await Promise.allSettled([work, store.zones.list()]);
  expect(outcome.status).toBe("rejected");
  expect(seen).toEqual({ status: "fulfilled", value: [] });
  expect(await store.events.list({ limit: 5 })).toEqual([]);
});

describe("migrations", () => {
  it("bring a database of each earlier form up to the newest, and are done once", () => {
    for (let from = 0; from <= MIGRATIONS.length; from++) {
      const database = new DatabaseSync(":memory:");
      migrate(database, MIGRATIONS.slice(0, from));
      migrate(database);
      migrate(database);
      expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
      expect(database.prepare("SELECT count(*) AS n FROM zones").get()).toEqual({ n: 0 });
      database.close();
    }
  });

  it("leave the database as it was when one fails", () => {
    const database = new DatabaseSync(":memory:");
    migrate(database);
    const broken = [...MIGRATIONS, "CREATE TABLE extra (id TEXT); SELECT nonsense"];
    expect(() => migrate(database, broken)).toThrow(/nonsense/);
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
    expect(() => database.prepare("SELECT * FROM extra")).toThrow(/no such table/);
    database.close();
  });

  it("refuse a database of a later release", async () => {
    const path = join(directory, "later.db");
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    database.close();
    const message = expect.stringMatching(/later\.db: .*has form \d+, .*knows up to \d+\. Run the newer release/);
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: "store.newer", message }));
  });
});

it("refuses a directory that is in use, and says by whom", () => {
  expect(() => openStore(directory, testSealer())).toThrow(
    expect.objectContaining({ code: "store.locked", message: expect.stringContaining(`(process ${process.pid})`) }),
  );
});
