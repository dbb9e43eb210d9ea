/** A zone at a glance. */
import { getRouteApi } from "@tanstack/react-router";
import { useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { Facts } from "../../parts/Facts.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { ZONE } from "../../texts/zone.ts";

const route = getRouteApi("/zones/$zoneId");

export function OverviewPage() {
  const { zoneId } = route.useParams();
  const { data } = useRead("own.status", { params: { zoneId } });
  if (!data) return null;
  return (
    <>
      <PageTitle order={2} title={ZONE.tabs.overview} windowTitle={data.name} />
      <Card title="Serials" order={3}>
        <Facts
          facts={[
            ["served", data.serials.served ?? "none"],
            ["checked", <WhenAgo key="checked" time={data.checked_time} />],
          ]}
        />
      </Card>
    </>
  );
}
