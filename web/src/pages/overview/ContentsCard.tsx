/** How large the zone is, and what the registry has to know. */
import type { ZoneStatus } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { printNumber, printOctets } from "../../texts/common.ts";
import { OVERVIEW } from "../../texts/zone.ts";

const { contents: TEXTS } = OVERVIEW;

export function ContentsCard({ status: { id, image } }: { readonly status: ZoneStatus }) {
  const { data: zone } = useRead("zones.get", { params: { zoneId: id } });
  const facts: Fact[] = image
    ? [
        [TEXTS.records, printNumber(image.records)],
        [TEXTS.names, printNumber(image.names)],
        [TEXTS.size, printOctets(image.octets)],
      ]
    : [];
  if (zone) {
    facts.push([TEXTS.registry, TEXTS.statuses[zone.status]]);
    facts.push([TEXTS.nameServers, zone.name_servers.join(", ") || TEXTS.noNameServers]);
  }
  return (
    <Card title={TEXTS.title}>
      <Facts facts={facts} />
    </Card>
  );
}
