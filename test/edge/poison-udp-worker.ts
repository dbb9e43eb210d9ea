/** The udp worker, with an Answerer that breaks on one name. */
import { poisonAnswerer } from "./poison.ts";

poisonAnswerer();
await import("../../src/edge/udp-worker.ts");
