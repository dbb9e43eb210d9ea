/** What `doctor` looks at beside the zones: the server, the token, the clocks, the alerts. */
import type { WhoAmI } from "#contract";
import type { ApiClient, Readiness } from "./client.ts";
import { printMoment } from "./print.ts";

export type Finding = {
  readonly check: string;
  readonly state: "ok" | "warning" | "problem";
  readonly sentence: string;
  /** What to do; null where there is nothing to do. */
  readonly todo: string | null;
};

export const ok = (check: string, sentence: string): Finding => ({ check, state: "ok", sentence, todo: null });

/** Signatures and TSIG go by the clock: TSIG refuses beyond 300 s (RFC 8945 section 10), this is well before. */
const CLOCK_WARNING_MS = 5_000;
const CLOCK_PROBLEM_MS = 120_000;
/** The header Date has whole seconds. */
const DATE_GRAIN_MS = 1_000;

export function checkServer(url: string, { ready, waiting }: Readiness): Finding {
  if (ready) return ok("server", `${url} answers and is ready`);
  const why = waiting.join("; ") || "it does not say for what";
  return { check: "server", state: "warning", sentence: `${url} answers, but waits: ${why}`, todo: "look again soon" };
}

const DAY_MS = 86_400_000;
/** As the option certificateWarnDays has it when nothing else is said. */
const CERTIFICATE_WARN_DAYS = 21;
const LISTENERS = { dns: "DNS over TLS", http: "the API and the dashboard" } as const;

/** Of the server's own listeners; none where nothing speaks TLS. */
export function checkCertificates({ certificates }: Pick<Readiness, "certificates">, now: number): readonly Finding[] {
  return certificates.map(({ listener, subject, ends_on: end, files }) => {
    const left = Date.parse(end) - now;
    const whose = `the certificate of ${LISTENERS[listener]} (${subject})`;
    if (files === "refused") return refusedFiles(whose, end);
    if (left > CERTIFICATE_WARN_DAYS * DAY_MS) return ok("tls", `${whose} is good until ${printMoment(end)}`);
    const todo = "renew it: the files are read again when they change";
    if (left <= 0) return { check: "tls", state: "problem", sentence: `${whose} ended at ${printMoment(end)}`, todo };
    const days = Math.ceil(left / DAY_MS);
    const sentence = `${whose} ends in ${days === 1 ? "a day" : `${days} days`}, at ${printMoment(end)}`;
    return { check: "tls", state: "warning", sentence, todo };
  });
}

function refusedFiles(whose: string, end: string): Finding {
  const sentence = `the new files of ${whose} can't be used: the old one stays in force, until ${printMoment(end)}`;
  const todo =
    "the server's log says why (a key of another certificate, a file that can't be read); mended files are read by themselves";
  return { check: "tls", state: "problem", sentence, todo };
}

/** Throws CliFailure when the token is refused. What it may is seen by what it is given. */
export async function checkToken(api: ApiClient): Promise<Finding> {
  const { status, expires_on: end } = await api.call("user.tokens.verify");
  if (status !== "active")
    return { check: "token", state: "problem", sentence: `the token is ${status}`, todo: "make another one" };
  const may = mayText(await api.call("session.whoami"));
  return ok("token", `the token ${may}${end === undefined ? "" : `, until ${end}`}`);
}

const ROLE_TEXTS: Readonly<Record<WhoAmI["role"], string>> = {
  admin: "may do what an admin may",
  operator: "may do what an operator may: everything but users and who may do what",
  viewer: "may do what a viewer may: look at everything but secrets, and change nothing",
};

/** Groups that are named of a token with policies. */
const NAMED_GROUPS = 5;

function mayText({ role, permission_groups: groups }: WhoAmI): string {
  if (groups === null) return ROLE_TEXTS[role];
  const rest = groups.length - NAMED_GROUPS;
  const named = `${groups.slice(0, NAMED_GROUPS).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return `is limited by its policies to ${named || "nothing"}, of ${role === "viewer" ? "a" : "an"} ${role}: what it may not read is not looked at`;
}

/** The server's moment lies between when it was asked and when it had answered. */
export function checkClock(date: string | null, before: number, after: number): Finding {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server))
    return { check: "clock", state: "warning", sentence: "the server does not tell its time", todo: null };
  const offset = server > after ? server - after : Math.max(0, before - (server + DATE_GRAIN_MS));
  if (offset <= CLOCK_WARNING_MS) return ok("clock", "the clocks of this machine and of the server agree");
  const sentence = `the clock of this machine is ${Math.round(offset / 1000)} s ${server > after ? "behind" : "ahead of"} the server's`;
  const state = offset > CLOCK_PROBLEM_MS ? "problem" : "warning";
  return { check: "clock", state, sentence, todo: "set both by NTP: signatures and TSIG go by the clock" };
}

export async function checkAlerts(api: ApiClient): Promise<Finding> {
  const policies = (await api.call("alerts.list")).filter((policy) => policy.enabled);
  const [check, state] = ["alerts", "warning"] as const;
  if (policies.length === 0) {
    const todo =
      "countersign alert destination add NAME --webhook URL, then countersign alert add NAME --to DESTINATION";
    return { check, state, sentence: "nobody is told when something goes wrong", todo };
  }
  const mute = policies.filter((policy) => policy.destinations.length === 0).map((policy) => policy.name);
  if (mute.length > 0)
    return {
      check,
      state,
      sentence: `alerts without a destination: ${mute.join(", ")}`,
      todo: "give them one: countersign alert add NAME --to DESTINATION",
    };
  return ok(check, `${policies.length} ${policies.length === 1 ? "alert has" : "alerts have"} a destination`);
}

/** The server asks the provider itself: from here it may look otherwise. */
export async function checkProvider(api: ApiClient): Promise<Finding> {
  const found = await api.call("session.provider");
  const check = "sign-in";
  if (!found.configured) return ok(check, "by password and admin token; no OpenID provider is set up");
  const where = `${found.name} (${found.issuer})`;
  if (found.state !== "ready") {
    const todo = "is oidcIssuer right, does the server reach it, does the server know its certificate's CA?";
    return { check, state: "problem", sentence: `${where} can't be used: ${found.problem}`, todo };
  }
  const end = found.certificate_ends_on;
  const certificate = end === null ? "without TLS" : `its certificate is good until ${printMoment(end)}`;
  if (found.warnings.length > 0) {
    const sentence = `${where} answers, but ${found.warnings.join("; ")}`;
    return { check, state: "warning", sentence, todo: "look at the options that begin with oidc, and at the provider" };
  }
  return ok(check, `${where} describes itself, ${certificate}; its redirect URI for us is ${found.redirect_uri}`);
}
