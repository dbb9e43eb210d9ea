/** Records: listed, shown, exported; never written, as they come from the primary. */
import type { ControlService, Outcome, RouteName } from "#contract";
import type { HandlersOf } from "../call.ts";
import { pageRecords } from "../record-page.ts";

export const recordHandlers: HandlersOf<"records"> = {
  "records.list": async ({ service, params, query }) => {
    // Narrowing is sound only where every filter has to hold.
    const all = query.match === "all";
    const name = all ? (query["name.exact"] ?? query["name"]) : undefined;
    const type = all && query.type?.length === 1 ? query.type[0] : undefined;
    const source = await service.openRecords(params["zoneId"]!, {
      name: name?.toLowerCase().replace(/(?<=.)\.$/, ""),
      type: type?.toUpperCase(),
    });
    return source.ok ? pageRecords(source.value, query) : source;
  },
  "records.get": async ({ service, params }) => service.getRecord(params["zoneId"]!, params["recordId"]!),
  "records.export": async ({ service, params }) => service.exportRecords(params["zoneId"]!),
  "records.create": async ({ service, params }) => refuseWrite(service, params, "records.create"),
  "records.update": async ({ service, params }) => refuseWrite(service, params, "records.update"),
  "records.edit": async ({ service, params }) => refuseWrite(service, params, "records.edit"),
  "records.delete": async ({ service, params }) => refuseWrite(service, params, "records.delete"),
  "records.batch": async ({ service, params }) => refuseWrite(service, params, "records.batch"),
  "records.import": async ({ service, params }) => refuseWrite(service, params, "records.import"),
  "records.scan": async ({ service, params }) => refuseWrite(service, params, "records.scan"),
};

async function refuseWrite(
  service: ControlService,
  params: Readonly<Record<string, string>>,
  name: RouteName,
): Promise<Outcome<never>> {
  const zone = await service.getZone(params["zoneId"]!);
  if (!zone.ok) return zone;
  return {
    ok: false,
    error: { code: "record.read-only", about: `${name.replace("records.", "")} on ${zone.value.name}` },
  };
}
