/** What zones are asked: kept, and reported. */
export { AnalyticsKeeper } from "./keeper.ts";
export { makeAnalyticsService } from "./service.ts";
