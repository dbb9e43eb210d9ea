/** What `doctor` says of the zones: how many are how, which are worst and why, their primaries, their DS, their signatures. */
import { HEALTH_LEVELS, type ZoneStatus, type ZoneSummary } from "#contract";
import type { ApiClient } from "./client.ts";
import { type Finding, ok } from "./doctor-setup.ts";
import { healthText } from "./health.ts";
import { printMoment } from "./print.ts";

/** So many zones that are not well are looked at one by one, the worst first. */
const LOOKED_AT = 50;
const NAMED = 5;
const DAY_MS = 86_400_000;
/** Beside the server's own word, which comes two days before the end. */
const SIGNATURES_NEAR_DAYS = 4;

export async function checkZones(api: ApiClient): Promise<readonly Finding[]> {
  const counts = await api.call("own.zoneCounts");
  if (counts.total === 0)
    return [
      {
        check: "zones",
        state: "warning",
        sentence: "there are no zones yet",
        todo: "countersign zone add NAME --peer ADDRESS",
      },
    ];
  const { items, info } = await api.page("own.zones", {
    query: { level: ["problem", "warning", "waiting"], order: "health", per_page: LOOKED_AT, page: 1 },
  });
  const statuses: ZoneStatus[] = [];
  for (const { id } of items) statuses.push(await api.call("own.status", { params: { zoneId: id } }));
  const told = HEALTH_LEVELS.map((level) => `${counts.levels[level]} ${level}`).join(", ");
  const more =
    info.total_count > items.length ? `; the worst ${items.length} of ${info.total_count} are looked at` : "";
  return [
    ok("zones", `${counts.total} ${counts.total === 1 ? "zone" : "zones"}: ${told}${more}`),
    ...items
      .filter(({ health }) => health.level === "problem" || health.level === "warning")
      .map((zone) =>
        zoneFinding(
          zone,
          statuses.find(({ id }) => id === zone.id),
        ),
      ),
    primariesFinding(statuses),
    dsFinding(items),
    signaturesFinding(statuses),
  ];
}

/** With the reason why a version is held: what a primary was last at fault for need not be it. */
function zoneFinding({ name, health }: ZoneSummary, status: ZoneStatus | undefined): Finding {
  const { sentence, todo } = healthText(health.code, name);
  const state = health.level === "problem" ? "problem" : "warning";
  const isHeld = health.code === "held" || health.code === "held-unserved";
  const reason = isHeld && status?.held ? `: ${status.held.reason}` : "";
  return { check: "zone", state, sentence: `${name}: ${sentence}${reason}`, todo: todo ?? null };
}

/** Each primary once, with its last failure. The zones' own findings say how bad that is. */
function primariesFinding(statuses: readonly ZoneStatus[]): Finding {
  const failing = new Map<string, string>();
  for (const { peers } of statuses) {
    for (const peer of peers) {
      const error = peer.transfer_error ?? peer.check_error;
      if (!error || failing.has(peer.id)) continue;
      const when = printMoment(peer.checked_time);
      failing.set(peer.id, `${peer.name} (${peer.address}): ${error.message}${when ? `, ${when}` : ""}`);
    }
  }
  if (failing.size === 0) return ok("primaries", "none that was looked at has failed last");
  const todo = "is it running, does a firewall let this server reach it, does it allow transfers with this TSIG?";
  return { check: "primaries", state: "warning", sentence: [...failing.values()].join("; "), todo };
}

function dsFinding(zones: readonly ZoneSummary[]): Finding {
  const wanted = zones.filter(({ health }) => health.code === "ds-wanted").map(({ name }) => name);
  if (wanted.length === 0) return ok("ds", "no zone is known to wait for its DS alone");
  const sentence = `${wanted.length} signed without a DS at the parent: ${nameSome(wanted)}`;
  return { check: "ds", state: "warning", sentence, todo: "add it at the registrar: countersign dnssec show ZONE" };
}

function signaturesFinding(statuses: readonly ZoneStatus[]): Finding {
  const end = Date.now() + SIGNATURES_NEAR_DAYS * DAY_MS;
  const near = statuses
    .filter(({ health, dnssec }) => {
      const expires = dnssec.signatures_expire_time;
      // Where we sign ourselves they are made anew in time: the server says when they were not.
      const theirs = dnssec.resign_time === null;
      return health.code === "signatures-ending" || (theirs && expires !== null && Date.parse(expires) < end);
    })
    .map(({ name, dnssec }) => `${name} (${printMoment(dnssec.signatures_expire_time) ?? "soon"})`);
  if (near.length === 0) return ok("signatures", `none that was looked at ends within ${SIGNATURES_NEAR_DAYS} days`);
  const todo = "where the primary signs, let it sign anew under a newer serial";
  return { check: "signatures", state: "warning", sentence: `signatures end soon: ${nameSome(near)}`, todo };
}

function nameSome(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(", ")} and ${rest} more` : names.join(", ");
}
