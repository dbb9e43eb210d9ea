/** Where the rest is set: how a zone comes, and what a new version has to pass. */
import { Card } from "../../parts/Card.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { SETTINGS } from "../../texts/settings.ts";

export function TransferLinkCard({ zoneId }: { readonly zoneId: string }) {
  const { title, lead, action } = SETTINGS.transfer;
  return (
    <Card title={title} lead={lead} order={3}>
      <ButtonLink to="/zones/$zoneId/transfer-settings" params={{ zoneId }} variant="default">
        {action}
      </ButtonLink>
    </Card>
  );
}
