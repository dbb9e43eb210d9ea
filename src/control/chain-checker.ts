/**
 * Looks at a zone's chain of trust from outside, and keeps the last result.
 *
 *   check ▶ the parent's servers (the watcher) ▶ our own address: DNSKEY, SOA, NS, CDS, CDNSKEY, a name that is not there
 *         ▶ each nameserver of the delegation: SOA, DNSKEY ▶ judgeChain (#insight) ▶ kept
 */
import { printTime, SelfCheck } from "#contract";
import { type ChainObservation, judgeChain, type ServerSaying } from "#insight";
import { type Name, printName } from "#name";
import { printAddress, type SocketAddress } from "#net";
import { RRType } from "#rdata";
import { lookAtServer, lookAtZone, NO_LOOK } from "./chain-look.ts";
import type { Deps } from "./deps.ts";
import { type Exchange, makeExchange } from "./parent/exchange.ts";
import { rdatasOf } from "./parent/find-parent.ts";
import type { ParentWatcher } from "./parent/watcher.ts";
import type { Zone } from "./zone.ts";

const KIND = "self-check";
/** Nameservers of a delegation, and addresses of each, that are asked. */
const MAX_SERVERS = 8;
const MAX_ADDRESSES = 2;

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
      own ? lookAtZone(apex, own, this.#exchange) : NO_LOOK,
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
      const fault = "its name has no address";
      return [{ name: shown, address: undefined, serial: undefined, keys: undefined, fault }];
    }
    return Promise.all(addresses.map((address) => lookAtServer(apex, shown, address, this.#exchange)));
  }
}

/** Where a server that listens everywhere is asked from this machine. */
export function ownAddressOf(addresses: readonly SocketAddress[]): SocketAddress | undefined {
  const [first] = addresses;
  if (!first) return undefined;
  return { address: OWN[first.address] ?? first.address, port: first.port };
}

const OWN: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
