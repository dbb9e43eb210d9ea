/** One catalog: how it stands, how its zones are set up, and who of them is where. */
import { Button, Stack } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Catalog, Peer } from "#contract";
import { useAccountId } from "../../fetch/account.ts";
import { useMay } from "../../fetch/context.ts";
import { useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { DataTable } from "../../parts/DataTable.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { ButtonLink, TextLink } from "../../parts/TextLink.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { CATALOG, CATALOGS, printGrace } from "../../texts/catalogs.ts";
import { count, printSentence } from "../../texts/common.ts";
import { MODES } from "../../texts/modes.ts";
import { CatalogForm } from "./CatalogForm.tsx";
import { GiveUpDialog } from "./GiveUpDialog.tsx";
import { Members } from "./Members.tsx";
import { CATALOG_TONES } from "./tones.ts";

const route = getRouteApi("/account/catalogs/$catalogId");

export function CatalogPage() {
  const { catalogId } = route.useParams();
  const accountId = useAccountId();
  const catalog = useRead("catalogs.get", { params: { catalogId } });
  const peers = useRead("peers.list", { params: { accountId: accountId ?? "" } }, { enabled: accountId !== undefined });
  if (catalog.error) {
    return <ErrorNote title={CATALOG.failed} failure={catalog.error.failure} again={() => void catalog.refetch()} />;
  }
  if (!catalog.data) return <Loading what={CATALOGS.title} />;
  const { name, role } = catalog.data;
  return (
    <>
      <PageTitle
        title={name}
        lead={
          <>
            {CATALOGS.fields.roles[role].means} <TextLink to="/account/catalogs">{CATALOG.all}</TextLink>
          </>
        }
        actions={<Actions catalog={catalog.data} />}
      />
      <Stack gap="lg">
        <Standing catalog={catalog.data} />
        <Card title={CATALOG.facts.title}>
          <Facts facts={factsOf(catalog.data, peers.data ?? [])} />
        </Card>
        {role === "consumer" ? <SetUp catalog={catalog.data} peers={peers.data ?? []} /> : null}
        <Members catalog={catalog.data} />
      </Stack>
    </>
  );
}

function Actions({ catalog }: { readonly catalog: Catalog }) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const [open, setOpen] = useState<"form" | "giveUp">();
  const close = () => setOpen(undefined);
  const zone = { zoneId: catalog.id };
  return (
    <>
      <ButtonLink to="/zones/$zoneId/transfers" params={zone} variant="default">
        {catalog.role === "producer" ? CATALOG.give : CATALOG.transfers}
      </ButtonLink>
      {catalog.state === "waiting" ? null : (
        <ButtonLink to="/zones/$zoneId/records" params={zone} variant="default">
          {CATALOG.records}
        </ButtonLink>
      )}
      {may ? (
        <>
          <Button variant="default" onClick={() => setOpen("giveUp")}>
            {CATALOG.giveUp}
          </Button>
          {catalog.role === "consumer" ? <Button onClick={() => setOpen("form")}>{CATALOG.change}</Button> : null}
        </>
      ) : null}
      {open === "form" ? <CatalogForm catalog={catalog} onClose={close} /> : null}
      {open === "giveUp" ? (
        <GiveUpDialog catalog={catalog} onClose={close} onDone={() => void navigate({ to: "/account/catalogs" })} />
      ) : null}
    </>
  );
}

function Standing({ catalog: { name, role, state, fault } }: { readonly catalog: Catalog }) {
  if (fault) {
    return (
      <Note tone="bad" title={CATALOG.broken(name)}>
        <p>
          {printSentence(fault.message)} <code>{fault.code}</code>
        </p>
        <p>{CATALOG.brokenAdvice}</p>
      </Note>
    );
  }
  if (state !== "waiting") return null;
  return <Note tone="info">{role === "producer" ? CATALOG.waitingProducer : CATALOG.waiting}</Note>;
}

function nameOf(peers: readonly Peer[], id: string): string {
  return peers.find((peer) => peer.id === id)?.name ?? id;
}

function factsOf(catalog: Catalog, peers: readonly Peer[]): readonly Fact[] {
  const { facts: words } = CATALOG;
  const { role, state, applied_serial: serial, applied_time: since } = catalog;
  const facts: Fact[] = [
    [words.role, CATALOGS.roles[role]],
    [
      words.state,
      <StateBadge key="state" tone={CATALOG_TONES[state]}>
        {CATALOGS.states[state]}
      </StateBadge>,
    ],
  ];
  if (serial !== null) {
    facts.push([
      since === null ? words.version : words.applied,
      <span key="applied">
        {since === null ? words.serial(serial) : <WhenAgo time={since} />}
        {since === null ? null : ` (${words.serial(serial)})`}
      </span>,
    ]);
  }
  if (role === "consumer") {
    const from = catalog.peers.map((id) => nameOf(peers, id));
    facts.push(
      [words.peers, from.length === 0 ? words.nobody : from.join(", ")],
      [words.allowed, catalog.allowed.length === 0 ? words.any : catalog.allowed.join(", ")],
      [words.grace, printGrace(catalog.grace_seconds)],
      [words.most, count(catalog.max_members, "zone")],
    );
  }
  facts.push([words.created, <WhenAgo key="created" time={catalog.created_time} />]);
  return facts;
}

type SetUpProps = { readonly catalog: Catalog; readonly peers: readonly Peer[] };

function SetUp({ catalog, peers }: SetUpProps) {
  const { setUp } = CATALOG;
  const rows = [
    ...catalog.groups.map((group) => ({ ...group, id: `group ${group.group}` })),
    { ...catalog.defaults, id: "others", group: setUp.otherwise },
  ];
  return (
    <Card title={setUp.title}>
      <DataTable
        label={setUp.title}
        rows={rows}
        columns={[
          { head: setUp.columns.group, cell: ({ group }) => group },
          { head: setUp.columns.mode, cell: ({ mode }) => MODES[mode].name },
          {
            head: setUp.columns.denial,
            cell: ({ mode, denial }) => (mode === "unsigned" ? "–" : CATALOGS.denials[denial]),
          },
          {
            head: setUp.columns.peers,
            cell: ({ peers: own }) => own?.map((id) => nameOf(peers, id)).join(", ") ?? setUp.ofCatalog,
          },
        ]}
      />
    </Card>
  );
}
