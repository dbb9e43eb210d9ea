/**
 * What the tests of rollovers stand on. Nobody waits for an hour: the product is killed, what it remembers is moved back by the
 * hour (as if it had been down for so long), and it is started again. So every wait is a restart, too.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Rollover, Rollovers, ZoneKey } from "#contract";
import { transferred } from "../outgoing/world.ts";
import {
  type Countersign,
  getProgram,
  queryUdp,
  startCountersign,
  startUnbound,
  type TsigKey,
  type Unbound,
  until,
  writeIn,
} from "../peers/index.ts";

const AD = 0x20;
const RD = 0x0100;
/** RFC 1035: what a validating resolver says of what it can't validate. */
const SERVFAIL = 2;

/** `secure`: validated. `bogus`: SERVFAIL. */
export type Verdict = "secure" | "bogus" | "insecure";

export async function askValidator(resolver: Unbound, name: string, type = 1): Promise<Verdict> {
  const reply = await queryUdp(resolver, { name, type, flags: RD, edns: { do: true } });
  if ((reply[3]! & 15) === SERVFAIL) return "bogus";
  return reply[3]! & AD ? "secure" : "insecure";
}

/** A resolver with a cache of its own that trusts these DS and asks the product alone. */
export function startValidator(zone: string, product: Countersign, anchors: readonly string[]): Promise<Unbound> {
  const { address, port } = product;
  return startUnbound({ trustAnchors: anchors, stubs: [{ zone, servers: [{ address, port }] }], aggressive: false });
}

export function rollovers(product: Countersign, id: string): Promise<Rollovers> {
  return product.call("GET", `/countersign/v1/zones/${id}/keys/rollovers`) as Promise<Rollovers>;
}

export function roll(product: Countersign, id: string, kind: "zsk" | "ksk", emergency = false): Promise<Rollovers> {
  return product.call("POST", `/countersign/v1/zones/${id}/keys/roll`, { kind, emergency }) as Promise<Rollovers>;
}

export function keysOf(product: Countersign, id: string): Promise<ZoneKey[]> {
  return product.call("GET", `/countersign/v1/zones/${id}/keys`) as Promise<ZoneKey[]>;
}

/** Until the rollover of this kind has come to `step`; `over`: there is none any more. */
export function reaches(
  product: Countersign,
  id: string,
  kind: "zsk" | "ksk",
  step: Rollover["step"],
): Promise<Rollover> {
  return until(`${kind} ${step}`, async () => {
    const { rollovers: going } = await rollovers(product, id);
    return going.find((each) => each.kind === kind && each.step === step);
  });
}

export function isOver(product: Countersign, id: string, kind: "zsk" | "ksk"): Promise<Rollovers> {
  return until(`${kind} over`, async () => {
    const seen = await rollovers(product, id);
    return seen.rollovers.some((each) => each.kind === kind) ? undefined : seen;
  });
}

/** Kept over kills: resolvers that ask the product find it where it was. */
export type Ports = { port?: number; httpPort?: number };

export async function startOn(ports: Ports, directory: string, env?: Readonly<Record<string, string>>) {
  const product = await startCountersign({ directory, ...ports, ...(env && { env }) });
  Object.assign(ports, { port: product.port, httpPort: product.httpPort });
  return product;
}

/** As if it had been down for so long. */
export async function killAndPass(product: Countersign, seconds: number): Promise<void> {
  await product.kill();
  passTime(product.directory, seconds);
}

const MOMENTS = ["since", "startedAt", "activatedAt", "agreedAt"] as const;

/** Everything that it remembers of rollovers (of these zones alone) happened so much earlier. The product is not running. */
export function passTime(directory: string, seconds: number, ids?: readonly string[]): void {
  const database = new DatabaseSync(join(directory, "data", "countersign.db"));
  const rows = database.prepare("SELECT zone_id, document FROM zone_documents WHERE kind = 'rollover'").all();
  for (const { zone_id, document } of rows) {
    if (ids && !ids.includes(String(zone_id))) continue;
    const note = JSON.parse(String(document)) as Record<string, Record<string, number> | null>;
    for (const going of [note["zsk"], note["ksk"]]) {
      for (const at of MOMENTS) if (going?.[at]) going[at] -= seconds;
    }
    const update = database.prepare("UPDATE zone_documents SET document = ? WHERE zone_id = ? AND kind = 'rollover'");
    update.run(JSON.stringify(note), zone_id!);
  }
  database.close();
}

/** What secondaries get is a zone that is signed throughout, by another's judgement. */
export async function verifyGiven(product: Countersign, zone: string, key: TsigKey): Promise<string> {
  const lines = await transferred(product, zone, { key });
  const file = writeIn(product.directory, "given.zone", `${lines.join("\n")}\n`);
  return execFileSync(getProgram("ldns-verify-zone"), [file], { encoding: "utf8" });
}

/** Key tags of the RRSIGs over `type` in an answer of the product's own, asked by dig. */
export function tagsIn(product: Countersign, name: string, type: string): number[] {
  const args = [
    "+dnssec",
    "+noall",
    "+answer",
    "+norecurse",
    `@${product.address}`,
    "-p",
    String(product.port),
    name,
    type,
  ];
  const said = execFileSync(getProgram("dig"), args, { encoding: "utf8" });
  return said
    .split("\n")
    .map((line) => line.split(/\s+/))
    .filter((words) => words[3] === "RRSIG")
    .map((words) => Number(words[10]));
}
