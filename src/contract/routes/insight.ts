/** What a zone looks like from outside, and why: an answer explained. */
import { ExplainQuery, Explanation } from "../explain.ts";
import { OWN_ZONE, type Route, route } from "./route.ts";

export const insightRoutes = {
  "insight.explain": route(
    "GET",
    `${OWN_ZONE}/explain`,
    "Why this answer: RRset, step, proof, key and cache",
    "one",
    Explanation,
    { query: ExplainQuery },
  ),
} as const satisfies Record<string, Route>;
