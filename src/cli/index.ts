/** The command line: commands over the HTTP API, and images back to text. The door of the room. */
export { ExitCode } from "./exit.ts";
export type { CliIo, Sink } from "./io.ts";
export { runCli } from "./run.ts";
