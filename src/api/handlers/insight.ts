/** Answers explained. */
import type { HandlersOf } from "../call.ts";

export const insightHandlers: HandlersOf<"insight"> = {
  "insight.explain": async ({ service, params, query }) => service.explainAnswer(params["zoneId"]!, query),
};
