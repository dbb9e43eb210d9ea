/**
 * `npm run bench`: named cases. Without arguments it lists them; with a regular expression it runs those that match, with
 * what stands behind `--` handed on: `npm run bench -- peers --names 20000`.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

type Case = {
  readonly name: string;
  readonly file: string;
  readonly sentence: string;
  readonly args?: readonly string[];
};

const CASES: readonly Case[] = [
  { name: "image", file: "image.ts", sentence: "build, compile, check and look up in a zone image; octets a record" },
  { name: "answer", file: "answer.ts", sentence: "an answer without the network: pre-signed beside live-signed" },
  { name: "tally", file: "tally.ts", sentence: "what counting what zones are asked costs an answer" },
  { name: "crypto", file: "crypto.ts", sentence: "signatures and hashes a second, both paths" },
  { name: "udp-echo", file: "udp-echo.ts", sentence: "what the UDP paths cost with no DNS behind them" },
  { name: "peers", file: "peers/index.ts", sentence: "beside Knot, NSD, BIND and PowerDNS: the figures to reach" },
  {
    name: "zones",
    file: "zones/index.ts",
    sentence: "20,000 small zones: cold start to all answered, memory a zone, what polling costs",
  },
  {
    name: "transfers",
    file: "peers/transfers.ts",
    sentence: "a signed zone in, changes of one record and what answers feel of them, beside NSD, Knot and BIND",
  },
  {
    name: "outgoing",
    file: "peers/outgoing.ts",
    sentence: "a zone given out whole and by changes, beside Knot, NSD and BIND: records for a second of CPU",
  },
  {
    name: "catalog",
    file: "catalog/index.ts",
    sentence:
      "a catalog of 10,000 members: all of them added, half regrouped, half taken away, and what others feel of it",
  },
  {
    name: "dashboard",
    file: "dashboard.ts",
    sentence: "the list of 100,000 zones in a browser: first page, frames while it is scrolled, requests, search",
  },
];

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const [pattern, ...rest] = argv;
  if (pattern === undefined) {
    console.log("npm run bench -- CASE [options]; CASE is a regular expression:\n");
    for (const { name, sentence } of CASES) console.log(`  ${name.padEnd(10)} ${sentence}`);
    return 0;
  }
  const chosen = CASES.filter((one) => new RegExp(`^(${pattern})$`).test(one.name));
  if (chosen.length === 0) {
    console.error(`no bench case is called ${pattern}; there are ${CASES.map((one) => one.name).join(", ")}`);
    return 2;
  }
  for (const one of chosen) {
    console.log(`— ${one.name}: ${one.sentence}`);
    const code = await runCase(one, rest);
    if (code !== 0) return code;
  }
  return 0;
}

function runCase(one: Case, args: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL(one.file, import.meta.url));
  const child = spawn(process.execPath, [file, ...(one.args ?? []), ...args], { stdio: "inherit" });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}
