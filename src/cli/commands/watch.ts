/** `watch [ZONE]`: what happens, one line an event, until interrupted; over lost connections. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { followEvents } from "../event-follow.ts";
import { findZone } from "../find.ts";
import { healthText } from "../health.ts";
import { clean, printMoment } from "../print.ts";

/** Names of zones that are kept at hand: with more, the oldest is asked for again. */
const NAMES_MAX = 10_000;

export function addWatchCommand(program: Command, run: Runner): void {
  program
    .command("watch [zone]")
    .description("what happens, as it happens: a line an event with time, zone and sentence, until Ctrl-C")
    .action(run((context, zone: string | undefined) => watch(context, zone)));
}

async function watch(context: Context, text: string | undefined): Promise<void> {
  const signal = context.io.untilInterrupt?.();
  const api = context.api();
  const zone = text === undefined ? undefined : await findZone(api, text);
  if (zone && !context.json) {
    const { health } = await api.call("own.status", { params: { zoneId: zone.id } });
    await context.io.out.write(`${clean(zone.name)}: ${healthText(health.code, zone.name).sentence}\n`);
  }
  const nameOf = zoneNames(context);
  for await (const event of followEvents(context, { zone_id: zone?.id }, signal)) {
    if (context.json) {
      await context.io.out.write(`${JSON.stringify(event)}\n`);
      continue;
    }
    const name = event.zone_id === null ? "-" : (zone?.name ?? (await nameOf(event.zone_id)));
    // Most sentences begin with the zone's name, which stands before them here.
    const prefix = `${name}: `;
    const sentence = event.message.startsWith(prefix) ? event.message.slice(prefix.length) : event.message;
    const mark = event.level === "info" ? "" : `${event.level}: `;
    await context.io.out.write(`${printMoment(event.time)}  ${clean(name)}  ${mark}${clean(sentence)}\n`);
  }
}

/** A zone that is gone keeps its id as its name. */
function zoneNames(context: Context): (id: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const name = await context
      .api()
      .call("zones.get", { params: { zoneId: id } })
      .then(
        (zone) => zone.name,
        () => id,
      );
    if (known.size >= NAMES_MAX) known.delete(known.keys().next().value!);
    known.set(id, name);
    return name;
  };
}
