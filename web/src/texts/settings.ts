/** DNS settings of a zone. */
export const SETTINGS = {
  title: "DNS settings",
  windowTitle: (name: string) => `DNS settings of ${name}`,
  failed: "The settings can't be shown",
  notSaved: "That was not saved",
  saved: "Saved.",
  readOnly: "Your role may look, but change nothing here.",
  mode: {
    title: "DNSSEC with secondary DNS",
    lead: "Who signs what the world gets to see. A change takes effect within a moment; resolvers may go by what they remember for a while.",
    current: "In force",
    fits: "For whom",
    forbids: "Note",
    choose: (name: string) => `Change to ${name}`,
  },
  confirm: {
    title: (zone: string, mode: string) => `Serve ${zone} as ${mode}?`,
    refusedTitle: (mode: string) => `${mode} is not safe now`,
    will: "What will happen:",
    action: (mode: string) => `Change to ${mode}`,
    force: "I know better: resolvers have nothing of this zone in memory, or it does not matter",
    changed: (mode: string) => `The mode is now ${mode}.`,
    typeName: (zone: string) => `Type ${zone} to confirm`,
  },
  consequences: {
    unsigned: [
      "Countersign's keys of this zone are destroyed; they can't come back.",
      "Answers go out without signatures.",
    ],
    live: [
      "Countersign makes keys for this zone, if it has none, and signs every answer with them.",
      "DNSSEC records that the primary sends are taken out.",
      "Nothing breaks before the DS is at the parent: add it when you are ready.",
    ],
    presigned: [
      "The primary's signatures are checked and served as they are. A version whose signatures are wrong is held, the last good one served.",
      "Countersign signs nothing and can't change a record: record overrides stay off.",
      "The DS at the parent has to be of the primary's key.",
    ],
    multisigner: [
      "Countersign signs with keys of its own, and publishes the other signers' keys beside them, as the transfer brings them.",
      "The other provider has to publish Countersign's zone signing key before the DS of Countersign's key is added.",
      "The multi-signer guide of this zone goes through it step by step.",
    ],
  },
  off: {
    begin: "Switch DNSSEC off",
    beginLead:
      "The parent has a DS of this zone, so its signatures must stay until that is gone. Begin here: the parent is asked (by CDS) to take the DS away; where it does not follow, take it away at the registrar.",
    running: "DNSSEC is being switched off",
    runningLead:
      "The zone stays signed. Take the DS away at the registrar; when the parent has none and its TTL is over, choose Unsigned.",
    keep: "Keep DNSSEC after all",
    begun: "Switching off has begun: the zone stays signed until the DS is gone.",
    kept: "DNSSEC stays on.",
  },
  denial: {
    title: "How a missing name is denied",
    lead: "A signed zone has to prove that a name does not exist. There are three ways.",
    label: "Way",
    compact: "Compact (RFC 9824)",
    compactHint:
      "One small proof, made for each question. Names can't be collected. A missing name is answered as one without records, with a flag that says NXDOMAIN to those who ask for it.",
    chain: "NSEC chain",
    chainHint: "The classic: real NXDOMAIN. Anybody can walk the chain and list all names.",
    nsec3: "NSEC3",
    nsec3Hint:
      "Hashed names, real NXDOMAIN, proofs made for each question. For those who must have it; larger answers.",
    presigned: "NSEC3 from the primary",
    presignedLabel: "Accept zones that the primary signs with NSEC3",
    presignedHint: "Off, a zone with NSEC3 is held. Switch it on when your primary uses NSEC3.",
  },
  transfer: {
    title: "Transfers and checks",
    lead: "From whom the zone is fetched and how often, what happens when no primary answers, and what a new version has to pass.",
    action: "Transfer settings",
  },
  remove: {
    title: "Delete this zone",
    lead: "Countersign stops answering for it, and destroys its keys, records and history. The primary is not touched.",
    action: "Delete the zone",
    confirmTitle: (zone: string) => `Delete ${zone}?`,
    warning:
      "If the parent still delegates here, the domain stops working. If it has a DS of Countersign's key, that key is gone for good.",
    done: (zone: string) => `${zone} was deleted.`,
  },
} as const;
