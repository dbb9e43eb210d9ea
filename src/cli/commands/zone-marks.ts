/** `zone dns-settings` and `zone pause|resume`: what the provider's API keeps of a zone, most of it repeating the primary. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { addText } from "../options.ts";
import { printFacts } from "../print.ts";

type Options = { readonly secondaryOverrides?: boolean };

export function addZoneMarkCommands(zone: Command, run: Runner): void {
  const settings = zone
    .command("dns-settings <zone>")
    .description("show the provider's DNS settings of a zone, as the primary has them, or set secondary_overrides")
    .option("--secondary-overrides", "refused: transferred records are not overridden here")
    .option("--no-secondary-overrides", "take the mark away, where a zone has it from elsewhere")
    .action(run((context, name: string, options: Options) => dnsSettings(context, name, options)));
  addText(
    settings,
    `
TTLs and the SOA come from the primary: they are changed there.

  countersign zone dns-settings example.com`,
  );
  const pause = zone
    .command("pause <zone>")
    .description('set the provider\'s mark "paused": it is kept for tools, and answers go on')
    .action(run((context, name: string) => setPaused(context, name, true)));
  addText(
    pause,
    `
To stop fetching there is "countersign zone freeze", to stop answering
"countersign zone remove".

  countersign zone pause example.com`,
  );
  zone
    .command("resume <zone>")
    .description('take the mark "paused" away')
    .action(run((context, name: string) => setPaused(context, name, false)));
}

async function dnsSettings(context: Context, text: string, { secondaryOverrides: wish }: Options): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const settings =
    wish === undefined
      ? await api.call("dnsSettings.get", { params })
      : await api.call("dnsSettings.edit", { params, body: { secondary_overrides: wish } });
  await context.show(settings, () => {
    const { soa } = settings;
    const facts = printFacts([
      ["NS TTL", `${settings.ns_ttl} s`],
      ["SOA", `${soa.mname ?? "none yet"} ${soa.rname}`],
      ["SOA timers", `refresh ${soa.refresh}, retry ${soa.retry}, expire ${soa.expire}, minimum ${soa.min_ttl}`],
      ["SOA TTL", `${soa.ttl} s`],
      ["zone mode", settings.zone_mode],
      ["multi_provider", settings.multi_provider ? "yes" : "no"],
      ["secondary_overrides", settings.secondary_overrides ? "yes" : "no"],
    ]);
    return `${zone.name}\n${facts}`;
  });
}

async function setPaused(context: Context, text: string, paused: boolean): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const changed = await api.call("zones.edit", { params: { zoneId: zone.id }, body: { paused } });
  await context.show(
    changed,
    () => `${changed.name} is ${changed.paused ? "marked as paused" : "not marked as paused"}; its answers go on.\n`,
  );
}
