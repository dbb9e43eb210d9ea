/** Catalog zones. */
import {
  Catalog,
  CatalogCreate,
  CatalogDeleteQuery,
  CatalogEdit,
  CatalogMember,
  CatalogMembersQuery,
} from "../catalog.ts";
import { Deleted } from "../common.ts";
import { OWN, type Route, route } from "./route.ts";

const CATALOG = `${OWN}/catalogs/{catalogId}`;

export const catalogsRoutes = {
  "catalogs.list": route("GET", `${OWN}/catalogs`, "Catalog zones", "list", Catalog),
  "catalogs.create": route("POST", `${OWN}/catalogs`, "Take zones from a catalog", "one", Catalog, {
    body: CatalogCreate,
  }),
  "catalogs.get": route("GET", CATALOG, "Catalog", "one", Catalog),
  "catalogs.edit": route("PATCH", CATALOG, "Edit its settings", "one", Catalog, { body: CatalogEdit }),
  "catalogs.delete": route("DELETE", CATALOG, "Give up a catalog", "one", Deleted, { query: CatalogDeleteQuery }),
  "catalogs.members": route("GET", `${CATALOG}/members`, "Members, by name", "page", CatalogMember, {
    query: CatalogMembersQuery,
  }),
} as const satisfies Record<string, Route>;
