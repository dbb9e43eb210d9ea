/** `zone timers`: who says how often primaries are asked, and what an expired zone answers. */
import { type Command, Option } from "commander";
import { EXPIRED_ANSWERS, REFRESH_TIMERS, type ZoneSettings } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { addText } from "../options.ts";
import { printFacts } from "../print.ts";

type TimersOptions = { readonly by?: ZoneSettings["timers"]; readonly expired?: ZoneSettings["expired"] };

export function addZoneTimersCommand(zone: Command, run: Runner): void {
  const timers = zone
    .command("timers <zone>")
    .description("show or set whose timers rule, and what is answered after EXPIRE")
    .addOption(
      new Option("--by <whose>", "auto_refresh_seconds, or REFRESH and RETRY of the SOA").choices(REFRESH_TIMERS),
    )
    .addOption(new Option("--expired <answer>", "after EXPIRE without any primary").choices(EXPIRED_ANSWERS))
    .action(run((context, name: string, options: TimersOptions) => timersOf(context, name, options)));
  addText(
    timers,
    `
By the SOA: REFRESH from a minute to a week, RETRY from 30 seconds to a day.
"default" is what the server's options timers and expired say.

  countersign zone timers example.com --by soa
  countersign zone timers example.com --expired serve`,
  );
}

async function timersOf(context: Context, text: string, { by, expired }: TimersOptions): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const settings =
    by === undefined && expired === undefined
      ? await api.call("own.settings.get", { params })
      : await api.call("own.settings.edit", { params, body: { timers: by, expired } });
  await context.show(settings, () => {
    const facts = printFacts([
      ["timers", settings.timers],
      ["expired", settings.expired],
    ]);
    return `${zone.name}\n${facts}`;
  });
}
