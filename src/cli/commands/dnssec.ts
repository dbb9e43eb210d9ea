/** `dnssec enable|disable|delete|show|mode|zsk`. */
import { type Command, Option } from "commander";
import type { Dnssec, DnssecDetails, Zone, ZoneStatus } from "#contract";
import { currentMode, type Denial, judgeDsSight, type Mode, type ModeStep, planMode } from "#guide";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, usage } from "../exit.ts";
import { findZone } from "../find.ts";
import { gatherModeFacts } from "../mode-facts.ts";
import { REFUSAL_SENTENCES } from "../mode-refusals.ts";
import { addText } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";
import { isDsOf, keyRole, printRegistrarFields, readDnskeyLine, readDsLine } from "../registrar.ts";
import { printTable } from "../table.ts";
import { isDisabledWithDs, nextStepOf } from "./zone.ts";

const MODES = ["unsigned", "live", "presigned", "multisigner"] as const satisfies readonly Mode[];
const DENIALS = ["compact", "chain", "nsec3"] as const satisfies readonly Denial[];

type ModeOptions = { readonly nsec3?: boolean; readonly denial?: Denial; readonly force?: boolean };

export function addDnssecCommands(program: Command, run: Runner): void {
  const dnssec = program.command("dnssec").description("DNSSEC of a zone: switch it, and what the registrar wants");

  dnssec
    .command("show <zone>")
    .description("status, DS and DNSKEY for the registrar, and what to do next")
    .action(run(show));

  dnssec
    .command("enable <zone>")
    .description("sign the zone (keys are made), or withdraw a disable")
    .action(run((context, zone: string) => edit(context, zone, "active")));

  dnssec
    .command("disable <zone>")
    .description("first step out: the zone stays signed, CDS asks the parent to take the DS away")
    .action(run((context, zone: string) => edit(context, zone, "disabled")));

  dnssec
    .command("delete <zone>")
    .description("last step out: delete keys and signatures; only when disabled and the DS is gone")
    .option("--force", "although the parent was last seen with a DS")
    .action(
      run((context, zone: string, options: { force?: boolean }) => remove(context, zone, options.force ?? false)),
    );

  const mode = dnssec
    .command("mode <zone> <mode>")
    .description(`change the signing mode: ${MODES.join(", ")}`)
    .option("--nsec3", "live and multisigner: deny by NSEC3; presigned: accept NSEC3 from the primary")
    .option("--no-nsec3", "the reverse")
    .addOption(new Option("--denial <denial>", "live and multisigner: how missing names are denied").choices(DENIALS))
    .option("--force", "also when resolvers would refuse the zone for a while")
    .action(run((context, zone: string, to: string, options: ModeOptions) => setMode(context, zone, to, options)));
  addText(
    mode,
    `
Modes
  unsigned     served without DNSSEC
  live         Countersign makes the keys and signs answers as they are served
  presigned    the primary signs; its signatures are checked and kept
  multisigner  Countersign and the primary sign, each with its own keys
               (RFC 8901 model 2)

Denial
  compact      RFC 9824: one small NSEC made for each question (the default)
  chain        a full NSEC chain with NXDOMAIN: zone contents can be walked
  nsec3        NSEC3 made for each question, no iterations, no salt

A change that would make resolvers refuse the zone is refused, with the reason
and the way round.`,
  );

  dnssec
    .command("zsk <zone>")
    .description("zone signing keys, for the DNSKEY set of the other signer")
    .action(run(zsk));
}

async function edit(context: Context, text: string, status: "active" | "disabled"): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const dnssec = await api.call("dnssec.edit", { params: { zoneId: zone.id }, body: { status } });
  await showResult(context, zone, dnssec);
}

async function remove(context: Context, text: string, force: boolean): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  // The server goes by the status alone, and that may be younger than its last look at the parent.
  const status = await api.call("own.status", { params: { zoneId: zone.id } });
  if (!force && isDisabledWithDs(status)) {
    throw new CliFailure(
      ExitCode.Refused,
      `The parent was last seen with a DS of ${zone.name}: unsigned, it would be refused by every validating resolver. Take the DS away at the registrar and run "countersign zone check ${zone.name}", or say --force.`,
    );
  }
  const result = await api.call("dnssec.delete", { params: { zoneId: zone.id } });
  await context.show(result, () => `${zone.name}: DNSSEC is deleted, with its keys; the zone is served unsigned.\n`);
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  await showResult(context, zone, await api.call("dnssec.get", { params: { zoneId: zone.id } }));
}

/** As JSON the API's DNSSEC resource, with what Countersign adds under `countersign`. */
async function showResult(context: Context, zone: Zone, dnssec: Dnssec): Promise<void> {
  const status = await context.api().call("own.status", { params: { zoneId: zone.id } });
  const { mode, denial } = status;
  await context.show({ ...dnssec, countersign: { mode, denial, ...status.dnssec } }, () =>
    describe(zone.name, dnssec, status),
  );
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  active: "active: signed, and the parent has the DS",
  pending: "pending: signed, the parent has no DS of it yet",
  "pending-disabled": "pending-disabled: to be taken out, still signed because the parent has the DS",
  disabled: "disabled: the parent has no DS, still signed until DNSSEC is deleted",
  error: "error: the DS at the parent fits no key of the zone; resolvers refuse it",
};

function statusWords(status: ZoneStatus): string {
  if (isDisabledWithDs(status)) return "disabled: to be taken out, still signed; the parent was last seen with a DS";
  return STATUS_WORDS[status.dnssec.status] ?? status.dnssec.status;
}

function describe(name: string, dnssec: Dnssec, status: ZoneStatus): string {
  const details = status.dnssec;
  const off = dnssec.modified_on === null;
  const facts = printFacts([
    ["status", off ? "off" : statusWords(status)],
    ["mode", currentMode(dnssec)],
    ["served as", status.mode === currentMode(dnssec) ? undefined : status.mode],
    ["denial", status.denial === "none" ? undefined : status.denial],
    ["held", status.held && `serial ${status.held.serial ?? "?"}: ${status.held.reason}`],
    ["changed", printMoment(dnssec.modified_on)],
    ["signatures until", printMoment(details.signatures_expire_time)],
    ["signed anew", printMoment(details.resign_time)],
  ]);
  const next = `next\n  ${clean(nextStepOf(status))}\n`;
  return `${name}\n${facts}${off ? "" : registrarPart(name, details)}${off ? "" : parentPart(details)}${next}`;
}

function registrarPart(name: string, details: DnssecDetails): string {
  const keys = details.dnskeys.flatMap((line) => readDnskeyLine(line) ?? []);
  const parts = details.ds.map((line) => {
    const ds = readDsLine(line);
    const key = ds && keys.find((each) => isDsOf(ds, name, each));
    return `\n${printRegistrarFields(name, line, key)}`;
  });
  const lines = details.dnskeys.map((line) => {
    const key = readDnskeyLine(line);
    return `  ${clean(line)}${key ? `  ; ${keyRole(key.flags)}` : ""}\n`;
  });
  const spare = details.own_ds.filter((line) => !details.ds.includes(line)).map((line) => `  ${clean(line)}\n`);
  if (spare.length > 0) {
    parts.push(
      `\nDS of our own key, to be at the registrar too before the mode becomes multisigner\n${spare.join("")}`,
    );
  }
  return `${parts.join("")}\nDNSKEY RRset as served\n${lines.join("") || "  none yet\n"}`;
}

function parentPart({ parent }: DnssecDetails): string {
  const lines = parent.ds.map((line) => `  ${clean(line)}\n`).join("");
  const at = printMoment(parent.checked_time);
  const who = parent.answered_by === "resolver" ? "; the resolver's word, which may be old" : "";
  const before = lines === "" ? "  not known\n" : `  not known; seen before:\n${lines}`;
  const seen = { "not-asked": "", unknown: before, none: "  none\n", some: lines }[judgeDsSight(parent)];
  const fault = parent.error ? `  ${clean(parent.error.message)}\n` : "";
  return `DS at the parent (${at === undefined ? "not asked yet" : `asked ${at}${who}`})\n${seen}${fault}`;
}

async function setMode(context: Context, text: string, to: string, options: ModeOptions): Promise<void> {
  // In words the modes are written "pre-signed", "multi-signer" and "live signing".
  const asWritten = to.toLowerCase().replaceAll(/[ -]?signing$|-/g, "");
  const mode = MODES.find((each) => each === asWritten);
  if (!mode) throw usage(`${JSON.stringify(to)} is no mode; choose one of ${MODES.join(", ")}.`);
  const wish = { mode, ...readDenial(mode, options) };
  const api = context.api();
  const zone = await findZone(api, text);
  const { facts, note } = await gatherModeFacts(api, zone);
  const plan = planMode(facts, wish, options.force);
  if (plan.kind === "unsafe") {
    const hint = plan.force ? " (--force does it all the same.)" : "";
    throw new CliFailure(ExitCode.Refused, `${REFUSAL_SENTENCES[plan.refusal](zone.name)}${hint}`);
  }
  if (note !== undefined && currentMode(facts.dnssec) !== mode) await context.tell(`countersign: ${note}`);
  for (const step of plan.steps) await perform(context, zone, step);
  await show(context, zone.id);
}

function readDenial(mode: Mode, { nsec3, denial }: ModeOptions): { denial?: Denial; nsec3?: boolean } {
  if (mode === "unsigned" && (nsec3 !== undefined || denial !== undefined)) {
    throw usage("An unsigned zone denies nothing: leave out --nsec3 and --denial.");
  }
  if (mode === "presigned" && denial !== undefined) {
    throw usage("In pre-signed mode the primary makes the denial: leave out --denial (--nsec3 accepts NSEC3 from it).");
  }
  if (denial !== undefined && nsec3 !== undefined && nsec3 !== (denial === "nsec3")) {
    throw usage(`--${nsec3 ? "" : "no-"}nsec3 and --denial ${denial} contradict each other: give one of them.`);
  }
  return { denial, nsec3 };
}

async function perform(context: Context, zone: Zone, step: ModeStep): Promise<void> {
  const api = context.api();
  const params = { zoneId: zone.id };
  if (step.kind === "delete") await api.call("dnssec.delete", { params });
  else if (step.kind === "edit") await api.call("dnssec.edit", { params, body: step.edit });
  else await api.call("own.settings.edit", { params, body: { denial: step.denial } });
}

async function zsk(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const keys = await api.call("dnssec.zsk", { params: { zoneId: zone.id } });
  await context.show(keys, () => {
    if (keys.length === 0)
      return `${zone.name} has no keys yet: "countersign dnssec enable ${zone.name}" makes them.\n`;
    const rows = keys.map(({ Name, Tag, DNSKEY }) => [Name, Tag, DNSKEY.Flags, DNSKEY.Algorithm, DNSKEY.PublicKey]);
    const lines = keys
      .filter(({ Tag }) => Tag === "active")
      .map(
        ({ DNSKEY: { Hdr, Flags, Protocol, Algorithm, PublicKey } }) =>
          `  ${clean(`${Hdr.Name} ${Hdr.Ttl} IN DNSKEY ${Flags} ${Protocol} ${Algorithm} ${PublicKey}`)}\n`,
      );
    const table = printTable(
      [
        { title: "NAME", fit: "shorten" },
        "STATE",
        "FLAGS",
        "ALGORITHM",
        { title: "PUBLIC KEY", fit: "wrap", least: 24 },
      ],
      rows,
      context.io.out,
    );
    return `${table}\nfor the DNSKEY set of the other signer\n${lines.join("")}`;
  });
}
