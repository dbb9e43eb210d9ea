/** A zone's facts dressed as the provider's zone object. What a secondary without a paid plan has no use for is constant. */
import type { Zone, ZoneFacts } from "#contract";

export function showZone(facts: ZoneFacts): Zone {
  return {
    id: facts.id,
    name: facts.name,
    status: facts.status,
    paused: facts.paused,
    type: "secondary",
    development_mode: 0,
    name_servers: [...facts.nameServers],
    original_name_servers: facts.originalNameServers && [...facts.originalNameServers],
    original_registrar: null,
    original_dnshost: null,
    created_on: facts.createdOn,
    modified_on: facts.modifiedOn,
    activated_on: facts.activatedOn,
    vanity_name_servers: [],
    meta: {
      step: 2,
      custom_certificate_quota: 0,
      page_rule_quota: 0,
      phishing_detected: false,
      cdn_only: false,
      dns_only: true,
      foundation_dns: false,
    },
    owner: { id: null, type: "user", email: null },
    account: facts.account,
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    permissions: ["#zone:read", "#zone:edit", "#dns_records:read", "#dns_records:edit"],
    plan: PLAN,
  };
}

/** Clients read from the plan whether features are to be had: all of them are. */
const PLAN: Zone["plan"] = {
  id: "94f3b7b768b0458b56d2cac4fe5ec0f9",
  name: "Enterprise Website",
  price: 0,
  currency: "USD",
  frequency: "",
  is_subscribed: true,
  can_subscribe: false,
  legacy_id: "enterprise",
  legacy_discount: false,
  externally_managed: true,
};
