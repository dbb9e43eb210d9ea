/** `key list|roll|cancel|schedule`. */
import { type Command, Option } from "commander";
import { ROLL_KINDS, type Rollover, type Rollovers, type ZoneKey } from "#contract";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, usage } from "../exit.ts";
import { findZone } from "../find.ts";
import { addText } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type Kind = Rollover["kind"];
type ScheduleOptions = { readonly ksk?: boolean };
type RollOptions = { readonly emergency?: boolean; readonly yes?: boolean };

export function addKeyCommands(program: Command, run: Runner): void {
  const key = program.command("key").description("keys of a zone: which there are, and their rollovers");

  key
    .command("list <zone>")
    .description("keys, what each signs, what is being rolled, and what is waited for and why")
    .action(run(list));

  const roll = key
    .command("roll <zone> <kind>")
    .description(`begin a rollover: ${ROLL_KINDS.join(" or ")}`)
    .option("--emergency", "wait for no cache; resolvers that hold older keys refuse the zone for a while")
    .addOption(new Option("--yes", "with --emergency: I know what it breaks"))
    .action(
      run((context, zone: string, kind: string, options: RollOptions) => start(context, zone, readKind(kind), options)),
    );
  addText(
    roll,
    `
zsk   by itself to the end: publish, wait, sign with the new key, wait, take the
      old one out
ksk   the same until the parent has to have another DS: CDS and CDNSKEY ask for
      it. A parent that does not read them needs it at the registrar;
      "countersign key list" shows it. The old key stays until the parent has
      changed over.`,
  );

  key
    .command("cancel <zone> <kind>")
    .description("take a new key back that is only published yet")
    .action(run((context, zone: string, kind: string) => cancel(context, zone, readKind(kind))));

  key
    .command("schedule <zone> <days>")
    .description("roll the zone signing key by itself after so many days: a number, never, or default")
    .option("--ksk", "the key signing key: where the parent reads CDS, or somebody is there to give it the DS")
    .action(
      run((context, zone: string, days: string, options: ScheduleOptions) =>
        schedule(context, zone, readDays(days), options),
      ),
    );
}

function readKind(text: string): Kind {
  const kind = ROLL_KINDS.find((each) => each === text);
  if (!kind) throw usage(`${JSON.stringify(text)} is no kind of key; choose ${ROLL_KINDS.join(" or ")}.`);
  return kind;
}

function readDays(text: string): Rollovers["zsk_days"] {
  if (text === "default") return "default";
  if (text === "never") return null;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw usage(`${JSON.stringify(text)} is no number of days from 1 to 3650, nor "never" nor "default".`);
}

async function list(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const [keys, rollovers] = [await api.call("own.keys", { params }), await api.call("own.rollovers", { params })];
  await context.show({ keys, ...rollovers }, () => {
    if (keys.length === 0) {
      return `${zone.name} has no keys: "countersign dnssec enable ${zone.name}" makes them.\n`;
    }
    const table = printTable(
      ["TAG", "ROLE", "WHOSE", "STATE", "SIGNS", "DS AT PARENT", { title: "MADE", drop: 1 }],
      keys.map(keyRow),
      context.io.out,
    );
    return `${table}${describe(rollovers)}`;
  });
}

function keyRow(key: ZoneKey): (string | number)[] {
  const seen = key.ds_at_parent === null ? "-" : key.ds_at_parent ? "yes" : "no";
  const { key_tag, role, whose, state, signs, created_time } = key;
  return [key_tag, role, whose, state ?? "-", signs.join(", ") || "-", seen, printMoment(created_time) ?? "-"];
}

function describe(rollovers: Rollovers): string {
  const { rollovers: going, past, zsk_days_effective, next_zsk_time, ksk_days_effective, next_ksk_time } = rollovers;
  const after = (days: number | null) => (days === null ? "only by order" : `after ${days} days`);
  const facts = printFacts([
    ["ZSK rolled", after(zsk_days_effective)],
    ["next ZSK", printMoment(next_zsk_time)],
    ["KSK rolled", after(ksk_days_effective)],
    ["next KSK", printMoment(next_ksk_time)],
  ]);
  const lines = past.map((roll) => {
    const { kind, old_key_tag, new_key_tag, end, ended_time } = roll;
    return `  ${printMoment(ended_time)}  ${kind.toUpperCase()} ${old_key_tag} to ${new_key_tag}: ${end}\n`;
  });
  return `\n${facts}${going.map(describeRoll).join("")}${lines.length > 0 ? `\nrolled before\n${lines.join("")}` : ""}`;
}

const MARKS = { done: "x", now: ">", later: " " } as const;

function describeRoll(roll: Rollover): string {
  const haste = roll.emergency ? ", as an emergency" : "";
  const steps = roll.steps.map(({ state, title }) => `  [${MARKS[state]}] ${clean(title)}\n`).join("");
  const head = `\n${roll.kind.toUpperCase()} ${roll.old_key_tag} is rolled to ${roll.new_key_tag}${haste}\n`;
  return `${head}${steps}  ${clean(roll.why)}\n`;
}

async function start(context: Context, text: string, kind: Kind, options: RollOptions): Promise<void> {
  const { emergency = false, yes = false } = options;
  if (emergency && !yes) {
    throw new CliFailure(
      ExitCode.Refused,
      "In an emergency no cache is waited for: resolvers that hold the old DNSKEY set or old signatures refuse the zone until those run out (the DNSKEY set lives for an hour, records for their TTL). Say --yes as well if that is what you want.",
    );
  }
  const api = context.api();
  const zone = await findZone(api, text);
  const body = { kind, emergency };
  const rollovers = await api.call("own.rollovers.start", { params: { zoneId: zone.id }, body });
  await context.show(rollovers, () => `${zone.name}\n${describe(rollovers)}`);
}

async function cancel(context: Context, text: string, kind: Kind): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const rollovers = await api.call("own.rollovers.cancel", { params: { zoneId: zone.id }, body: { kind } });
  await context.show(rollovers, () => `${zone.name}: the new ${kind.toUpperCase()} is taken out again.\n`);
}

async function schedule(
  context: Context,
  text: string,
  days: Rollovers["zsk_days"],
  { ksk = false }: ScheduleOptions,
): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const rollovers = await api.call("own.rollovers.edit", {
    params: { zoneId: zone.id },
    body: ksk ? { ksk_days: days } : { zsk_days: days },
  });
  await context.show(rollovers, () => `${zone.name}\n${describe(rollovers)}`);
}
