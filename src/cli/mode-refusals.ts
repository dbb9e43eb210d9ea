/** Why a change of mode is not made, with the commands that lead there. */
import type { ModeRefusal } from "#guide";

export const REFUSAL_SENTENCES: Readonly<Record<ModeRefusal, (zone: string) => string>> = {
  "parent-has-ds": (zone) =>
    `The parent has a DS of ${zone}: unsigned, it would be refused by every validating resolver. Run "countersign dnssec disable ${zone}", take the DS away at the registrar, wait until "countersign dnssec show ${zone}" says disabled and the DS's TTL and the DNSKEY's (one hour) have passed, then run "countersign dnssec delete ${zone}".`,
  "signer-changes": (zone) =>
    `The parent has a DS of ${zone}, and resolvers have its DNSKEYs: answers signed by others would be refused. Go by multi-signer: "countersign dnssec mode ${zone} multisigner" first.`,
  "primary-lacks-our-zsk": (zone) =>
    `Resolvers have the primary's DNSKEYs, and they lack our ZSK: our signatures would be refused. Run "countersign dnssec enable ${zone}" and "countersign dnssec zsk ${zone}", put that key into the DNSKEY set at the primary, wait for the DNSKEY TTL, then try again.`,
  "parent-lacks-our-ds": (zone) =>
    `No DS at the parent fits our key, which is to sign the DNSKEY set: add our own DS that "countersign dnssec show ${zone}" prints at the registrar (beside the primary's, if there is one), wait for the DS's TTL, then try again.`,
  "parent-lacks-primarys-ds": () =>
    `No DS at the parent fits a key of the primary: add the primary's DS at the registrar, wait for the DS's TTL, then try again.`,
};
