/**
 * Where the parent of a zone is: its apex, its nameservers and their addresses, through a resolver.
 *
 *   zone a.b.example. ▶ SOA b.example. ? ─ SOA of the name itself ▶ parent b.example.
 *                                        ─ SOA above it, in authority ▶ parent is that one (example.)
 *                                        ─ neither (an alias, a broken answer) ▶ one label up
 *   NS parent ▶ names ▶ A, AAAA of each
 */
import { fail, ok, type Result } from "#bytes";
import { Flag, type Message, type MessageRecord, Rcode } from "#message";
import { isSubdomain, labelCount, type Name, nameEquals, parentName, printName } from "#name";
import { printAddress, type SocketAddress } from "#net";
import { RRClass, RRType } from "#rdata";
import { type Exchange, type ExchangeFault, rcodeText } from "./exchange.ts";

export type ParentServer = { readonly name: Name; readonly addresses: readonly SocketAddress[] };

export type ParentZone = { readonly apex: Name; readonly servers: readonly ParentServer[] };

/** Bounds: a parent has 13 nameservers at most in practice; names are at most 127 labels, nobody nests so deep. */
export const MAX_STEPS_UP = 16;
export const MAX_PARENT_SERVERS = 16;
export const MAX_ADDRESSES_OF_SERVER = 4;

export async function findParent(
  zone: Name,
  exchange: Exchange,
  resolver: SocketAddress,
  port: number,
): Promise<Result<ParentZone, ExchangeFault>> {
  const apex = await findParentApex(zone, exchange, resolver);
  if (!apex.ok) return apex;
  const answer = await exchange({ name: apex.value, type: RRType.NS, recursion: true }, resolver);
  if (!answer.ok) return answer;
  const names = recordsOf(answer.value, apex.value, RRType.NS).slice(0, MAX_PARENT_SERVERS);
  if (names.length === 0) {
    return fail({
      code: "parent.no-nameservers",
      text: `the resolver gave no NS records for ${printName(apex.value)} (${rcodeText(answer.value)})`,
    });
  }
  const servers = await Promise.all(
    names.map(async (name) => ({ name, addresses: await findAddresses(name, exchange, resolver, port) })),
  );
  const usable = servers.filter((server) => server.addresses.length > 0);
  if (usable.length > 0) return ok({ apex: apex.value, servers: usable });
  const text = `no nameserver of ${printName(apex.value)} has an address that the resolver knows`;
  return fail({ code: "parent.no-addresses", text });
}

async function findParentApex(
  zone: Name,
  exchange: Exchange,
  resolver: SocketAddress,
): Promise<Result<Name, ExchangeFault>> {
  if (labelCount(zone) === 0) return fail({ code: "parent.none", text: "the root has no parent" });
  let candidate = parentName(zone);
  for (let step = 0; step < MAX_STEPS_UP; step++) {
    const answer = await exchange({ name: candidate, type: RRType.SOA, recursion: true }, resolver);
    if (!answer.ok) return answer;
    const { rcode } = answer.value;
    if (rcode !== Rcode.NoError && rcode !== Rcode.NxDomain) {
      const text = `the resolver answers ${rcodeText(answer.value)} for ${printName(candidate)} SOA`;
      return fail({ code: "parent.resolver", text });
    }
    const apex = apexIn(answer.value, candidate);
    if (apex) return ok(apex);
    if (labelCount(candidate) === 0) break;
    candidate = parentName(candidate);
  }
  return fail({ code: "parent.not-found", text: `no SOA found above ${printName(zone)}` });
}

/** The apex that an answer to `candidate SOA` speaks of: the name itself or, from a negative answer, a name above it. */
function apexIn(message: Message, candidate: Name): Name | undefined {
  const isSoa = (record: MessageRecord) => record.type === RRType.SOA && record.class === RRClass.IN;
  if (message.answer.some((record) => isSoa(record) && nameEquals(record.owner, candidate))) return candidate;
  if (message.answer.length > 0) return undefined;
  return message.authority.find((record) => isSoa(record) && isSubdomain(candidate, record.owner))?.owner;
}

export async function findAddresses(
  name: Name,
  exchange: Exchange,
  resolver: SocketAddress,
  port: number,
): Promise<readonly SocketAddress[]> {
  const types = [RRType.A, RRType.AAAA];
  const answers = await Promise.all(types.map((type) => exchange({ name, type, recursion: true }, resolver)));
  const addresses: SocketAddress[] = [];
  for (const [i, answer] of answers.entries()) {
    if (!answer.ok) continue;
    for (const rdata of rdatasOf(answer.value, name, types[i]!).slice(0, MAX_ADDRESSES_OF_SERVER)) {
      addresses.push({ address: printAddress(rdata), port });
    }
  }
  return addresses;
}

/** RDATAs in the answer section of this very owner, type and class IN. */
export function rdatasOf(message: Message, owner: Name, type: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const record of message.answer) {
    if (record.type !== type || record.class !== RRClass.IN || !nameEquals(record.owner, owner)) continue;
    const { rdata } = record;
    if (rdata) found.push(rdata);
  }
  return found;
}

/** The same for types whose RDATA is one name (NS). */
function recordsOf(message: Message, owner: Name, type: number): Name[] {
  return rdatasOf(message, owner, type);
}

export function isAuthoritative(message: Message): boolean {
  return (message.flags & Flag.AA) !== 0;
}
