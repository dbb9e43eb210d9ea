/** What a zone looks like from outside, and why: an answer explained, the chain of trust checked and drawn. */
import { z } from "zod";
import { SelfCheck } from "../chain.ts";
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
  "insight.check": route("GET", `${OWN_ZONE}/self-check`, "The last check of the chain of trust", "one", SelfCheck),
  "insight.checkNow": route(
    "POST",
    `${OWN_ZONE}/self-check`,
    "Check the chain now: parent, own servers, delegation",
    "one",
    SelfCheck,
  ),
  "insight.chainSvg": route("GET", `${OWN_ZONE}/chain.svg`, "The last check as a picture", "text", z.string(), {
    media: "image/svg+xml",
  }),
} as const satisfies Record<string, Route>;
