/**
 * `doctor`: the set-up, end to end. Each finding says how it is, in a sentence, and what to do.
 *
 *   server ▶ token ▶ clock ▶ certificates ▶ zones ─ primaries, DS, signatures ▶ alerts ▶ sign-in       exit code 1 when one is a problem
 *      └ what comes behind a server or a token that fails can't be looked at; of one that is silent here: who has its ports
 *   and the data directory, where it is on this machine
 */
import type { Command } from "commander";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { checkDirectory } from "../doctor-directory.ts";
import { checkPorts } from "../doctor-ports.ts";
import {
  checkAlerts,
  checkCertificates,
  checkClock,
  checkProvider,
  checkServer,
  checkToken,
  type Finding,
} from "../doctor-setup.ts";
import { checkZones } from "../doctor-zones.ts";
import { CliFailure, ExitCode } from "../exit.ts";
import { clean } from "../print.ts";

export function addDoctorCommand(program: Command, run: Runner): void {
  program
    .command("doctor")
    .description("check the set-up end to end, and say what to do; exit code 1 when there is a problem")
    .action(run(doctor));
}

async function doctor(context: Context): Promise<void> {
  const seen = await examine(() => context.api());
  const directory = context.directory();
  const findings = [
    ...seen,
    ...(context.isHere() && isSilent(seen) ? await checkPorts(context.io.env) : []),
    ...(directory === undefined ? [] : checkDirectory(directory)),
  ];
  await context.show(findings, () => findings.map(printFinding).join(""));
  const problems = findings.filter((finding) => finding.state === "problem").length;
  if (problems > 0) throw new CliFailure(ExitCode.Refused, `${problems} ${problems === 1 ? "problem" : "problems"}.`);
}

/** Then it may be that it can't start. */
const isSilent = (findings: readonly Finding[]): boolean =>
  findings.some(({ check, state }) => check === "server" && state === "problem");

/** `connect` throws CliFailure where nobody can be asked. */
export async function examine(connect: () => ApiClient): Promise<readonly Finding[]> {
  let api: ApiClient;
  try {
    api = connect();
  } catch (error) {
    // No token at all, or no address that is one: nobody can be asked.
    return [problemOf("token", error)];
  }
  const before = Date.now();
  const server = await api.readiness().catch((error: unknown) => problemOf("server", error));
  if ("state" in server) return [server];
  const clock = checkClock(server.date, before, Date.now());
  const token = await checkToken(api).catch((error: unknown) => problemOf("token", error));
  const certificates = checkCertificates(server, Date.now());
  const findings = [checkServer(api.url, server), token, clock, ...certificates];
  if (token.state === "problem") return findings;
  const zones = await checkZones(api).catch((error: unknown) => [unseen("zones", error)]);
  const alerts = await checkAlerts(api).catch((error: unknown) => unseen("alerts", error));
  const provider = await checkProvider(api).catch((error: unknown) => unseen("sign-in", error));
  return [...findings, ...zones, alerts, provider];
}

function problemOf(check: string, error: unknown): Finding {
  if (!(error instanceof CliFailure)) throw error;
  return { check, state: "problem", sentence: error.message, todo: null };
}

/** This token may not look there: no fault of the set-up. */
function unseen(check: string, error: unknown): Finding {
  return { ...problemOf(check, error), state: "warning", todo: "ask with a token that may read it" };
}

function printFinding({ state, check, sentence, todo }: Finding): string {
  const line = `${state.padEnd(7)}  ${check.padEnd(10)}  ${clean(sentence)}\n`;
  return todo === null ? line : `${line}${" ".repeat(21)}→ ${clean(todo)}\n`;
}
