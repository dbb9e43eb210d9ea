/** Catalogs of the service in memory: kept and shown as they were sent. */
import { randomBytes } from "node:crypto";
import type { Catalog, CatalogService, Outcome } from "#contract";

const NOW = "2026-10-05T09:00:00.123000Z";

export function catalogPart(): CatalogService {
  const catalogs = new Map<string, Catalog>();
  const found = async <T>(id: string, use: (catalog: Catalog) => T): Promise<Outcome<T>> => {
    const catalog = catalogs.get(id);
    if (!catalog) return { ok: false, error: { code: "catalog.not-found", about: id } };
    return { ok: true, value: use(catalog) };
  };
  const put = (catalog: Catalog): Catalog => {
    catalogs.set(catalog.id, catalog);
    return catalog;
  };
  return {
    listCatalogs: async () => ({ ok: true, value: [...catalogs.values()] }),
    getCatalog: (id) => found(id, (catalog) => catalog),
    async createCatalog({ account: _, ...request }) {
      const counts = { members: 0, kept: 0, refused: 0, applied_serial: null, applied_time: null, fault: null };
      const id = randomBytes(16).toString("hex");
      return { ok: true, value: put({ id, ...request, ...counts, state: "waiting", created_time: NOW }) };
    },
    editCatalog: (id, { apply_to_members: _, ...edit }) => found(id, (catalog) => put({ ...catalog, ...edit })),
    deleteCatalog: (id) =>
      found(id, () => {
        catalogs.delete(id);
        return { id };
      }),
    listCatalogMembers: (id) => found(id, () => []),
  };
}
