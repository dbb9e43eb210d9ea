/** Answers explained; what zones were asked. */
import { type HandlersOf, mapped } from "../call.ts";

export const insightHandlers: HandlersOf<"insight" | "analytics"> = {
  "insight.explain": async ({ service, params, query }) => service.explainAnswer(params["zoneId"]!, query),
  "insight.check": async ({ service, params }) => service.lastCheck(params["zoneId"]!),
  "insight.checkNow": async ({ service, params }) => service.checkChain(params["zoneId"]!),
  "insight.chainSvg": async ({ service, params }) => mapped(await service.drawChain(params["zoneId"]!), (svg) => [svg]),
  "analytics.report": async ({ service, params, query }) => service.reportAnalytics(params["zoneId"]!, query),
  "analytics.byTime": async ({ service, params, query }) => service.reportAnalyticsByTime(params["zoneId"]!, query),
};
