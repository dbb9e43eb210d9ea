/** Answers explained; what zones were asked. */
import type { HandlersOf } from "../call.ts";

export const insightHandlers: HandlersOf<"insight" | "analytics"> = {
  "insight.explain": async ({ service, params, query }) => service.explainAnswer(params["zoneId"]!, query),
  "analytics.report": async ({ service, params, query }) => service.reportAnalytics(params["zoneId"]!, query),
  "analytics.byTime": async ({ service, params, query }) => service.reportAnalyticsByTime(params["zoneId"]!, query),
};
