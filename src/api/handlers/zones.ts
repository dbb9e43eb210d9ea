/** Zones, their DNSSEC, their settings. */
import { domainToASCII } from "node:url";
import type { ControlError } from "#contract";
import { cutPage, done, type HandlersOf, mapped } from "../call.ts";
import { sightOf } from "../sight.ts";
import { selectZones } from "../zone-filter.ts";
import { showZone } from "../zone-view.ts";

const PAGE_LIMITS = { fallback: 20, max: 1000 };

export const zoneHandlers: HandlersOf<"zones" | "dnssec" | "dnsSettings"> = {
  "zones.list": async (call) => {
    const { service, query } = call;
    const all = await service.listZones();
    const sees = sightOf(call);
    const his = sees ? all.filter(({ id, account }) => sees({ id, accountId: account.id })) : all;
    const page = cutPage(selectZones(his, query), query, PAGE_LIMITS);
    return done({ ...page, items: page.items.map(showZone) });
  },
  "zones.create": async ({ service, body }) => {
    if (body.type !== "secondary") return refuse({ code: "zone.type-unsupported", about: body.type, pointer: "/type" });
    const created = await service.createZone({ name: toAscii(body.name), accountId: body.account?.id });
    return mapped(created, showZone);
  },
  "zones.get": async ({ service, params }) => mapped(await service.getZone(params["zoneId"]!), showZone),
  "zones.edit": async ({ service, params, body }) => {
    const zone = await service.getZone(params["zoneId"]!);
    if (!zone.ok) return zone;
    const given = Object.entries(body).filter(([, value]) => value !== undefined);
    if (given.length !== 1)
      return refuse({ code: "zone.edit-one", about: given.map(([key]) => key).join(", ") || "none" });
    if (body.type !== undefined && body.type !== "secondary") {
      return refuse({ code: "zone.type-unsupported", about: body.type, pointer: "/type" });
    }
    if (body.vanity_name_servers !== undefined && body.vanity_name_servers.length > 0) {
      return refuse({ code: "zone.vanity-unsupported", pointer: "/vanity_name_servers" });
    }
    return mapped(await service.editZone(params["zoneId"]!, { paused: body.paused }), showZone);
  },
  "zones.delete": async ({ service, params }) => service.deleteZone(params["zoneId"]!),
  "zones.activationCheck": async ({ service, params }) => service.checkActivation(params["zoneId"]!),

  "dnssec.get": async ({ service, params }) => service.getDnssec(params["zoneId"]!),
  "dnssec.edit": async ({ service, params, body }) => service.editDnssec(params["zoneId"]!, body),
  "dnssec.delete": async ({ service, params }) =>
    mapped(await service.deleteDnssec(params["zoneId"]!), () => "" as const),
  "dnssec.zsk": async ({ service, params }) => service.listZsks(params["zoneId"]!),

  "dnsSettings.get": async ({ service, params }) => service.getDnsSettings(params["zoneId"]!),
  "dnsSettings.account.get": async ({ service, params }) => service.getAccountDnsSettings(params["accountId"]!),
  "dnsSettings.account.edit": async ({ service, params, body }) =>
    service.editAccountDnsSettings(params["accountId"]!, body),
  "dnsSettings.edit": async ({ service, params, body }) => service.editDnsSettings(params["zoneId"]!, body),
};

function refuse(error: ControlError) {
  return { ok: false as const, error };
}

/** Names in Unicode become Punycode; names in ASCII stay as they are, also those that browsers would rewrite. */
function toAscii(name: string): string {
  // Of what is ASCII nothing is rewritten: a browser's rules would take a tab out, and make it another name.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is ASCII
  const ascii = /^[\u0000-\u007f]*$/.test(name) ? name : domainToASCII(name);
  return ascii === "" ? name : ascii;
}
