/**
 * The event stream: one connection for the whole dashboard, resumed by the last id.
 *
 *   connecting ── answer ──▶ live ── ends, silent too long ──▶ waiting ── retry due ──▶ connecting
 */
import type { EventRow } from "#contract";
import type { Client } from "./client.ts";

export type StreamState = "connecting" | "live" | "waiting";

/** "gap": events in between are no longer kept, so anything may have changed. */
export type Happening = EventRow | "gap";

export type StreamOptions = {
  readonly onHappening: (happening: Happening) => void;
  readonly onState: (state: StreamState) => void;
  readonly signal: AbortSignal;
};

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 15_000;
/** The server says something at least each 15 s or so; a connection silent for longer is dead. */
const SILENCE_MOST_MS = 60_000;
/** No event is larger. */
const MAX_BLOCK_CHARACTERS = 1024 * 1024;

/** Until `signal`. */
export async function followEvents(client: Client, { onHappening, onState, signal }: StreamOptions): Promise<void> {
  let last: number | undefined;
  let retryMs = RETRY_FIRST_MS;
  while (!signal.aborted) {
    onState("connecting");
    const headers = { accept: "text/event-stream", ...(last === undefined ? {} : { "last-event-id": String(last) }) };
    const sent = await client.send("GET", "/countersign/v1/events", undefined, { signal, headers });
    if (sent.ok && sent.value.body) {
      onState("live");
      // What happened while nobody listened is not known, so all that is shown is asked for again.
      if (last === undefined) onHappening("gap");
      retryMs = RETRY_FIRST_MS;
      for await (const happening of readStream(sent.value.body)) {
        if (happening !== "gap") last = happening.id;
        onHappening(happening);
      }
    }
    if (signal.aborted) return;
    if (!sent.ok && sent.failure.status === 401) return;
    onState("waiting");
    await pause(retryMs, signal);
    retryMs = Math.min(retryMs * 2, RETRY_MOST_MS);
  }
}

async function* readStream(body: ReadableStream<Uint8Array>): AsyncGenerator<Happening> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  try {
    while (text.length < MAX_BLOCK_CHARACTERS) {
      const chunk = await withinSilence(reader.read());
      if (chunk === undefined || chunk.done) return;
      const blocks = (text + chunk.value).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const happening = readBlock(block);
        if (happening) yield happening;
      }
    }
  } catch (error) {
    console.info("The event stream ended.", error);
  } finally {
    reader.cancel().catch((error: unknown) => console.info("The event stream was gone already.", error));
  }
}

function readBlock(block: string): Happening | undefined {
  const lines = block.split("\n");
  if (lines.includes("event: gap")) return "gap";
  const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
  return data === undefined ? undefined : (JSON.parse(data) as EventRow);
}

/** Undefined when nothing came for too long. */
function withinSilence<T>(reading: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), SILENCE_MOST_MS);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
