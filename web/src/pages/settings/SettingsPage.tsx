/** DNS settings of a zone: the signing mode first, then how names are denied, where its transfers are set, and the way out. */
import { Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useMay } from "../../fetch/context.ts";
import { findFailure, useRead } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { SETTINGS } from "../../texts/settings.ts";
import { DeleteCard } from "./DeleteCard.tsx";
import { DenialCard } from "./DenialCard.tsx";
import { ModeCard } from "./ModeCard.tsx";
import { TransferLinkCard } from "./TransferLinkCard.tsx";

const route = getRouteApi("/zones/$zoneId");

export function SettingsPage() {
  const { zoneId } = route.useParams();
  const params = { zoneId };
  const mayChange = useMay("operator");
  const status = useRead("own.status", { params });
  const dnssec = useRead("dnssec.get", { params });
  const settings = useRead("own.settings.get", { params });
  const failure = findFailure(status, dnssec, settings);
  if (failure) return <ErrorNote title={SETTINGS.failed} failure={failure} />;
  if (!status.data || !dnssec.data || !settings.data) return <Loading what={SETTINGS.title} />;
  const { name } = status.data;
  return (
    <>
      <PageTitle order={2} title={SETTINGS.title} windowTitle={SETTINGS.windowTitle(name)} />
      <Stack gap="md">
        {mayChange ? null : <Note tone="quiet">{SETTINGS.readOnly}</Note>}
        <ModeCard status={status.data} dnssec={dnssec.data} mayChange={mayChange} />
        <DenialCard dnssec={dnssec.data} settings={settings.data} zoneId={zoneId} mayChange={mayChange} />
        <TransferLinkCard zoneId={zoneId} />
        {mayChange ? <DeleteCard zoneId={zoneId} name={name} /> : null}
      </Stack>
    </>
  );
}
