/** From outcomes to HTTP: status, envelope, content type. Always a JSON body (except text), never success with an error in it. */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import {
  type ApiError,
  type ApiMessage,
  type ControlError,
  type Envelope,
  ERRORS,
  errorSentence,
  type ResultInfo,
  type Route,
  type RouteName,
  resultInfo,
} from "#contract";
import type { AuthRefusal } from "./auth.ts";
import type { Page } from "./call.ts";

/** Messages that clients look for beside the result. */
const MESSAGES: { readonly [K in RouteName]?: readonly ApiMessage[] } = {
  "user.tokens.verify": [{ code: 10000, message: "This API Token is valid and active", type: null }],
  "accounts.tokens.verify": [{ code: 10000, message: "This API Token is valid and active", type: null }],
};

export function sendValue(reply: FastifyReply, name: RouteName, route: Route, value: unknown): FastifyReply {
  switch (route.shape) {
    case "one":
      return sendResult(reply, name, value);
    case "list": {
      const items = value as readonly unknown[];
      return sendResult(reply, name, items, resultInfo(1, items.length, items.length, items.length));
    }
    case "page": {
      const { items, page, perPage, total } = value as Page<unknown>;
      return sendResult(reply, name, items, resultInfo(page, perPage, items.length, total));
    }
    case "text":
      return reply
        .type("text/plain; charset=utf-8")
        .send(Readable.from(value as Iterable<string>, { objectMode: false }));
  }
}

function sendResult(reply: FastifyReply, name: RouteName, result: unknown, result_info?: ResultInfo): FastifyReply {
  const envelope: Envelope<unknown> = {
    success: true,
    errors: [],
    messages: MESSAGES[name] ?? [],
    result,
    result_info,
  };
  return sendJson(reply, 200, envelope);
}

export function sendError(reply: FastifyReply, error: ControlError | AuthRefusal): FastifyReply {
  const entry = ERRORS[error.code];
  const first: ApiError = {
    code: entry.number,
    message: errorSentence(error),
    reason: error.code,
    ...("chain" in error && error.chain && { error_chain: [error.chain] }),
    ...(error.pointer !== undefined && { source: { pointer: error.pointer } }),
  };
  const errors = error.code === "route.unknown" ? [first, { code: 7000, message: "No route for that URI" }] : [first];
  const envelope: Envelope<never> = { success: false, errors, messages: [], result: null };
  return sendJson(reply, entry.status, envelope);
}

export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(body));
}
