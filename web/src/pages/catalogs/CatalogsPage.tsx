/** Account ▸ Catalogs: zones that come and go by themselves. */
import type { Catalog } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead } from "../../fetch/hooks.ts";
import type { Column } from "../../parts/DataTable.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { CATALOGS } from "../../texts/catalogs.ts";
import { printNumber } from "../../texts/common.ts";
import { CatalogForm } from "./CatalogForm.tsx";
import { GiveUpDialog } from "./GiveUpDialog.tsx";
import { CATALOG_TONES } from "./tones.ts";

const COLUMNS: readonly Column<Catalog>[] = [
  {
    head: CATALOGS.columns.name,
    cell: ({ id, name }) => (
      <TextLink to="/account/catalogs/$catalogId" params={{ catalogId: id }}>
        {name}
      </TextLink>
    ),
  },
  { head: CATALOGS.columns.role, cell: ({ role }) => CATALOGS.roles[role] },
  {
    head: CATALOGS.columns.state,
    cell: ({ state }) => <StateBadge tone={CATALOG_TONES[state]}>{CATALOGS.states[state]}</StateBadge>,
  },
  { head: CATALOGS.columns.members, cell: ({ members }) => printNumber(members), isNumber: true },
  { head: CATALOGS.columns.kept, cell: ({ kept }) => printNumber(kept), isNumber: true },
  { head: CATALOGS.columns.refused, cell: ({ refused }) => printNumber(refused), isNumber: true },
];

export function CatalogsPage() {
  const catalogs = useRead("catalogs.list");
  return (
    <ResourceList
      texts={CATALOGS}
      read={catalogs}
      columns={COLUMNS}
      nameOf={({ name }) => name}
      mayChange={useMay("operator")}
      heading={(actions) => <PageTitle title={CATALOGS.title} lead={CATALOGS.lead} actions={actions} />}
      form={(catalog, close) => <CatalogForm catalog={catalog} onClose={close} />}
      remove={(catalog, close) => <GiveUpDialog catalog={catalog} onClose={close} />}
    />
  );
}
