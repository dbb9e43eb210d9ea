/** The account's things that zones use: peers, TSIGs, ACLs. */
export const PEERS = {
  title: "Peers",
  lead: "Other nameservers: primaries that zones come from, and secondaries that they are given to.",
  add: "Add a peer",
  edit: (name: string) => `Change ${name}`,
  failed: "The peers could not be listed",
  notSaved: "The peer was not saved",
  none: {
    title: "No peers yet",
    text: "A peer is a nameserver that zones are fetched from or given to. Onboarding a domain makes one by itself; you can also add it here first.",
  },
  columns: { name: "Name", address: "Address", ixfr: "Changes only", tsig: "Secret (TSIG)", uses: "Used by" },
  noAddress: "not set",
  ixfr: { yes: "IXFR", no: "whole zone (AXFR)" },
  noTsig: "none",
  fields: {
    name: "Name",
    nameHint: "For you: it is shown in lists.",
    ip: "IP address",
    ipHint: "Where the nameserver answers; IPv4 or IPv6.",
    port: "Port",
    portHint: "53 where nothing else is said.",
    ixfr: "Fetch only what changed where the primary offers that (IXFR)",
    tsig: "TSIG",
    tsigHint: "A secret that both sides know; it protects the transfer.",
  },
  removing: "Zones that use it have to be unlinked first; the server refuses otherwise. This can't be undone.",
  usedBy: "Used by",
} as const;

export const TSIGS = {
  title: "TSIGs",
  lead: "Secrets that you and another nameserver share, so that each knows that transfers and notices are the other's.",
  add: "Add a TSIG",
  edit: (name: string) => `Change ${name}`,
  failed: "The TSIGs could not be listed",
  notSaved: "The TSIG was not saved",
  none: {
    title: "No TSIGs yet",
    text: "With a TSIG nobody in between can change a zone on its way. Make one here, then enter the same name and secret at the other side.",
  },
  columns: { name: "Name", algorithm: "Algorithm", uses: "Used by" },
  fields: {
    name: "Name",
    nameHint: "A domain name such as transfer.example.com; the very same at the other side.",
    algorithm: "Algorithm",
    secret: "Secret (base64)",
    secretHint: "Made for you when you leave it empty.",
    secretEdit: "Leave it as it is to keep the secret.",
  },
  show: "Show",
  showOne: (name: string) => `Show the secret of ${name}`,
  secretOf: (name: string) => `Secret of ${name}`,
  secret: "Secret",
  hidden: "Your role does not show secrets; operators and administrators see them.",
  removing: "Peers that use it have to be given another first; the server refuses otherwise. This can't be undone.",
} as const;

export const ACLS = {
  title: "ACLs",
  lead: "Address ranges beside the peers' own: notices of changes are taken from them, and zones are given to them.",
  add: "Add a range",
  edit: (name: string) => `Change ${name}`,
  failed: "The ACLs could not be listed",
  notSaved: "The ACL was not saved",
  none: {
    title: "No ACLs",
    text: "Notices are taken from peers alone, and zones given to peers alone. Add a range when a primary sends its notices from other addresses.",
  },
  columns: { name: "Name", range: "Range", uses: "Used by" },
  everyZone: "all zones",
  fields: {
    name: "Name",
    range: "Range",
    rangeHint: "Such as 192.0.2.0/28; at most a /24 of IPv4 or a /64 of IPv6.",
  },
  removing: "From then on notices and transfers from this range are refused, for all zones. This can't be undone.",
} as const;
