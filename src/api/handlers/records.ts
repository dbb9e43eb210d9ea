/** Records: listed, shown, exported; never written, as they come from the primary. */
import type { ControlError, ControlService, Outcome, RouteName } from "#contract";
import { done, type HandlersOf, mapped } from "../call.ts";
import { pageRecords } from "../record-page.ts";

export const recordHandlers: HandlersOf<"records" | "recordUsage"> = {
  "records.list": async ({ service, params, query }) => {
    // Narrowing is sound only where every filter has to hold.
    const all = query.match === "all";
    const name = all ? (query["name.exact"] ?? query["name"]) : undefined;
    const type = all && query.type?.length === 1 ? query.type[0] : undefined;
    const source = await service.openRecords(params["zoneId"]!, {
      name: name?.toLowerCase().replace(/(?<=.)\.$/, ""),
      type: type?.toUpperCase(),
      plain: query.dnssec === "hide",
    });
    return source.ok ? pageRecords(source.value, query) : source;
  },
  "records.get": async ({ service, params }) => service.getRecord(params["zoneId"]!, params["recordId"]!),
  "records.export": async ({ service, params }) => service.exportRecords(params["zoneId"]!),
  "records.create": async ({ service, params, body }) => refuseWrite(service, params, "records.create", body),
  "records.update": async ({ service, params, body }) => refuseWrite(service, params, "records.update", body),
  "records.edit": async ({ service, params, body }) => refuseWrite(service, params, "records.edit", body),
  "records.delete": async ({ service, params }) => refuseWrite(service, params, "records.delete"),
  "records.batch": async ({ service, params }) => refuseWrite(service, params, "records.batch"),
  "records.import": async ({ service, params }) => refuseWrite(service, params, "records.import"),
  "records.scan": async ({ service, params }) => refuseWrite(service, params, "records.scan"),
  "records.scanTrigger": async ({ service, params }) => refuseWrite(service, params, "records.scanTrigger"),
  "records.scanReview": async ({ service, params }) => refuseWrite(service, params, "records.scanReview"),
  "records.scanned": async ({ service, params }) => mapped(await service.getZone(params["zoneId"]!), () => []),
  "records.usage": async ({ service, params }) =>
    mapped(await service.openRecords(params["zoneId"]!), ({ count }) => ({
      record_quota: null,
      record_usage: count,
    })),
  "recordUsage.account": async ({ service, params }) => {
    const account = await service.getAccount(params["accountId"]!);
    if (!account.ok) return account;
    let total = 0;
    for (const zone of await service.listZones()) {
      if (zone.account.id !== account.value.id) continue;
      const records = await service.openRecords(zone.id);
      total += records.ok ? records.value.count : 0;
    }
    return done({ record_quota: null, record_usage: total });
  },
};

/** Nothing of a secondary zone is written here. What would only be proxied is an override, and is told so. */
async function refuseWrite(
  service: ControlService,
  params: Readonly<Record<string, string>>,
  name: RouteName,
  body?: unknown,
): Promise<Outcome<never>> {
  const zone = await service.getZone(params["zoneId"]!);
  if (!zone.ok) return zone;
  const about = `${name.replace("records.", "")} on ${zone.value.name}`;
  const isOverride = typeof body === "object" && body !== null && "proxied" in body && body.proxied === true;
  const error: ControlError = isOverride
    ? { code: "override.not-offered", about, pointer: "/proxied" }
    : { code: "record.read-only", about };
  return { ok: false, error };
}
