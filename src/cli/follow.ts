/**
 * Follows a transfer until it is over: what happens is told as it happens, how it ended is the result.
 *
 *   bookmark ▶ (start it) ▶ look at transfers and events newer than the bookmark, again and again
 *                             taken: done · held: refused with the reason · no primary could be used: refused with the reasons
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { EventRow, Transfer } from "#contract";
import type { ApiClient } from "./client.ts";
import type { Context } from "./context.ts";
import { CliFailure, ExitCode } from "./exit.ts";
import { clean, printMoment } from "./print.ts";

/** What was newest before the transfer was started. Ids ascend and are never reused. */
export type Bookmark = { readonly event: number; readonly transfer: number };

const POLL_MS = 250;
/** Of one look; more than these between two looks are not needed to see how it ended. */
const EVENTS_AT_ONCE = 100;

/** Without `zoneId` for a zone that is not there yet: it has no transfers. */
export async function bookmark(api: ApiClient, zoneId?: string): Promise<Bookmark> {
  const [event] = await api.call("own.events", { query: { limit: 1 } });
  const [transfer] =
    zoneId === undefined ? [] : await api.call("own.transfers", { params: { zoneId }, query: { limit: 1 } });
  return { event: event?.id ?? 0, transfer: transfer?.id ?? 0 };
}

/** The serial that was taken. Throws CliFailure when it was not, or not within `seconds`. */
export async function followTransfer(
  context: Context,
  zone: { readonly id: string; readonly name: string },
  since: Bookmark,
  seconds: number,
): Promise<number> {
  const api = context.api();
  const until = Date.now() + seconds * 1000;
  const seen: EventRow[] = [];
  for (;;) {
    const transfers = await api.call("own.transfers", {
      params: { zoneId: zone.id },
      query: { limit: 20, direction: "in" },
    });
    for (const event of await newEvents(api, zone.id, Math.max(since.event, seen.at(-1)?.id ?? 0))) {
      seen.push(event);
      if (!context.json) await context.tell(`${printMoment(event.time)}  ${clean(event.message)}`);
    }
    const ended = howItEnded(
      transfers.filter((row) => row.id > since.transfer),
      seen,
    );
    if (ended?.kind === "taken") return ended.serial;
    if (ended) throw new CliFailure(ExitCode.Refused, `${zone.name}: ${ended.sentence}`);
    if (Date.now() >= until) throw await notInTime(api, zone, seconds);
    await sleep(POLL_MS);
  }
}

async function newEvents(api: ApiClient, zoneId: string, after: number): Promise<readonly EventRow[]> {
  const newest = await api.call("own.events", { query: { zone_id: zoneId, limit: EVENTS_AT_ONCE } });
  return newest.filter((event) => event.id > after).reverse();
}

type Ended =
  | { readonly kind: "taken"; readonly serial: number }
  | { readonly kind: "not-taken"; readonly sentence: string };

/** `transfers` newest first, `events` oldest first, both of after the bookmark; undefined while it goes on. */
export function howItEnded(transfers: readonly Transfer[], events: readonly EventRow[]): Ended | undefined {
  const last = transfers.find((row) => row.outcome === "taken" || row.outcome === "held");
  if (last?.outcome === "taken") return { kind: "taken", serial: last.serial_after ?? 0 };
  if (last) {
    const reason = last.error?.message ?? "the reason was not told";
    return {
      kind: "not-taken",
      sentence: `serial ${last.serial_after} was transferred and is held: ${clean(reason)}.`,
    };
  }
  const failed = events.findIndex((event) => event.code === "refresh.all-failed");
  if (failed < 0) return undefined;
  const reasons = events.slice(0, failed).filter((event) => event.code === "refresh.peer-failed");
  const told = reasons.map((event) => clean(event.message.replace(/^\S+: /, "")));
  const sentence = `no primary could be used${told.length > 0 ? `: ${[...new Set(told)].join("; ")}` : ""}. It is tried again by itself.`;
  return { kind: "not-taken", sentence };
}

async function notInTime(
  api: ApiClient,
  zone: { readonly id: string; readonly name: string },
  seconds: number,
): Promise<CliFailure> {
  const status = await api.call("own.status", { params: { zoneId: zone.id } });
  return new CliFailure(
    ExitCode.Refused,
    `${zone.name}: not transferred within ${seconds} s (it is ${status.phase} now, and goes on); "countersign transfer status ${zone.name}" shows how far it is.`,
  );
}
