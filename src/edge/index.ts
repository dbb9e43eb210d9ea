/** The workers that answer the world, and their supervisor. The door of the room. */

export { Edge, type EdgeOptions, startEdge } from "./supervisor.ts";
