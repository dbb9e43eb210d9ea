/** The list of zones. */
import { count } from "./common.ts";

export const ZONES = {
  title: "Zones",
  lead: "Domains that Countersign fetches from your primary servers and answers for.",
  onboard: "Onboard a domain",
  search: "Search by name",
  found: (many: number) => count(many, "zone"),
  columns: { name: "Domain", health: "How it is", mode: "DNSSEC", serial: "Serial", transferred: "Last transfer" },
  levelFilter: "Show",
  all: "All",
  modeFilter: "DNSSEC",
  anyMode: "Any DNSSEC mode",
  failed: "The zones could not be listed",
  none: {
    title: "No zones yet",
    text: "Onboard a domain: Countersign fetches it from your primary server, shows you what came, and guides you to DNSSEC.",
  },
  noneFound: {
    title: "No zone fits",
    text: "No zone has that in its name and is as you chose.",
    action: "Show all zones",
  },
} as const;
