/** The part of the service in memory that explains and reports: nothing answers there. */
import type { AnalyticsService, InsightService, SelfCheck } from "#contract";

const CHECK: SelfCheck = {
  zone_id: "0123456789abcdef0123456789abcdef",
  name: "example.com",
  mode: "unsigned",
  checked_time: "2026-10-05T09:00:00.000000Z",
  state: "insecure",
  summary: "example.com.: not signed",
  findings: [],
  nodes: [],
  links: [],
};

export function insightPart(): InsightService & AnalyticsService {
  const query = { metrics: [], dimensions: [], since: "2026-10-05T09:00:00Z", until: "2026-10-05T10:00:00Z", limit: 1 };
  const empty = { rows: 0, data: [], data_lag: 0, min: {}, max: {}, totals: {} };
  return {
    explainAnswer: async () => ({ ok: false, error: { code: "explain.not-answered", about: "A" } }),
    lastCheck: async () => ({ ok: true, value: CHECK }),
    checkChain: async () => ({ ok: true, value: CHECK }),
    drawChain: async () => ({ ok: true, value: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
    reportAnalytics: async () => ({ ok: true, value: { ...empty, query } }),
    reportAnalyticsByTime: async () => ({
      ok: true,
      value: { ...empty, time_intervals: [], query: { ...query, time_delta: "all" } },
    }),
  };
}
