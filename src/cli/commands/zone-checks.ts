/** `zone checks`: what a new version of a zone has to pass before it is served. */
import { type Command, Option } from "commander";
import { SIGNATURE_CHECKS, ZONEMD_CHECKS, type ZoneSettings } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { addText } from "../options.ts";
import { printFacts } from "../print.ts";

type ChecksOptions = {
  readonly zonemd?: ZoneSettings["zonemd"];
  readonly signatures?: ZoneSettings["signature_check"];
};

export function addZoneChecksCommand(zone: Command, run: Runner): void {
  const checks = zone
    .command("checks <zone>")
    .description("show or set what a new version has to pass: its digest (ZONEMD), its signatures")
    .addOption(new Option("--zonemd <when>", "check the digest that the zone brings along").choices(ZONEMD_CHECKS))
    .addOption(
      new Option(
        "--signatures <which>",
        'pre-signed: "zonemd" leaves out those that a signed and right digest covers, "apex" all below the apex',
      ).choices(SIGNATURE_CHECKS),
    )
    .action(run((context, name: string, options: ChecksOptions) => checksOf(context, name, options)));
  addText(
    checks,
    `
A digest that is wrong holds the version; "required" holds one without a
digest that can be checked, too.

  countersign zone checks example.com
  countersign zone checks example.com --zonemd required --signatures zonemd`,
  );
}

async function checksOf(context: Context, text: string, { zonemd, signatures }: ChecksOptions): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const settings =
    zonemd === undefined && signatures === undefined
      ? await api.call("own.settings.get", { params })
      : await api.call("own.settings.edit", { params, body: { zonemd, signature_check: signatures } });
  await context.show(settings, () => {
    const facts = printFacts([
      ["zonemd", settings.zonemd],
      ["signatures", settings.signature_check],
    ]);
    return `${zone.name}\n${facts}`;
  });
}
