/** What a zone was asked. */
import { AnalyticsByTime, AnalyticsByTimeQuery, AnalyticsQuery, AnalyticsReport } from "../analytics.ts";
import { type Route, route, ZONE } from "./route.ts";

const lists = ["metrics", "dimensions", "sort"] as const;

export const analyticsRoutes = {
  "analytics.report": route("GET", `${ZONE}/dns_analytics/report`, "What the zone was asked", "one", AnalyticsReport, {
    query: AnalyticsQuery,
    lists,
  }),
  "analytics.byTime": route(
    "GET",
    `${ZONE}/dns_analytics/report/bytime`,
    "The same, cut into intervals",
    "one",
    AnalyticsByTime,
    { query: AnalyticsByTimeQuery, lists },
  ),
} as const satisfies Record<string, Route>;
