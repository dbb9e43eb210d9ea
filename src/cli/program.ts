/** The tree of commands, with the help that is the manual. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addAccountCommands } from "./commands/account.ts";
import { addAclCommands } from "./commands/acl.ts";
import { addAlertCommands } from "./commands/alert.ts";
import { addAnalyticsCommand } from "./commands/analytics.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addCatalogCommands } from "./commands/catalog.ts";
import { addCheckCommand } from "./commands/check.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addDnssecCommands } from "./commands/dnssec.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addEventCommands } from "./commands/events.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addHeldCommands } from "./commands/held.ts";
import { addImageCommands } from "./commands/image.ts";
import { addKeyCommands } from "./commands/key.ts";
import { addMultiSignerCommand } from "./commands/multi-signer.ts";
import { addOutgoingCommands } from "./commands/outgoing.ts";
import { addPeerCommands } from "./commands/peer.ts";
import { addRecordCommands } from "./commands/records.ts";
import { addRegistrarCommand } from "./commands/registrars.ts";
import { addSessionCommands } from "./commands/session.ts";
import { addTokenCommands } from "./commands/token.ts";
import { addTransferCommands } from "./commands/transfer.ts";
import { addTsigCommands } from "./commands/tsig.ts";
import { addUserCommands } from "./commands/user.ts";
import { addWatchCommand } from "./commands/watch.ts";
import { addWhoAmICommand } from "./commands/whoami.ts";
import { addZoneCommands } from "./commands/zone.ts";
import { DEFAULT_DATA, DEFAULT_URL } from "./connection.ts";
import { type GlobalFlags, makeContext, type Runner } from "./context.ts";
import type { CliIo } from "./io.ts";

const SERVER = `
Server
  countersign serve [options]     answer DNS and the API
  countersign serve --help        the options of that
`;

const MANUAL = `
Zones are named by name or id, peers, TSIGs and ACLs likewise. Every command
takes --json: the API's result as it is (where a command asks for more than one
thing, the rest is beside it under a name of its own). Tables keep to the width
of a terminal; --wide lets them be as wide as what is in them.

Where the server and its token are found, first one wins
  address  --url, COUNTERSIGN_URL, ${DEFAULT_URL}
  token    --token, DIR/admin-token of --data DIR, COUNTERSIGN_TOKEN,
           DIR/admin-token of COUNTERSIGN_DATA or ./${DEFAULT_DATA}
  CAs      --ca, COUNTERSIGN_CA beside those of the system (https://)

Exit codes
  0  done
  1  refused by the server, or it did not end well (--wait)
  2  wrong usage
  3  the server can't be reached
  4  there is no such zone, peer, TSIG, ACL or file

First steps
  countersign serve --data DIR --dns 192.0.2.1:53
  countersign tsig add transfer.example.com
  countersign zone add example.com --peer 192.0.2.53 \\
    --tsig transfer.example.com --wait
  countersign dnssec mode example.com live
  countersign dnssec show example.com`;

/** Terminals are this wide at least, and lines of help that are much longer are hard to read. */
const HELP_COLUMNS = 80;

/** Help and errors are collected through `write`; ending is an exception of commander, never the process's end. */
export function buildProgram(io: CliIo, write: { out(text: string): void; err(text: string): void }): Command {
  const program = new Command("countersign")
    .description("Secondary authoritative DNS with DNSSEC: the command line of a running server.")
    .option("--url <url>", "address of the server's API")
    .option("--token <token>", "API token; better in COUNTERSIGN_TOKEN, as command lines are public")
    .option("--ca <file>", "PEM file of CAs to believe beside the system's, for https://")
    .option("--data <dir>", "the server's data directory, for the token that it keeps there")
    .option("--json", "print the API's result as JSON")
    .option("--wide", "tables as wide as what is in them, on narrow terminals, too")
    .version(packageVersion(), "--version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => write.out(text),
      writeErr: (text) => write.err(text),
      outputError: (text, print) => print(errorLine(text)),
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
      getOutHasColors: () => io.out.terminal,
      getErrHasColors: () => io.err.terminal,
    })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 30 });
  const run: Runner =
    (work) =>
    (...args) =>
      work(makeContext(io, program.opts<GlobalFlags>()), ...args);
  addZoneCommands(program, run);
  addHeldCommands(program, run);
  addDnssecCommands(program, run);
  addKeyCommands(program, run);
  addRegistrarCommand(program, run);
  addMultiSignerCommand(program, run);
  addCatalogCommands(program, run);
  addTransferCommands(program, run);
  addOutgoingCommands(program, run);
  addPeerCommands(program, run);
  addTsigCommands(program, run);
  addAclCommands(program, run);
  addRecordCommands(program, run);
  addExplainCommand(program, run);
  addAnalyticsCommand(program, run);
  addCheckCommand(program, run);
  addEventCommands(program, run);
  addWatchCommand(program, run);
  addDoctorCommand(program, run);
  addWhoAmICommand(program, run);
  addAuditCommands(program, run);
  addAlertCommands(program, run);
  addUserCommands(program, run);
  addSessionCommands(program, run);
  addTokenCommands(program, run);
  addAccountCommands(program, run);
  addImageCommands(program, run);
  addCompletionCommand(program, run);
  program.addHelpText("after", SERVER + MANUAL);
  return program;
}

/** commander's `error: unknown option '--x'` in the form of our own sentences. */
function errorLine(text: string): string {
  const [first, ...rest] = text.trim().split("\n");
  const hint = rest.map((line) => ` ${line.replace(/^\(|\)$/g, "")}`).join("");
  const sentence = first!.replace(/^error: /, "").replace(/\.?$/, ".");
  return `countersign: ${sentence}${hint} "countersign --help" shows the commands, "--help" behind a command its options.\n`;
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
