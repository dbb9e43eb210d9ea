/** How a catalog's members are set up: by the first group of the table that a member is in, else by the defaults. */
import type { Catalog, MemberSettings } from "#contract";
import { type Name, readName } from "#name";

/** What is kept of a catalog beside its rows; the API's own form. */
export type CatalogSettings = Pick<
  Catalog,
  "role" | "allowed" | "grace_seconds" | "max_members" | "defaults" | "groups"
>;

export type KeptSettings = CatalogSettings & { readonly version: 1 };

/** Throws on a document that this program did not write: a newer one's settings are not to be guessed. */
export function readSettings(document: unknown): CatalogSettings {
  const kept = document as Partial<KeptSettings> | null;
  if (kept?.version !== 1) throw new Error("a catalog's settings are of a form that is not known here");
  const { version: _, ...settings } = kept as KeptSettings;
  return settings;
}

export function settingsOf(groups: readonly string[], settings: CatalogSettings): MemberSettings {
  const chosen = settings.groups.find(({ group }) => groups.includes(group));
  if (!chosen) return settings.defaults;
  const { group: _, ...rest } = chosen;
  return rest;
}

/** They were checked when they were set. */
export function allowedNames(settings: CatalogSettings): Name[] {
  return settings.allowed.map((text) => {
    const name = readName(text);
    if (!name.ok) throw new Error(`${text}: not a name`);
    return name.value;
  });
}
