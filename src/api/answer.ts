/** From outcomes to HTTP: status, envelope, content type. Always a JSON body (except text), never success with an error in it. */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import {
  type ApiError,
  type ApiMessage,
  type ControlError,
  type CursorInfo,
  type Envelope,
  ERRORS,
  errorSentence,
  type ResultInfo,
  type Route,
  type RouteName,
  resultInfo,
} from "#contract";
import type { AuthRefusal } from "./auth.ts";
import type { Page, Stretch } from "./call.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** Messages that clients look for beside the result. */
const MESSAGES: { readonly [K in RouteName]?: readonly ApiMessage[] } = {
  "user.tokens.verify": [{ code: 10000, message: "This API Token is valid and active", type: null }],
  "accounts.tokens.verify": [{ code: 10000, message: "This API Token is valid and active", type: null }],
};

/** A whole answer before it is sent: `body` is JSON. */
export type HttpAnswer = { readonly status: number; readonly body: string; readonly tag?: string };

export function envelopeOfValue(name: RouteName, route: Route, value: unknown): HttpAnswer {
  switch (route.shape) {
    case "list": {
      const items = value as readonly unknown[];
      return envelope(name, items, resultInfo(1, items.length, items.length, items.length));
    }
    case "page": {
      const { items, page, perPage, total } = value as Page<unknown>;
      return envelope(name, items, resultInfo(page, perPage, items.length, total));
    }
    case "cursor": {
      const { items, after } = value as Stretch<unknown>;
      return envelope(name, items, { count: items.length, cursors: { after: after ?? "" } });
    }
    default:
      return envelope(name, value);
  }
}

function envelope(name: RouteName, result: unknown, result_info?: ResultInfo | CursorInfo): HttpAnswer {
  const whole: Envelope<unknown> = { success: true, errors: [], messages: MESSAGES[name] ?? [], result, result_info };
  return { status: 200, body: JSON.stringify(whole) };
}

export function sendText(
  reply: FastifyReply,
  route: Route,
  text: Iterable<string> | AsyncIterable<string>,
): FastifyReply {
  reply.type(`${route.media ?? "text/plain"}; charset=utf-8`);
  return reply.send(Readable.from(text, { objectMode: false }));
}

export function sendAnswer(reply: FastifyReply, { status, body, tag }: HttpAnswer): FastifyReply {
  if (tag !== undefined) reply.header("etag", tag);
  return reply.code(status).type(JSON_TYPE).send(body);
}

export function sendError(reply: FastifyReply, error: ControlError | AuthRefusal): FastifyReply {
  return sendAnswer(reply, envelopeOfError(error));
}

export function envelopeOfError(error: ControlError | AuthRefusal): HttpAnswer {
  const all: readonly ControlError[] = "also" in error && error.also ? [error, ...error.also] : [error];
  const errors = all.map(shownError);
  if (error.code === "route.unknown") errors.push({ code: 7000, message: "No route for that URI" });
  const envelope: Envelope<never> = { success: false, errors, messages: [], result: null };
  return { status: ERRORS[error.code].status, body: JSON.stringify(envelope) };
}

function shownError(error: ControlError | AuthRefusal): ApiError {
  return {
    code: ERRORS[error.code].number,
    message: errorSentence(error),
    reason: error.code,
    ...("chain" in error && error.chain && { error_chain: [error.chain] }),
    ...(error.pointer !== undefined && { source: { pointer: error.pointer } }),
  };
}

export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).type(JSON_TYPE).send(JSON.stringify(body));
}
