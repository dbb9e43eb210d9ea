/** One sentence for the operator: what to do next about a zone's DNSSEC, at the registrar or at the primary. */
import type { Denial, DnssecStatus, SigningMode } from "#keyplan";
import type { Held } from "./work.ts";

export type NextStepFacts = {
  readonly name: string;
  readonly mode: SigningMode;
  readonly denial: Denial;
  readonly status: DnssecStatus;
  /** The DS line that the parent should have; undefined when there is none to show. */
  readonly ds: string | undefined;
  readonly held: Held | undefined;
  readonly served: boolean;
  readonly nameServers: readonly string[];
};

export function nextStep(facts: NextStepFacts): string {
  const { mode, status, held, served, ds, name } = facts;
  if (held) return `The newest version is held: ${held.text}.`;
  if (mode === "unsigned") {
    return served
      ? 'DNSSEC is off. PATCH {"status":"active"} signs the zone here; {"dnssec_presigned":true} serves the primary\'s signatures.'
      : "Wait for the first zone transfer; then DNSSEC can be switched on.";
  }
  if (!served) return "Wait for the first zone transfer: the DS must not be added before the zone is served.";
  switch (status.phase) {
    case "pending":
      return pendingStep(facts);
    case "active":
      if (status.parent === "mismatch") {
        return `The DS at the parent matches no key of ${name}: resolvers refuse the zone. Replace it at the registrar by: ${ds ?? "(no key)"}`;
      }
      return "Nothing to do: the parent has the DS, and the zone validates.";
    case "pending-disabled":
      return `Remove the DS of ${name} at the registrar; the zone stays signed until it is gone, and until DNSSEC is deleted.`;
    case "disabled":
      return "The DS is gone. The zone stays signed until DNSSEC is deleted (DELETE dnssec), best after the DS's TTL and the DNSKEY's (one hour) have passed everywhere: resolvers go on with keys that they have verified.";
    case "deleted":
      return "DNSSEC is off.";
  }
}

function pendingStep(facts: NextStepFacts): string {
  const { mode, status, ds, name, nameServers } = facts;
  if (ds === undefined) return "The transferred zone has no key that a DS could be made of.";
  if (status.parent === "mismatch") {
    return `The DS at the parent matches no key of ${name}: resolvers refuse the zone. Replace it at the registrar by: ${ds}`;
  }
  const servers =
    nameServers.length > 0 ? ` and make sure that ${nameServers.join(" and ")} are its nameservers there` : "";
  if (mode === "multisigner") {
    return `Give this zone's DNSKEYs to the other signer and let its DNSKEYs come by transfer; wait for the DNSKEY TTL; then add this DS at the registrar beside the other one${servers}: ${ds}`;
  }
  return `Add this DS at the registrar of ${name}${servers}: ${ds}`;
}
