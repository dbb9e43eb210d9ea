/** Who takes part: each server started on one core, with one worker, serving the bench zone. */
import {
  bareName,
  missingPrograms,
  servedSerial,
  startBind,
  startCountersign,
  startKnot,
  startNsd,
  startPowerDns,
  until,
} from "../../test/peers/index.ts";
import type { BenchZone } from "./zone.ts";

const SERVED_MILLISECONDS = 300_000;

export type Contestant = {
  readonly title: string;
  readonly port: number;
  readonly pid: number;
  /** Facts for the table below: image size and the like. */
  readonly facts: readonly string[];
  stop(): Promise<void>;
};

export type Start = {
  readonly name: string;
  readonly programs: readonly string[];
  /** `zone` is signed for the mode presigned and plain for live. */
  start(zone: BenchZone, launcher: readonly string[]): Promise<Contestant>;
};

export const PRESIGNED: readonly Start[] = [
  { name: "Countersign", programs: ["knotd"], start: (zone, launcher) => startOurs(zone, "presigned", launcher) },
  {
    name: "Knot",
    programs: ["knotd"],
    start: async (zone, launcher) => contestant("Knot", await startKnot({ zones: [zone], launcher })),
  },
  {
    name: "NSD",
    programs: ["nsd"],
    start: async (zone, launcher) => contestant("NSD", await startNsd({ zones: [zone], launcher })),
  },
  {
    name: "BIND",
    programs: ["named"],
    start: async (zone, launcher) => contestant("BIND", await startBind({ zones: [zone], launcher })),
  },
  {
    name: "PowerDNS",
    programs: ["pdns_server"],
    start: async (zone, launcher) =>
      contestant("PowerDNS", await startPowerDns({ zones: [zone], launcher, presigned: true })),
  },
];

export const LIVE: readonly Start[] = [
  { name: "Countersign", programs: ["knotd"], start: (zone, launcher) => startOurs(zone, "live", launcher) },
  {
    name: "Knot",
    programs: ["knotd"],
    start: async (zone, launcher) =>
      contestant("Knot mod-onlinesign", await startKnot({ zones: [zone], launcher, signing: "onlinesign" })),
  },
];

export function canStart(start: Start): boolean {
  return missingPrograms(...start.programs).length === 0;
}

function contestant(
  title: string,
  peer: {
    readonly version: string;
    readonly port: number;
    readonly process: { readonly pid: number };
    stop(): Promise<void>;
  },
): Contestant {
  return { title: `${title} ${peer.version}`, port: peer.port, pid: peer.process.pid, facts: [], stop: peer.stop };
}

/** Fed by Knot over a real transfer; Knot is gone before anything is measured. */
async function startOurs(
  zone: BenchZone,
  mode: "presigned" | "live",
  launcher: readonly string[],
): Promise<Contestant> {
  const primary = await startKnot({ zones: [zone] });
  const product = await startCountersign({ launcher, env: { COUNTERSIGN_LOG_LEVEL: "warn" } });
  try {
    const id = await product.addZone({ name: zone.name, primary, mode });
    // Every signature is checked first, on the one core that the server has.
    await until(`${zone.name} served`, () => servedSerial(product.port, zone.name), SERVED_MILLISECONDS);
    const facts = await collectFacts(product, id);
    return { title: "Countersign", port: product.port, pid: product.process.pid, facts, stop: product.stop };
  } catch (error) {
    await product.stop();
    throw error;
  } finally {
    await primary.stop();
  }
}

async function collectFacts(
  product: { call(method: string, path: string): Promise<unknown> },
  id: string,
): Promise<string[]> {
  const status = (await product.call("GET", `/countersign/v1/zones/${id}`)) as {
    name: string;
    image: { records: number; octets: number } | null;
  };
  const transfers = (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as {
    outcome: string;
    records: number;
    started_time: string;
    finished_time: string;
  }[];
  const facts: string[] = [];
  if (status.image) {
    facts.push(
      `image of ${bareName(status.name)}: ${(status.image.octets / status.image.records).toFixed(0)} octets a record`,
    );
  }
  const taken = transfers.find((transfer) => transfer.outcome === "taken");
  if (taken) {
    const seconds = (Date.parse(taken.finished_time) - Date.parse(taken.started_time)) / 1000;
    facts.push(
      `AXFR in: ${taken.records} records in ${seconds.toFixed(2)} s, ${Math.round(taken.records / seconds)} a second`,
    );
  }
  return facts;
}
