/**
 * Looks at a zone's chain of trust from outside, and keeps the last result.
 *
 *   check ▶ the parent's servers (the watcher) ▶ our own address: DNSKEY, SOA, NS, CDS, CDNSKEY, a name that is not there
 *         ▶ each nameserver of the delegation: SOA, DNSKEY ▶ judgeChain (#insight) ▶ kept
 */
import { printTime, SelfCheck } from "#contract";
import { CHECKED_TYPES, type ChainObservation, findSet, judgeChain, type ServerSaying, type SignedSet } from "#insight";
import type { Message } from "#message";
import { appendLabel, type Name, printName } from "#name";
import { printAddress, printSocketAddress, type SocketAddress } from "#net";
import { RRType, readSoa } from "#rdata";
import type { Deps } from "./deps.ts";
import { type Exchange, makeExchange, rcodeText } from "./parent/exchange.ts";
import { isAuthoritative, rdatasOf } from "./parent/find-parent.ts";
import type { ParentWatcher } from "./parent/watcher.ts";
import type { Zone } from "./zone.ts";

const KIND = "self-check";
/** Nameservers of a delegation, and addresses of each, that are asked. */
const MAX_SERVERS = 8;
const MAX_ADDRESSES = 2;
/** No zone has this name; what proves that is looked at. */
const MISSING_LABEL = "countersign-self-check-no-such-name";

export class ChainChecker {
  readonly #deps: Deps;
  readonly #watcher: ParentWatcher;
  readonly #exchange: Exchange = makeExchange();
  readonly #running = new Map<string, Promise<SelfCheck>>();
  #ownAddress: () => SocketAddress | undefined = () => undefined;

  constructor(deps: Deps, watcher: ParentWatcher) {
    this.#deps = deps;
    this.#watcher = watcher;
  }

  /** `ownAddress`: where this server answers, as the world would ask it. */
  begin(ownAddress: () => SocketAddress | undefined): void {
    this.#ownAddress = ownAddress;
  }

  async last(zone: Zone): Promise<SelfCheck | undefined> {
    const kept = SelfCheck.safeParse(await this.#deps.store.documents.find(zone.id, KIND));
    return kept.success ? kept.data : undefined;
  }

  /** One at a time for a zone. */
  check(zone: Zone): Promise<SelfCheck> {
    const running = this.#running.get(zone.id);
    if (running) return running;
    const check = this.#check(zone).finally(() => this.#running.delete(zone.id));
    this.#running.set(zone.id, check);
    return check;
  }

  async #check(zone: Zone): Promise<SelfCheck> {
    await this.#watcher.look(zone);
    const seen = await this.#observe(zone);
    const check: SelfCheck = {
      zone_id: zone.id,
      name: zone.name,
      mode: zone.served?.mode ?? zone.mode,
      checked_time: printTime(this.#deps.nowMs()),
      ...judgeChain(seen, this.#deps.crypto),
    };
    if (!zone.gone) await this.#deps.store.documents.put(zone.id, KIND, check);
    return check;
  }

  async #observe(zone: Zone): Promise<ChainObservation> {
    const { apex } = zone;
    const note = this.#watcher.note(zone.id);
    const sayings = note?.sayings ?? [];
    const delegatedTo = sayings.find((saying) => saying.delegatedTo !== undefined)?.delegatedTo;
    const own = this.#ownAddress();
    const [answers, servers] = await Promise.all([
      this.#askOwn(apex, own),
      this.#askServers(apex, (delegatedTo ?? []).slice(0, MAX_SERVERS)),
    ]);
    return {
      apex,
      now: this.#deps.now(),
      signed: zone.served !== undefined && zone.served.mode !== "unsigned",
      parent: note && sayings.length > 0 ? sayings.map(({ server, ds }) => ({ server, ds })) : undefined,
      parentFault: note?.fault?.text,
      ours: zone.keys.map((key) => key.dnskey),
      servers,
      delegatedTo: delegatedTo?.map(printName),
      ourServers: this.#deps.settings().nameServers,
      ...answers,
    };
  }

  async #askOwn(
    apex: Name,
    own: SocketAddress | undefined,
  ): Promise<Pick<ChainObservation, "dnskey" | "sets" | "lame" | "proven">> {
    if (!own) return { dnskey: undefined, sets: [], lame: "no worker answers", proven: false };
    const ask = async (name: Name, type: number): Promise<Message | string> => {
      const answer = await this.#exchange({ name, type, recursion: false }, own);
      if (!answer.ok) return answer.error.text;
      return isAuthoritative(answer.value) ? answer.value : `answered ${rcodeText(answer.value)}`;
    };
    const missing = appendLabel(Uint8Array.from(Buffer.from(MISSING_LABEL)), apex);
    const [keys, denied, ...others] = await Promise.all([
      ask(apex, RRType.DNSKEY),
      missing ? ask(missing, RRType.A) : "the name is too long",
      ...CHECKED_TYPES.map((type) => ask(apex, type)),
    ]);
    const sets: SignedSet[] = [];
    for (const [i, answer] of others.entries()) {
      const set = typeof answer === "string" ? undefined : findSet(answer, apex, CHECKED_TYPES[i]!);
      if (set) sets.push(set);
    }
    const proofs = typeof denied === "string" ? [] : proofsIn(denied);
    sets.push(...proofs.slice(0, 1));
    const soa = others[0]!;
    const lame = typeof soa === "string" ? soa : sets[0]?.type === RRType.SOA ? undefined : "no SOA in the answer";
    const dnskey = typeof keys === "string" ? undefined : findSet(keys, apex, RRType.DNSKEY);
    return { dnskey, sets, lame, proven: proofs.length > 0 };
  }

  async #askServers(apex: Name, names: readonly Name[]): Promise<ServerSaying[]> {
    const { resolver } = this.#deps.settings();
    if (!resolver) return [];
    const said = await Promise.all(names.map((name) => this.#askServer(apex, name, resolver)));
    return said.flat();
  }

  async #askServer(apex: Name, name: Name, resolver: SocketAddress): Promise<ServerSaying[]> {
    const shown = printName(name);
    const port = this.#deps.settings().parentPort;
    const addresses: SocketAddress[] = [];
    for (const type of [RRType.A, RRType.AAAA]) {
      const answer = await this.#exchange({ name, type, recursion: true }, resolver);
      if (!answer.ok) continue;
      for (const rdata of rdatasOf(answer.value, name, type).slice(0, MAX_ADDRESSES)) {
        addresses.push({ address: printAddress(rdata), port });
      }
    }
    if (addresses.length === 0) {
      return [
        { name: shown, address: "no address", serial: undefined, keys: undefined, fault: "its name has no address" },
      ];
    }
    return Promise.all(addresses.map((address) => this.#askAddress(apex, shown, address)));
  }

  async #askAddress(apex: Name, name: string, server: SocketAddress): Promise<ServerSaying> {
    const address = printSocketAddress(server);
    const about = { name, address, serial: undefined, keys: undefined };
    const soa = await this.#exchange({ name: apex, type: RRType.SOA, recursion: false }, server);
    if (!soa.ok) return { ...about, fault: soa.error.text };
    const [rdata] = isAuthoritative(soa.value) ? rdatasOf(soa.value, apex, RRType.SOA) : [];
    if (!rdata) return { ...about, fault: `${rcodeText(soa.value)} without an authoritative SOA` };
    const keys = await this.#exchange({ name: apex, type: RRType.DNSKEY, recursion: false }, server);
    return {
      ...about,
      serial: readSoa(rdata).serial,
      keys: keys.ok ? rdatasOf(keys.value, apex, RRType.DNSKEY) : undefined,
      fault: undefined,
    };
  }
}

/** Each NSEC and NSEC3 of a negative answer. */
function proofsIn(message: Message): SignedSet[] {
  return message.authority
    .filter(({ type }) => type === RRType.NSEC || type === RRType.NSEC3)
    .flatMap(({ owner, type }) => findSet(message, owner, type) ?? []);
}

/** Where a server that listens everywhere is asked from this machine. */
export function ownAddressOf(addresses: readonly SocketAddress[]): SocketAddress | undefined {
  const [first] = addresses;
  if (!first) return undefined;
  return { address: OWN[first.address] ?? first.address, port: first.port };
}

const OWN: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
