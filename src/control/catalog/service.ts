/** Catalogs as the API sees them: made, shown, changed, given up. */
import {
  type Catalog,
  type CatalogCreate,
  type CatalogEdit,
  type CatalogMember,
  type CatalogService,
  type IncomingService,
  type Outcome,
  printTime,
} from "#contract";
import type { CatalogMemberRow, CatalogRow } from "#store";
import type { Deps } from "../deps.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry } from "../registry.ts";
import { done, refused } from "../service/outcome.ts";
import { addZone } from "../service/zones.ts";
import { readTypedName } from "../typed-name.ts";
import { type CatalogBook, type CatalogEntry, isProduced } from "./book.ts";
import type { CatalogKeeper } from "./keeper.ts";
import type { CatalogProducer } from "./producer.ts";
import type { CatalogSettings, KeptSettings } from "./settings.ts";
import type { ZoneHands } from "./steps.ts";

export type CatalogServiceParts = {
  readonly registry: Registry;
  readonly peers: PeerBook;
  readonly catalogs: CatalogBook;
  readonly keeper: CatalogKeeper;
  readonly producer: CatalogProducer;
  readonly hands: ZoneHands;
  readonly incoming: IncomingService;
  readonly deps: Deps;
};

export function makeCatalogService(parts: CatalogServiceParts): CatalogService {
  const { registry, catalogs, keeper, deps } = parts;
  const found = <T>(id: string, use: (entry: CatalogEntry) => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const entry = catalogs.find(id);
    return entry ? use(entry) : Promise.resolve(refused("catalog.not-found", id));
  };
  const shown = async (entry: CatalogEntry): Promise<Outcome<Catalog>> => done(await shownCatalog(entry, parts));
  return {
    async listCatalogs() {
      return done(await Promise.all([...catalogs.all()].map((entry) => shownCatalog(entry, parts))));
    },
    getCatalog: (id) => found(id, shown),
    createCatalog: (request) => create(request, parts),
    editCatalog: (id, edit) =>
      found(id, async (entry) => {
        const { zone } = registry.findUnit(id)!;
        const refusal = checkSettings(edit, zone.row.accountId, parts);
        if (refusal) return refusal;
        await keeper.exclusively(async () => {
          await catalogs.put({ ...entry.row, settings: kept({ ...entry.settings, ...edit }) });
          if (edit.apply_to_members) await unsettle(id, parts);
        });
        keeper.setTimers(id);
        keeper.apply(id);
        return shown(entry);
      }),
    deleteCatalog: (id, { members }) =>
      found(id, async () => {
        await keeper.exclusively(() => giveUp(id, members === "remove", parts));
        return done({ id });
      }),
    listCatalogMembers: (id, { state }) =>
      found(id, async (entry) => {
        const all = [...listMembers(entry, parts)].filter((member) => state === undefined || member.state === state);
        return done(all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)));
      }),
  };

  async function giveUp(id: string, remove: boolean, { hands }: CatalogServiceParts): Promise<void> {
    for (const row of [...catalogs.membersOf(id)]) {
      const zone = registry.find(row.zoneId);
      if (zone && (remove || row.leftAt !== null)) await hands.drop(zone);
      else await deps.store.catalogMembers.remove(row.zoneId);
      catalogs.memberForgotten(row.zoneId);
    }
    // Its row as a catalog goes with the zone's: without it, a kill in between would leave a zone like others, which is answered for.
    const zone = registry.find(id);
    if (zone) await hands.drop(zone);
    catalogs.forget(id);
  }
}

/** Below it there has to be room for `group.<zone id>.zones`. */
const LONGEST_PRODUCED = 200;

/** Every member is set up once more, as if it had just come. */
async function unsettle(id: string, { catalogs, deps }: CatalogServiceParts): Promise<void> {
  const rows = [...catalogs.membersOf(id)].map((row) => ({ ...row, settled: false }));
  await deps.store.atomically(async (tables) => {
    for (const row of rows) await tables.catalogMembers.put(row);
  });
  for (const row of rows) catalogs.memberEntered(row);
}

async function create(request: CatalogCreate, parts: CatalogServiceParts): Promise<Outcome<Catalog>> {
  const { registry, catalogs, hands, incoming, deps } = parts;
  const { name, account: wanted, peers, auto_refresh_seconds, ...settings } = request;
  const accounts = await deps.store.accounts.list();
  const account = wanted?.id === undefined ? accounts[0] : accounts.find(({ id }) => id === wanted.id);
  if (!account) return refused("account.not-found", wanted?.id, "/account/id");
  const refusal = checkSettings({ ...settings, peers }, account.id, parts);
  if (refusal) return refusal;
  const apex = readTypedName(name.trim());
  if (request.role === "producer" && apex.ok && apex.value.length > LONGEST_PRODUCED) {
    return refused("catalog.name-invalid", name, "/name");
  }
  let row: CatalogRow | undefined;
  const added = await addZone(name, account, registry, deps, async (tables, zone) => {
    row = {
      zoneId: zone.id,
      settings: kept(settings),
      appliedSerial: null,
      appliedAt: null,
      faultCode: null,
      faultText: null,
      createdAt: deps.nowMs(),
    };
    await tables.catalogs.put(row);
  });
  if (!added.ok) return added;
  const entry = catalogs.entered(row!);
  const zone = await hands.take(added.value);
  if (request.role === "producer") {
    parts.producer.changed();
    return done(await shownCatalog(entry, parts));
  }
  const made = await incoming.createIncoming(zone.id, { name: zone.name, peers, auto_refresh_seconds });
  if (made.ok) return done(await shownCatalog(entry, parts));
  await hands.drop(zone);
  catalogs.forget(zone.id);
  return made;
}

/** Names that are names, groups that are there once, peers of this account. */
function checkSettings(
  settings: CatalogEdit & { readonly peers?: readonly string[] },
  accountId: string,
  { peers: book }: CatalogServiceParts,
): Outcome<never> | undefined {
  const { allowed = [], groups = [], defaults, peers = [] } = settings;
  const wrong = allowed.findIndex((name) => !readTypedName(name).ok);
  if (wrong >= 0) return refused("catalog.name-invalid", allowed[wrong], `/allowed/${wrong}`);
  const names = groups.map(({ group }) => group);
  const twice = names.findIndex((group, i) => names.indexOf(group) !== i);
  if (twice >= 0) return refused("catalog.group-twice", names[twice], `/groups/${twice}/group`);
  const lists: [string, readonly string[]][] = [
    ["/peers", peers],
    ["/defaults/peers", defaults?.peers ?? []],
    ...groups.map(({ peers: own }, i): [string, readonly string[]] => [`/groups/${i}/peers`, own ?? []]),
  ];
  for (const [pointer, ids] of lists) {
    const unknown = ids.find((id) => book.find(id)?.accountId !== accountId);
    if (unknown !== undefined) return refused("catalog.peer-unknown", unknown, pointer);
  }
  return undefined;
}

function kept(settings: CatalogSettings): KeptSettings {
  const { role, allowed, grace_seconds, max_members, defaults, groups } = settings;
  return { version: 1, role, allowed, grace_seconds, max_members, defaults, groups };
}

async function shownCatalog(entry: CatalogEntry, parts: CatalogServiceParts): Promise<Catalog> {
  const { row, settings, refused: refusals } = entry;
  const incoming = await parts.deps.store.incoming.find(row.zoneId);
  let members = 0;
  let left = 0;
  for (const { leftAt } of parts.catalogs.membersOf(row.zoneId)) {
    if (leftAt === null) members++;
    else left++;
  }
  const { faultCode, faultText, appliedSerial } = row;
  const zone = parts.registry.find(row.zoneId);
  const made = isProduced(entry) ? (zone?.served?.image.serial ?? null) : appliedSerial;
  const state = entry.applying ? "applying" : faultCode !== null ? "broken" : made === null ? "waiting" : "applied";
  return {
    id: row.zoneId,
    name: zone?.name ?? "",
    peers: [...(incoming?.peers ?? [])],
    auto_refresh_seconds: incoming?.autoRefreshSeconds ?? 0,
    ...settings,
    state,
    fault: faultCode === null ? null : { code: faultCode, message: faultText ?? faultCode },
    applied_serial: made,
    applied_time: row.appliedAt === null ? null : printTime(row.appliedAt),
    members,
    kept: left,
    refused: refusals.length,
    created_time: printTime(row.createdAt),
  };
}

function* listMembers(entry: CatalogEntry, parts: CatalogServiceParts): Generator<CatalogMember> {
  const { registry, catalogs } = parts;
  for (const row of catalogs.membersOf(entry.row.zoneId)) {
    const zone = registry.find(row.zoneId);
    if (zone) yield shownMember(row, zone.name, entry.settings);
  }
  for (const { name, node, groups, code, text } of entry.refused) {
    const plain = name.replace(/(?<=.)\.$/, "");
    const refusal = { code, message: text };
    yield { name: plain, zone_id: null, node, groups: [...groups], state: "refused", kept_until: null, refusal };
  }
}

function shownMember(row: CatalogMemberRow, name: string, settings: CatalogSettings): CatalogMember {
  const { zoneId, node, groups, leftAt } = row;
  return {
    name,
    zone_id: zoneId,
    node,
    groups: [...groups],
    state: leftAt === null ? "member" : "kept",
    kept_until: leftAt === null ? null : printTime(leftAt + settings.grace_seconds * 1000),
    refusal: null,
  };
}
