/** Catalogs and who makes them: Knot DNS that generates one from its zones, and ways to ask the product about its members. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Countersign } from "../peers/countersign.ts";
import { freePort, getProgram, knotBase, LOOPBACK, queryUdp, servesAll, until } from "../peers/index.ts";
import { makeDirectory, type ServerProcess, startProcess, writeIn } from "../peers/server-process.ts";

export type Member = { readonly name: string; readonly group?: string };

export type Producer = {
  readonly address: string;
  readonly port: number;
  readonly process: ServerProcess;
  /** The members from now on; the catalog follows by itself. */
  setMembers(members: readonly Member[]): Promise<void>;
  stop(): Promise<void>;
};

export const memberText = (name: string): string =>
  `$ORIGIN ${name}\n@ 300 SOA ns hostmaster 1 3600 600 86400 300\n@ 300 NS ns\nns 300 A 192.0.2.1\nwww 300 A 192.0.2.2\n`;

/** Knot DNS with `catalog-role: generate` for `catalog` (absolute). */
export async function startKnotProducer(
  catalog: string,
  members: readonly Member[],
  notify?: { readonly address: string; readonly port: number },
): Promise<Producer> {
  const directory = makeDirectory("producer");
  const port = await freePort();
  const configuration = join(directory, "knot.conf");
  const write = (all: readonly Member[]): void => {
    for (const { name } of all) writeIn(directory, `${name}zone`, memberText(name));
    writeFileSync(configuration, knotConfiguration(directory, port, catalog, all, notify));
  };
  write(members);
  const child = await startProcess(getProgram("knotd"), ["-c", configuration], {
    directory,
    ready: () => servesAll(port, members),
  });
  return {
    address: LOOPBACK,
    port,
    process: child,
    async setMembers(all) {
      write(all);
      execFileSync(getProgram("knotc"), ["-s", join(directory, "knot.sock"), "-b", "reload"], { stdio: "pipe" });
      await until("new members served", async () => (await servesAll(port, all)) || undefined);
    },
    stop: child.stop,
  };
}

function knotConfiguration(
  directory: string,
  port: number,
  catalog: string,
  members: readonly Member[],
  notify: { readonly address: string; readonly port: number } | undefined,
): string {
  const told = notify ? ["    notify: [consumer]"] : [];
  return `${[
    ...knotBase(directory, port, [], ["journal-db-max-size: 100M", "catalog-db-max-size: 50M"]),
    ...(notify ? ["remote:", "  - id: consumer", `    address: ${notify.address}@${notify.port}`] : []),
    "acl:",
    "  - id: out",
    "    action: transfer",
    `    address: ${LOOPBACK}`,
    "template:",
    "  - id: default",
    `    storage: "${directory}"`,
    '    file: "%s.zone"',
    "    zonefile-sync: -1",
    "    semantic-checks: off",
    "    acl: out",
    ...told,
    "zone:",
    `  - domain: "${catalog}"`,
    "    catalog-role: generate",
    ...members.flatMap(({ name, group }) => [
      `  - domain: "${name}"`,
      "    catalog-role: member",
      `    catalog-zone: "${catalog}"`,
      ...(group ? [`    catalog-group: "${group}"`] : []),
    ]),
  ].join("\n")}\n`;
}

export type Catalog = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly fault: { readonly code: string; readonly message: string } | null;
  readonly applied_serial: number | null;
  readonly members: number;
  readonly kept: number;
  readonly refused: number;
};

export type CatalogMember = {
  readonly name: string;
  readonly zone_id: string | null;
  readonly node: string;
  readonly groups: readonly string[];
  readonly state: "member" | "kept" | "refused";
  readonly kept_until: string | null;
  readonly refusal: { readonly code: string } | null;
};

/** A catalog of the product, from a primary that becomes a peer. */
export async function addCatalog(
  product: Countersign,
  name: string,
  primary: { readonly address: string; readonly port: number },
  settings: object = {},
): Promise<Catalog> {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const peers = `/client/v4/accounts/${account!.id}/secondary_dns/peers`;
  const peer = (await product.call("POST", peers, { name, ip: primary.address, port: primary.port })) as { id: string };
  return (await product.call("POST", "/countersign/v1/catalogs", { name, peers: [peer.id], ...settings })) as Catalog;
}

export async function catalogOf(product: Countersign, id: string): Promise<Catalog> {
  return (await product.call("GET", `/countersign/v1/catalogs/${id}`)) as Catalog;
}

export async function membersOf(product: Countersign, id: string): Promise<readonly CatalogMember[]> {
  return (await product.call("GET", `/countersign/v1/catalogs/${id}/members?per_page=5000`)) as CatalogMember[];
}

/** `name state`, in order of names; refused ones with their code. */
export async function memberStates(product: Countersign, id: string): Promise<readonly string[]> {
  const members = await membersOf(product, id);
  return members.map(({ name, state, refusal }) => `${name} ${refusal ? `${state} ${refusal.code}` : state}`);
}

export async function untilMembers(product: Countersign, id: string, expected: readonly string[]): Promise<void> {
  let seen: readonly string[] = [];
  try {
    await until("members", async () => {
      seen = await memberStates(product, id);
      return JSON.stringify(seen) === JSON.stringify(expected) || undefined;
    });
  } catch (error) {
    const catalog = await catalogOf(product, id);
    throw new Error(
      `${String(error)}\n${JSON.stringify({ seen, expected, catalog })}\n${product.process.log().slice(-3000)}`,
    );
  }
}

/** The rcode of an answer for the name's SOA. */
export async function rcodeOf(product: Countersign, name: string): Promise<number> {
  const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name, type: 6 });
  return reply[3]! & 15;
}

export async function untilRcode(product: Countersign, name: string, rcode: number): Promise<void> {
  await until(`${name} rcode ${rcode}`, async () => (await rcodeOf(product, name)) === rcode || undefined);
}

export const NOERROR = 0;
export const REFUSED = 5;
