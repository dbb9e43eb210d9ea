/** The part of the service in memory that explains: nothing answers there. */
import type { InsightService } from "#contract";

export function insightPart(): InsightService {
  return {
    explainAnswer: async () => ({ ok: false, error: { code: "explain.not-answered", about: "A" } }),
  };
}
