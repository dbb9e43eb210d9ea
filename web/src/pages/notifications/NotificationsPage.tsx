/** Account ▸ Notifications: what is told, to whom, and what became of it. */
import { Stack } from "@mantine/core";
import { useRead } from "../../fetch/hooks.ts";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { NOTIFICATIONS } from "../../texts/notifications.ts";
import { DeliveriesCard } from "./DeliveriesCard.tsx";
import { DestinationsPart } from "./DestinationsPart.tsx";
import { PoliciesPart } from "./PoliciesPart.tsx";

export function NotificationsPage() {
  const policies = useRead("alerts.list");
  const destinations = useRead("alerts.destinations.list");
  return (
    <>
      <PageTitle title={NOTIFICATIONS.title} lead={NOTIFICATIONS.lead} />
      {/* Together: what comes first would be pushed down by what comes later. */}
      {policies.isPending || destinations.isPending ? (
        <Loading what={NOTIFICATIONS.title} />
      ) : (
        <Stack gap="xl">
          <PoliciesPart policies={policies} destinations={destinations.data ?? []} />
          <DestinationsPart destinations={destinations} policies={policies.data ?? []} />
          <DeliveriesCard destinations={destinations.data ?? []} />
        </Stack>
      )}
    </>
  );
}
