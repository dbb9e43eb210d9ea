/** `zone held|release|drop|freeze|thaw|limits`: what the operator does when a version is not taken, or none shall be. */
import { type Command, InvalidArgumentError } from "commander";
import type { HeldVersion, ZoneSettings } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { readCount } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";

const LISTED_MAX = 1000;

/** `"default"`: as for all zones, null in the API. Commander makes an empty text of a null. */
type Limit = number | "default";

type LimitOptions = {
  readonly records?: Limit;
  readonly octets?: Limit;
  readonly seconds?: Limit;
  readonly loss?: Limit;
};

/** After `addZoneCommands`: these are commands of `zone`. */
export function addHeldCommands(program: Command, run: Runner): void {
  const zone = program.commands.find((command) => command.name() === "zone");
  if (!zone) throw new Error("there is no command zone");
  zone
    .command("held <zone>")
    .description("the version that is held: why, and what is different in it")
    .option("--limit <count>", "changes to show", readCount(LISTED_MAX), 20)
    .action(run((context, name: string, options: { limit: number }) => held(context, name, options.limit)));
  zone
    .command("release <zone>")
    .description("serve the held version in spite of the reason")
    .option("--force", "even though its signatures are bad, and resolvers will refuse it")
    .action(
      run((context, name: string, options: { force?: boolean }) => release(context, name, options.force ?? false)),
    );
  zone
    .command("drop <zone>")
    .description("throw the held version away; its serial is not fetched again")
    .action(run(drop));
  zone
    .command("freeze <zone>")
    .description("fetch nothing until thawed; NOTIFY is answered, and the zone's expiry runs on")
    .action(run((context, name: string) => freeze(context, name, true)));
  zone
    .command("thaw <zone>")
    .description("fetch again, at once")
    .action(run((context, name: string) => freeze(context, name, false)));
  zone
    .command("limits <zone>")
    .description("the zone's own limits; without options they are shown")
    .option("--records <count>", 'records at most; "default": as for all zones', orDefault(100_000_000))
    .option("--octets <count>", "octets of names and data at most", orDefault(4_294_967_295))
    .option("--seconds <seconds>", "longest time for a transfer", orDefault(86_400))
    .option("--loss <percent>", "hold a version that lacks more than so many percent of the records", orDefault(100))
    .action(run((context, name: string, options: LimitOptions) => limits(context, name, options)));
}

function orDefault(max: number): (text: string) => Limit {
  return (text) => {
    if (text === "default") return text;
    const number = /^\d{1,10}$/.test(text) ? Number(text) : max + 1;
    if (number > max) throw new InvalidArgumentError(`Give a whole number up to ${max}, or "default".`);
    return number;
  };
}

async function held(context: Context, text: string, limit: number): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const version = await api.call("own.held", { params: { zoneId: zone.id }, query: { limit } });
  await context.show(version, () => describe(zone.name, version));
}

const HOW: Readonly<Record<HeldVersion["release"], string>> = {
  yes: "zone release",
  force: "zone release --force",
  no: "not possible",
};

function describe(name: string, version: HeldVersion): string {
  const { changes, failing } = version;
  const facts = printFacts([
    ["serial", version.serial],
    ["held", `${version.reason} (${version.code}, while ${version.step}, since ${printMoment(version.since)})`],
    ["served on", version.served_serial],
    ["release", `${HOW[version.release]}: ${version.advice}`],
    ["records", changes && `${changes.records}, served ${changes.served_records}`],
    ["RRsets", changes && `${changes.added} added, ${changes.removed} removed, ${changes.changed} changed`],
    ["signatures", changes && `${changes.signatures} changed`],
  ]);
  const wrong = failing.map(
    ({ owner, type, code, message }) =>
      `  ${clean(owner)}${type === null ? "" : ` ${clean(type)}`}: ${clean(message)} (${clean(code)})\n`,
  );
  const lines = (changes?.listed ?? []).flatMap(({ owner, type, before, after }) => [
    ...before.map((data) => `- ${owner} ${type} ${data}`),
    ...after.map((data) => `+ ${owner} ${type} ${data}`),
  ]);
  const listed = lines.map((line) => `  ${clean(line)}\n`).join("");
  return `${name}\n${facts}${wrong.length > 0 ? `failing\n${wrong.join("")}` : ""}${listed && `changes\n${listed}`}`;
}

async function release(context: Context, text: string, force: boolean): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const released = await api.call("own.held.release", { params: { zoneId: zone.id }, body: { force } });
  await context.show(released, () => {
    const served = released.served ? "is released and served" : "is released; it is being made ready";
    return `${zone.name}: serial ${released.serial} ${served}.\n${released.warning ? `Warning: ${clean(released.warning)}\n` : ""}`;
  });
}

async function drop(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const dropped = await api.call("own.held.drop", { params: { zoneId: zone.id } });
  await context.show(dropped, () => `${zone.name}: the held version is dropped; a newer serial is taken as usual.\n`);
}

async function freeze(context: Context, text: string, frozen: boolean): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const state = await api.call(frozen ? "own.freeze" : "own.thaw", { params: { zoneId: zone.id } });
  await context.show(state, () => {
    if (!frozen) return `${zone.name}: transfers go on.\n`;
    const expires = printMoment(state.expire_time);
    return `${zone.name}: transfers are frozen since ${printMoment(state.frozen_time)}.${expires ? ` It expires ${expires} unless it is thawed.` : ""}\n`;
  });
}

async function limits(context: Context, text: string, options: LimitOptions): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const given = (limit: Limit | undefined) => (limit === "default" ? null : limit);
  const body = {
    max_records: given(options.records),
    max_octets: given(options.octets),
    max_transfer_seconds: given(options.seconds),
    hold_record_loss_percent: given(options.loss),
  };
  const changes = Object.values(body).some((value) => value !== undefined);
  const settings = changes
    ? await api.call("own.settings.edit", { params, body })
    : await api.call("own.settings.get", { params });
  await context.show(settings, () => `${zone.name}\n${describeLimits(settings)}`);
}

function describeLimits(settings: ZoneSettings): string {
  const shown = (value: number | null) => value ?? "as for all zones";
  return printFacts([
    ["records", shown(settings.max_records)],
    ["octets", shown(settings.max_octets)],
    ["transfer seconds", shown(settings.max_transfer_seconds)],
    ["hold record loss", shown(settings.hold_record_loss_percent)],
  ]);
}
