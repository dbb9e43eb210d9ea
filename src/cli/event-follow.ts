/**
 * Events as they happen, over lost connections: `events --follow` and `watch`.
 *
 *   bookmark ▶ stream ─ event ▶ yielded, bookmark moves
 *                └ ended or broken off ▶ told once ▶ wait ▶ stream behind the bookmark
 *
 * The first connection has to work: a wrong address is told at once. Ends by the interrupt alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { EventRow } from "#contract";
import type { Context } from "./context.ts";
import { CliFailure, ExitCode } from "./exit.ts";

/** Between two attempts: doubled with each that fails. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;

export type FollowQuery = { readonly zone_id?: string; readonly after?: number };

export async function* followEvents(
  context: Context,
  query: FollowQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<EventRow> {
  const api = context.api();
  const [newest] = await api.call("own.events", { query: { limit: 1 } });
  let after = query.after ?? newest?.id ?? 0;
  let wait = 0;
  while (!signal?.aborted) {
    try {
      for await (const event of api.events({ zone_id: query.zone_id, after }, signal)) {
        if (wait > 0) await context.tell("the server is there again");
        wait = 0;
        if (event === "gap") await context.tell("events in between are no longer kept");
        else {
          yield event;
          after = event.id;
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof CliFailure) || error.exitCode !== ExitCode.Unreachable) throw error;
    }
    if (signal?.aborted) return;
    if (wait === 0) await context.tell("the connection to the server is lost; trying again");
    wait = Math.min(Math.max(wait * 2, RETRY_MIN_MS), RETRY_MAX_MS);
    // Rejects when interrupted, which the loop sees by itself.
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
