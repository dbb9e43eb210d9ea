/** From what people type (a name or an id) to the resource: zones, peers, TSIGs, ACLs, alerts. Throws CliFailure. */
import { domainToASCII } from "node:url";
import type { Acl, Peer, Tsig, Zone } from "#contract";
import type { ApiClient } from "./client.ts";
import { notFound, usage } from "./exit.ts";

const ID = /^[0-9a-f]{32}$/;

/** `Example.COM.` → `example.com`, names of other scripts in their ASCII form. */
export function zoneName(text: string): string {
  const plain = text.trim();
  if (/\s/.test(plain)) throw usage(`"${plain}" is no name of a zone: there is a blank in it.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is ASCII
  const ascii = /^[\u0000-\u007f]*$/.test(plain) ? plain : domainToASCII(plain);
  return ascii.length > 1 ? ascii.toLowerCase().replace(/\.$/, "") : ascii;
}

export async function findZone(api: ApiClient, text: string): Promise<Zone> {
  const name = zoneName(text);
  const zones = await api.call("zones.list", { query: { name: `equal:${name}` } });
  const zone = zones.find((each) => each.name === name);
  if (zone) return zone;
  if (ID.test(text)) return api.call("zones.get", { params: { zoneId: text } });
  throw notFound(`There is no zone ${text}; "countersign zone list" shows those that there are.`);
}

/** The first account: a server has one. */
export async function findAccount(api: ApiClient): Promise<string> {
  const [account] = await api.call("accounts.list");
  if (!account) throw notFound("The server has no account; look at its log.");
  return account.id;
}

export async function listPeers(api: ApiClient, accountId: string): Promise<readonly Peer[]> {
  return api.call("peers.list", { params: { accountId } });
}

export async function listTsigs(api: ApiClient, accountId: string): Promise<readonly Tsig[]> {
  return api.call("tsigs.list", { params: { accountId } });
}

export async function listAcls(api: ApiClient, accountId: string): Promise<readonly Acl[]> {
  return api.call("acls.list", { params: { accountId } });
}

/** The one of this id or name; `kind` is the command's noun: "peer", "tsig", "acl", … */
export function pick<T extends { readonly id: string; readonly name: string }>(
  kind: "peer" | "tsig" | "acl" | "alert" | "alert destination",
  list: readonly T[],
  text: string,
): T {
  const byId = list.find((each) => each.id === text);
  if (byId) return byId;
  // To the letter first: names that differ in case alone can both be meant.
  const exact = list.filter((each) => each.name === text);
  const named = exact.length > 0 ? exact : list.filter((each) => sameName(each.name, text));
  if (named.length > 1) {
    const ids = named.map((each) => each.id).join(", ");
    throw usage(`${named.length} of them are named ${text}: say which by its id (${ids}).`);
  }
  const [one] = named;
  if (!one) throw notFound(`There is no ${kind} ${text}; "countersign ${kind} list" shows those that there are.`);
  return one;
}

/** TSIG names are domain names: case and the final dot don't count. */
function sameName(a: string, b: string): boolean {
  const fold = (text: string) => text.toLowerCase().replace(/\.$/, "");
  return fold(a) === fold(b);
}
