/** The list of zones. */
import { count } from "./common.ts";

export const ZONES = {
  title: "Zones",
  lead: "Domains that Countersign fetches from your primary servers and answers for.",
  onboard: "Onboard a domain",
  search: "Search by name",
  found: (many: number) => count(many, "zone"),
  name: "Name",
  status: "At the registry",
  failed: "The zones could not be listed",
  none: {
    title: "No zones yet",
    text: "Onboard a domain: Countersign fetches it from your primary server, shows you what came, and guides you to DNSSEC.",
  },
  noneFound: { title: "No zone fits", text: "No zone's name has that in it.", action: "Show all zones" },
  statuses: {
    active: "Delegated here",
    pending: "Not delegated yet",
    initializing: "Starting",
    moved: "Delegated elsewhere",
  },
} as const;
