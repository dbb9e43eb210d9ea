/** A zone's header, tabs and overview. */
export const ZONE = {
  tabs: {
    overview: "Overview",
    records: "Records",
    settings: "DNS settings",
    transfers: "Transfers",
    keys: "Keys",
    ds: "DS",
    multiSigner: "Multi-signer",
    analytics: "Analytics",
    explain: "Explain",
  },
  tabsLabel: "Parts of the zone",
  zone: "zone",
  failed: "The zone can't be shown",
  all: "All zones",
} as const;
