/** Catalog zones. */
import { cutPage, type HandlersOf, mapped } from "../call.ts";

const PAGE_LIMITS = { fallback: 100, max: 5000 };

export const catalogHandlers: HandlersOf<"catalogs"> = {
  "catalogs.list": async ({ service }) => service.listCatalogs(),
  "catalogs.create": async ({ service, body }) => service.createCatalog(body),
  "catalogs.get": async ({ service, params }) => service.getCatalog(params["catalogId"]!),
  "catalogs.edit": async ({ service, params, body }) => service.editCatalog(params["catalogId"]!, body),
  "catalogs.delete": async ({ service, params, query }) => service.deleteCatalog(params["catalogId"]!, query),
  "catalogs.members": async ({ service, params, query }) =>
    mapped(await service.listCatalogMembers(params["catalogId"]!, query), (members) =>
      cutPage(members, query, PAGE_LIMITS),
    ),
};
