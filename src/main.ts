/**
 * The composition root, with serve.ts: the only files that know every room.
 *
 *   countersign serve …   the server (serve.ts)
 *   countersign …         everything else is the command line, an HTTP client
 *
 * Each side is loaded only when it is wanted: a command should not wait for the server's libraries.
 */

const OLDEST_NODE = 24;

async function main(argv: readonly string[]): Promise<number> {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    process.stderr.write(
      `countersign: this is Node ${process.versions.node}, but ${OLDEST_NODE} or later is needed: run it as bin/countersign, or install a newer Node.\n`,
    );
    return 1;
  }
  const [command, ...rest] = argv;
  if (command === "serve") {
    const { serve } = await import("./serve.ts");
    return serve(rest);
  }
  const { runCli } = await import("#cli");
  return runCli(argv);
}

process.exitCode = await main(process.argv.slice(2));
