/** A call between being read and being done. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor, RouteName } from "#contract";
import type { Handler } from "./call.ts";

/** A call that is understood: its asker is known, its parameters, query and body fit their schemas. */
export type Understood = {
  readonly name: RouteName;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly actor: Actor;
  readonly call: Parameters<Handler<RouteName>>[0];
  /** The body's octets, for telling two requests apart. */
  readonly octets: Uint8Array | undefined;
};
