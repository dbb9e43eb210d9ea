/** Who changed one zone. */
import { getRouteApi } from "@tanstack/react-router";
import { useRead } from "../../fetch/hooks.ts";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { AUDIT } from "../../texts/audit.ts";
import { AuditEntries } from "./AuditEntries.tsx";

const route = getRouteApi("/zones/$zoneId");

export function ZoneAuditPage() {
  const { zoneId } = route.useParams();
  const zone = useRead("own.status", { params: { zoneId } });
  return (
    <>
      <PageTitle
        order={2}
        title={AUDIT.title}
        windowTitle={AUDIT.windowTitle(zone.data?.name ?? zoneId)}
        lead={AUDIT.zoneLead}
      />
      <AuditEntries zoneId={zoneId} />
    </>
  );
}
