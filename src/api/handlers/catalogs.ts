/** Catalog zones: each has the id of its zone, and is seen by those who see that. */
import type { Catalog } from "#contract";
import { type Call, cutPage, done, type HandlersOf, mapped } from "../call.ts";
import { sightOf } from "../sight.ts";

const PAGE_LIMITS = { fallback: 100, max: 5000 };

export const catalogHandlers: HandlersOf<"catalogs"> = {
  "catalogs.list": seenCatalogs,
  "catalogs.create": async ({ service, body }) => service.createCatalog(body),
  "catalogs.get": async ({ service, params }) => service.getCatalog(params["catalogId"]!),
  "catalogs.edit": async ({ service, params, body }) => service.editCatalog(params["catalogId"]!, body),
  "catalogs.delete": async ({ service, params, query }) => service.deleteCatalog(params["catalogId"]!, query),
  "catalogs.members": async ({ service, params, query }) =>
    mapped(await service.listCatalogMembers(params["catalogId"]!, query), (members) =>
      cutPage(members, query, PAGE_LIMITS),
    ),
};

async function seenCatalogs(call: Call<"catalogs.list">) {
  const { service } = call;
  const sees = sightOf(call);
  const all = await service.listCatalogs();
  if (!sees || !all.ok) return all;
  const seen: Catalog[] = [];
  for (const catalog of all.value) {
    const zone = await service.getZone(catalog.id);
    if (zone.ok && sees({ id: catalog.id, accountId: zone.value.account.id })) seen.push(catalog);
  }
  return done(seen);
}
