/** What servers say of a zone for the self-check: our own address all there is to ask, the delegation's others their SOA and keys. */
import {
  CHECKED_TYPES,
  type ChainObservation,
  type DenialSeen,
  findSet,
  type ServerSaying,
  type SignedSet,
} from "#insight";
import type { Message } from "#message";
import { appendLabel, type Name } from "#name";
import { printSocketAddress, type SocketAddress } from "#net";
import { RRType, readSoa } from "#rdata";
import { type Exchange, makeExchange, rcodeText } from "./parent/exchange.ts";
import { isAuthoritative, rdatasOf } from "./parent/find-parent.ts";

/** No zone has this name, and no name has this type (RFC 6895: private use); what proves that is looked at. */
const MISSING_LABEL = "countersign-self-check-no-such-name";
const MISSING_TYPE = 65_280;
/** NSEC or NSEC3 records of one answer: RFC 5155 needs three. */
const MAX_PROOFS = 4;

export type ZoneLook = Pick<ChainObservation, "dnskey" | "sets" | "lame" | "denials">;

export const NO_LOOK: ZoneLook = { dnskey: undefined, sets: [], lame: "no worker answers", denials: [] };

export async function lookAtZone(apex: Name, server: SocketAddress, exchange = makeExchange()): Promise<ZoneLook> {
  const ask = async (name: Name, type: number): Promise<Message | string> => {
    const answer = await exchange({ name, type, recursion: false }, server);
    if (!answer.ok) return answer.error.text;
    return isAuthoritative(answer.value) ? answer.value : `answered ${rcodeText(answer.value)}`;
  };
  const missing = appendLabel(Uint8Array.from(Buffer.from(MISSING_LABEL)), apex);
  const [keys, noName, noType, ...others] = await Promise.all([
    ask(apex, RRType.DNSKEY),
    missing ? ask(missing, RRType.A) : "the name is too long",
    ask(apex, MISSING_TYPE),
    ...CHECKED_TYPES.map((type) => ask(apex, type)),
  ]);
  const sets: SignedSet[] = [];
  for (const [i, answer] of others.entries()) {
    const set = typeof answer === "string" ? undefined : findSet(answer, apex, CHECKED_TYPES[i]!);
    if (set) sets.push(set);
  }
  const denials: DenialSeen[] = [
    ...(missing ? [denialOf(noName, { name: missing, type: RRType.A, kind: "name" })] : []),
    denialOf(noType, { name: apex, type: MISSING_TYPE, kind: "type" }),
  ];
  // What proves is verified too; the same record in both is one.
  for (const proof of denials.flatMap((denial) => denial.sets)) {
    if (!sets.some((set) => set.type === proof.type && String(set.owner) === String(proof.owner))) sets.push(proof);
  }
  const soa = others[0]!;
  const lame = typeof soa === "string" ? soa : sets[0]?.type === RRType.SOA ? undefined : "no SOA in the answer";
  const dnskey = typeof keys === "string" ? undefined : findSet(keys, apex, RRType.DNSKEY);
  return { dnskey, sets, lame, denials };
}

/** One nameserver of the delegation. `name`: as the parent has it. */
export async function lookAtServer(
  apex: Name,
  name: string,
  server: SocketAddress,
  exchange: Exchange = makeExchange(),
): Promise<ServerSaying> {
  const about = { name, address: printSocketAddress(server), serial: undefined, keys: undefined };
  const soa = await exchange({ name: apex, type: RRType.SOA, recursion: false }, server);
  if (!soa.ok) return { ...about, fault: soa.error.text };
  const [rdata] = isAuthoritative(soa.value) ? rdatasOf(soa.value, apex, RRType.SOA) : [];
  if (!rdata) return { ...about, fault: `${rcodeText(soa.value)} without an authoritative SOA` };
  const keys = await exchange({ name: apex, type: RRType.DNSKEY, recursion: false }, server);
  return {
    ...about,
    serial: readSoa(rdata).serial,
    keys: keys.ok ? rdatasOf(keys.value, apex, RRType.DNSKEY) : undefined,
    fault: undefined,
  };
}

function denialOf(answer: Message | string, about: Pick<DenialSeen, "name" | "type" | "kind">): DenialSeen {
  if (typeof answer === "string") return { ...about, answered: false, sets: [] };
  const sets = answer.authority
    .filter(({ type }) => type === RRType.NSEC || type === RRType.NSEC3)
    .slice(0, MAX_PROOFS)
    .flatMap(({ owner, type }) => findSet(answer, owner, type) ?? []);
  return { ...about, answered: answer.answer.length > 0, sets };
}
