/** How zones come from a peer. */
import type { HandlersOf } from "../call.ts";

export const transportHandlers: HandlersOf<"transport"> = {
  "transport.get": async ({ service, params }) => service.getTransport(params["peerId"]!),
  "transport.set": async ({ service, params, body }) => service.setTransport(params["peerId"]!, body),
  "transport.delete": async ({ service, params }) => service.deleteTransport(params["peerId"]!),
};
