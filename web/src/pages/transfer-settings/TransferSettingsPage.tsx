/** How a zone is fetched: its primaries in their order, the rhythm of checks, bounds, what a new version has to pass. */
import { Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useMay } from "../../fetch/context.ts";
import { findFailure, useFound, useRead } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ButtonLink, TextLink } from "../../parts/TextLink.tsx";
import { TRANSFER_SETTINGS } from "../../texts/transfer-settings.ts";
import { ChecksForm } from "./ChecksForm.tsx";
import { LimitsForm } from "./LimitsForm.tsx";
import { PrimariesForm } from "./PrimariesForm.tsx";

const route = getRouteApi("/zones/$zoneId");

export function TransferSettingsPage() {
  const { zoneId } = route.useParams();
  const params = { zoneId };
  const may = useMay("operator");
  const zone = useRead("zones.get", { params });
  const accountId = zone.data?.account.id;
  const settings = useRead("own.settings.get", { params });
  const incoming = useFound("incoming.get", { params }, "incoming.not-found");
  const peers = useRead("peers.list", { params: { accountId: accountId ?? "" } }, { enabled: accountId !== undefined });
  const failure = findFailure(zone, settings, peers, incoming);
  if (failure) return <ErrorNote title={TRANSFER_SETTINGS.failed} failure={failure} />;
  if (!zone.data || !settings.data || !peers.data || incoming.data === undefined) {
    return <Loading what={TRANSFER_SETTINGS.settings} />;
  }
  const { name } = zone.data;
  return (
    <>
      <PageTitle
        order={2}
        title={TRANSFER_SETTINGS.title}
        windowTitle={TRANSFER_SETTINGS.windowTitle(name)}
        lead={TRANSFER_SETTINGS.lead}
        actions={
          <ButtonLink to="/zones/$zoneId/transfers" params={params} variant="default">
            {TRANSFER_SETTINGS.back}
          </ButtonLink>
        }
      />
      <Stack gap="lg">
        {may ? null : <Note tone="info">{TRANSFER_SETTINGS.viewer}</Note>}
        <PrimariesForm
          key={incoming.data?.modified_time ?? "none"}
          zoneId={zoneId}
          name={incoming.data?.name ?? name}
          incoming={incoming.data ?? undefined}
          peers={peers.data}
          disabled={!may}
        />
        <ChecksForm zoneId={zoneId} settings={settings.data} disabled={!may} />
        <LimitsForm key={JSON.stringify(settings.data)} zoneId={zoneId} settings={settings.data} disabled={!may} />
        <p>
          {TRANSFER_SETTINGS.signing}{" "}
          <TextLink to="/zones/$zoneId/settings" params={params}>
            {TRANSFER_SETTINGS.signingLink}
          </TextLink>
        </p>
      </Stack>
    </>
  );
}
