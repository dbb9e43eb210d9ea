/**
 * Requests that come twice under one Idempotency-Key are done once: the second waits for the first and gets its answer. A key
 * belongs to who sent it and stands for one request; answers that decided nothing (5xx) are not kept.
 */
import { createHash } from "node:crypto";
import type { Outcome, RetryService } from "#contract";
import { envelopeOfError, type HttpAnswer } from "./answer.ts";
import { KeyedLock } from "./keyed-lock.ts";

export type KeyedRequest = {
  readonly key: string;
  readonly who: string;
  /** Method and path with its query. */
  readonly what: string;
  readonly octets: Uint8Array | undefined;
};

export type Once = { readonly answer: HttpAnswer; readonly again: boolean };

export type RetryDesk = { once(request: KeyedRequest, work: () => Promise<HttpAnswer>): Promise<Once> };

export function readKey(header: string | string[] | undefined): Outcome<string | undefined> {
  if (header === undefined) return { ok: true, value: undefined };
  const key = Array.isArray(header) ? header.join(",") : header;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return { ok: true, value: key };
  return { ok: false, error: { code: "idempotency.key-invalid" } };
}

export function makeRetryDesk(service: RetryService): RetryDesk {
  // One after the other under one key, in the order in which they came: bounded by the connections that there may be.
  const locks = new KeyedLock();
  return {
    once(request, work) {
      const key = digest(request.who, request.key);
      const what = digest(request.what, request.octets ?? new Uint8Array());
      return locks.run(key, () => claimAndDo(service, key, what, work));
    },
  };
}

async function claimAndDo(
  service: RetryService,
  key: string,
  what: string,
  work: () => Promise<HttpAnswer>,
): Promise<Once> {
  const kept = await service.claimKey(key, what);
  switch (kept.kind) {
    case "answered":
      return { answer: { status: kept.status, body: kept.body }, again: true };
    case "other-request":
      return { answer: envelopeOfError({ code: "idempotency.key-reused", about: kept.time }), again: false };
    case "unkept":
      return { answer: envelopeOfError({ code: "idempotency.not-kept", about: kept.time }), again: false };
    case "cut-off":
      return { answer: envelopeOfError({ code: "idempotency.cut-off", about: kept.time }), again: false };
    case "claimed":
      return { answer: await doAndKeep(service, key, work), again: false };
    default:
      return kept satisfies never;
  }
}

async function doAndKeep(service: RetryService, key: string, work: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  let answer: HttpAnswer | undefined;
  try {
    answer = await work();
    return answer;
  } finally {
    await service.keepAnswer(key, answer === undefined || answer.status >= 500 ? undefined : answer);
  }
}

function digest(head: string, tail: string | Uint8Array): string {
  return createHash("sha256").update(head).update("\0").update(tail).digest("hex");
}
