/** `GET /countersign/v1/events` with `Accept: text/event-stream`: server-sent events (WHATWG HTML 9.2), resumed by Last-Event-ID. */
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { EventRow, EventsQuery } from "#contract";
import { sendError } from "./answer.ts";
import type { Call } from "./call.ts";
import { seesEvent } from "./sight.ts";

export function wantsEventStream(request: FastifyRequest): boolean {
  return request.headers.accept?.split(",").some((type) => type.trim().startsWith("text/event-stream")) ?? false;
}

/** What a client waits before it comes back, milliseconds. */
const RETRY_MS = 3000;

/** `places`: of whom `who` takes one; without them as many as he likes. */
type Watcher = Pick<Call<"own.events">, "service" | "asker" | "may"> & {
  readonly places?: StreamPlaces;
  readonly who?: string;
};

/** Streams of one user, or of one token, at a time: he leaves places to others. */
export const STREAMS_EACH_MAX = 16;

/** Keeps: nobody has more than STREAMS_EACH_MAX places, and who has none is not remembered. */
export class StreamPlaces {
  readonly #taken = new Map<string, number>();

  /** Gives the place back; undefined when he has enough. */
  take(who: string): (() => void) | undefined {
    const taken = this.#taken.get(who) ?? 0;
    if (taken >= STREAMS_EACH_MAX) return undefined;
    this.#taken.set(who, taken + 1);
    let isMine = true;
    return () => {
      const left = (this.#taken.get(who) ?? 0) - (isMine ? 1 : 0);
      isMine = false;
      if (left > 0) this.#taken.set(who, left);
      else this.#taken.delete(who);
    };
  }
}

/** A session that has ended, or a right that was taken away, ends the stream within this time, milliseconds. */
const LOOK_MS = 15_000;

export async function sendEventStream(
  watcher: Watcher,
  query: EventsQuery,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const last = request.headers["last-event-id"];
  const after = typeof last === "string" && /^\d{1,15}$/.test(last) ? Number(last) : query.after;
  const leave = watcher.places ? watcher.places.take(watcher.who ?? "") : () => undefined;
  if (!leave) return sendError(reply, { code: "events.too-many-streams", about: `${STREAMS_EACH_MAX} of yours` });
  const gone = new AbortController();
  const end = (): void => {
    leave();
    gone.abort();
  };
  reply.raw.once("close", end);
  // Gone while it was looked who asks: it has been told already, and is not told again.
  if (reply.raw.destroyed) end();
  const followed = await watcher.service.followEvents({ zone_id: query.zone_id, after }, gone.signal);
  if (!followed.ok) return sendError(reply, followed.error);
  // A proxy that collects what it passes on would hold events back.
  reply.header("x-accel-buffering", "no").type("text/event-stream; charset=utf-8");
  // No read-ahead: a client that does not take what it is sent holds a few lines, and its place.
  return reply.send(Readable.from(lines(followed.value, watcher), { objectMode: false, highWaterMark: 1 }));
}

async function* lines(
  events: AsyncIterable<EventRow | "gap" | "quiet">,
  { service, asker, may }: Watcher,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  let looked = performance.now();
  for await (const event of events) {
    if (performance.now() - looked > LOOK_MS) {
      if (!(await service.isGood(asker))) return;
      looked = performance.now();
    }
    if (event === "quiet") yield ": nothing happened\n\n";
    else if (event === "gap") yield 'event: gap\ndata: {"message":"events in between are no longer kept"}\n\n';
    else if (seesEvent(may, event)) yield `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
  }
}
